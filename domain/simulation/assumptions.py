"""The numbers the simulation rests on, each with a range and a source (前提)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Assumptions:
    """One value for every assumption; the file of parameters gives unit, range and source.

    Shares are 0–1, money is yen, time is hours or years.
    """

    # Demand (事務量)
    fixed_residents: float  # F/V: residents whose work equals the fixed part of a body, persons
    exponent: float  # β: how work grows with its driver
    growth: float  # growth of hours per unit of the driver, a year
    hours_per_fte: float  # hours of a full-time year
    # Supply (担い手)
    supply_elasticity: float  # η: staff per change of the working-age population
    hiring_capacity: float  # κ: hires per exit of today, for the supply by age
    # Joining (まとめる)
    pooling_gain: float  # ψ: share of saved fixed parts that is realised
    coordination: float  # γ: extra joint hours per further member
    liaison_vertical: float  # λ_v: hours that stay as liaison, per hour moved
    liaison_horizontal: float  # λ_h
    member_staff: float  # κ_h: FTE that a member keeps per pooled task
    bloc_members: float  # municipalities of a joint body
    vertical_population: float  # municipalities up to this size hand work to the prefecture
    horizontal_population: float  # municipalities up to this size join bodies
    prefecture_exponent: float  # how the prefectures' own need follows their population
    # Reducing and digital (減らす・デジタル)
    abolish_effect: float  # ρ: hours saved per hour of abolished work
    digital_effect: float  # σ: hours saved per eligible hour
    digital_eligible: float  # mean share of hours that is eligible
    digital_cost: float  # yen per resident and year with the lever at its full length
    # Contractors and residents (担い手を広げる)
    contract_management: float  # θ_o: hours of contract management per hour placed
    contractor_productivity: float  # π: hours replaced per hour of a contractor
    contract_price: float  # price per own labour cost
    contractor_pool: float  # workers that can be found per working-age person
    resident_support: float  # θ_r: hours of support per resident's hour
    resident_hours: float  # hours a resident gives in a year
    # Money, teams, what is not judged (費用・体制・評定の無い事務)
    wage: float  # yen per FTE and year
    transition_cost: float  # yearly labour cost of the moved hours, paid once
    team_minimum: float  # FTE below which a team is thin
    presence: float  # chance that one qualified person is there
    residual_eligibility: float  # eligibility outside the ten fields per that inside
    # Ramps (立ち上がり), years from the start until all that is chosen is done
    ramp_abolish: float
    ramp_digital: float
    ramp_vertical: float
    ramp_horizontal: float
    ramp_contract: float
    ramp_residents: float

    def with_values(self, changed: Mapping[str, float]) -> Assumptions:
        """Return a copy with some values changed. Raises ValueError naming what is wrong."""
        names = {one.name for one in fields(self)}
        for name, value in changed.items():
            if name not in names:
                raise ValueError(f"「{name}」という前提はありません")
            if not math.isfinite(value):
                raise ValueError(f"前提「{name}」の値が数ではありません")
        return replace(self, **{name: float(value) for name, value in changed.items()})


@dataclass(frozen=True)
class Range:
    """Unit and range of one assumption. kind : 区分.  source : in Japanese."""

    name: str
    label: str
    unit: str
    low: float
    central: float
    high: float
    kind: str
    source: str
    note: str = ""

    def is_uncertain(self) -> bool:
        """Is there a range at all?"""
        return self.low < self.high


def central(ranges: Mapping[str, Range]) -> Assumptions:
    """Return every assumption at its central value. Raises TypeError if one is missing."""
    return Assumptions(**{name: one.central for name, one in ranges.items()})
