"""The カルテ as one sheet of A4, landscape: what is seen is what is printed."""

from __future__ import annotations

import streamlit as st

from components.figure import show_bare_figure
from components.markup import esc, lines
from components.shell import show_print_button
from data import catalogue
from domain.frameworks import Framework, PrefectureState
from domain.messages import due_status, framework_summary
from domain.periods import day_period, format_period
from domain.places import Prefecture
from pages.prefecture import build, parts

# Heights in px on a sheet of 1163 × 797 px: A4 landscape with margins of 10 mm, printed at 90 %
# (components/style.css), which leaves the smallest text at 9.5 pt.
_FRAME, _ROW, _LOWER = 100, 38, 175


def show_sheet(place: Prefecture, state: PrefectureState) -> None:
    """Show the sheet, with the button that prints it."""
    show_print_button("このA4一枚を印刷")
    with st.container(key="gs-sheet", gap="small"):
        parts.show_header(place, state, build.list_header_figures(place))
        left, right = st.columns([6, 5], gap="small", wrap=False)
        with left:
            rows = max(len(state.frameworks), 2)
            show_bare_figure(build.build_timeline(place), _FRAME + _ROW * rows)
        with right:
            show_bare_figure(build.build_field_measures(place))
        indices = build.build_indices(place, build.nearest_peers(place.code))
        for column, figure in zip(st.columns(2, gap="small", wrap=False), indices, strict=True):
            with column:
                show_bare_figure(figure, _LOWER)
        _show_wording(state.frameworks)
        _show_foot()


def _show_wording(rows: tuple[Framework, ...]) -> None:
    day = catalogue.document_day()
    # One sentence of the source may stand for several frameworks, as in 大阪府.
    quotes: dict[str, list[Framework]] = {}
    for row in rows:
        quotes.setdefault(row.quote, []).append(row)
    items = "".join(
        f"<li><b>{esc('／'.join(framework_summary(row) for row in same))}</b>「{lines(quote)}」"
        f"（期限：{esc(same[0].due_text or '記載なし')}・{esc(due_status(same[0], day))}）</li>"
        for quote, same in quotes.items()
    )
    empty = "<li>本資料に、この都道府県の枠組みの記載はありません（データ未入力）。</li>"
    st.html(f'<h3 class="gs-sub">資料の原文</h3><ul class="gs-list">{items or empty}</ul>')


def _show_foot() -> None:
    day = catalogue.document_day()
    when = format_period(day_period(day.year, day.month, day.day))
    sources = "／".join(
        esc(catalogue.source_ref(source).to_text())
        for source in (catalogue.DOCUMENT, catalogue.PROJECTION, catalogue.STAFF)
    )
    st.html(
        f'<p class="gs-note">資料の日付：{esc(when)}。未入力は未設置を意味しない。'
        f"●設置　◇予定の期限。出典：{sources}</p>"
    )
