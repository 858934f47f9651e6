"""The figures of 設置状況マップ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from components.charts import OUTLINE, TILE, Cell, ColumnMap, MatrixChart
from components.figure import Figure
from components.palette import PRIMARY, STATE_MARKS
from components.state_map import build_state_map, build_state_table, describe_state_map
from domain import frameworks as fw
from domain.frameworks import Framework, PrefectureState
from domain.messages import count_sentence
from domain.periods import day_period, format_period, format_short
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
    return Figure(
        key="map.states",
        headline=count_sentence(len(matching), len(states))
        if len(matching) < len(states)
        else f"枠組みの記載があるのは{len(states) - counts[fw.UNKNOWN]}団体、{counts[fw.UNKNOWN]}団体は未入力",
        subtitle=f"枠組みの設置状況・47都道府県・{when}時点",
        chart=build_state_map(
            states,
            _VIEWS.get(view, TILE),
            dimmed=frozenset(states) - matching,
            selected=selected,
            selectable=True,
            follows=DAY_SLIDER if steps else "",
            steps=tuple(
                build_state_map(at, _VIEWS.get(view, TILE), dimmed=frozenset(at) - fitting)
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
        notes=(
            "点の模様・斜めの区切りは、一部の地域・市町村だけが対象の枠組み。未入力は未設置を意味しない。",
        ),
    )


def draw_columns(
    states: Mapping[str, PrefectureState],
    places: Mapping[str, Prefecture],
    capitals: Mapping[str, tuple[float, float]],
    values: Mapping[str, float],
    label: str,
    unit: str,
    as_of: str,
    kind: str,
    source: SourceRef,
) -> Figure:
    """How do the prefectures compare in one figure, seen beside their state?

    values : pref_code → value in unit; the column's colour is the state of the prefecture.
    """
    most = max(values, key=values.__getitem__)
    least = min(values, key=values.__getitem__)
    return Figure(
        key="map.columns",
        headline=f"{label}：最大は{places[most].name}、最小は{places[least].name}",
        subtitle=f"{label}・47都道府県・単位 {unit}・{as_of}（柱の高さ＝値、色＝設置状況）",
        chart=ColumnMap(
            values=values,
            unit=unit,
            colours={
                code: fill if (fill := STATE_MARKS[state.state].fill) != "#ffffff" else "#b3b3b3"
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
        sources=(source,),
        file_stem=f"立体地図_{label}",
        notes=("柱は都道府県庁の位置に立てている。未入力の都道府県の柱は灰色。",),
    )


CODE_ORDER, START_ORDER = "コード順", "設置年月順"


def draw_field_matrix(
    rows: Sequence[Framework], places: Mapping[str, Prefecture], order: str, source: SourceRef
) -> Figure:
    """Which words does the document use for the fields of each prefecture's frameworks?

    The words are the document's; they are not the ten fields and are not mapped to them here.
    """
    by_pref: dict[str, list[Framework]] = {}
    for row in rows:
        by_pref.setdefault(row.pref_code, []).append(row)

    def start(code: str) -> tuple[bool, date, str]:
        starts = [row.start.first for row in by_pref[code] if row.start]
        return (not starts, min(starts, default=date.max), code)

    codes = sorted(by_pref, key=start if order == START_ORDER else None)
    words = list(dict.fromkeys(word for code in codes for r in by_pref[code] for word in r.fields))
    cells = [[_field_cell(word, by_pref[code]) for code in codes] for word in words]
    heads = [f"{places[code].name}\n{_start_label(by_pref[code])}" for code in codes]
    firm = sum(cell.sign == "●" for row in cells for cell in row)
    return Figure(
        key="map.fields",
        headline=f"対象分野が決まっているのは{firm}件、ほかは検討中・展開予定",
        subtitle=f"8団体の枠組みの対象分野（資料の語）×都道府県・{order}・令和7年10月末時点の表",
        chart=MatrixChart(
            corner="対象分野（資料の語）",
            rows=tuple(words),
            columns=tuple(heads),
            cells=tuple(tuple(row) for row in cells),
            legend=(("●", "対象として記載"), ("○", "検討中として記載（想定）")),
        ),
        rows=pd.DataFrame(
            [
                {
                    "対象分野（資料の語）": word,
                    **{places[c].name: cell.word for c, cell in zip(codes, line, strict=True)},
                }
                for word, line in zip(words, cells, strict=True)
            ]
        ),
        alt="対象分野と都道府県の表。"
        + "、".join(
            f"{places[c].name}は"
            + "・".join(dict.fromkeys(w for r in by_pref[c] for w in r.fields))
            for c in codes
            if any(r.fields for r in by_pref[c])
        )
        + "。",
        kinds=(ORIGINAL,),
        sources=(source,),
        file_stem="対象分野と都道府県",
        as_of="2025-10-31",
        notes=(
            "資料の語は10分野と一致しない。10分野への対応づけ（下書き）は「データ・出典・用語」にある。",
            "鹿児島県は検討中（離島市町村等を中心に課題を抽出）で、分野の語の記載がない。",
        ),
    )


def _field_cell(word: str, rows: Sequence[Framework]) -> Cell:
    having = [row for row in rows if word in row.fields]
    if not having:
        return Cell()
    if any(row.fields_state == "確定" for row in having):
        return Cell("●", "対象として記載", PRIMARY)
    return Cell("○", "検討中として記載", PRIMARY)


def _start_label(rows: Sequence[Framework]) -> str:
    starts = sorted((row.start for row in rows if row.start), key=lambda p: p.first)
    return format_short(starts[0]) if starts else "時期の記載なし"
