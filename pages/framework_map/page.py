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
from data.loaders import load_frameworks, load_states
from domain.frameworks import FrameworkFilter
from pages.framework_map import build, controls
from pages.framework_map.card import show_matching_list, show_prefecture_card
from pages.framework_map.columns import show_columns

places = catalogue.places_by_code()
days = catalogue.evidence_days()

show_title("framework_map", catalogue.describe_freshness(catalogue.framework_as_of()))


@st.fragment
def show_filtered_map() -> None:
    """Ask for the limits; a change of them redraws the map below with them."""
    show_map(controls.choose_filter(load_frameworks()))


@st.fragment
def show_map(chosen: FrameworkFilter) -> None:
    """Redraw map and card together; the limits above them are not sent again."""
    left, right = st.columns([7, 5], gap="medium")
    with right:
        # Before the map, which has to know what the address or this list has chosen.
        selected = controls.choose_prefecture({code: place.name for code, place in places.items()})
    with left:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
            view = controls.choose_view()
            day = controls.choose_day(days, load_frameworks())
        if view == "columns":
            show_columns(day)
        else:
            figure = build.build_states(day, chosen, view, selected)
            show_figure_head(figure)
            if view == "table":
                show_figure_table(figure)
            else:
                show_chart(figure, on_select=lambda code: st.session_state.update(focus=code))
            show_figure_foot(figure)
    with right:
        states = load_states(day)
        if selected:
            rows = load_frameworks()
            show_prefecture_card(states[selected], places[selected], day, rows)
        else:
            show_matching_list(states, places, build.list_matching(states, chosen))


@st.fragment
def show_matrix() -> None:
    """Redraw the matrix alone when its order changes."""
    show_figure(build.build_field_matrix(controls.choose_order()))


show_filtered_map()
show_section("対象分野 × 都道府県")
show_matrix()
