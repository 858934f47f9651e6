"""What each lever brings, what would close a gap, which assumption decides, how sure it is."""

from __future__ import annotations

import numpy as np
import pytest

from domain.simulation.analysis import (
    BLOCK,
    along_all,
    along_lever,
    draw_samples,
    find_band,
    find_swings,
    run_draws,
    share_out_change,
    share_out_in_order,
    solve,
)
from domain.simulation.assumptions import Range
from domain.simulation.levers import Choice
from domain.simulation.names import LEVERS, MUNICIPAL
from domain.simulation.simulator import MILESTONES, Prepared, Simulator, compute_money
from domain.simulation.teams import chance_of_none, compute_presence, compute_teams
from domain.simulation.world import World
from tests.domain.simulation.small import PLAIN, make_model, make_processes

YEARS = np.arange(2025, 2051)
MIX = Choice(0.3, 0.4, 0.5, 0.6, 0.3, 0.2)
RANGES = {
    name: Range(name, name, "", low, central, high, "仮定", "試験")
    for name, low, central, high in (
        ("growth", 0.0, 0.005, 0.009), ("supply_elasticity", 0.8, 1.0, 1.2),
        ("digital_effect", 0.2, 0.45, 0.75), ("wage", 8e6, 8e6, 8e6),
    )
}  # fmt: skip
ASSUMED = PLAIN.with_values(
    {"digital_effect": 0.45, "growth": 0.005, "contractor_pool": 0.0025, "resident_hours": 0.6,
     "ramp_digital": 8, "ramp_vertical": 10, "ramp_horizontal": 12, "abolish_effect": 0.7}
)  # fmt: skip


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    """Twelve municipalities of two prefectures that lose residents, and people of working age."""
    rng = np.random.default_rng(5)
    start = np.sort(rng.uniform(2_000, 120_000, 12))[::-1]
    people = start[:, None] * (
        1 - np.linspace(0, 0.35, 26)[None, :] * rng.uniform(0.5, 1.2, (12, 1))
    )
    working = people * np.linspace(0.58, 0.50, 26)
    drivers = {"総人口": people, "0〜14歳人口": people * 0.1, "65歳以上人口": people * 0.35,
               "資産": np.repeat(people[:, :1], 26, axis=1)}  # fmt: skip
    world = World(
        tuple(map(str, range(12))), np.repeat([0, 1], 6), ("",) * 12, np.ones(12), people[:, 0],
        YEARS, drivers, working, np.array([1500.0, 900.0]), np.array([400.0, 300.0]),
    )  # fmt: skip
    return Simulator(world, make_processes(9, rng))


@pytest.fixture(scope="module")
def prepared(simulator) -> Prepared:
    return simulator.prepare(ASSUMED, [2045])


def gap(result) -> float:
    return float(result.outcome.gap[MUNICIPAL].sum())


def test_parts_add_up_to_the_whole_change(prepared):
    """I20, and the order of levers gives another division of the same whole."""
    whole = gap(prepared.compute(MIX)) - gap(prepared.compute(Choice()))
    assert whole < 0
    for parts in (share_out_change(prepared, MIX, gap), share_out_in_order(prepared, MIX, gap)):
        assert sum(parts.values()) == pytest.approx(whole) and set(parts) == set(LEVERS)
    alone = share_out_change(prepared, Choice(digital=0.5), gap)
    assert [code for code, part in alone.items() if part] == ["T"]


def test_what_would_close_the_gap(prepared):
    start = gap(prepared.compute(Choice()))
    found = solve(along_lever(Choice(), "T"), prepared, gap, start * 0.8)
    assert found.length is not None and 0 < found.length <= 1 and found.left <= start * 0.8
    # One step less is not enough.
    less = gap(prepared.compute(Choice(digital=found.length - 0.05)))
    assert less > start * 0.8
    assert solve(along_all(Choice()), prepared, gap, start).length == 0


def test_what_cannot_be_reached_says_what_remains(prepared):
    found = solve(along_lever(Choice(), "C"), prepared, gap, 0.0)
    assert found.length is None
    assert found.left == pytest.approx(gap(prepared.compute(Choice(residents=1))))


def test_which_assumption_decides(simulator):
    swings = find_swings(simulator, ASSUMED, RANGES, MIX, gap, [2045])
    assert {swing.name for swing in swings} == {"growth", "supply_elasticity", "digital_effect"}
    widths = [swing.width() for swing in swings]
    assert widths == sorted(widths, reverse=True) and widths[0] > 0
    growth = next(swing for swing in swings if swing.name == "growth")
    assert growth.low < growth.high


