"""取組事例: what do other places and the nation do, with which measure?"""

import streamlit as st

from components.figure import show_figure
from components.frame import show_section, show_title
from data import catalogue
from data.loaders import load_facts, load_table
from domain.messages import freshness_sentence
from domain.practices import filter_practices
from pages.practices import figures, parts, spread

places = catalogue.places_by_code()
document = catalogue.source_ref(catalogue.DOCUMENT)

show_title(
    "practices",
    freshness_sentence(catalogue.document_as_of(), catalogue.document_day().isoformat()),
)


@st.fragment
def show_library() -> None:
    """Redraw choices, map and cards together."""
    every, measures = load_table("practices"), load_table("measures")
    chosen = filter_practices(every, *parts.choose_filter(every, measures, places))
    left, right = st.columns([7, 5], gap="medium")
    with left:
        figure = figures.draw_practice_map(chosen, places, st.session_state.get("place"), document)
        show_figure(figure, on_select=lambda code: st.session_state.update(place=code))
    with right:
        show_figure(figures.draw_measure_counts(chosen, measures, document))
    show_section(f"事例 {len(chosen)}件")
    parts.show_cards(chosen, load_table("practice_figures"), measures)


def show_charts() -> None:
    """Show the document's series as charts."""
    facts = load_facts()
    shares = spread.load_series("convenience_copies_percent")
    copies = spread.load_series("convenience_copies")
    years = sorted(shares)
    bands, horizon, confidence = spread.list_bands(shares)
    values = [shares[year] for year in years]
    left, right = st.columns(2, gap="medium")
    with left:
        show_figure(
            figures.draw_convenience_share(years, values, bands, horizon, confidence, document)
        )
        show_figure(figures.draw_fire(facts["fire_hq_before"], facts["fire_hq_after"], document))
    with right:
        show_figure(
            figures.draw_convenience_volume(years, [copies[y] for y in years], values, document)
        )
        show_figure(figures.draw_sewage(facts, document))
    show_figure(figures.draw_corporations(load_table("corporations"), document))


match parts.choose_part():
    case "library":
        show_library()
    case "charts":
        show_charts()
    case "roles":
        parts.show_role_review(load_table("role_review"))
        parts.show_reference_tables(
            load_table("national_bodies"),
            load_table("role_split_insurance"),
            load_table("outsourcing_scope"),
        )
    case "digital":
        parts.show_digital_foundation(load_table("digital_foundation"))
