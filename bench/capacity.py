"""M6: how many visitors, each changing something every 5 s, does one server process bear?"""

from __future__ import annotations

import asyncio
import contextlib
import time

from bench.clients import DAY_CYCLE, StreamlitVisitor
from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples, percentile, ratio
from bench.servers import NAIVE, OURS, Server, Workshop

NAME = "capacity"
PERIOD = 5.0  # seconds between two changes of one visitor
LIMIT = 500.0  # ms that 95 % of the changes may take
_TOGETHER = 4  # visitors that arrive at the same time
_GRACE = 2.0  # seconds for answers that are still due when a step ends


async def arrive(server: Server, count: int, budget: Budget) -> list[StreamlitVisitor]:
    """Let visitors come in small groups; fewer come if the time runs out."""
    page = "map" if server.name == OURS else ""
    visitors: list[StreamlitVisitor] = []
    while len(visitors) < count and not budget.spent(10):
        group = min(_TOGETHER, count - len(visitors))
        visitors += await asyncio.gather(
            *(StreamlitVisitor.arrive(server.url, page) for _ in range(group))
        )
    return visitors


async def _live(
    visitor: StreamlitVisitor, begin: float, end: float, waits: list[float], pending: dict
) -> None:
    """Change something every PERIOD; note each wait in ms from the planned moment."""
    planned, number = begin, 0
    while planned < end:
        await asyncio.sleep(planned - time.perf_counter())
        pending[visitor] = planned
        await visitor.choose(DAY_CYCLE[number % len(DAY_CYCLE)])
        # From the planned moment: a server that falls behind must not slow down the asking.
        waits.append(1000 * (time.perf_counter() - planned))
        del pending[visitor]
        planned += PERIOD
        number += 1


async def _step(visitors: list[StreamlitVisitor], seconds: float) -> list[float]:
    """Let all visitors work for some seconds; return every wait, open ones as long as so far."""
    waits: list[float] = []
    pending: dict[StreamlitVisitor, float] = {}
    start = time.perf_counter() + 0.1
    lives = [
        asyncio.create_task(
            _live(one, start + PERIOD * place / len(visitors), start + seconds, waits, pending)
        )
        for place, one in enumerate(visitors)
    ]
    _, late = await asyncio.wait(lives, timeout=seconds + _GRACE)
    now = time.perf_counter()
    waits += [1000 * (now - planned) for planned in pending.values()]
    for task in late:
        task.cancel()
    for task in lives:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return waits


async def _crowd(
    server: Server, plan: Plan, budget: Budget
) -> tuple[int, bool, list[Samples], list[str]]:
    """Raise the number of visitors until 95 % wait too long.

    Returns the last number that was borne, whether it was the last one tried, samples, remarks.
    """
    visitors: list[StreamlitVisitor] = []
    borne, samples, remarks = 0, [], []
    for count in plan.crowd:
        if budget.spent(plan.crowd_seconds + 15):
            remarks.append(f"{server.name}：持ち時間のため{borne}人までで止めた。")
            return borne, True, samples, remarks
        try:
            visitors += await arrive(server, count - len(visitors), budget)
        except (TimeoutError, OSError) as error:
            remarks.append(
                f"{server.name}：{count}人が入りきる前に止まった（{type(error).__name__}）。"
            )
            return borne, False, samples, remarks
        if len(visitors) < count:
            remarks.append(f"{server.name}：持ち時間のため{borne}人までで止めた。")
            return borne, True, samples, remarks
        used, start = server.cpu_seconds(), time.perf_counter()
        waits = await _step(visitors, plan.crowd_seconds)
        share = (server.cpu_seconds() - used) / (time.perf_counter() - start)
        label = f"{server.name} {count}人（CPU {share:.2f}コア）"
        samples.append(Samples(label, "ms", tuple(waits)))
        if percentile(waits, 0.95) >= LIMIT:
            return borne, False, samples, remarks
        borne = count
    return borne, True, samples, remarks


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Compare how many sessions are borne with p95 below LIMIT."""
    outcome = Outcome(NAME, "同時に使える人数（1人が5秒に1操作、p95 < 500 ms）")
    numbers = {}
    for name in (NAIVE, OURS):
        with workshop.make(name) as server:
            borne, open_end, samples, remarks = asyncio.run(_crowd(server, plan, budget))
        numbers[name] = (borne, open_end)
        outcome.samples += samples
        outcome.remarks += remarks
    (ours, more), (naive, unclear) = numbers[OURS], numbers[NAIVE]
    outcome.remarks.append(
        f"耐えた人数：{OURS} {ours}人{'以上' if more else ''}、{NAIVE} {naive}人"
        f"{'以上' if unclear else ''}（試した人数は{'・'.join(map(str, plan.crowd))}）。"
        "操作を送ってからscript_finishedが届くまで。送る側も同じ機械のCPUを使う。"
    )
    # Below the first step nothing is known: the ratio is then at least ours ÷ that step.
    base = naive or plan.crowd[0]
    measured = float("nan") if unclear or not ours else ratio(ours, base)
    outcome.comparisons.append(
        Comparison("耐えた人数 ÷ 素朴なStreamlit", measured, at_least=5, digits=1,
                   lower_bound=more or not naive)
    )  # fmt: skip
    return outcome
