"""The work: processes of tasks, their hours, and which lever may act on them (プロセス)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from domain.simulation.names import LEVERS


@dataclass(frozen=True)
class Processes:
    """Columns of all processes, one entry a process (K entries).

    task_id : "" outside the ten fields.  base_fte : national FTE of the base year.
    fixed_residents : F/V before scaling, persons.  share : of the hours of its task.
    eligible : lever code → share of hours that the lever may act on, 0–1.
    general : does the staff of 一般行政部門 do it?
    """

    task_id: np.ndarray
    name: np.ndarray
    field_code: np.ndarray
    sector: np.ndarray
    driver: np.ndarray
    skill: np.ndarray
    base_fte: np.ndarray
    fixed_residents: np.ndarray
    share: np.ndarray
    eligible: Mapping[str, np.ndarray]
    general: np.ndarray

    def __len__(self) -> int:
        return len(self.task_id)

    @cached_property
    def profiles(self) -> tuple[np.ndarray, int]:
        """Which processes are alike in driver and fixed part? Kind of each, number of kinds."""
        found: dict[tuple, int] = {}
        kinds = [
            found.setdefault(pair, len(found))
            for pair in zip(self.driver, self.fixed_residents.tolist(), strict=True)
        ]
        return np.array(kinds, dtype=int), len(found)

    def of(self, chosen: np.ndarray) -> Processes:
        """Return some of the processes. chosen : mask of K entries."""
        names = ("task_id", "name", "field_code", "sector", "driver", "skill", "base_fte",
                 "fixed_residents", "share", "general")  # fmt: skip
        return replace(
            self,
            **{name: getattr(self, name)[chosen] for name in names},
            eligible={code: values[chosen] for code, values in self.eligible.items()},
        )


@dataclass(frozen=True)
class Scores:
    """How a process stands from the viewpoints, 0–1; the names are those of 検討の視点.

    power : share of its hours that exercises public authority.  market : can a private body be
    found that may do it?  abolish : share of its hours that may be dropped.
    """

    common: float
    expert: float
    hard: float
    onsite: float
    local: float
    partners: float
    routine: float
    power: float
    market: float
    abolish: float


def compute_eligibility(scores: Scores) -> dict[str, float]:
    """Which share of a process may each lever act on? Lever code → 0–1.

    The forms are assumptions; the page shows them. A process that is public authority alone
    may go to another authority, never to a private body or to residents.
    """
    s = scores
    skilled = max(s.expert, s.hard)
    return {
        "R": s.abolish,
        "T": s.routine * (1 - 0.5 * s.onsite),
        "V": s.common * (0.3 + 0.7 * skilled) * (1 - 0.7 * s.onsite) * (1 - 0.7 * s.local),
        "H": (0.2 + 0.8 * max(skilled, s.common)) * (1 - 0.6 * s.onsite) * (1 - 0.6 * s.local)
        * (1 - 0.3 * s.partners),
        "P": (1 - s.power) * s.market * (0.3 + 0.7 * s.routine) * (1 - 0.3 * s.hard),
        "C": (1 - s.power) * s.onsite * (1 - s.expert) * 0.3,
    }  # fmt: skip


def scale_to_mean(values: np.ndarray, hours: np.ndarray, mean: float) -> np.ndarray:
    """Return shares whose mean, weighted by hours, is `mean`, as far as none exceeds 1."""
    total = hours.sum()
    if total <= 0 or not (values * hours).any():
        return values
    scaled = values
    for _ in range(50):
        now = (scaled * hours).sum() / total
        if now <= 0 or abs(now - mean) < 1e-12:
            break
        scaled = np.minimum(1.0, scaled * mean / now)
        if (scaled[hours > 0] >= 1).all():
            break
    return scaled


def choose_whole(values: np.ndarray, hours: np.ndarray) -> np.ndarray:
    """Which processes move as a whole, so that as many hours move as the shares say?

    The most eligible come first. Work that stays behind in small pieces would leave teams as
    thin as before, so a process moves or it does not.
    values : eligible share of each process.  Returns 0 or 1 for each.
    """
    order = np.lexsort((np.arange(len(values)), -values))
    wanted = float((values * hours).sum())
    # A process counts when more than half of it lies below the wanted hours.
    middle = np.cumsum(hours[order]) - hours[order] / 2
    whole = np.zeros(len(values))
    whole[order] = (middle < wanted) & (values[order] > 0)
    return whole


def join(rows: Sequence[Mapping[str, object]]) -> Processes:
    """Return processes from rows, one a process, with the fields of `Processes` as keys."""

    def column(name: str, kind: object) -> np.ndarray:
        return np.array([row[name] for row in rows], dtype=kind)

    return Processes(
        *(column(name, object) for name in ("task_id", "name", "field_code", "sector", "driver", "skill")),
        *(column(name, float) for name in ("base_fte", "fixed_residents", "share")),
        {code: np.array([row["eligible"][code] for row in rows], dtype=float) for code in LEVERS},
        column("general", bool),
    )  # fmt: skip
