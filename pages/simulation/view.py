"""What is looked at in the simulation: a scope, a year, and the sums that belong to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from domain.places import CODES
from domain.simulation.names import MUNICIPAL, PREFECTURE
from domain.simulation.simulator import Result

NATION = "全国"
CLASSES = {
    "lt_5k": "5千人未満", "5k_10k": "5千〜1万人", "10k_30k": "1万〜3万人", "30k_50k": "3万〜5万人",
    "50k_100k": "5万〜10万人", "100k_200k": "10万〜20万人", "200k_300k": "20万〜30万人",
    "300k_500k": "30万〜50万人", "ge_500k": "50万人以上",
}  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """A part of the country: everything, a prefecture, or a population class.

    name : in Japanese.  pref_code, size_class : "" where not meant.
    """

    name: str = NATION
    pref_code: str = ""
    size_class: str = ""

    def rows(self, result: Result) -> np.ndarray:
        """Return the mask of the rows that belong to the scope."""
        world = result.model.world
        if self.pref_code:
            return world.prefecture == CODES.index(self.pref_code)
        if self.size_class:
            return np.array([one == self.size_class for one in world.size_class])
        return np.ones(len(world.codes), dtype=bool)


@dataclass(frozen=True)
class Balance:
    """Need, available and gap of the municipalities of a scope, by year, FTE; 充足率 as a share."""

    years: tuple[int, ...]
    need: np.ndarray
    available: np.ndarray
    gap: np.ndarray

    def staffing(self) -> np.ndarray:
        """Return the share of the need that is met."""
        return 1 - np.divide(self.gap, self.need, out=np.zeros_like(self.gap), where=self.need > 0)

    def at(self, year: int) -> dict[str, float]:
        """Return the numbers of one year."""
        place = self.years.index(year)
        return {
            "need": float(self.need[place]), "available": float(self.available[place]),
            "gap": float(self.gap[place]), "staffing": float(self.staffing()[place]),
        }  # fmt: skip


def add_balance(result: Result, scope: Scope) -> Balance:
    """Add up a scope. What is available is what is there, surplus places included."""
    rows, out = scope.rows(result), result.outcome
    return Balance(
        tuple(int(year) for year in result.model.world.years),
        out.need[MUNICIPAL][:, rows].sum(axis=1),
        out.available[MUNICIPAL][:, rows].sum(axis=1),
        out.gap[MUNICIPAL][:, rows].sum(axis=1),
    )


def prefecture_gap(result: Result, scope: Scope) -> np.ndarray | None:
    """Return the gap of the prefectures themselves, by year; None for a class of municipalities."""
    gap = result.outcome.gap[PREFECTURE]
    if scope.size_class:
        return None
    return gap[:, CODES.index(scope.pref_code)] if scope.pref_code else gap.sum(axis=1)
