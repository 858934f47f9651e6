"""Where does every hour go, and who is missing? The engine of the simulation (計算).

Processes with the same driver need not be kept apart: their coefficients add up. So a run costs
years × states × quantities × drivers, not municipalities × processes × years. Work that moves
does so as whole processes of whole bodies: a body is in one of four states (with or without
垂直補完, with or without 水平連携), and only the weights of the states change with the years.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from domain.simulation.assumptions import Assumptions
from domain.simulation.levers import Choice, compute_uptake
from domain.simulation.names import DRIVERS
from domain.simulation.processes import Processes
from domain.simulation.world import Units, World

# (vertical, horizontal) of a body.
STATES = ((0, 0), (1, 0), (0, 1), (1, 1))
_V = np.array([v for v, _ in STATES], dtype=float)[:, None]
_H = np.array([h for _, h in STATES], dtype=float)[:, None]
# Exponents are taken around a municipality of this size, so that they change no other number.
_REFERENCE = 50_000.0


@dataclass(frozen=True)
class Model:
    """World and work made ready under one set of assumptions.

    work : T × C × M, what hours are proportional to: the drivers, and the bodies themselves for
    the fixed part, growth and the row's level included.  coefficients : K × C, hours per unit.
    level : M, hours of the base year per hour that the formula alone would give.
    staff : M, FTE of the base year.  units : who would join whom.  growth : T, factor.
    task_weight : K, how much of a task a process is.  bodies : what joining would change.
    """

    world: World
    processes: Processes
    assumptions: Assumptions
    work: np.ndarray
    coefficients: np.ndarray
    level: np.ndarray
    staff: np.ndarray
    units: Units
    growth: np.ndarray
    task_weight: np.ndarray

    def of(self, chosen: np.ndarray) -> Model:
        """Return the same model with some of its processes. chosen : mask of K entries."""
        return replace(
            self,
            processes=self.processes.of(chosen),
            coefficients=self.coefficients[chosen],
            task_weight=self.task_weight[chosen],
        )

    def demand(self) -> np.ndarray:
        """Return the hours before any lever, T × M."""
        return self.coefficients.sum(axis=0) @ self.work

    @cached_property
    def patterns(self) -> tuple[np.ndarray, np.ndarray]:
        """How the hours of a process divide among the quantities, in each state."""
        return _make_patterns(self)

    @cached_property
    def bodies(self) -> Bodies:
        """What joining changes for every unit, once its body takes part."""
        return _make_bodies(self)


def calibrate(world: World, base: World, processes: Processes, assumptions: Assumptions) -> Model:
    """Fit the work to the staff of the base year.

    world : the years to compute.  base : the same places in the base year alone.
    Within a prefecture, whose staff is known, staff follows fixed part + residents; what it does
    in the base year is taken as what is needed (仮定). Hours by field and by municipality are
    scaled in turn until both agree with what is known of them.
    """
    a = assumptions
    hours = processes.base_fte * a.hours_per_fte
    driver_sum = np.array([base.drivers[name].sum() for name in DRIVERS])
    index = np.array([DRIVERS.index(name) for name in processes.driver])
    mean = (processes.fixed_residents * hours).sum() / hours.sum()
    # A child is rarer than a resident: the fixed part is counted in units of the driver.
    fixed = processes.fixed_residents * a.fixed_residents / mean * driver_sum[index] / driver_sum[0]
    per_unit = hours / (base.members.sum() * fixed + driver_sum[index])
    coefficients = np.zeros((len(processes), len(DRIVERS) + 1))
    rows = np.arange(len(processes))
    coefficients[rows, index] = per_unit
    coefficients[rows, -1] = per_unit * fixed

    plain = _work(base, a)[:, :, 0]
    staff = _share_out_staff(base, processes, coefficients @ plain, a)
    kind, count = processes.profiles
    factor, level = _balance(coefficients, plain, hours, staff * a.hours_per_fte, kind, count)
    growth = (1 + a.growth) ** (world.years - base.years[0]).astype(float)
    in_tasks = processes.task_id != ""
    tasks = len(set(processes.task_id[in_tasks]))
    per_task = hours[in_tasks].sum() / tasks if tasks else 1.0
    return Model(
        world, processes, a,
        work=np.ascontiguousarray((_work(world, a) * growth * level[:, None]).transpose(2, 0, 1)),
        coefficients=coefficients * factor[:, None],
        level=level, staff=staff,
        units=world.units(a.bloc_members, a.vertical_population),
        growth=growth,
        task_weight=np.where(in_tasks, processes.share, hours / per_task),
    )  # fmt: skip


def _share_out_staff(
    base: World, processes: Processes, formula: np.ndarray, a: Assumptions
) -> np.ndarray:
    """Return the staff of every row: 一般行政部門 by prefecture, other work by the formula."""
    weight = base.members * a.fixed_residents + base.drivers[DRIVERS[0]][:, 0]
    total = base.by_prefecture(weight)[base.prefecture]
    general = np.divide(
        base.staff[base.prefecture] * weight, total, out=np.zeros_like(weight), where=total > 0
    )
    return general + formula[~processes.general].sum(axis=0) / a.hours_per_fte


def _balance(
    coefficients: np.ndarray, plain: np.ndarray, hours: np.ndarray, staff_hours: np.ndarray,
    kind: np.ndarray, count: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Scale processes and rows in turn until both sums are as wanted; returns both factors.

    Processes of a kind have the same profile over the rows and move together.
    """
    made = np.zeros((count, coefficients.shape[1]))
    np.add.at(made, kind, coefficients)
    shape = made @ plain  # kinds × M
    amount = np.bincount(kind, hours, count)
    # Both sums must be the same for both to be reached.
    amount = amount * (staff_hours.sum() / max(amount.sum(), 1e-300))
    level = np.ones(plain.shape[1])
    for _ in range(60):
        size = amount / np.maximum(shape @ level, 1e-300)
        given = size @ shape
        new = np.divide(staff_hours, given, out=np.zeros_like(given), where=given > 0)
        done = np.abs(new - level).max(initial=0) < 1e-12
        level = new
        if done:
            break
    return size[kind], level


