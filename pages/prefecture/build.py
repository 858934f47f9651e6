"""The figures of 都道府県カルテ, filled with the data of the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.figure import Figure
from data import catalogue
from data.loaders import (
    load_frameworks,
    load_parameters,
    load_population,
    load_staff,
    load_states,
    load_table,
)
from domain.frameworks import PrefectureState
from domain.messages import describe_absence, is_reported
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


def load_own_state(place: Prefecture) -> PrefectureState:
    """Return the prefecture's state at the newest day of the data."""
    return load_states(catalogue.latest_day())[place.code]


def build_timeline(place: Prefecture, most: int = 0) -> Figure:
    """Return when the prefecture's frameworks began and what is due. most : rows drawn, 0 = all."""
    day = catalogue.latest_day()
    rows = load_own_state(place).frameworks
    return figures.draw_timeline(
        place.name,
        rows,
        day,
        catalogue.describe_day(day),
        catalogue.framework_refs(rows),
        describe_absence(load_frameworks()),
        most,
    )


def build_field_measures(place: Prefecture, most: int = 0) -> Figure:
    """Return the prefecture's fields by measure. most : fields drawn, 0 = all."""
    practices = load_table("practices")
    practices = practices[practices["pref_code"] == place.code]
    rows = load_own_state(place).frameworks
    reported = [row for row in rows if is_reported(row)]
    having = [row for row in reported if row.fields or row.measures]
    only_reported = reported and len(reported) == len(rows) and practices.empty
    sources = (
        *(() if only_reported else (catalogue.source_ref(catalogue.DOCUMENT),)),
        *((catalogue.report_ref(having or reported),) if having or only_reported else ()),
    )
    return figures.draw_field_measures(
        place.name,
        rows,
        practices,
        load_table("measures"),
        sources,
        describe_absence(load_frameworks()),
        most,
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
