"""The figures of 設置状況マップ, filled with the data of the moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from components.figure import Figure
from data import catalogue
from data.loaders import (
    load_frameworks,
    load_population,
    load_staff,
    load_states,
    load_table,
)
from domain.frameworks import FrameworkFilter, PrefectureState
from domain.messages import collect_rows, is_reported, keep_frameworks, list_frameworks
from domain.places import CODES
from domain.population import NATION
from domain.values import DERIVED, ESTIMATE, ORIGINAL
from pages.framework_map import fields, figures


def build_states(
    day: date, chosen: FrameworkFilter, view: str = "map", selected: str | None = None
) -> Figure:
    """Return the map at a day, with those that do not meet the filter dimmed."""
    states, matching = _states_and_matching(day, chosen)
    table = catalogue.framework_refs(collect_rows(states))
    sources = (*table, catalogue.source_ref(catalogue.OUTLINES)) if view == "map" else table
    places = catalogue.places_by_code()
    steps = [_states_and_matching(each, chosen) for each in catalogue.evidence_days()]
    return figures.draw_states(states, places, matching, view, selected, day, sources, steps)


def list_matching(states: Mapping[str, PrefectureState], chosen: FrameworkFilter) -> frozenset[str]:
    """Return the codes that meet the filter; an answer 未設置 is no framework to match."""
    return frozenset(
        code for code, state in states.items() if chosen.matches(keep_frameworks(state))
    )


def _states_and_matching(
    day: date, chosen: FrameworkFilter
) -> tuple[Mapping[str, PrefectureState], frozenset[str]]:
    states = load_states(day)
    return states, list_matching(states, chosen)


def build_field_matrix(order: str = fields.CODE_ORDER) -> Figure:
    """Return the words for fields by prefecture."""
    rows = load_frameworks()
    shown = [r for r in list_frameworks(rows) if r.fields or not is_reported(r)]
    return fields.draw_field_matrix(
        rows, catalogue.places_by_code(), order, catalogue.framework_refs(shown or rows)
    )


@dataclass(frozen=True)
class Height:
    """A figure that can be the height of the columns."""

    label: str
    unit: str
    as_of: str
    kind: str
    source_id: str
    values: Mapping[str, float]


def list_heights() -> dict[str, Height]:
    """Which official figures can be columns? Name in the code → figure."""
    people, staff = load_population(), load_staff()
    first, last = min(people[NATION, catalogue.TOTAL]), max(people[NATION, catalogue.TOTAL])
    latest = max(staff[NATION, catalogue.MUNICIPAL])
    before, after = (
        {code: people[code, catalogue.WORKING_AGE][year] for code in CODES}
        for year in (first, last)
    )
    loss = {code: 100 * (1 - after[code] / before[code]) for code in CODES}
    towns = {code: staff[code, catalogue.MUNICIPAL][latest] for code in CODES}
    people_id, staff_id = catalogue.PROJECTION, catalogue.STAFF
    census, projection = f"{first}年（国勢調査）", f"{last}年（推計）"
    span, survey = f"{first}〜{last}年（推計から算出）", f"{latest}年4月1日"
    total = catalogue.population_by_code()
    return {
        "people": Height("総人口", "人", census, ORIGINAL, people_id, total),
        "workers": Height("15〜64歳人口", "人", projection, ESTIMATE, people_id, after),
        "loss": Height("15〜64歳人口の減少率", "％", span, DERIVED, people_id, loss),
        "staff": Height("市町村の一般行政職員", "人", survey, ORIGINAL, staff_id, towns),
    }


def build_columns(height: Height, day: date) -> Figure:
    """Return the columns of one figure, coloured by the state at a day."""
    frame = load_table("prefectures")
    capitals = {
        row.pref_code: (float(row.capital_lon), float(row.capital_lat))
        for row in frame.itertuples(index=False)
    }
    states = load_states(day)
    rows = collect_rows(states)
    # The colours come from the rows.
    coloured = catalogue.framework_refs(rows) if any(map(is_reported, rows)) else ()
    return figures.draw_columns(
        states, catalogue.places_by_code(), capitals, height.values,
        height.label, height.unit, height.as_of, height.kind,
        (catalogue.source_ref(height.source_id), *coloured),
    )  # fmt: skip


def list_figures() -> list[Figure]:
    """Return every figure of the page in its first state."""
    day = catalogue.latest_day()
    return [
        build_states(day, FrameworkFilter()),
        build_columns(next(iter(list_heights().values())), day),
        build_field_matrix(),
    ]
