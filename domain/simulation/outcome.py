"""Who is needed, who is there, who is missing: by carrier, never netted (必要・確保・不足)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from domain.simulation.engine import Hours, Model
from domain.simulation.names import CONTRACTOR, DRIVERS, MUNICIPAL, PREFECTURE, RESIDENT


@dataclass(frozen=True)
class Outcome:
    """FTE in each year. need, available, gap : carrier → T × rows.

    市町村・共同処理 has a row for every row of the world, the other carriers one a prefecture.
    Contractors and residents are never short: what they cannot take stays with the municipality.
    unplaced : FTE that no contractor was found for, T × P.
    """

    need: dict[str, np.ndarray]
    available: dict[str, np.ndarray]
    gap: dict[str, np.ndarray]
    unplaced: np.ndarray

    def staffing(self, carrier: str = MUNICIPAL) -> np.ndarray:
        """Return the share of the need that is met, by row and year; 1 where nothing is needed."""
        need = self.need[carrier]
        return 1 - np.divide(self.gap[carrier], need, out=np.zeros_like(need), where=need > 0)

    def system(self) -> np.ndarray:
        """Return the FTE that all carriers together need, by year."""
        return sum(values.sum(axis=1) for values in self.need.values())


def follow_population(working: np.ndarray, base: np.ndarray, elasticity: float) -> np.ndarray:
    """Return staff per staff of the base year: it follows the working-age population.

    working : rows × T.  base : rows × 1.  Rows without anybody have nobody.
    """
    ratio = np.divide(working, base, out=np.zeros_like(working), where=base > 0)
    return ratio**elasticity


def add_up(
    model: Model, hours: Hours, base_working: np.ndarray, base_people: np.ndarray,
    staff_index: np.ndarray | None = None,
) -> Outcome:  # fmt: skip
    """Who is needed, there and missing?

    base_working, base_people : of the rows in the base year, M.  staff_index : staff per staff of
    the base year, M × T; by default it follows the working-age population.
    """
    a, world = model.assumptions, model.world
    year = a.hours_per_fte
    if staff_index is None:
        staff_index = follow_population(world.working, base_working[:, None], a.supply_elasticity)
    staff = (model.staff[:, None] * staff_index).T
    own = hours.own / year
    # A surplus of those who take part does not help those who do not.
    gap = np.maximum(own - hours.weight * staff[:, None], 0).sum(axis=1)

    people = world.by_prefecture(world.drivers[DRIVERS[0]])
    people_base = world.by_prefecture(base_people[:, None])
    working = world.by_prefecture(world.working)
    working_base = world.by_prefecture(base_working[:, None])
    officers = world.prefecture_staff[:, None]
    own_work = (
        officers * follow_population(people, people_base, a.prefecture_exponent) * model.growth
    ).T
    taken = world.by_prefecture(hours.prefecture.T).T / year
    there = (officers * follow_population(working, working_base, a.supply_elasticity)).T
    helpers = world.by_prefecture(hours.residents.T).T / year
    none = np.zeros_like(helpers)
    return Outcome(
        need={
            MUNICIPAL: own.sum(axis=1), PREFECTURE: own_work + taken,
            CONTRACTOR: hours.placed / year, RESIDENT: helpers,
        },
        available={
            MUNICIPAL: staff, PREFECTURE: there,
            CONTRACTOR: a.contractor_pool * working.T,
            RESIDENT: a.resident_hours * people.T / year,
        },
        gap={
            MUNICIPAL: gap, PREFECTURE: np.maximum(own_work + taken - there, 0),
            CONTRACTOR: none, RESIDENT: none,
        },
        unplaced=(hours.wanted - hours.placed) / year,
    )  # fmt: skip
