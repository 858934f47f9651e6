"""設置状況マップ: which prefecture has which kind of framework?"""

import streamlit as st

from components.figure import (
    show_chart,
    show_figure,
    show_figure_foot,
    show_figure_head,
    show_figure_table,
)
from components.frame import show_section, show_title
from data import catalogue
from data.loaders import load_frameworks
from domain import frameworks as fw
from domain.messages import freshness_sentence
from pages.framework_map import controls, figures
from pages.framework_map.card import show_matching_list, show_prefecture_card
from pages.framework_map.columns import show_columns

places = catalogue.places_by_code()
rows = load_frameworks()
days = catalogue.evidence_days()
table_source = catalogue.source_ref(catalogue.DOCUMENT, "「都道府県における主な取組の例」表")
map_sources = (table_source, catalogue.source_ref(catalogue.OUTLINES))

show_title(
    "framework_map",
    freshness_sentence([day.isoformat() for day in days[:-1]], days[-1].isoformat()),
)


@st.fragment
def show_map() -> None:
    """Redraw choices, map and card together; nothing else on the page moves with them."""
    chosen = controls.choose_filter(rows)
    left, right = st.columns([7, 5], gap="medium")
    with right:
        # Before the map, which has to know what the address or this list has chosen.
        selected = controls.choose_prefecture({code: place.name for code, place in places.items()})
    with left:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
            view = controls.choose_view()
            day = controls.choose_day(days)
        states = fw.compute_states(places, rows, day)
        matching = frozenset(code for code, state in states.items() if chosen.matches(state))
        figure = figures.draw_states(
            states, places, matching, view, selected, day,
            map_sources if view == "map" else (table_source,),
        )  # fmt: skip
        if view == "columns":
            show_columns(states, places)
        else:
            show_figure_head(figure)
            if view == "table":
                show_figure_table(figure)
            else:
                show_chart(figure, on_select=lambda code: st.session_state.update(focus=code))
            show_figure_foot(figure)
    with right:
        if selected:
            show_prefecture_card(states[selected], places[selected], day)
        else:
            show_matching_list(states, places, matching)


@st.fragment
def show_matrix() -> None:
    """Redraw the matrix alone when its order changes."""
    order = st.segmented_control(
        "並び", [figures.CODE_ORDER, figures.START_ORDER], default=figures.CODE_ORDER,
        required=True, key="order", bind="query-params",
    )  # fmt: skip
    show_figure(figures.draw_field_matrix(rows, places, order, table_source))


show_map()
show_section("対象分野 × 都道府県")
show_matrix()
