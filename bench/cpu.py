"""M5: how much processor time of the server does one change take?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from bench.clients import DAY_CYCLE, DashVisitor, StreamlitVisitor
from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples, ratio
from bench.servers import DASH, NAIVE, OURS, Server, Workshop

NAME = "cpu"
_IDLE = 2.0  # seconds over which the idle use is taken
_PAUSE = 0.05  # seconds between changes: work that follows the answer belongs to the change

Change = Callable[[int], Awaitable[object]]


async def _block(server: Server, change: Change, count: int, idle: float) -> float:
    """Make some changes; return CPU ms per change without what the idle server uses."""
    used, start = server.cpu_seconds(), time.perf_counter()
    for number in range(count):
        await change(DAY_CYCLE[number % len(DAY_CYCLE)])
        await asyncio.sleep(_PAUSE)
    used = server.cpu_seconds() - used - idle * (time.perf_counter() - start)
    return 1000 * used / count


async def _measure(workshop: Workshop, plan: Plan, budget: Budget) -> dict[str, list[float]]:
    servers = {name: workshop.running(name) for name in (OURS, NAIVE, DASH)}
    ours = await StreamlitVisitor.arrive(servers[OURS].url, "map")
    naive = await StreamlitVisitor.arrive(servers[NAIVE].url)
    dash = DashVisitor(servers[DASH].url)

    async def change_dash(day: int) -> None:
        dash.choose_day(day)

    changes: dict[str, Change] = {
        OURS: ours.choose, NAIVE: naive.choose, DASH: change_dash,
    }  # fmt: skip
    for change in changes.values():  # first change of each: caches and late imports
        for day in DAY_CYCLE:
            await change(day)
    before = {name: server.cpu_seconds() for name, server in servers.items()}
    await asyncio.sleep(_IDLE)
    idle = {name: (server.cpu_seconds() - before[name]) / _IDLE for name, server in servers.items()}
    found: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(plan.cpu_blocks):
        for name, change in changes.items():
            if not budget.spent(15):
                found[name].append(
                    await _block(servers[name], change, plan.cpu_changes, idle[name])
                )
    await ours.leave()
    await naive.leave()
    dash.leave()
    return found


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Compare the server's CPU time per change; blocks of changes take turns."""
    outcome = Outcome(NAME, "サーバーのCPU時間（1操作あたり、時点を動かす）")
    found = asyncio.run(_measure(workshop, plan, budget))
    samples = {name: Samples(name, "ms", tuple(some), 1) for name, some in found.items()}
    outcome.samples = list(samples.values())
    outcome.comparisons.append(
        Comparison(
            "CPU時間 ÷ 素朴なStreamlit",
            ratio(samples[OURS].median, samples[NAIVE].median),
            0.1,
            digits=3,
        )
    )  # fmt: skip
    outcome.remarks.append(
        f"{plan.cpu_changes}操作のまとまりを交互に{plan.cpu_blocks}回。プロセスのuser＋systemから、何もしないときの分を引いた値（psutil、刻み10 ms）。"
    )
    return outcome