def test_draws_are_repeatable_and_more_of_them_keep_the_first():
    """I13."""
    few, delivery = draw_samples(RANGES, 7, 150)
    many, more = draw_samples(RANGES, 7, 450)
    assert many[:150] == few and np.array_equal(more[:150], delivery)
    assert draw_samples(RANGES, 8, 150)[0] != few
    for name, one in RANGES.items():
        values = [row[name] for row in many if name in row]
        assert bool(values) == one.is_uncertain()
        assert all(one.low <= value <= one.high for value in values)
    assert delivery.min() >= 0.5 and delivery.max() <= 1
    # Every block has one draw in each of its cells, so the middle is where it should be.
    whole, _ = draw_samples(RANGES, 7, BLOCK)
    below = sum(row["supply_elasticity"] < 1.0 for row in whole)
    assert below == BLOCK // 2


def test_the_centre_lies_within_the_band_and_bands_nest(simulator):
    """I19."""
    draws = run_draws(simulator, ASSUMED, RANGES, Choice(), MILESTONES, 1, 200)
    central = simulator.prepare(ASSUMED, MILESTONES).compute(Choice()).national()
    for name in ("need", "gap", "staffing"):
        low, high = find_band(draws[name])
        inner_low, inner_high = find_band(draws[name], 0.5)
        assert (low <= central[name] + 1e-9).all() and (central[name] <= high + 1e-9).all(), name
        assert (low <= inner_low).all() and (inner_high <= high).all()


def test_draws_can_be_stopped(simulator):
    draws = run_draws(
        simulator, ASSUMED, RANGES, MIX, [2045], 1, 50, progress=lambda done: done < 7
    )
    assert len(draws["gap"]) == 7


def test_some_years_of_a_prepared_model_are_the_same(simulator):
    whole = simulator.prepare(ASSUMED)
    part, direct = whole.at(MILESTONES), simulator.prepare(ASSUMED, MILESTONES)
    for name, values in part.compute(MIX).national().items():
        assert np.allclose(values, direct.compute(MIX).national()[name])
        place = np.searchsorted(YEARS, MILESTONES)
        assert np.allclose(values, whole.compute(MIX).national()[name][place])


# Money


def test_contracts_cost_what_their_management_costs_by_hand():
    """Hand case H: 100 FTE placed at the own price, a tenth of it for management."""
    work = make_processes(1, P=1)
    a = PLAIN.with_values({"transition_cost": 0, "contract_management": 0.1})
    model = make_model(0, 169.0, [[1000]], work, a)
    prepared = Prepared(model, model.world.working[:, 0], np.array([1000.0]))
    before = compute_money(prepared.compute(Choice()))
    after = compute_money(prepared.compute(Choice(contract=1, start=2000)))
    assert float((after - before)[0]) == pytest.approx(80e6)


def test_digital_may_cost_more_or_less():
    work = make_processes(1, T=0.5)
    for cost, sign in ((4900, 1), (-1100, -1)):
        a = PLAIN.with_values({"digital_effect": 0, "digital_cost": cost})
        model = make_model(100, 0.1, [[1000]], work, a)
        prepared = Prepared(model, model.world.working[:, 0], np.array([1000.0]))
        change = compute_money(prepared.compute(Choice(digital=1, start=2000))) - compute_money(
            prepared.compute(Choice())
        )
        assert float(change[0]) == pytest.approx(cost * 1000) and change[0] * sign > 0


# Teams


def thin_share(people: float, choice: Choice, count: int = 4, **changed) -> float:
    work = make_processes(1, **changed)
    model = make_model(1690.0, 0.169, [[people]] * count, work)
    prepared = Prepared(model, model.world.working[:, 0], np.full(count, people))
    return float(compute_teams(prepared.compute(choice)).national()[0])


def test_a_small_desk_is_thin_and_a_large_one_is_not():
    assert thin_share(5_000, Choice()) == 1.0  # 1.5 FTE
    assert thin_share(50_000, Choice()) == 0.0  # 6 FTE


def test_joining_whole_work_mends_thin_desks_and_half_of_it_does_not():
    whole = thin_share(5_000, Choice(horizontal=1, start=2000), H=1.0)
    half = thin_share(5_000, Choice(horizontal=1, start=2000), H=0.5)
    assert whole < 0.2 < half


def test_the_thin_share_stays_a_share_and_falls_with_more_people():
    """I26."""
    found = [thin_share(people, MIX, V=1.0, H=1.0, P=0.3) for people in (2_000, 8_000, 40_000)]
    assert all(0 <= share <= 1 for share in found) and found == sorted(found, reverse=True)


def test_chances_by_hand():
    """Hand case E, and the chance that a qualified person is there."""
    none = chance_of_none(0.0, 1.0, np.array([1510.0, 1180.0]))
    assert none == pytest.approx([0.22, 0.31], abs=0.003)
    assert compute_presence(0.87, np.array([1, 2, 3])) == pytest.approx(
        [0.87, 0.983, 0.998], abs=1e-3
    )


def test_a_result_that_changes_nothing_keeps_its_teams(prepared):
    result = prepared.compute(Choice())
    assert compute_teams(result, minimum=0.0).national()[0] == 0
    assert compute_teams(result, minimum=1e9).national()[0] == pytest.approx(1)