def _work(world: World, a: Assumptions) -> np.ndarray:
    """Return C × M × T: every driver under the exponent, and the bodies themselves."""
    members = world.members[:, None]
    columns = []
    for name in DRIVERS:
        values = world.drivers[name]
        if a.exponent != 1:
            each = np.divide(values, members, out=np.zeros_like(values), where=members > 0)
            values = members * _REFERENCE * (each / _REFERENCE) ** a.exponent
        columns.append(values)
    columns.append(np.broadcast_to(members, columns[0].shape))
    return np.stack(columns)


@dataclass(frozen=True)
class Bodies:
    """What never changes with the years, by unit (E entries).

    mass : members × level.  saved : what multiplies the fixed part of one municipality of level 1
    to give what the body saves with this unit.  further : members × (members of the body − 1).
    further_saved : the same for what is saved.  rank_v, rank_h : share of the lever from which
    the unit takes part; infinite where its size does not allow it.
    """

    mass: np.ndarray
    saved: np.ndarray
    further: np.ndarray
    further_saved: np.ndarray
    rank_v: np.ndarray
    rank_h: np.ndarray


def _make_bodies(model: Model) -> Bodies:
    world, units, a = model.world, model.units, model.assumptions
    size, level = world.size[units.row], model.level[units.row]
    may_join = (size <= a.horizontal_population).astype(float)
    count = int(units.bloc.max(initial=-1)) + 1
    joining = may_join * units.members
    mass = joining * level
    heads = np.bincount(units.bloc, joining, count)[units.bloc]
    total = np.bincount(units.bloc, mass, count)[units.bloc]
    most = np.zeros(count)
    np.maximum.at(most, units.bloc, may_join * level)
    # The body keeps one fixed part; what the others had is saved, each after its own.
    saved = np.divide(
        mass * (total - most[units.bloc]), total, out=np.zeros_like(total), where=total > 0
    )
    beyond = np.maximum(heads - 1, 0)
    return Bodies(
        units.members * level, saved, joining * beyond, saved * beyond,
        np.where(size <= a.vertical_population, units.rank_v[units.bloc], np.inf),
        np.where(may_join > 0, units.rank_h[units.bloc], np.inf),
    )  # fmt: skip


@dataclass(frozen=True)
class Uptake:
    """Who takes part, by year, state and row (T × S × M).

    weight : share of a row's municipalities.  joined, lifted : what multiplies the fixed part of
    one municipality of level 1 to give what 水平連携, 垂直補完 saves.  further : Σ (members of the
    body − 1) over the municipalities of a row.  further_joined : the same for what is saved.
    """

    weight: np.ndarray
    joined: np.ndarray
    further: np.ndarray
    further_joined: np.ndarray
    lifted: np.ndarray


