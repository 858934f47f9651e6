"""対象分野 × 都道府県: a grid of signs, whose long side grows downwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from components.charts import Cell, MatrixChart, NoChart
from components.figure import Figure
from components.palette import PRIMARY
from domain import frameworks as fw
from domain.frameworks import Framework
from domain.messages import (
    describe_report_days,
    format_day,
    is_reported,
    list_frameworks,
    shorten,
    source_word,
)
from domain.periods import format_short
from domain.places import Prefecture
from domain.sources import SourceRef
from domain.values import ORIGINAL

CODE_ORDER, START_ORDER = "コード順", "設置年月順"
# More prefectures than this stand below each other, and the words become the columns.
_MOST_PREFECTURES, _MOST_WORDS = 12, 8
_LONGEST_WORD, _WORD_LINE = 18, 7
_MOST_NAMES = 12
# What the document says of a prefecture whose fields it does not name in words.
_WITHOUT_WORD = {
    "46": "鹿児島県は検討中（離島市町村等を中心に課題を抽出）で、分野の語の記載がない。"
}


def draw_field_matrix(
    rows: Sequence[Framework],
    places: Mapping[str, Prefecture],
    order: str,
    sources: tuple[SourceRef, ...],
) -> Figure:
    """Which words are used for the fields of each prefecture's frameworks?

    The words are those of document and reports; they are not mapped to the ten fields here.

    rows : of all days; an answer that there is no framework has no field and no place here.
    """
    rows = list_frameworks(rows) or rows
    by_pref: dict[str, list[Framework]] = {}
    for row in list_frameworks(rows):
        by_pref.setdefault(row.pref_code, []).append(row)
    told = any(map(is_reported, rows))
    without = [code for code, own in by_pref.items() if not any(row.fields for row in own)]
    named = {code: _WITHOUT_WORD[code] for code in without if _is_named(code, by_pref[code])}

    def start(code: str) -> tuple[bool, date, str]:
        starts = [row.start.first for row in by_pref[code] if row.start]
        return (not starts, min(starts, default=date.max), code)

    codes = sorted(by_pref, key=start if order == START_ORDER else None)
    codes = [code for code in codes if code not in without or not told or code in named]
    words = list(dict.fromkeys(word for code in codes for r in by_pref[code] for word in r.fields))
    cells = {(w, c): _field_cell(w, by_pref[c]) for w in words for c in codes}
    corner = f"対象分野（{source_word(rows)}の語）"
    silent = [places[code].name for code in without if code not in named] if told else []
    notes = (
        f"{source_word(rows)}の語は10分野と一致しない。"
        "10分野への対応づけ（下書き）は「データ・出典・用語」にある。",
        *named.values(),
        f"対象分野の語の記載がない{len(silent)}団体：{'・'.join(silent[:_MOST_NAMES])}"
        f"{'ほか' if len(silent) > _MOST_NAMES else ''}。"
        if silent
        else "",
        f"{describe_report_days(rows)}。" if told else "",
    )
    return Figure(
        key="map.fields",
        headline=_reported_headline(words, codes, cells)
        if told
        else _document_headline(list(cells.values())),
        subtitle=f"{len(codes)}団体の枠組みの{corner}×都道府県・{order}・{_describe_when(rows, told)}",
        chart=_chart(words, codes, cells, by_pref, places, corner, told)
        if words
        else NoChart("枠組みの対象分野の語は、記載がありません。"),
        rows=_long_table(words, codes, cells, places, by_pref)
        if told
        else pd.DataFrame(
            [
                {corner: word, **{places[c].name: cells[word, c].word for c in codes}}
                for word in words
            ]
        ),
        alt="対象分野と都道府県の表。"
        + (
            "、".join(
                f"{places[c].name}は"
                + "・".join(dict.fromkeys(w for r in by_pref[c] for w in r.fields))
                for c in codes
                if any(r.fields for r in by_pref[c])
            )
            or "語の記載なし"
        )
        + "。",
        kinds=(ORIGINAL,),
        sources=sources,
        file_stem="対象分野と都道府県",
        as_of=max(row.evidence_day for row in rows).isoformat() if rows else "",
        notes=tuple(filter(None, notes)),
    )


def _is_named(code: str, rows: Sequence[Framework]) -> bool:
    return code in _WITHOUT_WORD and not any(map(is_reported, rows))


def _document_headline(cells: Sequence[Cell]) -> str:
    firm = sum(cell.sign == "●" for cell in cells)
    return f"対象分野が決まっているのは{firm}件、ほかは検討中・展開予定"


def _reported_headline(
    words: Sequence[str], codes: Sequence[str], cells: Mapping[tuple[str, str], Cell]
) -> str:
    counts = _count(words, codes, cells)
    if not counts:
        return "枠組みの対象分野は、データ未入力"
    most = max(counts.values())
    first = [word for word in words if counts[word] == most]
    ties = f"など{len(first)}語" if len(first) > 1 else ""
    return f"最も多い対象分野の語は「{shorten(first[0], 12)}」{ties}で{most}団体"


def _count(
    words: Sequence[str], codes: Sequence[str], cells: Mapping[tuple[str, str], Cell]
) -> Counter[str]:
    return Counter(word for word in words for code in codes if cells[word, code].sign)


def _describe_when(rows: Sequence[Framework], told: bool) -> str:
    if told:
        return "時点は団体により異なる"
    day = max(row.evidence_day for row in rows)
    if (day + timedelta(days=1)).day == 1:
        return f"{format_day(day).removesuffix(f'{day.day}日')}末時点の表"
    return f"{format_day(day)}時点の表"


def _chart(
    words: Sequence[str],
    codes: Sequence[str],
    cells: Mapping[tuple[str, str], Cell],
    by_pref: Mapping[str, Sequence[Framework]],
    places: Mapping[str, Prefecture],
    corner: str,
    told: bool,
) -> MatrixChart:
    legend = [("●", "対象として記載")]
    if any(cell.sign == "○" for cell in cells.values()):
        legend.append(("○", "検討中・設置予定として記載" if told else "検討中として記載（想定）"))
    if len(codes) <= _MOST_PREFECTURES:
        return MatrixChart(
            corner=corner,
            rows=tuple(words),
            columns=tuple(f"{places[c].name}\n{_start_label(by_pref[c])}" for c in codes),
            cells=tuple(tuple(cells[word, code] for code in codes) for word in words),
            legend=tuple(legend),
        )
    counts = _count(words, codes, cells)
    often = sorted(words, key=lambda word: -counts[word])
    shown, rest = often[:_MOST_WORDS], often[_MOST_WORDS:]
    lines = []
    for code in codes:
        others = [word for word in rest if cells[word, code].sign]
        more = Cell(f"＋{len(others)}", "、".join(others), PRIMARY) if others else Cell()
        lines.append((*(cells[word, code] for word in shown), *((more,) if rest else ())))
    if rest:
        legend.append(("＋", f"ほかの{len(rest)}語のうち使われている数（語は表にある）"))
    return MatrixChart(
        corner="都道府県（設置年月）",
        rows=tuple(f"{places[c].name}（{_start_label(by_pref[c])}）" for c in codes),
        columns=(
            *(f"{_fold(word)}\n{counts[word]}団体" for word in shown),
            *(("ほかの語",) if rest else ()),
        ),
        cells=tuple(lines),
        legend=tuple(legend),
    )


def _fold(word: str) -> str:
    """Return a word on lines of about the same length."""
    text = shorten(word, _LONGEST_WORD)
    width = -(-len(text) // -(-len(text) // _WORD_LINE))
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))


def _long_table(
    words: Sequence[str],
    codes: Sequence[str],
    cells: Mapping[tuple[str, str], Cell],
    places: Mapping[str, Prefecture],
    by_pref: Mapping[str, Sequence[Framework]],
) -> pd.DataFrame:
    lines = [
        {
            "都道府県": places[code].name,
            "対象分野": word,
            "記載": cells[word, code].word,
            "出所": source_word(row for row in by_pref[code] if word in row.fields),
        }
        for code in codes
        for word in words
        if cells[word, code].sign
    ]
    return pd.DataFrame(lines or [{"都道府県": "データ未入力", "対象分野": ""}])


def _field_cell(word: str, rows: Sequence[Framework]) -> Cell:
    having = [row for row in rows if word in row.fields]
    if not having:
        return Cell()
    if any(_is_firm(row) for row in having):
        return Cell("●", "対象として記載", PRIMARY)
    planned = all(is_reported(row) for row in having)
    return Cell("○", "設置予定の枠組みの対象" if planned else "検討中として記載", PRIMARY)


def _is_firm(row: Framework) -> bool:
    """Is the field said to be dealt with? A report says so of frameworks that are there."""
    if is_reported(row):
        return row.status == fw.ESTABLISHED
    return row.fields_state == "確定"


def _start_label(rows: Sequence[Framework]) -> str:
    starts = sorted((row.start for row in rows if row.start), key=lambda p: p.first)
    return format_short(starts[0]) if starts else "時期の記載なし"
