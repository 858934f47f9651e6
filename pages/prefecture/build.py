"""The figures of 都道府県カルテ, filled with the data of the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.figure import Figure
from data import catalogue
from data.loaders import (
    load_parameters,
    load_population,
    load_staff,
    load_states,
    load_table,
)
from domain.places import CODES, Prefecture
from domain.population import NATION, list_peers
from domain.values import format_number, format_signed
from pages.prefecture import figures
from pages.prefecture.figures import IndexSeries


def most_peers() -> int:
    """Return how many prefectures may be compared with."""
    return int(load_parameters()["peers.count"]["value"])


def nearest_peers(code: str) -> list[str]:
    """Return the prefectures closest in population."""
    return list_peers(catalogue.population_by_code(), code, most_peers())


def build_timeline(place: Prefecture) -> Figure:
    """Return when the prefecture's frameworks began and what is due."""
    day = catalogue.document_day()
    rows = load_states(day)[place.code].frameworks
    return figures.draw_timeline(place.name, rows, day, catalogue.framework_table_ref())


def build_field_measures(place: Prefecture) -> Figure:
    """Return the prefecture's fields by measure."""
    practices = load_table("practices")
    return figures.draw_field_measures(
        place.name,
        load_states(catalogue.document_day())[place.code].frameworks,
        practices[practices["pref_code"] == place.code],
        load_table("measures"),
        catalogue.source_ref(catalogue.DOCUMENT),
    )


def build_indices(place: Prefecture, peers: Sequence[str]) -> list[Figure]:
    """Return the two index charts: working-age population, and municipal staff."""
    places = catalogue.places_by_code()
    people, staff = load_population(), load_staff()
    # The first year is the census, all later ones are projections.
    base, first_estimate, *_ = people[NATION, catalogue.WORKING_AGE]

    def figure(key: str, subject: str, table, group: str, estimate: int | None, source_id: str):
        def series(code: str) -> IndexSeries:
            name = "全国" if code == NATION else places[code].name
            return IndexSeries(name, table[code, group])

        return figures.draw_index(
            key, subject, series(place.code), series(NATION), [series(code) for code in peers],
            base, estimate, "人", catalogue.source_ref(source_id),
        )  # fmt: skip

    return [
        figure(
            "prefecture.workers", "15〜64歳人口", people, catalogue.WORKING_AGE, first_estimate,
            catalogue.PROJECTION,
        ),
        figure(
            "prefecture.staff", "市町村職員", staff, catalogue.MUNICIPAL, None, catalogue.STAFF
        ),
    ]  # fmt: skip


def list_header_figures(place: Prefecture) -> list[tuple[str, str, str]]:
    """Return the header's figures: (label, value with unit, note)."""
    people = load_population()
    total = people[place.code, catalogue.TOTAL]
    workers = people[place.code, catalogue.WORKING_AGE]
    towns = load_staff()[place.code, catalogue.MUNICIPAL]
    first, last, latest = min(total), max(total), max(towns)

    def change(values: Mapping[int, float]) -> str:
        return f"{format_signed(100 * (values[last] / values[first] - 1))}％"

    return [
        ("市区町村", f"{place.municipalities}団体", ""),
        (f"総人口（{first}年）", f"{format_number(total[first])}人", "国勢調査"),
        (f"総人口の変化（{last}年）", change(total), f"{first}年比・推計"),
        (f"15〜64歳人口の変化（{last}年）", change(workers), f"{first}年比・推計"),
        ("市町村の一般行政職員", f"{format_number(towns[latest])}人", f"{latest}年4月1日"),
    ]


def list_figures(code: str = CODES[0]) -> list[Figure]:
    """Return every figure of the page for one prefecture, with its nearest peers."""
    place = catalogue.places_by_code()[code]
    return [
        build_timeline(place),
        build_field_measures(place),
        *build_indices(place, nearest_peers(code)),
    ]
