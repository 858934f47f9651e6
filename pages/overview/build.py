"""The figures of 概況, filled with the data of the moment."""

from __future__ import annotations

from collections.abc import Mapping

from components.figure import Figure
from data import catalogue
from data.loaders import load_facts, load_population, load_states, load_table
from domain import frameworks as fw
from domain.frameworks import PrefectureState
from domain.messages import collect_rows, is_reported
from domain.periods import Period, day_period
from pages.overview import figures


def _latest() -> tuple[Period, Mapping[str, PrefectureState]]:
    """Return the day the page looks at and the states of that day."""
    day = catalogue.latest_day()
    return day_period(day.year, day.month, day.day), load_states(day)


def build_states() -> Figure:
    """Return the tile map at the latest day."""
    when, states = _latest()
    return figures.draw_states(
        states,
        catalogue.places_by_code(),
        when,
        catalogue.framework_refs(collect_rows(states)),
        load_facts(),
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
    when, states = _latest()
    reported = [row for row in collect_rows(states) if is_reported(row)]
    document = catalogue.source_ref(catalogue.DOCUMENT)
    sources = (document, *((catalogue.report_ref(reported),) if reported else ()))
    return figures.draw_checks(fw.reconcile(facts, states), sources, when, states)


def build_measures() -> Figure:
    """Return 重点的な対応方策: counted from the rows, or the chart that waits for them."""
    when, states = _latest()
    if having := [row for row in collect_rows(states) if row.measures]:
        return figures.draw_reported_measures(states, when, catalogue.framework_refs(having))
    missing = load_table("missing_figures").set_index("figure_id").loc["MF03"]
    return figures.draw_measures(
        missing, catalogue.source_ref(catalogue.DOCUMENT, missing["locator"])
    )


def list_figures() -> list[Figure]:
    """Return every figure of the page in its first state."""
    return [build_states(), build_working_age(), build_checks(), build_measures()]
