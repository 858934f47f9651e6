"""One place to ask: what comes out of a choice, under which assumptions? (計算の窓口)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from domain.simulation.assumptions import Assumptions
from domain.simulation.engine import Hours, Model, calibrate, run
from domain.simulation.levers import Choice, compute_uptake
from domain.simulation.names import CARRIERS, DRIVERS, MUNICIPAL
from domain.simulation.outcome import Outcome, add_up
from domain.simulation.processes import Processes
from domain.simulation.workload import fit_eligibility
from domain.simulation.world import BASE_YEAR, World

# Years at which ranges are shown.
MILESTONES = (2025, 2030, 2035, 2040, 2045, 2050)


@dataclass(frozen=True)
class Simulator:
    """The world and the work, before any assumption. work : from `workload.build_processes`."""

    world: World
    work: Processes

    def prepare(self, assumptions: Assumptions, years: Sequence[int] | None = None) -> Prepared:
        """Make ready for runs under some assumptions. years : to compute, all by default."""
        world = self.world if years is None else self.world.at(years)
        base = self.world.at([BASE_YEAR])
        model = calibrate(world, base, fit_eligibility(self.work, assumptions), assumptions)
        return Prepared(model, base.working[:, 0], base.drivers[DRIVERS[0]][:, 0])


@dataclass(frozen=True)
class Prepared:
    """A model under some assumptions, with what it is compared with in the base year, M."""

    model: Model
    base_working: np.ndarray
    base_people: np.ndarray

    def compute(self, choice: Choice) -> Result:
        """Work out a choice."""
        hours = run(self.model, choice)
        return Result(
            choice, self.model, hours,
            add_up(self.model, hours, self.base_working, self.base_people),
        )  # fmt: skip

    def at(self, years: Sequence[int]) -> Prepared:
        """Return the same for some of the years."""
        model = self.model
        places = np.searchsorted(model.world.years, years)
        return replace(
            self,
            model=replace(
                model, world=model.world.at(years), work=model.work[places],
                growth=model.growth[places],
            ),
        )  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What comes out of a choice, by year and row."""

    choice: Choice
    model: Model
    hours: Hours
    outcome: Outcome

    def national(self) -> dict[str, np.ndarray]:
        """Return the sums over all places, by year: name → T, FTE; 充足率 as a share.

        必要, 確保, 不足 of 市町村・共同処理, 不足 of 都道府県, and what all carriers need.
        """
        need = self.outcome.need[MUNICIPAL].sum(axis=1)
        gap = self.outcome.gap[MUNICIPAL].sum(axis=1)
        return {
            "need": need,
            "available": self.outcome.available[MUNICIPAL].sum(axis=1),
            "gap": gap,
            "staffing": 1 - np.divide(gap, need, out=np.zeros_like(gap), where=need > 0),
            "prefecture_gap": self.outcome.gap[CARRIERS[1]].sum(axis=1),
            "system": self.outcome.system(),
        }


def compute_money(result: Result) -> np.ndarray:
    """What does it cost in a year? T, yen; labour, contracts, デジタル and the way there.

    Prices stay as they are; a transition costs once, in the year in which hours move.
    """
    a, hours = result.model.assumptions, result.hours
    wage = a.wage / a.hours_per_fte
    labour = wage * (hours.own.sum(axis=(1, 2)) + hours.prefecture.sum(axis=1))
    contracts = wage * a.contract_price * hours.contractor.sum(axis=1)
    world = result.model.world
    people = world.drivers[DRIVERS[0]].sum(axis=0)
    uptake = compute_uptake(result.choice, a, world.years)
    moved = sum(getattr(hours, name).sum(axis=1) for name in ("prefecture", "joint", "contractor"))
    step = np.diff(moved, prepend=0.0) / np.diff(world.years, prepend=world.years[0] - 1)
    change = a.transition_cost * wage * np.maximum(step, 0)
    return labour + contracts + a.digital_cost * uptake["T"] * people + change
