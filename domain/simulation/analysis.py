"""What each lever contributes, what would close the gap, which assumption decides (分析)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

from domain.simulation.assumptions import Assumptions, Range
from domain.simulation.levers import Choice
from domain.simulation.names import LEVERS
from domain.simulation.simulator import Prepared, Result, Simulator

Measure = Callable[[Result], float]
_GRID = 20


def share_out_change(prepared: Prepared, choice: Choice, measure: Measure) -> dict[str, float]:
    """How much of the change does each lever bring, whatever the order? (シャープレイ値)

    The parts add up to the whole change. Costs 2 to the power of the levers that are used.
    """
    values = choice.by_code()
    used = [code for code in LEVERS if values[code] > 0]
    worth = {}
    for number in range(2 ** len(used)):
        members = frozenset(code for place, code in enumerate(used) if number >> place & 1)
        part = Choice.of_codes({code: values[code] for code in members}, start=choice.start)
        worth[members] = measure(prepared.compute(part))
    found = dict.fromkeys(LEVERS, 0.0)
    count = len(used)
    for members, value in worth.items():
        for code in used:
            if code not in members:
                size = len(members)
                weight = factorial(size) * factorial(count - size - 1) / factorial(count)
                found[code] += weight * (worth[members | {code}] - value)
    return found


def share_out_in_order(prepared: Prepared, choice: Choice, measure: Measure) -> dict[str, float]:
    """How much does each lever bring, one after another in the order in which they act?"""
    values, before = {}, measure(prepared.compute(Choice(start=choice.start)))
    found = {}
    for code, value in choice.by_code().items():
        values[code] = value
        after = measure(prepared.compute(Choice.of_codes(values, start=choice.start)))
        found[code] = after - before
        before = after
    return found


@dataclass(frozen=True)
class Reached:
    """How far a lever must go. length : 0–1, None if even its full length does not reach it.

    left : what remains at `length`, or at the full length.
    """

    length: float | None
    left: float


def solve(make: Callable[[float], Choice], prepared: Prepared, measure: Measure,
          target: float) -> Reached:  # fmt: skip
    """How far along a way is the target reached first?

    make : 0–1 → choice.  measure : of a result, the smaller the better.  Bodies join as a whole,
    so what remains falls in steps and not always: the way is looked at point by point.
    """
    for step in range(_GRID + 1):
        length = step / _GRID
        left = measure(prepared.compute(make(length)))
        if left <= target:
            return Reached(length, left)
    return Reached(None, left)


def along_lever(choice: Choice, code: str) -> Callable[[float], Choice]:
    """Return the way that moves one lever from 0 to its full length, the others as they are."""
    values = choice.by_code()
    return lambda length: Choice.of_codes({**values, code: length}, start=choice.start)


def along_all(choice: Choice) -> Callable[[float], Choice]:
    """Return the way from a choice to every lever at its full length."""
    values = choice.by_code()
    return lambda length: Choice.of_codes(
        {code: value + (1 - value) * length for code, value in values.items()}, start=choice.start
    )


@dataclass(frozen=True)
class Swing:
    """What an assumption does to a result, the others at their central values."""

    name: str
    low: float
    high: float

    def width(self) -> float:
        """Return how far apart the two ends are."""
        return abs(self.high - self.low)


def find_swings(
    simulator: Simulator, assumptions: Assumptions, ranges: Mapping[str, Range], choice: Choice,
    measure: Measure, years: Sequence[int],
) -> list[Swing]:  # fmt: skip
    """Which assumption decides? The widest swing first; assumptions without a range are left out."""

    def at(name: str, value: float) -> float:
        changed = assumptions.with_values({name: value})
        return measure(simulator.prepare(changed, years).compute(choice))

    found = [
        Swing(name, at(name, one.low), at(name, one.high))
        for name, one in ranges.items()
        if one.is_uncertain()
    ]
    return sorted(found, key=lambda swing: (-swing.width(), swing.name))


# --- uncertainty ------------------------------------------------------------------------------

BLOCK = 200
# What is carried out falls short of what is planned: share that is delivered.
_DELIVERY = (0.5, 1.0)


def draw_samples(
    ranges: Mapping[str, Range], seed: int, count: int
) -> tuple[list[dict], np.ndarray]:
    """Draw assumptions: a Latin hypercube in blocks, so that more draws keep the first ones.

    Each assumption follows a triangle between low, central and high.
    Returns the changed assumptions of every draw, and the delivery of every lever, count × 6.
    """
    uncertain = [one for one in ranges.values() if one.is_uncertain()]
    columns = len(uncertain) + len(LEVERS)
    blocks = []
    for block in range(-(-count // BLOCK)):
        rng = np.random.default_rng([seed, block])
        cell = np.stack([rng.permutation(BLOCK) for _ in range(columns)], axis=1)
        blocks.append((cell + rng.random((BLOCK, columns))) / BLOCK)
    share = np.concatenate(blocks)[:count]
    values = np.stack(
        [_triangle(share[:, place], one) for place, one in enumerate(uncertain)], axis=1
    )
    low, high = _DELIVERY
    delivery = low + (high - low) * share[:, len(uncertain) :]
    names = [one.name for one in uncertain]
    return [dict(zip(names, row, strict=True)) for row in values.tolist()], delivery


def _triangle(share: np.ndarray, one: Range) -> np.ndarray:
    """Return the value below which this share of a triangular distribution lies."""
    width = one.high - one.low
    turn = (one.central - one.low) / width
    rising = one.low + np.sqrt(share * width * (one.central - one.low))
    falling = one.high - np.sqrt((1 - share) * width * (one.high - one.central))
    return np.where(share < turn, rising, falling)


def run_draws(
    simulator: Simulator, assumptions: Assumptions, ranges: Mapping[str, Range], choice: Choice,
    years: Sequence[int], seed: int, count: int, progress: Callable[[int], bool] | None = None,
) -> dict[str, np.ndarray]:  # fmt: skip
    """How far may results lie apart? Name (see `Result.national`) → draws × years.

    progress : told after every draw how many are done; returns False to stop, and then what is
    done so far comes back.
    """
    samples, delivery = draw_samples(ranges, seed, count)
    rows: list[dict[str, np.ndarray]] = []
    for number, changed in enumerate(samples):
        prepared = simulator.prepare(assumptions.with_values(changed), years)
        parts = zip(LEVERS, choice.by_code().values(), delivery[number], strict=True)
        drawn = Choice.of_codes({code: v * d for code, v, d in parts}, start=choice.start)
        rows.append(prepared.compute(drawn).national())
        if progress is not None and not progress(number + 1):
            break
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def find_band(values: np.ndarray, share: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the middle `share` of the draws, by year. values : draws × years."""
    edge = 100 * (1 - share) / 2
    low, high = np.percentile(values, [edge, 100 - edge], axis=0)
    return low, high
