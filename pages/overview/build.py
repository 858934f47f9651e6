"""The figures of 概況, filled with the data of the moment."""

from __future__ import annotations

from components.figure import Figure
from data import catalogue
from data.loaders import load_population, load_states, load_table
from domain import frameworks as fw
from domain.periods import day_period
from pages.overview import figures


def build_states() -> Figure:
    """Return the tile map at the document's own date."""
    day = catalogue.document_day()
    return figures.draw_states(
        load_states(day),
        catalogue.places_by_code(),
        day_period(day.year, day.month, day.day),
        catalogue.framework_table_ref(),
    )


def build_working_age(code: str | None = None) -> Figure:
    """Return the working-age population of the nation, or of a prefecture beside it."""
    own = load_population()[code, catalogue.WORKING_AGE] if code else None
    return figures.draw_working_age(
        catalogue.national_working_age(),
        own,
        catalogue.places_by_code()[code].name if code else "",
        catalogue.source_ref(catalogue.PROJECTION),
    )


def build_checks() -> Figure:
    """Return the 突合 of the published numbers with our rows."""
    facts, _ = catalogue.published_facts()
    checks = fw.reconcile(facts, load_states(catalogue.document_day()))
    return figures.draw_checks(checks, catalogue.source_ref(catalogue.DOCUMENT))


def build_measures() -> Figure:
    """Return the chart that waits for its values: 重点的な対応方策."""
    missing = load_table("missing_figures").set_index("figure_id").loc["MF03"]
    return figures.draw_measures(
        missing, catalogue.source_ref(catalogue.DOCUMENT, missing["locator"])
    )


def list_figures() -> list[Figure]:
    """Return every figure of the page in its first state."""
    return [build_states(), build_working_age(), build_checks(), build_measures()]
