"""取組事例: what do other places and the nation do, with which measure?"""

import streamlit as st

from components.figure import show_figure
from components.frame import choose_part, show_section, show_title
from data import catalogue
from data.loaders import load_table
from domain.messages import freshness_sentence
from domain.practices import filter_practices
from pages.practices import build, parts

show_title(
    "practices",
    freshness_sentence(catalogue.document_as_of(), catalogue.document_day().isoformat()),
)


@st.fragment
def show_library() -> None:
    """Redraw choices, map and cards together."""
    every, measures = load_table("practices"), load_table("measures")
    choice = parts.choose_filter(every, measures, catalogue.places_by_code())
    chosen = filter_practices(every, *choice)
    left, right = st.columns([7, 5], gap="medium")
    with left:
        show_figure(
            build.build_map(chosen, choice[-1]),
            on_select=lambda code: st.session_state.update(place=code),
        )
    with right:
        show_figure(build.build_measure_counts(chosen))
    show_section(f"事例 {len(chosen)}件")
    parts.show_cards(chosen, load_table("practice_figures"), measures)


def show_charts() -> None:
    """Show the document's series as charts."""
    share, volume = build.build_convenience()
    left, right = st.columns(2, gap="medium")
    with left:
        show_figure(share)
        show_figure(build.build_fire())
    with right:
        show_figure(volume)
        show_figure(build.build_sewage())
    show_figure(build.build_corporations())


match choose_part(parts.PARTS, "part"):
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
