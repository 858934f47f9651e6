"""The card of the chosen prefecture, or the list of those that match."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from components.frame import show_page_link
from components.markup import definition_list, esc, kind_badge, lines, mark_swatch
from components.palette import STATE_MARKS
from domain import frameworks as fw
from domain.frameworks import Framework, FrameworkFilter, PrefectureState
from domain.messages import due_status, framework_summary
from domain.periods import format_period
from domain.places import Prefecture


def show_prefecture_card(state: PrefectureState, place: Prefecture, day: date) -> None:
    """Show what the document says of one prefecture, with the wording and its place."""
    mark = STATE_MARKS[state.state]
    body = "".join(_framework_html(row, place, day) for row in state.frameworks) or (
        '<p class="gs-note">本資料に、この都道府県の枠組みの記載はありません。'
        "設置していないという意味ではなく、データ未入力です。</p>"
    )
    st.html(
        f'<div class="gs-card"><h3>{esc(place.name)} {mark_swatch(mark)} {esc(mark.label)}</h3>{body}</div>'
    )
    show_page_link("prefecture", f"{place.name}のカルテを開く", pref=place.name)


def _framework_html(row: Framework, place: Prefecture, day: date) -> str:
    start = format_period(row.start) if row.start else "時期の記載なし"
    count = (
        ""
        if row.municipalities is None
        else f"（{row.municipalities}／{place.municipalities}市区町村）"
    )
    fields = "、".join(row.fields) or "語の記載なし"
    pairs = [
        (
            "状況",
            f"{kind_badge(row.value_kind)}{esc(row.status)}・{esc(row.origin)}・{esc(row.level)}",
        ),
        ("設置年月", esc(start)),
        ("対象範囲", esc(f"{row.coverage}：{row.coverage_note}{count}")),
        ("対象分野", esc(f"{fields}（{row.fields_state}）")),
        ("今後の予定", esc(row.plan) or "記載なし"),
        ("期限", esc(f"{row.due_text or '記載なし'}（{due_status(row, day)}）")),
    ]
    return (
        f"<h4>{esc(row.name)}</h4>{definition_list(pairs)}"
        f'<blockquote class="gs-quote">「{lines(row.quote)}」<br>{esc(row.locator)}</blockquote>'
    )


def show_matching_list(
    states: Mapping[str, PrefectureState],
    places: Mapping[str, Prefecture],
    chosen: FrameworkFilter,
) -> None:
    """List the matching prefectures in code order; those that are 未入力 as one line."""
    matching = [state for state in states.values() if chosen.matches(state)]
    known = [s for s in matching if s.state != fw.UNKNOWN]
    unknown = [places[s.pref_code].short_name for s in matching if s.state == fw.UNKNOWN]
    items = "".join(
        f"<li><b>{esc(places[s.pref_code].name)}</b>"
        + "".join(f"<br>{esc(framework_summary(row))}" for row in s.frameworks)
        + "</li>"
        for s in known
    )
    rest = (
        f'<p class="gs-note">不明（未入力）{len(unknown)}団体：{esc("・".join(unknown))}</p>'
        if unknown
        else ""
    )
    empty = (
        ""
        if known or unknown
        else '<p class="gs-note">条件に合う都道府県はありません。「解除」で絞り込みを外せます。</p>'
    )
    st.html(
        f'<div class="gs-card"><h3>条件に合う都道府県</h3><ul class="gs-list">{items}</ul>{rest}{empty}</div>'
    )
