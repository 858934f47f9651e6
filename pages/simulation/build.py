"""The figures of 将来シミュレーション, worked out for a choice of levers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from components.figure import Figure
from data import catalogue
from data.loaders import (
    load_backtest_figures,
    load_facts,
    load_parameters,
    load_simulation,
    load_table,
)
from data.simulation import Inputs
from domain.diffusion import FAMILIES, fit_band
from domain.simulation.analysis import (
    along_all,
    along_lever,
    find_band,
    run_draws,
    share_out_change,
    solve,
)
from domain.simulation.backtests import Evidence, run_backtests
from domain.simulation.levers import Choice
from domain.simulation.names import LEVERS, MUNICIPAL
from domain.simulation.simulator import MILESTONES, Result
from domain.sources import SourceRef
from pages.simulation import figures
from pages.simulation.view import CLASSES, Scope, add_balance, prefecture_gap

USUAL = Choice()
FIRST_SHOWN = 2040
YEARS_SHOWN = MILESTONES[1:]
# A gap of this share of the need counts as closed.
CLOSED = 0.005
_SEED, DRAWS = 1, 200
_SHOWN = {
    "R": "減らす", "T": "デジタル", "V": "垂直補完", "H": "水平連携", "P": "民間委託", "C": "住民参加",
}  # fmt: skip


def sources() -> tuple[SourceRef, ...]:
    """Return what every figure of the page rests on."""
    names = ("ipss_projection_2023", "mic_staff_survey", "local_finance_white_paper",
             "water_staff", "task_analysis")  # fmt: skip
    return tuple(catalogue.source_ref(name) for name in names)


@lru_cache(maxsize=64)
def _compute(inputs: Inputs, choice: Choice, years: tuple[int, ...] = ()) -> Result:
    prepared = inputs.prepared
    return (prepared.at(years) if years else prepared).compute(choice)


@lru_cache(maxsize=8)
def _draw(inputs: Inputs, choice: Choice) -> dict[str, np.ndarray]:
    return run_draws(
        inputs.simulator, inputs.assumptions, inputs.ranges, choice, MILESTONES, _SEED, DRAWS
    )


def compute(choice: Choice) -> Result:
    """Return what comes out of a choice, for every year."""
    return _compute(load_simulation(), choice)


def build_balance(scope: Scope, choice: Choice, year: int, *, with_range: bool = False) -> Figure:
    """Return need and available staff until 2050. with_range : for the whole country only."""
    band = None
    if with_range and scope == Scope():
        band = (*find_band(_draw(load_simulation(), choice)["need"]), MILESTONES)
    return figures.draw_balance(
        scope, add_balance(compute(USUAL), scope), add_balance(compute(choice), scope), year,
        sources(), band,
    )  # fmt: skip


def build_ledger(scope: Scope, choice: Choice, year: int) -> Figure:
    """Return where the work goes."""
    return figures.draw_ledger(scope, compute(choice), year, sources())


def _by_carrier(result: Result, scope: Scope, year: int) -> dict[str, tuple[float, float]]:
    place = list(result.model.world.years).index(year)
    rows, world = scope.rows(result), result.model.world
    found = {}
    for name, need in result.outcome.need.items():
        gap = result.outcome.gap[name]
        if name == MUNICIPAL:
            found[name] = (float(need[place, rows].sum()), float(gap[place, rows].sum()))
        elif not scope.size_class:
            own = np.unique(world.prefecture[rows])
            found[name] = (float(need[place, own].sum()), float(gap[place, own].sum()))
    return found


def build_carriers(scope: Scope, choice: Choice, year: int) -> Figure:
    """Return who is needed and missing, carrier by carrier."""
    result = compute(choice)
    own = np.unique(result.model.world.prefecture[scope.rows(result)])
    place = list(result.model.world.years).index(year)
    return figures.draw_carriers(
        scope, _by_carrier(compute(USUAL), scope, year), _by_carrier(result, scope, year),
        float(result.outcome.unplaced[place, own].sum()), year, sources(),
    )  # fmt: skip


def build_effects(choice: Choice, year: int) -> Figure:
    """Return which lever helps municipalities of which size."""
    inputs = load_simulation()
    choices = {
        "手段なし": USUAL,
        **{_SHOWN[code]: Choice.of_codes({code: 1.0}, start=choice.start) for code in LEVERS},
        "選んだ手段": choice,
    }
    columns = {}
    for name, one in choices.items():
        result = _compute(inputs, one, (year,))
        columns[name] = {
            code: float(add_balance(result, Scope(size_class=code)).staffing()[0])
            for code in CLASSES
        }
    return figures.draw_effects(CLASSES, columns, year, sources())


def build_reach(scope: Scope, choice: Choice, year: int) -> Figure:
    """Return what each lever brings, and whether it could close the gap by itself."""
    prepared = load_simulation().prepared.at((year,))

    def gap(result: Result) -> float:
        return float(add_balance(result, scope).gap[0])

    usual = add_balance(prepared.compute(USUAL), scope)
    target = CLOSED * float(usual.need[0])
    parts = share_out_change(prepared, choice, gap)
    rows = []
    for code, length in choice.by_code().items():
        alone = solve(along_lever(Choice(start=choice.start), code), prepared, gap, target)
        rows.append(
            {
                "手段": _SHOWN[code], "いまの割合": f"{length:.0%}",
                "減る不足（人）": -parts[code] + 0.0,
                "単独で不足をなくすには": f"{alone.length:.0%}" if alone.length is not None else "届かない",
                "単独で全て行った残り（人）": gap(prepared.compute(Choice.of_codes({code: 1.0}, start=choice.start))),
            }
        )  # fmt: skip
    every = solve(along_all(choice), prepared, gap, target)
    now = gap(prepared.compute(choice))
    if now <= target:
        together = f"いまの組合せで{year}年の不足はなくなる"
    elif every.length is None:
        together = f"全ての手段を全て行っても{figures.person_text(every.left)}人残る"
    else:
        together = f"全ての手段の残りを{every.length:.0%}進めると不足がなくなる"
    return figures.draw_reach(rows, scope, year, together, sources())


def run_checks() -> Figure:
    """Return the back-tests, worked out now."""
    inputs = load_simulation()
    numbers, paces = load_backtest_figures()
    table, parameters = load_table("series"), load_parameters()

    def series(name: str) -> list[float]:
        return table[table["series_id"] == name]["value"].tolist()

    shop = series("convenience_copies")
    share = [percent / 100 for percent in series("convenience_copies_percent")]
    step = float(parameters["diffusion.ceiling_step"]["value"])
    ceilings = [share[-1], *np.arange(np.ceil(share[-1] / step) * step, 1 + step / 2, step)]
    confidence = float(parameters["diffusion.confidence"]["value"])
    last = int(parameters["diffusion.forecast_year"]["value"])
    first = int(float(table[table["series_id"] == "convenience_copies"]["period"].iloc[0]))
    evidence = Evidence(
        numbers, {name: fact.value for name, fact in load_facts().items()},
        [copies / part - copies for copies, part in zip(shop, share, strict=True)], shop,
        [fit_band(one, share, range(last - first + 1), ceilings, confidence) for one in FAMILIES],
        paces, inputs.simulator, inputs.assumptions, inputs.ranges,
    )  # fmt: skip
    checked = {one.test_id: one for one in run_backtests(evidence)}
    return figures.draw_checks(
        load_table("backtests"), checked, (catalogue.source_ref(catalogue.DOCUMENT), *sources())
    )


def build_assumptions() -> Figure:
    """Return every assumption."""
    return figures.draw_assumptions(load_simulation().ranges, sources())


def gap_of_prefectures(scope: Scope, choice: Choice, year: int) -> float | None:
    """Return how many officers the prefectures themselves miss; None where not meant."""
    result = compute(choice)
    found = prefecture_gap(result, scope)
    return None if found is None else float(found[list(result.model.world.years).index(year)])


def list_figures() -> list[Figure]:
    """Return every figure of the page in its first state."""
    scope = Scope()
    makers: Sequence[Callable[[], Figure]] = (
        lambda: build_balance(scope, USUAL, FIRST_SHOWN),
        lambda: build_ledger(scope, USUAL, FIRST_SHOWN),
        lambda: build_carriers(scope, USUAL, FIRST_SHOWN),
        lambda: build_effects(USUAL, FIRST_SHOWN),
        lambda: build_reach(scope, USUAL, FIRST_SHOWN),
        run_checks,
        build_assumptions,
    )
    return [make() for make in makers]
