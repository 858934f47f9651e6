"""How much is measured, and when to stop (測る量と持ち時間)."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How many rounds each measurement takes.

    limit : seconds for the whole run.  rounds × per_round : changes of each kind and side.
    cpu_blocks × cpu_changes : changes behind a CPU figure.  visits, restarts : first paints and
    server starts.  tours : walks through the pages.  crowd : numbers of sessions tried,
    each for crowd_seconds.
    """

    limit: float
    rounds: int
    per_round: int
    cpu_blocks: int
    cpu_changes: int
    visits: int
    restarts: int
    tours: int
    crowd: tuple[int, ...]
    crowd_seconds: float


FULL = Plan(
    limit=600, rounds=6, per_round=3, cpu_blocks=3, cpu_changes=24, visits=7, restarts=5, tours=6,
    crowd=(10, 30, 60, 100, 150, 200, 300), crowd_seconds=11,
)  # fmt: skip
QUICK = Plan(
    limit=180, rounds=2, per_round=3, cpu_blocks=2, cpu_changes=12, visits=2, restarts=1, tours=1,
    crowd=(30, 150), crowd_seconds=6,
)  # fmt: skip


class Budget:
    """The time that is left; loops ask it before each further round."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """How many seconds are left? Never negative."""
        return max(0.0, self._end - time.monotonic())

    def spent(self, needed: float = 0.0) -> bool:
        """Is there no time left for something that takes `needed` seconds?"""
        return self.left() <= needed
