"""概況: how far have the frameworks come, as the document and the reports say?"""

import streamlit as st

from components.figure import show_figure
from components.frame import show_kpis, show_page_link, show_sentences, show_title
from data import catalogue
from data.loaders import load_states, load_table
from domain.messages import overview_sentences
from pages.overview import build, parts

facts, derived = catalogue.published_facts()
states = load_states(catalogue.latest_day())
nation = catalogue.national_working_age()
projection = catalogue.source_ref(catalogue.PROJECTION)

show_title("overview", catalogue.describe_freshness(catalogue.document_as_of()))
show_sentences("要点", overview_sentences(facts, derived, states, nation, projection.title))
show_kpis(parts.build_kpis(facts, derived, states))


@st.fragment
def show_working_age() -> None:
    """Redraw this figure alone when another prefecture is asked for."""
    show_figure(build.build_working_age(parts.choose_area()))


left, right = st.columns([7, 5], gap="medium")
with left:
    show_figure(build.build_states())
    show_page_link("framework_map", "設置状況マップで詳しく見る")
with right:
    show_working_age()
    parts.show_quoted_fact(facts["working_age_decline"])

left, right = st.columns([7, 5], gap="medium")
with left:
    show_figure(build.build_checks())
    parts.show_contradiction(load_table("contradictions"), "CT01")
with right:
    show_figure(build.build_measures())
parts.show_freshness(catalogue.freshness_entries(), catalogue.today())
