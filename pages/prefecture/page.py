"""都道府県カルテ: one prefecture on one page, A4 landscape."""

import streamlit as st

from components.figure import show_figure
from components.frame import show_section, show_title
from data import catalogue
from data.loaders import load_frameworks, load_table
from domain.messages import describe_absence
from pages.prefecture import build, parts
from pages.prefecture.sheet import show_sheet

places = catalogue.places_by_code()

show_title("prefecture", catalogue.describe_freshness(catalogue.framework_as_of()))
with st.container(key="gs-choices"):
    place = parts.choose_prefecture(places)
    as_sheet = parts.choose_sheet()
state = build.load_own_state(place)
if as_sheet:
    show_sheet(place, state)
    st.stop()
parts.show_header(place, state, build.list_header_figures(place))

left, right = st.columns([6, 5], gap="medium")
with left:
    show_figure(build.build_timeline(place))
with right:
    show_figure(build.build_field_measures(place))

show_section("人口と職員の見通し")


@st.fragment
def show_comparison() -> None:
    """Redraw the two index charts alone when other peers are chosen."""
    nearest, most = build.nearest_peers(place.code), build.most_peers()
    peers = parts.choose_peers(places, place.code, nearest, most)
    columns = st.columns(2, gap="medium")
    for column, figure in zip(columns, build.build_indices(place, peers), strict=True):
        with column:
            show_figure(figure)


show_comparison()

left, right = st.columns(2, gap="medium")
with left:
    show_section(parts.wording_title(state.frameworks))
    parts.show_wording(state.frameworks, describe_absence(load_frameworks()))
with right:
    show_section("この都道府県の取組事例")
    parts.show_practices(load_table("practices"), load_table("measures"), place)
    parts.show_cases(load_table("cases"), place)
