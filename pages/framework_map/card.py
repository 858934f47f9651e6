"""The card of the chosen prefecture, or the list of those that match."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import streamlit as st

from components.frame import show_page_link
from components.markup import definition_list, esc, kind_badge, lines, mark_swatch
from components.palette import STATE_MARKS
from domain import frameworks as fw
from domain.frameworks import Framework, PrefectureState
from domain.messages import (
    NO_TIME,
    REPORT,
    describe_absence,
    describe_due,
    describe_place,
    framework_title,
    has_no_answer,
    is_reported,
    list_frameworks,
    list_summaries,
    shorten_middle,
)
from domain.periods import format_period
from domain.places import Prefecture

# With more than this many prefectures the list gives their names alone, by state.
_MOST_DETAILED = 12
_MOST_LINES = 5
# More frameworks than this are named only; the カルテ has them all.
_MOST_WHOLE, _LONGEST_NAME = 3, 30


def show_prefecture_card(
    state: PrefectureState, place: Prefecture, day: date, rows: Sequence[Framework]
) -> None:
    """Show what document and report say of one prefecture, with the wording and its place.

    rows : all frameworks of every day, to tell a prefecture without a row from a later one.
    """
    mark = STATE_MARKS[state.state]
    own = state.frameworks
    first = len(own) if len(own) <= _MOST_WHOLE + 1 else _MOST_WHOLE
    body = "".join(_framework_html(row, place, day) for row in own[:first]) or (
        f'<p class="gs-note">{esc(_describe_nothing(place, rows))}</p>'
    )
    if rest := own[first:]:
        items = "".join(
            f"<li>{esc(shorten_middle(framework_title(row), _LONGEST_NAME))}</li>" for row in rest
        )
        body += f'<h4>ほか{len(rest)}件（内容はカルテにある）</h4><ul class="gs-list">{items}</ul>'
    st.html(
        f'<div class="gs-card"><h3>{esc(place.name)} {mark_swatch(mark)} {esc(mark.label)}</h3>{body}</div>'
    )
    show_page_link("prefecture", f"{place.name}のカルテを開く", pref=place.name)


def _describe_nothing(place: Prefecture, rows: Sequence[Framework]) -> str:
    own = [row for row in rows if row.pref_code == place.code]
    if any(map(is_reported, own)):
        return "この時点の記載はありません。後の時点に、都道府県の報告があります。"
    where = describe_absence(rows)
    return (
        f"{where}、この都道府県の枠組みの記載はありません。"
        "設置していないという意味ではなく、データ未入力です。"
    )


def _framework_html(row: Framework, place: Prefecture, day: date) -> str:
    told = is_reported(row)
    answers = [row.status, row.origin, row.level]
    pairs = [
        (
            "状況",
            kind_badge(row.value_kind) + esc("・".join(word for word in answers if word != "不明")),
        )
    ]
    # 未設置 and 未回答 are answers without a framework to describe.
    if list_frameworks([row]):
        pairs += _describe_framework(row, place, told)
    if told:
        pairs += [("今後の予定", esc(row.plan))] if row.plan else []
        pairs += [("期限", esc(describe_due(row, day)))] if row.due else []
        pairs += [("備考", lines(row.note))] if row.note else []
        source = f"{esc(REPORT)}<br>{esc(describe_place(row))}"
    else:
        pairs += [
            ("今後の予定", esc(row.plan) or "記載なし"),
            ("期限", esc(describe_due(row, day))),
        ]
        source = f"「{lines(row.quote)}」<br>{esc(row.locator)}"
    return (
        f"<h4>{esc(framework_title(row))}</h4>{definition_list(pairs)}"
        f'<blockquote class="gs-quote">{source}</blockquote>'
    )


def _describe_framework(row: Framework, place: Prefecture, told: bool) -> list[tuple[str, str]]:
    count = (
        ""
        if row.municipalities is None
        else f"（{row.municipalities}／{place.municipalities}市区町村）"
    )
    coverage = "：".join(filter(None, (row.coverage, row.coverage_note)))
    fields = "、".join(row.fields) or "語の記載なし"
    pairs = [
        ("設置年月", esc(format_period(row.start) if row.start else NO_TIME)),
        ("対象範囲", esc(f"{coverage}{count}")),
        ("対象分野", esc(fields + (f"（{row.fields_state}）" if row.fields_state else ""))),
    ]
    if row.kind != "不明":
        pairs.insert(0, ("型", esc(row.kind)))
    if told or row.measures:
        pairs.append(("対応方策", esc("、".join(row.measures)) or "記載なし"))
    return pairs


def show_matching_list(
    states: Mapping[str, PrefectureState],
    places: Mapping[str, Prefecture],
    matching: Collection[str],
) -> None:
    """List the matching prefectures in code order; those that are 未入力 as one line."""
    chosen = [state for code, state in states.items() if code in matching]
    known = [s for s in chosen if s.state != fw.UNKNOWN]
    silent = [s for s in chosen if has_no_answer(s)]
    unknown = [s for s in chosen if s.state == fw.UNKNOWN and not s.frameworks]
    body = (
        _list_details(known, places)
        if len(known) <= _MOST_DETAILED
        else _list_by_state(known, places)
    )
    rest = "".join(
        f'<p class="gs-note">{word}{len(some)}団体：{esc(_names(some, places))}</p>'
        for word, some in (("不明（未回答との報告）", silent), ("不明（未入力）", unknown))
        if some
    )
    empty = (
        ""
        if chosen
        else '<p class="gs-note">条件に合う都道府県はありません。「解除」で絞り込みを外せます。</p>'
    )
    hint = (
        '<p class="gs-note">都道府県を選ぶか、条件で絞り込むと、枠組みの内容が出ます。</p>'
        if len(known) > _MOST_DETAILED
        else ""
    )
    st.html(f'<div class="gs-card"><h3>条件に合う都道府県</h3>{body}{rest}{empty}{hint}</div>')


def _names(some: Sequence[PrefectureState], places: Mapping[str, Prefecture]) -> str:
    return "・".join(places[state.pref_code].short_name for state in some)


def _list_details(known: Sequence[PrefectureState], places: Mapping[str, Prefecture]) -> str:
    items = "".join(
        f"<li><b>{esc(places[s.pref_code].name)}</b>"
        + "".join(f"<br>{esc(text)}" for text in list_summaries(s.frameworks, _MOST_LINES))
        + "</li>"
        for s in known
    )
    return f'<ul class="gs-list">{items}</ul>'


def _list_by_state(known: Sequence[PrefectureState], places: Mapping[str, Prefecture]) -> str:
    by_state = [(name, [s for s in known if s.state == name]) for name in fw.STATES]
    return definition_list(
        [
            (
                f"{STATE_MARKS[name].sign} {STATE_MARKS[name].label} {len(some)}団体",
                esc(_names(some, places)),
            )
            for name, some in by_state
            if some
        ]
    )
