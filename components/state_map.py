"""設置状況 of the prefectures → the map, its legend and its table (状態の地図)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from components.charts import MapChart
from components.palette import STATE_MARKS
from domain import frameworks as fw
from domain.frameworks import PrefectureState
from domain.messages import framework_summary
from domain.places import Prefecture

MARKS = tuple(STATE_MARKS[state] for state in fw.STATES)
_PLACE = {state: index for index, state in enumerate(fw.STATES)}


def build_state_map(
    states: Mapping[str, PrefectureState],
    view: str,
    *,
    dimmed: frozenset[str] = frozenset(),
    selected: str | None = None,
    selectable: bool = False,
    max_height: int = 620,
    follows: str = "",
    steps: tuple[MapChart, ...] = (),
) -> MapChart:
    """Return the map of the states at one day."""
    return MapChart(
        view=view,
        marks=MARKS,
        place={code: _PLACE[state.state] for code, state in states.items()},
        partial=frozenset(code for code, state in states.items() if state.partial),
        dimmed=dimmed,
        notes={
            code: "\n".join(framework_summary(row) for row in state.frameworks)
            for code, state in states.items()
            if state.frameworks
        },
        selected=selected,
        selectable=selectable,
        max_height=max_height,
        follows=follows,
        steps=steps,
    )


def build_state_table(
    states: Mapping[str, PrefectureState], places: Mapping[str, Prefecture]
) -> pd.DataFrame:
    """Return one row a prefecture: code, name, state, coverage, frameworks, fields."""
    return pd.DataFrame(
        [
            {
                "団体コード": code,
                "都道府県": places[code].name,
                "設置状況": fw.STATE_LABELS[state.state],
                "対象範囲": "一部の地域・市町村" if state.partial else "",
                "枠組み数": len(state.frameworks) or float("nan"),
                "枠組み": "\n".join(framework_summary(row) for row in state.frameworks),
                "対象分野": "、".join(dict.fromkeys(w for r in state.frameworks for w in r.fields)),
            }
            for code, state in states.items()
        ]
    )


def describe_state_map(counts: Mapping[str, int], when: str) -> str:
    """Return the alt text of the map."""
    parts = "、".join(f"{fw.STATE_LABELS[s]}{counts[s]}団体" for s in fw.STATES if counts[s])
    return f"47都道府県の設置状況の地図。{when}。{parts}。"