def compute_states(model: Model, vertical: np.ndarray, horizontal: np.ndarray) -> Uptake:
    """Which bodies take part in which year?

    vertical, horizontal : share of the lever, by year, never falling; so a body takes part from
    one year on, and sums over time replace sums over bodies.
    """
    world, units, bodies = model.world, model.units, model.bodies
    years, rows = len(world.years), len(world.codes)
    # The first year in which the lever passes the rank of the body.
    from_v = np.searchsorted(vertical, bodies.rank_v, side="right")
    from_h = np.searchsorted(horizontal, bodies.rank_h, side="right")
    since = {"v": from_v, "h": from_h, "vh": np.maximum(from_v, from_h)}

    def taking_part(who: str, amount: np.ndarray) -> np.ndarray:
        """Add up an amount over the units of a row that take part: T × M."""
        place = since[who] * rows + units.row
        found = np.bincount(place, amount, (years + 1) * rows).reshape(years + 1, rows)
        return np.cumsum(found[:-1], axis=0)

    up, out, two = (taking_part(who, units.members) for who in since)
    whole = np.where(world.members > 0, world.members, 1.0)
    none = np.zeros_like(up)
    weight = np.stack([world.members - up - out + two, up - two, out - two, two], axis=1) / whole

    def joined(amount: np.ndarray) -> np.ndarray:
        both = taking_part("vh", amount)
        return np.stack([none, none, taking_part("h", amount) - both, both], axis=1)

    # The prefecture keeps one fixed part of all that it takes over.
    rising, rising_both = (taking_part(who, bodies.mass) for who in ("v", "vh"))
    total = world.by_prefecture(rising.T).T
    most = np.zeros((years + 1, world.prefectures()))
    np.maximum.at(most, (from_v, world.prefecture[units.row]), model.level[units.row])
    most = np.maximum.accumulate(most[:-1], axis=0)
    saves = 1 - np.divide(most, total, out=np.zeros_like(total), where=total > 0)
    lifted = np.stack([none, rising - rising_both, none, rising_both], axis=1)
    return Uptake(
        np.clip(weight, 0, 1), joined(bodies.saved), joined(bodies.further),
        joined(bodies.further_saved), lifted * saves[:, None, world.prefecture],
    )  # fmt: skip


# Quantities of which the coefficients are added up, in each state.
_QUANTITIES = ("vertical", "horizontal", "rest", "placed", "helped", "helped_of_placed")


