"""The choices of 設置状況マップ; every one of them lives in the address.

Streamlit writes the shown label into the address (?pref=秋田県), so labels are part of the
links that people keep: change one only with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import streamlit as st

from domain import frameworks as fw
from domain.frameworks import Framework, FrameworkFilter
from domain.messages import list_frameworks, source_word
from domain.periods import day_period, format_short
from pages.framework_map.fields import CODE_ORDER, START_ORDER

FILTER_KEYS = ("state", "kind", "field", "level", "measure")
_NEWEST_DAY = "asof.newest"
VIEWS = {"map": "地図", "tile": "タイル", "columns": "立体", "table": "表"}


def choose_day(days: Sequence[date], rows: Sequence[Framework]) -> date:
    """Ask for the day to look at; the latest one is shown first."""
    options = [day.isoformat() for day in days]
    _follow(options[-1])
    chosen = st.select_slider(
        "時点",
        options=options,
        value=options[-1],
        format_func=lambda text: format_short(day_period(*map(int, text.split("-")))),
        key="asof",
        bind="query-params",
        help=f"{source_word(rows).replace('・', 'と')}の中の時点を動かすと、その日までに記載のある枠組みだけを表示します。",
    )
    return date.fromisoformat(chosen)


def _follow(newest: str) -> None:
    """Move on to a day that a new report brought, for whoever stood at the newest so far."""
    before = st.session_state.get(_NEWEST_DAY)
    st.session_state[_NEWEST_DAY] = newest
    if before and before != newest and st.session_state.get("asof") == before:
        # The address wins over the session, so both have to change.
        st.session_state["asof"] = newest
        st.query_params.pop("asof", None)


def _choose(label: str, key: str, options: Iterable[str], labels: dict[str, str] | None = None):
    return st.selectbox(
        label,
        options=list(options),
        index=None,
        format_func=(lambda value: labels[value]) if labels else str,
        placeholder="すべて",
        key=key,
        bind="query-params",
    )


def choose_filter(rows: Sequence[Framework]) -> FrameworkFilter:
    """Ask for the limits; each list holds what the data holds, in its own order."""
    word = source_word(rows)
    rows = list_frameworks(rows)
    kinds = [kind for kind in fw.FRAMEWORK_KINDS if any(row.kind == kind for row in rows)]
    levels = [level for level in fw.LEVELS if any(row.level == level for row in rows)]
    words = dict.fromkeys(word for row in rows for word in row.fields)
    measures = dict.fromkeys(m for row in rows for m in (row.measures or (fw.NOT_STATED,)))
    # One row of equal parts: columns would cost a message each at every change.
    with st.container(key="map-filters", horizontal=True, vertical_alignment="bottom", gap="small"):
        state = _choose("設置状況", "state", fw.STATES, fw.STATE_LABELS)
        kind = _choose(
            "型", "kind", kinds, {k: k if k != "不明" else "型の記載なし" for k in kinds}
        )
        field = _choose(f"対象分野（{word}の語）", "field", words)
        level = _choose(
            "会議の級", "level", levels, {k: k if k != "不明" else "級の記載なし" for k in levels}
        )
        measure = _choose("対応方策", "measure", measures)
        st.button("解除", on_click=clear_filters, help="絞り込みを全て外します")

    def one(value: str | None) -> tuple[str, ...]:
        return (value,) if value else ()

    return FrameworkFilter(one(state), one(kind), one(field), one(level), one(measure))


def clear_filters() -> None:
    """Lift every limit; day, view and prefecture stay."""
    for key in FILTER_KEYS:
        st.session_state[key] = None


def choose_view() -> str:
    """Ask how the states are shown."""
    return st.segmented_control(
        "表示",
        options=list(VIEWS),
        default="map",
        required=True,
        format_func=VIEWS.__getitem__,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )


def choose_prefecture(names: dict[str, str]) -> str | None:
    """Ask for a prefecture by name; the same as a click on the map."""
    return st.selectbox(
        "都道府県を選ぶ（地図を押しても選べます）",
        options=list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="選んでいません",
        key="focus",
        bind="query-params",
    )


def choose_order() -> str:
    """Ask for the order of the prefectures in the matrix."""
    return st.segmented_control(
        "並び",
        [CODE_ORDER, START_ORDER],
        default=CODE_ORDER,
        required=True,
        key="order",
        bind="query-params",
    )
