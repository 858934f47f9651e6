"""The カルテ as one sheet of A4, landscape: what is seen is what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from components.figure import Figure, show_bare_figure
from components.markup import esc, lines
from components.shell import show_print_button
from data import catalogue
from data.loaders import load_frameworks
from domain.frameworks import Framework, PrefectureState
from domain.messages import (
    REPORT_DAY,
    describe_absence,
    describe_due,
    describe_place,
    due_status,
    format_day,
    framework_summary,
    is_reported,
    shorten,
    shorten_middle,
)
from domain.periods import day_period, format_period
from domain.places import Prefecture
from pages.prefecture import build, parts

# Heights in px on a sheet of 1163 × 797 px: A4 landscape with margins of 10 mm, printed at 90 %
# (components/style.css), which leaves the smallest text at 9.5 pt.
_FRAME, _ROW, _LOWER = 100, 38, 175
# What fits beside the two charts below: rows of the timeline, fields, items of wording.
_MOST_ROWS, _MOST_FIELDS, _MOST_ITEMS = 3, 6, 2
# Characters of a summary, of what a report says and of its place: two lines together.
_SUMMARY, _CONTENT, _PLACE = 45, 40, 36


def show_sheet(place: Prefecture, state: PrefectureState) -> None:
    """Show the sheet, with the button that prints it."""
    show_print_button("このA4一枚を印刷")
    with st.container(key="gs-sheet", gap="small"):
        parts.show_header(place, state, build.list_header_figures(place))
        timeline = build.build_timeline(place, _MOST_ROWS)
        measures = build.build_field_measures(place, _MOST_FIELDS)
        left, right = st.columns([6, 5], gap="small", wrap=False)
        with left:
            rows = min(max(len(state.frameworks), 2), _MOST_ROWS)
            show_bare_figure(timeline, _FRAME + _ROW * rows)
        with right:
            show_bare_figure(measures)
        indices = build.build_indices(place, build.nearest_peers(place.code))
        for column, figure in zip(st.columns(2, gap="small", wrap=False), indices, strict=True):
            with column:
                show_bare_figure(figure, _LOWER)
        _show_wording(state.frameworks)
        _show_foot((timeline, measures, *indices))


def _show_wording(rows: tuple[Framework, ...]) -> None:
    day = catalogue.latest_day()
    # One sentence of the source may stand for several frameworks, as in 大阪府; a report has
    # no sentence, so each of its rows stands for itself.
    quotes: dict[str, list[Framework]] = {}
    for row in rows:
        quotes.setdefault(row.quote or row.framework_id, []).append(row)
    items = [_item_html(same, day) for same in quotes.values()]
    shown = items if len(items) <= _MOST_ITEMS else items[: _MOST_ITEMS - 1]
    rest = len(items) - len(shown)
    more = f"（ほか{rest}件は、A4一枚にしない表示にある）" if rest else ""
    absence = describe_absence(load_frameworks())
    empty = f"<li>{esc(absence)}、この都道府県の枠組みの記載はありません（データ未入力）。</li>"
    st.html(
        f'<h3 class="gs-sub">{esc(parts.wording_title(rows))}{more}</h3>'
        f'<ul class="gs-list">{"".join(shown) or empty}</ul>'
    )


def _item_html(same: list[Framework], day: date) -> str:
    first = same[0]
    summary = "／".join(framework_summary(row) for row in same)
    if not is_reported(first):
        # The standing of a deadline is told even where there is none.
        return (
            f"<li><b>{esc(summary)}</b>「{lines(first.quote)}」（期限：{esc(first.due_text or '記載なし')}・"
            f"{esc(due_status(first, day))}）</li>"
        )
    content = parts.describe_content(replace(first, due=None))
    due = f"（期限：{describe_due(first, day)}）" if first.due else ""
    return (
        f"<li><b>{esc(shorten_middle(summary, _SUMMARY))}</b>　{esc(shorten(content, _CONTENT))}"
        f"{esc(due)}（{esc(shorten_middle(describe_place(first), _PLACE))}）</li>"
    )


def _show_foot(figures: Sequence[Figure]) -> None:
    day, newest = catalogue.document_day(), catalogue.latest_report_day()
    when = format_period(day_period(day.year, day.month, day.day), with_western=not newest)
    reported = f"{REPORT_DAY}：{format_day(newest)}。" if newest else ""
    ids = dict.fromkeys(source.source_id for figure in figures for source in figure.sources)
    sources = "／".join(esc(catalogue.source_ref(source).to_text()) for source in ids)
    # A prefecture that reported has nothing 未入力 to explain.
    blank = "" if catalogue.REPORTS in ids else "未入力は未設置を意味しない。"
    st.html(
        f'<p class="gs-note">資料の日付：{esc(when)}。{esc(reported)}{blank}'
        f"●設置　◇予定の期限。出典：{sources}</p>"
    )
