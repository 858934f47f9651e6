"""How much memory does one more visitor take?"""

from __future__ import annotations

import asyncio

from bench.capacity import arrive
from bench.clients import DAY_CYCLE
from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples
from bench.servers import OURS, Server, Workshop

NAME = "memory"
FEW, MANY = 10, 110
_CALM = 1.5  # seconds for the server to come to rest


async def _grow(server: Server, budget: Budget) -> tuple[int, int, int]:
    """Return RSS with FEW and with more visitors, and how many more came."""
    visitors = await arrive(server, FEW, budget)
    sizes = []
    for target in (FEW, MANY):
        new = await arrive(server, target - len(visitors), budget)
        visitors += new
        for visitor in new or visitors:
            for day in DAY_CYCLE:
                await visitor.choose(day)
        await asyncio.sleep(_CALM)
        sizes.append(server.memory_bytes())
    return sizes[0], sizes[1], len(visitors) - FEW


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Measure the growth of RSS per session on a fresh server."""
    outcome = Outcome(NAME, "1人あたりのメモリ")
    with workshop.make(OURS) as server:
        few, many, extra = asyncio.run(_grow(server, budget))
    growth = (many - few) / extra / 1e6 if extra else float("nan")
    outcome.samples = [
        Samples(f"{FEW}人のRSS", "MB", (few / 1e6,), 1),
        Samples(f"{FEW + extra}人のRSS", "MB", (many / 1e6,), 1),
    ]
    outcome.comparisons.append(Comparison("1人増えるごとのRSS", growth, 1, unit=" MB", digits=3))
    return outcome
