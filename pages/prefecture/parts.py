"""Parts of 都道府県カルテ that are not figures: choice, header, wording, cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from components.frame import show_page_link
from components.markup import esc, kind_badge, lines, mark_swatch
from components.palette import STATE_MARKS
from domain.frameworks import COVERAGE_UNKNOWN, Framework, PrefectureState
from domain.messages import (
    REPORT,
    describe_place,
    describe_report_days,
    framework_summary,
    is_reported,
    source_word,
)
from domain.periods import format_period
from domain.places import Prefecture, neighbours_in_order
from domain.values import ORIGINAL

# More rows than this stand folded below the first ones.
_MOST_OPEN = 3


def choose_prefecture(places: Mapping[str, Prefecture]) -> Prefecture:
    """Ask for the prefecture; neighbours in code order are one press away."""
    codes = tuple(places)

    def step(offset: int) -> None:
        st.session_state["pref"] = neighbours_in_order(st.session_state["pref"], codes)[offset]

    columns = st.columns([1.2, 3, 1.2, 5], vertical_alignment="bottom", gap="small")
    with columns[1]:
        code = st.selectbox(
            "都道府県", options=list(codes), index=0,
            format_func=lambda c: places[c].name, key="pref", bind="query-params",
        )  # fmt: skip
    before, after = (places[c].short_name for c in neighbours_in_order(code, codes))
    with columns[0]:
        st.button(
            f"← {before}",
            on_click=step,
            args=(0,),
            key="prefecture.before",
            width="stretch",
            help="前の都道府県",
        )
    with columns[2]:
        st.button(
            f"{after} →",
            on_click=step,
            args=(1,),
            key="prefecture.after",
            width="stretch",
            help="次の都道府県",
        )
    return places[code]


def choose_sheet() -> bool:
    """Ask whether the page is shown as the one sheet that is printed."""
    return st.toggle(
        "A4一枚で見る",
        key="sheet",
        bind="query-params",
        help="A4横一枚に収めた形で表示します。見えているとおりに印刷できます。",
    )


def choose_peers(
    places: Mapping[str, Prefecture], own: str, nearest: Sequence[str], most: int
) -> list[str]:
    """Ask which prefectures to compare with; those nearest in population stand first."""
    return st.multiselect(
        f"比べる都道府県（{most}団体まで。初めは人口の近い団体）",
        options=[code for code in places if code != own],
        default=list(nearest),
        format_func=lambda code: places[code].name,
        max_selections=most,
        placeholder="全国とだけ比べる",
        # The default depends on the prefecture, so each has a choice of its own.
        key=f"prefecture.peers.{own}",
    )


def show_header(
    place: Prefecture, state: PrefectureState, figures: Sequence[tuple[str, str, str]]
) -> None:
    """Show name, state and the prefecture's own figures: (label, value with unit, note)."""
    mark = STATE_MARKS[state.state]
    items = "".join(
        f"<div><dt>{esc(label)}</dt><dd><b>{esc(value)}</b><small>{esc(note)}</small></dd></div>"
        for label, value, note in figures
    )
    st.html(
        f'<div class="gs-karte"><h2>{esc(place.name)}<small>団体コード {esc(place.code)}・{esc(place.region)}</small></h2>'
        f"<p>{mark_swatch(mark)} {esc(mark.label)}"
        f"{'（一部の地域・市町村が対象）' if state.partial else ''}{esc(_origin(state.frameworks))}</p>"
        f"<dl>{items}</dl></div>"
    )


def _origin(rows: Sequence[Framework]) -> str:
    days = describe_report_days(rows)
    return f"　{REPORT}（{days.removeprefix('報告の')}）" if days else ""


def wording_title(rows: Sequence[Framework]) -> str:
    """Return the heading above the words of document and report."""
    word = source_word(rows)
    return "資料の原文" if word == "資料" else REPORT if word == "報告" else f"資料の原文と{REPORT}"


def show_wording(rows: Sequence[Framework], absence: str) -> None:
    """Show the document's own words and what was reported, each with its place.

    absence : where nothing is said of a prefecture without rows.
    """
    if not rows:
        st.html(
            f'<p class="gs-note">{esc(absence)}、この都道府県の枠組みの記載はありません（データ未入力）。</p>'
        )
        return
    first = len(rows) if len(rows) <= _MOST_OPEN + 1 else _MOST_OPEN
    st.html(_list_html(rows[:first]))
    if rest := rows[first:]:
        with st.expander(f"ほか{len(rest)}件"):
            st.html(_list_html(rest))


def _list_html(rows: Sequence[Framework]) -> str:
    items = "".join(
        f"<li><b>{esc(framework_summary(row))}</b>{kind_badge(row.value_kind)}"
        + (_report_html(row) if is_reported(row) else _quote_html(row))
        + (f'<p class="gs-note">備考：{lines(row.note)}</p>' if row.note else "")
        + "</li>"
        for row in rows
    )
    return f'<ul class="gs-list gs-plain">{items}</ul>'


def _quote_html(row: Framework) -> str:
    return (
        f'<blockquote class="gs-quote">「{lines(row.quote)}」<br>{esc(row.locator)}</blockquote>'
        + (
            f'<p class="gs-note">その後の記載：{lines(row.later_note)}</p>'
            if row.later_note
            else ""
        )
    )


def _report_html(row: Framework) -> str:
    content = describe_content(row)
    return (
        f'<blockquote class="gs-quote">{lines(content)}{"<br>" if content else ""}'
        f"{esc(REPORT)}：{esc(describe_place(row))}</blockquote>"
    )


def describe_content(row: Framework) -> str:
    """Return what a reported row says beside its summary, or ""."""
    coverage = "" if row.coverage == COVERAGE_UNKNOWN else row.coverage
    count = "" if row.municipalities is None else f"{row.municipalities}市区町村"
    told = {
        "対象範囲": "・".join(filter(None, (coverage, count))),
        "対象分野": "、".join(row.fields),
        "対応方策": "、".join(row.measures),
        "今後の予定": row.plan,
        "期限": format_period(row.due, with_western=False) if row.due else "",
    }
    return "／".join(f"{name}：{text}" for name, text in told.items() if text)


def show_practices(practices: pd.DataFrame, measures: pd.DataFrame, place: Prefecture) -> None:
    """List the prefecture's practices of the case library."""
    names = dict(zip(measures["measure_code"], measures["name"], strict=True))
    items = "".join(
        f"<li><b>{esc(row.title)}</b>（{esc(row.field_label)}・"
        f"{esc('／'.join(names[m] for m in row.measures.split(';')))}）{esc(row.status)}"
        f"<br>{esc(row.summary)}</li>"
        for row in practices[practices["pref_code"] == place.code].itertuples(index=False)
    )
    st.html(
        f'<ul class="gs-list">{items}</ul>'
        if items
        else '<p class="gs-note">本資料に、この都道府県の取組事例の記載はありません。</p>'
    )
    if items:
        show_page_link("practices", "取組事例で開く", place=place.name)


def show_cases(cases: pd.DataFrame, place: Prefecture) -> None:
    """Show the slides on 秋田県 or 沖縄県, in their order, with the place of each line."""
    own = cases[cases["pref_code"] == place.code]
    for section, rows in own.groupby("section", sort=False):
        items = "".join(
            f"<li>{lines(row.text)}<small>（{esc(row.locator)}）</small></li>"
            for row in rows.sort_values("order").itertuples(index=False)
        )
        with st.expander(f"{section}（{len(rows)}項目）"):
            st.html(f'{kind_badge(ORIGINAL)}<ul class="gs-list">{items}</ul>')
