"""将来シミュレーション: which levers would let the staff suffice in 2040 and 2050?"""

import streamlit as st

from components.figure import show_figure
from components.frame import choose_part, show_kpis, show_title
from data import catalogue
from data.loaders import load_table
from pages.simulation import build, choices, numbers

show_title(
    "simulation",
    "データ時点：人口は令和5（2023）年推計、職員数は2024年4月1日。前提の多くは本製品の仮定",
)
places = catalogue.places_by_code()
part = choose_part(choices.PARTS, "simulation")
choices.show_trial_note()


@st.fragment
def show_trial() -> None:
    """Redraw what the levers change."""
    levers = load_table("levers")
    scope, year = choices.choose_frame(places, build.YEARS_SHOWN, build.FIRST_SHOWN, levers)
    top = st.container()
    left, right = st.columns([4, 8], gap="large")
    with left:
        choice = choices.choose_levers(levers)
        with_range = choices.ask_range(numbers.is_national(scope))
    with top:
        show_kpis(numbers.list_kpis(scope, choice, year))
    with right:
        show_figure(build.build_balance(scope, choice, year, with_range=with_range))
    show_figure(build.build_ledger(scope, choice, year))
    show_figure(build.build_carriers(scope, choice, year))


@st.fragment
def show_effects() -> None:
    """Redraw which lever helps whom, and what would close the gap."""
    levers = load_table("levers")
    scope, year = choices.choose_frame(places, build.YEARS_SHOWN, build.FIRST_SHOWN, levers)
    left, right = st.columns([4, 8], gap="large")
    with left:
        choice = choices.choose_levers(levers)
    with right:
        show_figure(build.build_effects(choice, year))
        show_figure(build.build_reach(scope, choice, year))


match part:
    case "trial":
        show_trial()
    case "effects":
        show_effects()
    case "checks":
        show_figure(build.run_checks())
    case "assumptions":
        show_figure(build.build_assumptions())
