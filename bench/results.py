"""What a measurement hands back: samples, comparisons with a goal, remarks (測定の結果)."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

REACHED, MISSED, UNMEASURED = "達成", "未達", "測れず"


@dataclass(frozen=True)
class Samples:
    """Numbers of one kind from one side (標本). digits : decimals shown."""

    label: str
    unit: str
    values: tuple[float, ...]
    digits: int = 0

    @property
    def median(self) -> float:
        """Return the middle value; NaN without values."""
        return statistics.median(self.values) if self.values else math.nan

    @property
    def p95(self) -> float:
        """Return the value that 95 % do not exceed; NaN without values."""
        return percentile(self.values, 0.95)


@dataclass(frozen=True)
class Comparison:
    """One line of the table: a number and its goal (目標との比較).

    at_most or at_least : the goal; exactly one is set.  measured : NaN where it could not be
    measured.  lower_bound : the true number may be larger (the run stopped at its cap).
    """

    label: str
    measured: float
    at_most: float | None = None
    at_least: float | None = None
    unit: str = "倍"
    digits: int = 2
    lower_bound: bool = False

    def goal_text(self) -> str:
        """Return the goal as it stands in the table."""
        sign, limit = ("≤", self.at_most) if self.at_least is None else ("≥", self.at_least)
        return f"{sign} {limit:g}{self.unit}"

    def measured_text(self) -> str:
        """Return the measured number as it stands in the table."""
        if math.isnan(self.measured):
            return "—"
        return f"{'≥ ' if self.lower_bound else ''}{self.measured:.{self.digits}f}{self.unit}"

    def verdict(self) -> str:
        """Return 達成, 未達 or 測れず; a lower bound below the goal says nothing."""
        if math.isnan(self.measured):
            return UNMEASURED
        if self.at_least is not None:
            short = UNMEASURED if self.lower_bound else MISSED
            return REACHED if self.measured >= self.at_least else short
        return REACHED if self.measured <= self.at_most else MISSED


@dataclass
class Outcome:
    """All that one measurement found."""

    name: str
    title: str
    comparisons: list[Comparison] = field(default_factory=list)
    samples: list[Samples] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """Which value is not exceeded by `share` of the values? NaN without values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def ratio(ours: float, peer: float) -> float:
    """Return ours ÷ peer; NaN if either is missing or the peer is zero."""
    return ours / peer if peer else math.nan
