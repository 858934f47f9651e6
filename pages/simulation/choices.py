"""What one may choose on 将来シミュレーション: levers, scope, year; all of it in the address."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components.markup import esc, kind_badge
from domain.places import Prefecture
from domain.simulation.levers import Choice
from domain.simulation.names import LEVERS
from domain.values import ASSUMPTION, DRAFT, ESTIMATE
from pages.simulation.view import CLASSES, NATION, Scope

PARTS = {
    "trial": "試算",
    "effects": "手段の効き目",
    "checks": "検証",
    "assumptions": "前提",
}
_PRESETS = {"現状維持": "", "中位": "middle", "最大": "highest"}


def show_trial_note() -> None:
    """Say on every part what these numbers are."""
    badges = "".join(map(kind_badge, (ESTIMATE, ASSUMPTION, DRAFT)))
    st.html(
        f'<p class="gs-note">{badges}<b>試算であり、将来を予測するものではありません。</b>'
        "331のまとまり（都道府県×人口規模）で計算しています。話し合いの材料としてお使いください。</p>"
    )


def choose_scope(places: Mapping[str, Prefecture]) -> Scope:
    """Ask for the part of the country: everything, a prefecture, or a class of municipalities."""
    names = {NATION: Scope()}
    names |= {
        f"人口{label}の市町村": Scope(f"人口{label}", size_class=code)
        for code, label in CLASSES.items()
    }
    names |= {place.name: Scope(place.name, code) for code, place in places.items()}
    return names[st.selectbox("範囲", list(names), key="scope", bind="query-params")]


def choose_year(years: tuple[int, ...], first: int) -> int:
    """Ask for the year of the numbers."""
    return st.segmented_control(
        "年", list(years), default=first, required=True, key="sim-year", bind="query-params",
    )  # fmt: skip


def _key(code: str) -> str:
    return f"lever-{code}"


def _set_all(levers: pd.DataFrame, column: str) -> None:
    for row in levers.itertuples():
        st.session_state[_key(row.lever_code)] = round(100 * getattr(row, column)) if column else 0


def _help_text(row) -> str:
    pace = (
        f"過去の速さ：{row.pace_source}。"
        if isinstance(row.pace_source, str) and row.pace_source
        else ""
    )
    return f"{row.acts_on}に働きます。{row.note}。{pace}根拠の確かさ：{row.grade}。"


def choose_frame(
    places: Mapping[str, Prefecture], years: tuple[int, ...], first: int, levers: pd.DataFrame
) -> tuple[Scope, int]:
    """Ask for scope and year in one row, with the presets of the levers beside them."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        scope = choose_scope(places)
        year = choose_year(years, first)
        for name, column in _PRESETS.items():
            st.button(name, on_click=_set_all, args=(levers, column), key=f"preset-{name}")
    return scope, year


def choose_levers(levers: pd.DataFrame) -> Choice:
    """Ask how far each lever is used."""
    values, by_code = {}, {row.lever_code: row for row in levers.itertuples()}
    group = ""
    for code in _in_groups(by_code):
        row = by_code[code]
        if row.group != group:
            group = row.group
            st.html(f'<p class="gs-note"><b>{esc(group)}</b></p>')
        values[code] = (
            st.slider(
                f"{row.label_ja}（対象のうち行う割合）", round(100 * row.low), round(100 * row.high),
                value=0, step=round(100 * row.step), format="%d％", key=_key(code),
                bind="query-params", help=_help_text(row),
            )
            / 100
        )  # fmt: skip
    return Choice.of_codes(values)


def ask_range(possible: bool) -> bool:
    """Ask whether the range of the need is shown."""
    return st.toggle(
        "必要の幅を示す（200通り）", key="sim-range", bind="query-params", disabled=not possible,
        help="前提を下限から上限まで動かした200通りの計算の、中ほど90％です。全国で示します。",
    )  # fmt: skip


def _in_groups(rows: Mapping[str, object]) -> list[str]:
    """Return the levers with those of a 対応方策 together, in the document's order."""
    groups = ("減らす", "まとめる", "担い手を広げる", "生産性を高める")
    return sorted(LEVERS, key=lambda code: (groups.index(rows[code].group), LEVERS.index(code)))