def _make_patterns(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Return what does not change with the levers' lengths.

    K × (S · Q · C): hours per unit of work in each quantity, once a lever is fully used;
    S × K: share of a task that is pooled.
    """
    e = model.processes.eligible
    up = _V * e["V"]  # S × K
    out = (1 - up) * (_H * e["H"])
    rest = 1 - up - out
    parts = np.stack([up, out, rest, rest * e["P"], rest * e["C"], rest * e["P"] * e["C"]], axis=1)
    patterns = np.einsum("sqk,kc->ksqc", parts, model.coefficients)
    return patterns.reshape(len(e["V"]), -1), out


@dataclass(frozen=True)
class Hours:
    """Where the hours of every row go, T × M, and what each state leaves to a municipality.

    Ledger, adding up to `demand`: abolished, digital, gain_vertical, gain_horizontal,
    contract_productivity, core, prefecture, joint, contractor, residents.
    Overheads beside it: liaison, coordination, contract_management, support.
    own : T × S × M, what municipalities and their joint bodies have to work, by state.
    weight : T × S × M.  wanted : hours that contractors were asked for, T × P; placed : T × P.
    """

    demand: np.ndarray
    abolished: np.ndarray
    digital: np.ndarray
    gain_vertical: np.ndarray
    gain_horizontal: np.ndarray
    contract_productivity: np.ndarray
    core: np.ndarray
    prefecture: np.ndarray
    joint: np.ndarray
    contractor: np.ndarray
    residents: np.ndarray
    liaison: np.ndarray
    coordination: np.ndarray
    contract_management: np.ndarray
    support: np.ndarray
    own: np.ndarray
    weight: np.ndarray
    wanted: np.ndarray
    placed: np.ndarray

    def ledger(self) -> dict[str, np.ndarray]:
        """Return name → hours, T × M; together they are the demand."""
        return {name: getattr(self, name) for name in LEDGER}


LEDGER = ("abolished", "digital", "gain_vertical", "gain_horizontal", "contract_productivity",
          "core", "prefecture", "joint", "contractor", "residents")  # fmt: skip


def run(model: Model, choice: Choice, scarce: np.ndarray | None = None) -> Hours:
    """Where does every hour go under a choice of levers?

    scarce : T × P, share of what is asked of contractors that they can take on, where it is known
    from a run of all processes; for a part of them, which competes with the others.
    """
    a, world = model.assumptions, model.world
    e = model.processes.eligible
    uptake = compute_uptake(choice, a, world.years)
    states = compute_states(model, uptake["V"], uptake["H"])
    years, rows = len(world.years), len(world.codes)
    red = 1 - a.abolish_effect * e["R"] * uptake["R"][:, None]  # T × K
    left = red * (1 - a.digital_effect * e["T"] * uptake["T"][:, None])
    patterns, pooled = model.patterns
    coefficients = (left @ patterns).reshape(years, len(STATES), len(_QUANTITIES), -1)
    coefficients[:, :, 3] *= uptake["P"][:, None, None]
    coefficients[:, :, 4] *= uptake["C"][:, None, None]
    coefficients[:, :, 5] *= (uptake["P"] * uptake["C"])[:, None, None]
    # Hours as if the whole row were in the state: T × S × Q × M.
    hours = coefficients.reshape(years, -1, coefficients.shape[-1]) @ model.work
    hours = hours.reshape(years, len(STATES), -1, rows)
    abolished = (((1 - red) @ model.coefficients)[:, None] @ model.work)[:, 0]
    digital = (((red - left) @ model.coefficients)[:, None] @ model.work)[:, 0]
    weight = states.weight
    weighted = np.einsum("tsm,tsqm->tqm", weight, hours)  # T × Q × M
    q = {name: hours[:, :, number] for number, name in enumerate(_QUANTITIES)}
    sums = {name: weighted[:, number] for number, name in enumerate(_QUANTITIES)}

    # Contractors: what they can take on is scarce in the whole prefecture.
    wanted = world.by_prefecture(sums["placed"].T).T / a.contractor_productivity
    if scarce is None:
        at_hand = a.contractor_pool * world.by_prefecture(world.working).T * a.hours_per_fte
        scarce = np.divide(at_hand, wanted, out=np.ones_like(wanted), where=wanted > 0)
    by_row = np.minimum(1.0, scarce)[:, world.prefecture]
    placed = sums["placed"] * by_row
    most = (a.resident_hours * world.drivers[DRIVERS[0]]).T[:, None]
    helped_by_state = np.minimum(
        q["helped"] - by_row[:, None] * q["helped_of_placed"], most
    )  # T × S × M
    helped = (weight * helped_by_state).sum(axis=1)
    core = sums["rest"] - placed - helped

    # Hours of the fixed part of one municipality of level 1 that have moved: T × S × 1.
    fixed = coefficients[:, :, :, -1] * (a.pooling_gain * model.growth)[:, None, None]
    moved_up, moved_out = fixed[:, :, 0, None], fixed[:, :, 1, None]
    saved = moved_out * states.joined
    gain_vertical = (moved_up * states.lifted).sum(axis=1)
    gain_horizontal = saved.sum(axis=1)

    members = np.where(world.members > 0, world.members, 1.0)
    coordination = a.coordination * np.maximum(
        q["horizontal"] * states.further / members - moved_out * states.further_joined, 0
    )
    tasks = (pooled @ model.task_weight)[:, None]
    kept = a.member_staff * a.hours_per_fte * tasks * weight * world.members
    liaison = kept + weight * (
        a.liaison_vertical * q["vertical"] + a.liaison_horizontal * q["horizontal"]
    )
    # What one hour placed, and one hour helped with, leaves to the municipality.
    less_placed = (1 - a.contract_management) * by_row[:, None]
    stays = q["rest"] - less_placed * q["placed"] - (1 - a.resident_support) * helped_by_state
    own = weight * (stays + q["horizontal"]) + liaison - saved + coordination
    return Hours(
        demand=model.demand(),
        abolished=abolished, digital=digital,
        gain_vertical=gain_vertical, gain_horizontal=gain_horizontal,
        contract_productivity=placed * (1 - 1 / a.contractor_productivity),
        core=core, prefecture=sums["vertical"] - gain_vertical,
        joint=sums["horizontal"] - gain_horizontal,
        contractor=placed / a.contractor_productivity, residents=helped,
        liaison=liaison.sum(axis=1), coordination=coordination.sum(axis=1),
        contract_management=a.contract_management * placed, support=a.resident_support * helped,
        own=own, weight=weight, wanted=wanted,
        placed=world.by_prefecture(placed.T).T / a.contractor_productivity,
    )  # fmt: skip
