"""The figures of 設置状況マップ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from components.charts import OUTLINE, TILE, ColumnMap
from components.figure import Figure
from components.palette import STATE_MARKS
from components.state_map import build_state_map, build_state_table, describe_state_map
from domain import frameworks as fw
from domain.frameworks import PrefectureState
from domain.messages import (
    collect_rows,
    count_sentence,
    describe_counted,
    describe_report_days,
    describe_unknown,
)
from domain.periods import day_period, format_period
from domain.places import Prefecture
from domain.sources import SourceRef
from domain.values import ORIGINAL

_VIEWS = {"map": OUTLINE, "tile": TILE}
# The slider that chooses the day; Streamlit names a widget's class after its key.
DAY_SLIDER = ".st-key-asof input"


def draw_states(
    states: Mapping[str, PrefectureState],
    places: Mapping[str, Prefecture],
    matching: frozenset[str],
    view: str,
    selected: str | None,
    day: date,
    sources: tuple[SourceRef, ...],
    steps: Sequence[tuple[Mapping[str, PrefectureState], frozenset[str]]] = (),
) -> Figure:
    """Which prefectures have which kind of framework at `day`?

    matching : codes that meet the filter; the others are dimmed.
    steps : states and matching codes of every day of the slider, for the map to follow it.
    """
    counts = fw.count_states(states)
    when = format_period(day_period(day.year, day.month, day.day))
    counted = describe_counted(states)
    notes = (
        "点の模様・斜めの区切りは、一部の地域・市町村だけが対象の枠組み。"
        + (
            "未入力は未設置を意味しない。"
            if any(not state.frameworks for state in states.values())
            else ""
        ),
        f"都道府県別の行は、{counted}。{describe_report_days(collect_rows(states))}。"
        if counted
        else "",
    )
    return Figure(
        key="map.states",
        headline=count_sentence(len(matching), len(states))
        if len(matching) < len(states)
        else _describe_states(states),
        subtitle=f"枠組みの設置状況・{len(states)}都道府県・{when}時点",
        chart=build_state_map(
            states,
            _VIEWS.get(view, TILE),
            dimmed=frozenset(states) - matching,
            selected=selected,
            selectable=True,
            follows=DAY_SLIDER if steps else "",
            steps=tuple(
                build_state_map(
                    at, _VIEWS.get(view, TILE), dimmed=frozenset(at) - fitting, noted=False
                )
                for at, fitting in steps
            ),
        ),
        rows=lambda: build_state_table(
            {code: states[code] for code in states if code in matching}, places
        ),
        alt=describe_state_map(counts, when),
        kinds=(ORIGINAL,),
        sources=sources,
        file_stem="枠組みの設置状況",
        as_of=day.isoformat(),
        notes=tuple(filter(None, notes)),
    )


def _describe_states(states: Mapping[str, PrefectureState]) -> str:
    counts = fw.count_states(states)
    known = len(states) - counts[fw.UNKNOWN]
    if not describe_counted(states):
        return f"枠組みの記載があるのは{known}団体、{counts[fw.UNKNOWN]}団体は未入力"
    if counts[fw.UNKNOWN]:
        return f"設置状況が分かるのは{known}団体、{describe_unknown(states)}"
    established = sum(counts[state] for state in fw.ESTABLISHED_STATES)
    return f"設置済みは{established}団体、設置予定{counts[fw.PLAN]}、未設置{counts[fw.NONE]}"


# Columns on white: 未入力 has no fill of its own; beside 未設置 it has to be another grey.
_GREY, _PALE = STATE_MARKS[fw.NONE].fill, "#e6e6e6"


def draw_columns(
    states: Mapping[str, PrefectureState],
    places: Mapping[str, Prefecture],
    capitals: Mapping[str, tuple[float, float]],
    values: Mapping[str, float],
    label: str,
    unit: str,
    as_of: str,
    kind: str,
    sources: tuple[SourceRef, ...],
) -> Figure:
    """How do the prefectures compare in one figure, seen beside their state?

    values : pref_code → value in unit; the column's colour is the state of the prefecture.
    """
    most = max(values, key=values.__getitem__)
    least = min(values, key=values.__getitem__)
    counts = fw.count_states(states)
    blank = _PALE if counts[fw.NONE] else _GREY
    return Figure(
        key="map.columns",
        headline=f"{label}：最大は{places[most].name}、最小は{places[least].name}",
        subtitle=f"{label}・47都道府県・単位 {unit}・{as_of}（柱の高さ＝値、色＝設置状況）",
        chart=ColumnMap(
            values=values,
            unit=unit,
            colours={
                code: blank if state.state == fw.UNKNOWN else STATE_MARKS[state.state].fill
                for code, state in states.items()
            },
            names={code: place.name for code, place in places.items()},
            places=capitals,
        ),
        rows=pd.DataFrame(
            {
                "団体コード": list(values),
                "都道府県": [places[code].name for code in values],
                f"{label}（{unit}）": list(values.values()),
                "区分": kind,
            }
        ),
        alt=f"立体の柱の地図。{label}は{places[most].name}が最大で{values[most]:,.0f}{unit}、"
        f"{places[least].name}が最小で{values[least]:,.0f}{unit}。",
        kinds=(kind,),
        sources=sources,
        file_stem=f"立体地図_{label}",
        notes=(f"柱は都道府県庁の位置に立てている。{_describe_greys(counts)}",),
    )


def _describe_greys(counts: Mapping[str, int]) -> str:
    if counts[fw.UNKNOWN] and counts[fw.NONE]:
        return "未入力の都道府県の柱は薄い灰色、未設置は濃い灰色。"
    grey = "未入力" if counts[fw.UNKNOWN] else "未設置" if counts[fw.NONE] else ""
    return f"{grey}の都道府県の柱は灰色。" if grey else ""
