"""The figures of データ提出・公表, from states to Figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from components.charts import TILE
from components.figure import Figure
from components.state_map import build_state_map, describe_state_map
from domain import frameworks as fw
from domain.frameworks import PrefectureState
from domain.intake.changes import Effect
from domain.places import Prefecture
from domain.sources import SourceRef
from domain.values import DERIVED


def draw_states(
    states: Mapping[str, PrefectureState],
    other: Mapping[str, PrefectureState],
    places: Mapping[str, Prefecture],
    when: str,
    key: str,
    sources: tuple[SourceRef, ...],
) -> Figure:
    """Which state has each prefecture on one side of a comparison?

    other : the states of the other side; prefectures equal on both are dimmed.
    when : 公表前／公表後, or the name of a version.
    """
    counts = fw.count_states(states)
    established = sum(counts[state] for state in fw.ESTABLISHED_STATES)
    moved = [code for code in states if states[code].state != other[code].state]
    dimmed = frozenset(states) - frozenset(moved) if moved else frozenset()
    return Figure(
        key=f"submit.{key}",
        headline=f"{when}：設置済みは{established}団体",
        subtitle="枠組みの設置状況・47都道府県・都道府県別の行による"
        + ("（状態が変わる団体だけを濃く）" if moved else "（状態が変わる団体なし）"),
        chart=build_state_map(states, TILE, dimmed=dimmed, max_height=430),
        rows=lambda: pd.DataFrame(
            [
                {
                    "団体コード": code,
                    "都道府県": places[code].name,
                    "この図の状態": fw.STATE_LABELS[states[code].state],
                    "比べる側の状態": fw.STATE_LABELS[other[code].state],
                    "変化": "あり" if code in moved else "",
                }
                for code in states
            ]
        ),
        alt=describe_state_map(counts, when),
        kinds=(DERIVED,),
        sources=sources,
        file_stem=f"設置状況_{when}",
        notes=(
            "都道府県別の行を数えたもの。資料の全国集計とは、未入力の団体があるため一致しない。",
        ),
    )


def draw_effect(
    effect: Effect,
    places: Mapping[str, Prefecture],
    sources: Sequence[tuple[SourceRef, ...]],
    names: tuple[str, str],
) -> tuple[Figure, Figure]:
    """Return the two maps of a change, before and after. sources, names : of the two sides."""
    before = draw_states(effect.before, effect.after, places, names[0], "before", sources[0])
    after = draw_states(effect.after, effect.before, places, names[1], "after", sources[1])
    return before, after
