"""What is done, how far, and when: the six levers and their ramps (手段)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from domain.simulation.assumptions import Assumptions
from domain.simulation.names import (
    ABOLISH,
    CONTRACT,
    DIGITAL,
    HORIZONTAL,
    LEVERS,
    RESIDENTS,
    VERTICAL,
)


@dataclass(frozen=True)
class Choice:
    """How far each lever is used, 0–1 of what is eligible, and the year in which it starts."""

    abolish: float = 0.0
    digital: float = 0.0
    vertical: float = 0.0
    horizontal: float = 0.0
    contract: float = 0.0
    residents: float = 0.0
    start: int = 2026

    def __post_init__(self) -> None:
        for code, value in self.by_code().items():
            if not 0 <= value <= 1:  # also refuses NaN
                raise ValueError(f"手段 {code} は0から1までの値にしてください（{value}）")

    def by_code(self) -> dict[str, float]:
        """Return lever code → how far it is used, in the order in which they act."""
        return {
            ABOLISH: self.abolish, DIGITAL: self.digital, VERTICAL: self.vertical,
            HORIZONTAL: self.horizontal, CONTRACT: self.contract, RESIDENTS: self.residents,
        }  # fmt: skip

    @staticmethod
    def of_codes(values: Mapping[str, float], start: int = 2026) -> Choice:
        """Return a choice from lever code → value; what is not named stays at 0."""
        return Choice(*(values.get(code, 0.0) for code in LEVERS), start=start)


def ramp_years(assumptions: Assumptions) -> dict[str, float]:
    """Return lever code → years until all that is chosen is done."""
    return {
        ABOLISH: assumptions.ramp_abolish, DIGITAL: assumptions.ramp_digital,
        VERTICAL: assumptions.ramp_vertical, HORIZONTAL: assumptions.ramp_horizontal,
        CONTRACT: assumptions.ramp_contract, RESIDENTS: assumptions.ramp_residents,
    }  # fmt: skip


def smoothstep(share: np.ndarray) -> np.ndarray:
    """Return 0 before, 1 after, and a smooth way between. share : of the ramp that has passed."""
    x = np.clip(share, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def compute_uptake(
    choice: Choice, assumptions: Assumptions, years: np.ndarray
) -> dict[str, np.ndarray]:
    """How far is each lever used in each year? Lever code → shares, one a year."""
    ramps = ramp_years(assumptions)
    return {
        code: value * smoothstep((years - choice.start) / max(ramps[code], 1e-9))
        for code, value in choice.by_code().items()
    }
