"""The engine against the worked examples by hand, a slow engine, and what must always hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.simulation.engine import LEDGER, run
from domain.simulation.levers import Choice, compute_uptake, smoothstep
from domain.simulation.names import LEVERS, MUNICIPAL
from domain.simulation.outcome import add_up, follow_population
from domain.simulation.processes import Scores, compute_eligibility
from tests.domain.simulation.small import PLAIN, make_model, make_processes, run_slowly

ALL = Choice(1, 1, 1, 1, 1, 1, start=2000)


def test_one_task_by_hand():
    """Hand case A."""
    work = make_processes(1, R=0.10, T=0.30, V=0.4, H=0, P=0.5, C=0.1)
    model = make_model(1000, 0.1, [[10_000]], work)
    hours = run(model, ALL)
    parts = {name: float(values[0, 0]) for name, values in hours.ledger().items()}
    assert float(hours.demand[0, 0]) == 2000
    assert parts == pytest.approx(
        {"abolished": 200, "digital": 540, "gain_vertical": 0, "gain_horizontal": 0,
         "contract_productivity": 0, "core": 340.2, "prefecture": 504, "joint": 0,
         "contractor": 378, "residents": 37.8}
    )  # fmt: skip
    assert float(hours.liaison[0, 0]) == pytest.approx(25.2)
    assert float(hours.contract_management[0, 0]) == pytest.approx(37.8)
    assert float(hours.support[0, 0]) == pytest.approx(11.34)
    assert float(hours.own.sum()) == pytest.approx(414.54)


@pytest.mark.parametrize(("gain", "left"), [(1.0, 3000), (0.5, 3500), (0.0, 4000)])
def test_two_municipalities_that_pool_everything_by_hand(gain, left):
    """Hand case B."""
    work = make_processes(1, H=1)
    model = make_model(
        1000, 0.1, [[10_000], [10_000]], work, PLAIN.with_values({"pooling_gain": gain})
    )
    hours = run(model, replace(ALL, abolish=0, digital=0, vertical=0, contract=0, residents=0))
    assert float(hours.joint.sum()) == pytest.approx(left)
    one = PLAIN.with_values({"pooling_gain": 1, "coordination": 0.01})
    hours = run(make_model(1000, 0.1, [[10_000], [10_000]], work, one), ALL)
    assert float((hours.joint + hours.coordination).sum()) == pytest.approx(3030)


@pytest.mark.parametrize(("people", "elasticity"), [(5_500, 0.600), (1_400_000, 0.997)])
def test_how_hours_follow_residents_by_hand(people, elasticity):
    """Hand case C."""
    work = make_processes(1)
    hours = [
        float(run(make_model(3667, 1.0, [[size]], work), Choice()).demand[0, 0])
        for size in (people, people * 1.0001)
    ]
    found = (hours[1] / hours[0] - 1) / 0.0001
    assert found == pytest.approx(elasticity, abs=1e-3)


def test_how_staff_follows_the_working_age_by_hand():
    """Hand case D."""
    ratio = np.array([[0.758]])
    assert follow_population(ratio, np.ones((1, 1)), 1.0)[0, 0] == pytest.approx(0.758)
    assert follow_population(ratio, np.ones((1, 1)), 1.2)[0, 0] == pytest.approx(0.717, abs=1e-3)


def test_the_ramp_by_hand():
    """Hand case G."""
    assert smoothstep(np.array(0.5)) == 0.5
    choice = Choice(horizontal=0.6, start=2026)
    a = PLAIN.with_values({"ramp_horizontal": 12})
    assert compute_uptake(choice, a, np.array([2032]))["H"][0] == pytest.approx(0.30)


# Against a slow engine


def random_case(seed: int):
    rng = np.random.default_rng(seed)
    rows, number, years = int(rng.integers(1, 7)), int(rng.integers(1, 10)), int(rng.integers(1, 4))
    people = rng.uniform(500, 90_000, (rows, years))
    limits = {
        "growth": rng.choice([0, 0.005]), "pooling_gain": rng.random(),
        "coordination": rng.choice([0, 0.02]), "member_staff": rng.choice([0, 0.02]),
        "contractor_productivity": rng.uniform(0.9, 1.15),
        "contractor_pool": rng.choice([1e3, 1e-4]), "resident_hours": rng.choice([1e6, 0.01]),
        "vertical_population": rng.choice([1e9, 40_000]),
        "horizontal_population": rng.choice([1e9, 60_000]),
        "abolish_effect": rng.random(), "digital_effect": rng.random(),
    }  # fmt: skip
    members = rng.choice([1.0, 1.0, 5.0], rows)
    # No body mixes municipalities that may hand work to the prefecture with others.
    small = people[:, 0] / members <= limits["vertical_population"]
    bloc = np.unique(2 * rng.integers(0, 3, rows) + small, return_inverse=True)[1]
    model = make_model(
        rng.uniform(0, 900, number), rng.uniform(0, 0.3, number), people,
        make_processes(number, rng), PLAIN.with_values(limits),
        prefecture=np.sort(rng.integers(0, 2, rows)), bloc=bloc,
        members=members, level=rng.uniform(0.5, 1.5, rows),
    )  # fmt: skip
    choice = Choice(*(rng.choice([0, 1, rng.random()]) for _ in LEVERS), start=2030)
    return model, replace(choice, start=int(rng.choice([2000, 2029, 2030])))


@pytest.mark.parametrize("seed", range(60))
def test_the_fast_engine_equals_the_slow_one(seed):
    model, choice = random_case(seed)
    fast, slow = run(model, choice), run_slowly(model, choice)
    for name, values in slow.items():
        scale = max(1.0, float(np.abs(fast.demand).max()))
        assert np.abs(getattr(fast, name) - values).max() < 1e-9 * scale, name


# What must always hold

CASES = st.integers(1000, 1_000_000)


@given(CASES)
@settings(max_examples=60, deadline=None)
def test_every_hour_is_accounted_for(seed):
    """I2, I9: the ledger adds up to the demand, and nothing is negative."""
    model, choice = random_case(seed)
    hours = run(model, choice)
    total = sum(hours.ledger().values())
    assert np.allclose(total, hours.demand, rtol=1e-12, atol=1e-9)
    assert (hours.core >= -1e-9).all() and (hours.core <= hours.demand + 1e-9).all()
    for name in LEDGER:
        if name != "contract_productivity":
            assert (getattr(hours, name) >= -1e-9).all(), name


@given(CASES)
@settings(max_examples=30, deadline=None)
def test_without_levers_nothing_moves(seed):
    """I1."""
    model, _ = random_case(seed)
    hours = run(model, Choice())
    assert np.allclose(hours.core, hours.demand) and np.allclose(
        hours.own.sum(axis=1), hours.demand
    )
    assert all(np.abs(v).max() < 1e-9 for n, v in hours.ledger().items() if n != "core")


@given(CASES)
@settings(max_examples=30, deadline=None)
def test_joining_alone_makes_no_people(seed):
    """I10, I15: joint work is done by the members; what changes is gain and overheads."""
    model, choice = random_case(seed)
    alone = Choice(horizontal=choice.horizontal, start=2000)
    hours = run(model, alone)
    expected = hours.demand - hours.gain_horizontal + hours.liaison + hours.coordination
    assert np.allclose(hours.own.sum(axis=1), expected)
    free = model.assumptions.with_values(
        {"pooling_gain": 0, "liaison_horizontal": 0, "member_staff": 0, "coordination": 0}
    )
    hours = run(replace(model, assumptions=free), alone)
    assert np.allclose(hours.own.sum(axis=1), hours.demand)


def test_a_body_of_one_saves_and_costs_nothing():
    """I7."""
    work = make_processes(2, H=1)
    hours = run(make_model(500, 0.2, [[9000]], work), Choice(horizontal=1, start=2000))
    assert float(np.abs(hours.gain_horizontal).max()) == 0 == float(hours.coordination.max())


@pytest.mark.parametrize("count", [2, 3, 7])
def test_equal_members_save_all_fixed_parts_but_one(count):
    """I8: gain = ψ (n − 1) F s."""
    work = make_processes(1, H=0.4)
    model = make_model(900, 0.1, [[8000]] * count, work, PLAIN.with_values({"pooling_gain": 0.7}))
    hours = run(model, Choice(horizontal=1, start=2000))
    assert float(hours.gain_horizontal.sum()) == pytest.approx(0.7 * (count - 1) * 900 * 0.4)


@given(CASES)
@settings(max_examples=30, deadline=None)
def test_public_authority_never_leaves_the_authorities(seed):
    """I16: where all hours are public authority, neither contractor nor resident gets one."""
    rng = np.random.default_rng(seed)
    eligible = compute_eligibility(Scores(*rng.random(7), power=1.0, market=1.0, abolish=0.1))
    assert eligible["P"] == 0 == eligible["C"]
    assert all(0 <= value <= 1 for value in eligible.values())


@given(CASES)
@settings(max_examples=30, deadline=None)
def test_a_carrier_without_capacity_gets_nothing(seed):
    """I17."""
    model, choice = random_case(seed)
    none = replace(
        model,
        assumptions=model.assumptions.with_values({"contractor_pool": 0, "resident_hours": 0}),
    )
    hours, without = run(none, choice), run(none, replace(choice, contract=0, residents=0))
    assert np.abs(hours.contractor).max() == 0 == np.abs(hours.residents).max()
    assert np.allclose(hours.own, without.own)


@given(CASES)
@settings(max_examples=30, deadline=None)
def test_gaps_are_never_netted(seed):
    """I18: one place's surplus fills no other's gap."""
    model, choice = random_case(seed)
    hours = run(model, choice)
    people = model.world.drivers["総人口"][:, 0]
    out = add_up(model, hours, model.world.working[:, 0], people)
    for carrier, gap in out.gap.items():
        assert (gap >= 0).all()
        short = out.need[carrier].sum(axis=1) - out.available[carrier].sum(axis=1)
        if carrier == MUNICIPAL:
            assert (gap.sum(axis=1) >= np.maximum(short, 0) - 1e-9).all()
    assert ((out.staffing() >= -1e-12) & (out.staffing() <= 1 + 1e-12)).all()


@given(CASES)
@settings(max_examples=20, deadline=None)
def test_the_order_of_processes_changes_nothing(seed):
    """I11."""
    model, choice = random_case(seed)
    order = np.random.default_rng(seed).permutation(len(model.processes))
    turned = replace(
        model, processes=model.processes.of(order), coefficients=model.coefficients[order],
        task_weight=model.task_weight[order],
    )  # fmt: skip
    assert np.allclose(run(model, choice).own, run(turned, choice).own)


@given(CASES)
@settings(max_examples=20, deadline=None)
def test_splitting_a_process_changes_nothing(seed):
    """I25."""
    model, choice = random_case(seed)
    twice = np.repeat(np.arange(len(model.processes)), 2)
    split = replace(
        model, processes=model.processes.of(twice), coefficients=model.coefficients[twice] / 2,
        task_weight=model.task_weight[twice] / 2,
    )  # fmt: skip
    assert np.allclose(run(model, choice).own, run(split, choice).own)


@given(CASES)
@settings(max_examples=20, deadline=None)
def test_some_years_are_a_slice_of_all(seed):
    """I24."""
    model, choice = random_case(seed)
    last = model.world.years[-1:]
    part = replace(
        model, world=model.world.at(last), work=model.work[-1:], growth=model.growth[-1:]
    )
    assert np.allclose(run(model, choice).own[-1:], run(part, choice).own)


@given(CASES, st.floats(0.1, 10))
@settings(max_examples=20, deadline=None)
def test_units_scale(seed, factor):
    """I12: hours scale with hours; a longer year halves heads and leaves hours alone."""
    model, choice = random_case(seed)
    a = model.assumptions.with_values(
        {"contractor_pool": 1e3, "resident_hours": 1e9, "member_staff": 0}
    )
    model = replace(model, assumptions=a)
    bigger = replace(model, coefficients=model.coefficients * factor)
    assert np.allclose(run(bigger, choice).own, factor * run(model, choice).own)
    longer = replace(model, assumptions=a.with_values({"hours_per_fte": 2 * a.hours_per_fte}))
    one, other = run(model, choice), run(longer, choice)
    assert np.allclose(one.own, other.own)
    need = [
        add_up(m, h, m.world.working[:, 0], m.world.drivers["総人口"][:, 0]).need[MUNICIPAL]
        for m, h in ((model, one), (longer, other))
    ]
    assert np.allclose(need[0], 2 * need[1])


@pytest.mark.parametrize("code", LEVERS)
def test_each_lever_alone_never_adds_to_the_municipalities_own_hours(code):
    """I4, for 水平連携 where members keep no staff of their own."""
    for seed in range(40):
        model, _ = random_case(seed)
        model = replace(
            model,
            assumptions=model.assumptions.with_values(
                {"member_staff": 0, "coordination": 0, "liaison_horizontal": 0}
            ),
        )
        before = run(model, Choice()).own.sum(axis=1)
        after = run(model, Choice.of_codes({code: 0.7}, start=2000)).own.sum(axis=1)
        assert (after <= before + 1e-9).all(), (code, seed)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_lever_out_of_bounds_is_refused(value):
    with pytest.raises(ValueError, match="0から1"):
        Choice(abolish=value)


def test_an_assumption_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="数ではありません"):
        PLAIN.with_values({"growth": float("nan")})
    with pytest.raises(ValueError, match="という前提はありません"):
        PLAIN.with_values({"gravity": 9.8})


@given(CASES)
@settings(max_examples=20, deadline=None)
def test_nobody_lives_there(seed):
    """A place without residents gets defined numbers."""
    rng = np.random.default_rng(seed)
    work = make_processes(3, rng)
    model = make_model(np.zeros(3), 0.1, np.zeros((2, 2)), work)
    hours = run(model, ALL)
    out = add_up(model, hours, model.world.working[:, 0], model.world.drivers["総人口"][:, 0])
    for values in (*hours.ledger().values(), out.staffing(), *out.gap.values()):
        assert np.isfinite(values).all()


@given(CASES)
@settings(max_examples=20, deadline=None)
def test_the_uptake_stays_within_the_choice(seed):
    """I14."""
    rng = np.random.default_rng(seed)
    choice = Choice(*rng.random(6), start=int(rng.integers(2026, 2035)))
    years = np.arange(2025, 2051)
    for code, values in compute_uptake(choice, PLAIN, years).items():
        assert (np.diff(values) >= 0).all() and values.max() <= choice.by_code()[code] + 1e-12
        assert (values[years < choice.start] == 0).all()
