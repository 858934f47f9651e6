"""Parts of 概況 that are not figures: large numbers, quoted number, freshness strip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import pandas as pd
import streamlit as st

from components.markup import esc, kind_badge, lines
from data.catalogue import places_by_code
from domain import frameworks as fw
from domain.frameworks import PrefectureState
from domain.messages import collect_rows, describe_counted, has_no_answer, source_word
from domain.periods import describe_as_of, format_period, parse_period
from domain.values import Fact


def build_kpis(
    facts: Mapping[str, Fact],
    derived: Mapping[str, Fact],
    states: Mapping[str, PrefectureState],
) -> list[dict[str, str]]:
    """Return the four large numbers: 設置済, 設置予定, どちらの記載もない, 分野横断.

    The numbers are the published ones; what the rows add up to stands in the notes as soon as
    prefectures have reported.
    """
    total = facts["prefectures"].display()
    established = facts["N_established"]
    same_page = "時点の記載なし（①と同じ頁）"
    counted = _count_rows(states)
    rows = (
        (
            "枠組みを設置済", established, f"／{total}",
            describe_as_of(established.as_of) + counted(*fw.ESTABLISHED_STATES),
        ),
        (
            "設置予定", facts["N_planned"], f"／{total}",
            describe_as_of(facts["N_planned"].as_of) + counted(fw.PLAN),
        ),
        (
            "未設置・予定の記載なし",
            derived["not_stated"],
            f"／{total}",
            f"{derived['not_stated'].derivation}。「設置しない」の意味ではない" + counted(fw.NONE),
        ),
        (
            "分野横断の枠組みを設置",
            facts["N_cross_field"],
            f"／{total}",
            f"単一分野は{facts['N_single_field'].display()}、双方は{facts['N_both'].display()}。{same_page}"
            + counted(fw.CROSS, fw.BOTH, untyped=True),
        ),
    )  # fmt: skip
    return [
        {
            "label": label,
            "value": fact.display(),
            "unit": fact.unit,
            "base": base,
            "badge": kind_badge(fact.kind),
            "note": note,
        }
        for label, fact, base, note in rows
    ]


def _count_rows(states: Mapping[str, PrefectureState]) -> Callable[..., str]:
    """Return what says how many prefectures the rows put into some states; "" without a report."""
    counts = fw.count_states(states)
    word = source_word(collect_rows(states))

    silent = sum(map(has_no_answer, states.values()))

    def say(*of: str, untyped: bool = False) -> str:
        open_cases = {
            "型の記載なし": counts[fw.UNSPECIFIED] if untyped else 0,
            "未入力": counts[fw.UNKNOWN] - silent,
            "未回答": silent,
        }
        rest = "、".join(f"{name}{count}団体" for name, count in open_cases.items() if count)
        number = sum(counts[state] for state in of)
        return f"。{word}の行の集計では{number}団体" + (f"（ほかに{rest}）" if rest else "")

    return say if describe_counted(states) else lambda *_, **__: ""


def show_quoted_fact(fact: Fact) -> None:
    """Show a number of the source as a quotation; it is not recomputed from other statistics."""
    st.html(
        f'<blockquote class="gs-quote">{kind_badge(fact.kind)}{esc(fact.label)}：'
        f"<b>{esc(fact.display())}{esc(fact.unit)}</b>"
        f"（{esc(fact.locator)}）。{esc(fact.caution.removeprefix('約。'))}。</blockquote>"
    )


def show_contradiction(table: pd.DataFrame, contradiction_id: str) -> None:
    """Explain one contradiction of the source: both places, the sum, what we do with it."""
    row = table.set_index("id").loc[contradiction_id]
    with st.expander(f"合わない理由と扱い：{row['title']}"):
        st.html(
            f'<p class="gs-note">{lines(row["arithmetic"])}。{lines(row["explanation"])}。</p>'
            f'<blockquote class="gs-quote">「{lines(row["quote_a"])}」<br>{lines(row["place_a"])}</blockquote>'
            f'<blockquote class="gs-quote">「{lines(row["quote_b"])}」<br>{lines(row["place_b"])}</blockquote>'
            f'<p class="gs-note">本製品での扱い：{lines(row["treatment"])}。</p>'
        )


def show_freshness(entries: Iterable[tuple[str, str]], today: date) -> None:
    """Show how old each set of numbers is. entries : (what, canonical as-of)."""
    items = []
    for what, as_of in sorted(entries, key=lambda entry: parse_period(entry[1]).last):
        period = parse_period(as_of)
        months = (today.year - period.last.year) * 12 + today.month - period.last.month
        age = f"{months}か月前" if months > 0 else "今月" if months == 0 else "先の時点"
        items.append(
            f"<li><b>{esc(format_period(period, with_western=False))}</b>"
            f"<span>{esc(what)}</span><small>{esc(age)}</small></li>"
        )
    st.html(
        '<section aria-label="データの新しさ"><h2 class="gs-section">データの新しさ</h2>'
        f'<ol class="gs-freshness">{"".join(items)}</ol></section>'
    )


def choose_area() -> str | None:
    """Ask for a prefecture to lay beside the nation.

    The list stands in a popover: the browser loads what a list needs when it is opened, not
    before the first page is on screen (0.2 s).
    """
    places = places_by_code()
    with st.popover("都道府県を重ねて見る", key="area-choice"):
        return st.selectbox(
            "都道府県",
            options=list(places),
            index=None,
            format_func=lambda code: places[code].name,
            placeholder="全国のみ",
            key="area",
            bind="query-params",
        )
