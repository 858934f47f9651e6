"""設置状況 of the prefectures → the map, its legend and its table (状態の地図)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from components.charts import MapChart
from components.palette import STATE_MARKS
from domain import frameworks as fw
from domain.frameworks import PrefectureState
from domain.messages import (
    collect_rows,
    format_day,
    framework_summary,
    is_reported,
    list_frameworks,
    list_summaries,
)
from domain.places import Prefecture

MARKS = tuple(STATE_MARKS[state] for state in fw.STATES)
_PLACE = {state: index for index, state in enumerate(fw.STATES)}
# Lines of a tooltip: with more it would cover the map.
_MOST_LINES = 4


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
    noted: bool = True,
) -> MapChart:
    """Return the map of the states at one day.

    noted : False for a step of the slider, which lends its marks only.
    """
    return MapChart(
        view=view,
        marks=MARKS,
        place={code: _PLACE[state.state] for code, state in states.items()},
        partial=frozenset(code for code, state in states.items() if state.partial),
        dimmed=dimmed,
        notes={
            code: "\n".join(list_summaries(state.frameworks, _MOST_LINES))
            for code, state in states.items()
            if state.frameworks
        }
        if noted
        else {},
        selected=selected,
        selectable=selectable,
        max_height=max_height,
        follows=follows,
        steps=steps,
    )


def build_state_table(
    states: Mapping[str, PrefectureState], places: Mapping[str, Prefecture]
) -> pd.DataFrame:
    """Return one row a prefecture: code, name, state, coverage, frameworks, fields.

    Where something is reported, also from where each row is and which day it describes.
    """
    told = any(map(is_reported, collect_rows(states)))
    return pd.DataFrame(
        [
            {
                "団体コード": code,
                "都道府県": places[code].name,
                "設置状況": fw.STATE_LABELS[state.state],
                "対象範囲": "一部の地域・市町村" if state.partial else "",
                "枠組み数": _count(state),
                "枠組み": "\n".join(framework_summary(row) for row in state.frameworks),
                "対象分野": "、".join(dict.fromkeys(w for r in state.frameworks for w in r.fields)),
                **(_origin(state) if told else {}),
            }
            for code, state in states.items()
        ]
    )


def _count(state: PrefectureState) -> float:
    """Return the number of frameworks; 未設置 is 0 of them, an open answer is none told."""
    count = len(list_frameworks(state.frameworks))
    return count if count or state.state == fw.NONE else float("nan")


def _origin(state: PrefectureState) -> dict[str, str]:
    rows = state.frameworks
    return {
        "対応方策": "、".join(dict.fromkeys(m for row in rows for m in row.measures)),
        "出所": "・".join(
            dict.fromkeys("都道府県の報告" if is_reported(row) else "資料" for row in rows)
        ),
        "時点": "、".join(dict.fromkeys(format_day(row.evidence_day) for row in rows)),
    }


def describe_state_map(counts: Mapping[str, int], when: str) -> str:
    """Return the alt text of the map."""
    parts = "、".join(f"{fw.STATE_LABELS[s]}{counts[s]}団体" for s in fw.STATES if counts[s])
    return f"47都道府県の設置状況の地図。{when}。{parts}。"
