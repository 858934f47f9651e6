"""都道府県カルテ: one prefecture on one page, A4 landscape."""

import pandas as pd
import streamlit as st

from components.figure import show_figure
from components.frame import show_section, show_title
from data import catalogue
from data.loaders import load_frameworks, load_parameters, load_table
from domain import frameworks as fw
from domain.messages import freshness_sentence
from domain.population import list_peers
from pages.prefecture import figures, parts
from pages.prefecture.comparison import list_header_figures, list_index_figures

places = catalogue.places_by_code()
day = catalogue.document_day()
document = catalogue.source_ref(catalogue.DOCUMENT)
most_peers = int(load_parameters()["peers.count"]["value"])

show_title(
    "prefecture",
    freshness_sentence([d.isoformat() for d in catalogue.evidence_days()[:-1]], day.isoformat()),
)
place = parts.choose_prefecture(places)

state = fw.compute_states(places, load_frameworks(), day)[place.code]
rows = state.frameworks
practices: pd.DataFrame = load_table("practices").query("pref_code == @place.code")
measures = load_table("measures")
events = load_table("timeline").query("pref_code == @place.code")
sizes = catalogue.population_by_code()

parts.show_header(place, state, list_header_figures(place))

left, right = st.columns([6, 5], gap="medium")
with left:
    show_figure(figures.draw_timeline(place.name, rows, events, day, document))
with right:
    show_figure(figures.draw_field_measures(place.name, rows, practices, measures, document))

show_section("人口と職員の見通し")


@st.fragment
def show_comparison() -> None:
    """Redraw the two index charts alone when other peers are chosen."""
    nearest = list_peers(sizes, place.code, most_peers)
    peers = parts.choose_peers(places, place.code, nearest, most_peers)
    for column, figure in zip(
        st.columns(2, gap="medium"), list_index_figures(place, places, peers), strict=True
    ):
        with column:
            show_figure(figure)


show_comparison()

left, right = st.columns(2, gap="medium")
with left:
    show_section("資料の原文")
    parts.show_wording(rows)
with right:
    show_section("この都道府県の取組事例")
    names = dict(zip(measures["measure_code"], measures["name"], strict=True))
    parts.show_practices(practices, names, place.name)
    parts.show_cases(load_table("cases").query("pref_code == @place.code"))
