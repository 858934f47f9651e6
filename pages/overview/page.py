"""概況: how far have the frameworks come, as the ministry's document says?"""

import streamlit as st

from components.figure import show_figure
from components.frame import show_kpis, show_page_link, show_sentences, show_title
from data import catalogue
from data.loaders import load_frameworks, load_table
from domain import frameworks as fw
from domain.messages import freshness_sentence, overview_sentences
from domain.periods import day_period
from domain.population import series_of
from pages.overview import figures
from pages.overview.parts import (
    build_kpis,
    show_contradiction,
    show_freshness,
    show_quoted_fact,
)

facts, derived = catalogue.published_facts()
places = catalogue.places_by_code()
day = catalogue.document_day()
states = fw.compute_states(places, load_frameworks(), day)
nation = catalogue.national_working_age()
document = catalogue.source_ref(catalogue.DOCUMENT)
projection = catalogue.source_ref(catalogue.PROJECTION)

show_title("overview", freshness_sentence(catalogue.document_as_of(), day.isoformat()))
show_sentences("要点", overview_sentences(facts, derived, states, nation, projection.title))
show_kpis(build_kpis(facts, derived))

left, right = st.columns([7, 5], gap="medium")
with left:
    chosen = show_figure(
        figures.draw_states(
            states,
            places,
            day_period(day.year, day.month, day.day),
            catalogue.source_ref(catalogue.DOCUMENT, "「都道府県における主な取組の例」表"),
        )
    )
    show_page_link("framework_map", "設置状況マップで詳しく見る")
with right:

    @st.fragment
    def show_working_age() -> None:
        """Redraw this figure alone when another prefecture is asked for."""
        code = st.selectbox(
            "都道府県を重ねて見る",
            options=list(places),
            index=None,
            format_func=lambda c: places[c].name,
            placeholder="全国のみ",
            key="area",
            bind="query-params",
        )
        own = series_of(load_table("population"), code, age_group="15-64") if code else None
        name = places[code].name if code else ""
        show_figure(figures.draw_working_age(nation, own, name, projection))

    show_working_age()
    show_quoted_fact(facts["working_age_decline"])

checks, measures = st.columns([7, 5], gap="medium")
with checks:
    show_figure(figures.draw_checks(fw.reconcile(facts, states), document))
    show_contradiction(load_table("contradictions"), "CT01")
with measures:
    missing = load_table("missing_figures").set_index("figure_id").loc["MF03"]
    show_figure(
        figures.draw_measures(missing, catalogue.source_ref(catalogue.DOCUMENT, missing["locator"]))
    )
show_freshness(catalogue.freshness_entries(), catalogue.today())
