"""The places and years that the simulation knows (地域と年)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from domain.simulation.names import ASSET, DRIVERS, OLD, TOTAL, YOUNG

FIRST_YEAR, LAST_YEAR = 2025, 2050
BASE_YEAR = FIRST_YEAR
YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Units:
    """Municipalities as members of possible joint bodies (共同処理の単位), one entry a unit (E).

    row : of the world, ascending.  bloc : body it would belong to.  members : municipalities it stands for.
    rank_v, rank_h : by bloc, 0–1: share of the lever from which the bloc takes part.
    """

    row: np.ndarray
    bloc: np.ndarray
    members: np.ndarray
    rank_v: np.ndarray
    rank_h: np.ndarray


@dataclass(frozen=True)
class World:
    """Rows are municipalities, or cells of equal municipalities (M rows, T years).

    prefecture : index 0–46, ascending.  size_class : code of the population class.  members : municipalities
    of a row.  size : residents of one of them in 2020.  drivers : name → M × T, persons (資産: the
    residents of 2020 stand for it).  working : persons aged 15–64, M × T.  staff : FTE of 一般行政
    部門 in each prefecture's municipalities.  prefecture_staff : of the prefecture itself.
    """

    codes: tuple[str, ...]
    prefecture: np.ndarray
    size_class: tuple[str, ...]
    members: np.ndarray
    size: np.ndarray
    years: np.ndarray
    drivers: dict[str, np.ndarray]
    working: np.ndarray
    staff: np.ndarray
    prefecture_staff: np.ndarray
    _units: dict = field(default_factory=dict, repr=False)

    def at(self, years: Sequence[int]) -> World:
        """Return the same places in some of the years."""
        places = np.searchsorted(self.years, years)
        if not np.array_equal(self.years[places], years):
            raise ValueError("計算していない年です")
        return replace(
            self,
            years=self.years[places],
            drivers={name: values[:, places] for name, values in self.drivers.items()},
            working=self.working[:, places],
        )

    def prefectures(self) -> int:
        """Return the number of prefectures."""
        return len(self.staff)

    def units(self, bloc_members: float, vertical_population: float) -> Units:
        """Return who would join whom; worked out once for each pair of numbers."""
        key = (max(1, round(bloc_members)), vertical_population)
        if key not in self._units:
            self._units[key] = make_units(self.prefecture, self.members, self.size, *key)
        return self._units[key]

    def by_prefecture(self, values: np.ndarray) -> np.ndarray:
        """Add up rows. values : M × … → prefectures × …"""
        found = np.zeros((self.prefectures(), *values.shape[1:]))
        # Rows stand in the order of their prefectures.
        names, first = np.unique(self.prefecture, return_index=True)
        found[names] = np.add.reduceat(values, first, axis=0)
        return found


def interpolate(known_years: Sequence[int], values: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Return values between the years of the projection, on straight lines. values : M × years."""
    known = np.asarray(known_years, dtype=float)
    place = np.clip(np.searchsorted(known, years, side="right") - 1, 0, len(known) - 2)
    share = (years - known[place]) / (known[place + 1] - known[place])
    return values[:, place] * (1 - share) + values[:, place + 1] * share


def share_out_ages(
    total: np.ndarray, working_share: np.ndarray, prefecture: np.ndarray,
    prefecture_ages: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:  # fmt: skip
    """How many residents of each age does a row have, in keeping with its prefecture?

    total : M × T.  working_share : share of 15–64 in the row in 2050, the only year that is
    published by row.  prefecture_ages : 「0-14」「15-64」「65+」 → P × T.
    Returns the same keys → M × T; the sums over the rows are the prefectures' own. An assumption.
    """
    count = len(next(iter(prefecture_ages.values())))

    def add(values: np.ndarray) -> np.ndarray:
        found = np.zeros((count, values.shape[1]))
        np.add.at(found, prefecture, values)
        return found

    def divide(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.divide(one, other, out=np.zeros_like(one), where=other > 0)

    pull = total * working_share[:, None]
    working = pull * divide(prefecture_ages["15-64"], add(pull))[prefecture]
    # Nobody is left with fewer than no other residents.
    working = np.minimum(working, total)
    missing = divide(prefecture_ages["15-64"] - add(working), add(total - working))
    working = working + (total - working) * np.clip(missing, 0, 1)[prefecture]
    rest = total - working
    others = prefecture_ages["0-14"] + prefecture_ages["65+"]
    young = rest * divide(prefecture_ages["0-14"], others)[prefecture]
    return {"0-14": young, "15-64": working, "65+": rest - young}


def make_drivers(total: np.ndarray, ages: dict[str, np.ndarray], size: np.ndarray,
                 members: np.ndarray) -> dict[str, np.ndarray]:  # fmt: skip
    """Return what work grows with: driver → M × T."""
    assets = np.repeat((size * members)[:, None], total.shape[1], axis=1)
    found = {TOTAL: total, YOUNG: ages["0-14"], OLD: ages["65+"], ASSET: assets}
    return {name: found[name] for name in DRIVERS}


def make_units(row_prefecture: np.ndarray, members: np.ndarray, size: np.ndarray,
               bloc_members: int, vertical_population: float) -> Units:  # fmt: skip
    """Which municipalities would join which body?

    Municipalities of a cell are equal and join among themselves; single municipalities join
    the next ones in size of their prefecture. Bodies take part one after another, evenly spread
    over every cell, so that a lever at a third means a third of the bodies, each as a whole.
    """
    most = bloc_members
    rows, blocs, counts = [], [], []
    bloc = 0
    if members.max(initial=0) > 1:
        for row, count in enumerate(members.astype(int)):
            for first in range(0, count, most):
                rows.append(row)
                blocs.append(bloc)
                counts.append(min(most, count - first))
                bloc += 1
    else:
        small = size <= vertical_population
        order = np.lexsort((-size, ~small, row_prefecture))
        before, filled = None, 0
        for row in order:
            group = (row_prefecture[row], small[row])
            if group != before or filled == most:
                bloc, filled, before = bloc + (before is not None), 0, group
            rows.append(row)
            blocs.append(bloc)
            counts.append(1)
            filled += 1
        bloc += bool(len(order))
    row_of, bloc_of = np.array(rows, dtype=int), np.array(blocs, dtype=int)
    ranks = _ranks(row_of, bloc_of, bloc, row_prefecture)
    order = np.argsort(row_of, kind="stable")
    members_of = np.array(counts, dtype=float)
    return Units(row_of[order], bloc_of[order], members_of[order], *ranks)


def _ranks(rows: np.ndarray, blocs: np.ndarray, count: int, prefecture: np.ndarray
           ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return two ranks for every bloc, evenly spread within its cell, or its prefecture."""
    first_row = np.full(count, -1)
    first_row[blocs[::-1]] = rows[::-1]
    singles = len(np.unique(blocs)) < len(blocs)
    group = prefecture[first_row] if singles else first_row
    found = []
    for step in (_GOLDEN, 2**0.5 - 1):
        rank = np.zeros(count)
        for number, one in enumerate(np.unique(group)):
            own = np.flatnonzero(group == one)
            offset = ((number + 1) * step) % 1
            # A permutation of its own for each lever, or both would always go together.
            turn = np.argsort((np.arange(1, len(own) + 1) * step) % 1, kind="stable")
            rank[own[turn]] = (np.arange(len(own)) + offset) / len(own)
        found.append(rank)
    return found[0], found[1]
