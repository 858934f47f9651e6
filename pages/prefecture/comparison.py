"""Official figures of one prefecture, by themselves and against others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.figure import Figure
from data import catalogue
from data.loaders import load_table
from domain.places import Prefecture
from domain.population import NATION, add_nation, series_of
from domain.values import format_number, format_signed
from pages.prefecture.figures import IndexSeries, draw_index

WORKERS = "15-64"


def list_header_figures(place: Prefecture) -> list[tuple[str, str, str]]:
    """Return the header's figures: (label, value with unit, note)."""
    people = load_table("population")
    total = series_of(people, place.code, age_group="total")
    workers = series_of(people, place.code, age_group=WORKERS)
    staff = load_table("staff")
    towns = series_of(staff, place.code, employer="市町村")
    first, last = min(total), max(total)
    latest = max(towns)

    def change(values: Mapping[int, float]) -> str:
        return f"{format_signed(100 * (values[last] / values[first] - 1))}％"

    return [
        ("市区町村", f"{place.municipalities}団体", ""),
        ("総人口", f"{format_number(total[first])}人", f"{first}年（国勢調査）"),
        (f"総人口の変化（{last}年）", change(total), f"{first}年比・推計"),
        (f"15〜64歳人口の変化（{last}年）", change(workers), f"{first}年比・推計"),
        ("市町村の一般行政職員", f"{format_number(towns[latest])}人", f"{latest}年4月1日"),
    ]


def list_index_figures(
    place: Prefecture, places: Mapping[str, Prefecture], peers: Sequence[str]
) -> list[Figure]:
    """Return the two index charts: working-age population, and municipal staff."""
    people = load_table("population")
    workers = add_nation(people[people["age_group"] == WORKERS], ["year"])
    staff = load_table("staff")
    towns = add_nation(staff[staff["employer"] == "市町村"], ["year"])
    base = int(people["year"].min())
    first_estimate = int(people.loc[people["kind"] == "推計", "year"].min())

    def series(frame, code: str) -> IndexSeries:
        name = "全国" if code == NATION else places[code].name
        return IndexSeries(name, series_of(frame, code))

    def figure(key: str, subject: str, frame, estimate: int | None, source_id: str) -> Figure:
        return draw_index(
            key, subject, series(frame, place.code), series(frame, NATION),
            [series(frame, code) for code in peers], base, estimate, "人",
            catalogue.source_ref(source_id),
        )  # fmt: skip

    return [
        figure("prefecture.workers", "15〜64歳人口", workers, first_estimate, catalogue.PROJECTION),
        figure("prefecture.staff", "市町村職員", towns, None, catalogue.STAFF),
    ]
