"""④ 差分: what would change, value by value, on the map and in the key figures."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import downloads
from components.figure import show_figure
from components.frame import show_kpis, show_section, show_sentences
from data import catalogue
from data.intake.service import Submission
from data.published import FRAMEWORKS
from domain import frameworks as fw
from domain.intake.changes import ADDED, CHANGED, REMOVED, Difference, Effect
from domain.intake.findings import REJECT
from pages.submit import build
from pages.submit.tables import MOST_CHANGES, changes_html, changes_table, place_name

MOST_NAMES = 12


def show_difference(submission: Submission, hidden: Sequence[int] = ()) -> None:
    """Show counts, effect, maps and the changed values. hidden : versions under embargo."""
    if submission.verdict == REJECT:
        st.html(
            '<p class="gs-note">要修正の指摘が残っているため、公表中の内容と比べていません。</p>'
        )
        return
    if hidden:
        names = "、".join(f"第{no}版" for no in hidden)
        st.html(f'<p class="gs-note">解禁前の{names}も、公表済みとして比べています。</p>')
    show_changes(submission.difference, "diff")
    if touches_frameworks(submission.difference):
        show_effect(submission.effect)


def touches_frameworks(difference: Difference) -> bool:
    """Does a difference say anything about the frameworks of prefectures?"""
    return any(dataset == FRAMEWORKS for dataset, _ in difference.scopes())


def effect_sentence(effect: Effect) -> str:
    """Return the effect on the key figure: 設置済み 8→9団体."""
    was, now = effect.established()
    published = catalogue.published_facts()[0]["N_established"]
    return (
        f"都道府県別の行で数えた設置済み {was}→{now}団体"
        f"（資料の公表値は{published.display()}団体で、変わりません）"
    )


def _moves(effect: Effect) -> list[str]:
    """Return which prefectures move from one state to another, a sentence for each way."""
    ways: dict[tuple[str, str], list[str]] = {}
    for code in effect.moved():
        way = (effect.before[code].state, effect.after[code].state)
        ways.setdefault(way, []).append(place_name(code))
    return [
        f"{fw.STATE_LABELS[before]} → {fw.STATE_LABELS[after]}：{'、'.join(names[:MOST_NAMES])}"
        + (f"ほか（計{len(names)}団体）" if len(names) > MOST_NAMES else "")
        for (before, after), names in ways.items()
    ]


def show_effect(effect: Effect, names: tuple[str, str] = ("公表前", "公表後")) -> None:
    """Show the states before and after as two maps, and what moves."""
    show_section("設置状況への影響")
    show_sentences("影響", [effect_sentence(effect), *_moves(effect)])
    left, right = st.columns(2, gap="medium")
    before, after = build.build_effect(effect, names)
    with left:
        show_figure(before)
    with right:
        show_figure(after)


def show_changes(difference: Difference, key: str) -> None:
    """Show the counts of changed rows and their values."""
    kpis = [
        {
            "label": kind,
            "value": f"{difference.count(kind):,}",
            "unit": "行",
            "base": "",
            "badge": "",
            "note": note,
        }
        for kind, note in (
            (ADDED, "公表中の表に無い行"),
            (CHANGED, "値が変わる行"),
            (REMOVED, "公表中の表から外れる行"),
        )
    ]
    kpis.append(
        {
            "label": "変更なし",
            "value": f"{difference.unchanged:,}",
            "unit": "行",
            "base": "",
            "badge": "",
            "note": "公表中と同じ行",
        }
    )
    show_kpis(kpis)
    if not difference.rows:
        return
    show_section("値ごとの差分")
    total = len(difference.rows)
    st.html(changes_html(difference, "値ごとの差分"))
    if total > MOST_CHANGES:
        st.html(
            f'<p class="gs-note">{total:,}行のうち最初の{MOST_CHANGES}行です。全ては保存して見られます。</p>'
        )
    st.download_button(
        "差分をExcelで保存",
        data=lambda: downloads.to_xlsx({"差分": changes_table(difference)}),
        file_name=downloads.file_name("差分", "", "xlsx"),
        mime=downloads.XLSX_MIME,
        on_click="ignore",
        key=f"{key}-xlsx",
        type="tertiary",
    )
