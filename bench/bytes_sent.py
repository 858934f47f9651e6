"""M4: how many bytes travel per change, and do they grow with the geometry?"""

from __future__ import annotations

import asyncio

from bench.clients import DAY_CYCLE, Answer, DashVisitor, StreamlitVisitor
from bench.geometry import TIMES, copy_app, densify_map
from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples, ratio
from bench.servers import DASH, NAIVE, OURS, Server, Workshop

NAME = "bytes"
_TURNS = 2


async def _changes(server: Server) -> list[Answer]:
    """Go twice through the days that differ; check that every change changed the page."""
    visitor = await StreamlitVisitor.arrive(server.url, "map" if server.name == OURS else "")
    try:
        # The last day is on screen already, so the cycle ends with it.
        answers = [
            await visitor.choose_day(day, look=True) for _ in range(_TURNS) for day in DAY_CYCLE
        ]
    finally:
        await visitor.leave()
    if len({answer.digest for answer in answers[: len(DAY_CYCLE)]}) != len(DAY_CYCLE):
        raise RuntimeError(f"{server.name}: 時点を動かしても画面が変わりません。")
    return answers


def _samples(label: str, answers: list[Answer]) -> Samples:
    return Samples(label, "kB", tuple(answer.down / 1000 for answer in answers), 2)


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Count what the WebSocket carries per change, with the geometry as it is and denser."""
    outcome = Outcome(NAME, "1操作で届くバイト数（時点を動かす）")
    ours = asyncio.run(_changes(workshop.running(OURS)))
    naive = asyncio.run(_changes(workshop.running(NAIVE)))
    copy = workshop.folder / "dense-app"
    copy_app(copy, workshop.app)
    points = densify_map(copy)
    with workshop.make(OURS, app=copy) as server:
        dense = asyncio.run(_changes(server))
    with workshop.make(NAIVE, times=TIMES) as server:
        dense_naive = asyncio.run(_changes(server))
    dash = DashVisitor(workshop.running(DASH).url)
    patches = [dash.choose_day(day)[1] for _ in range(_TURNS) for day in DAY_CYCLE]
    dash.leave()
    outcome.samples = [
        _samples(OURS, ours),
        _samples(f"{OURS}（輪郭{TIMES}倍）", dense),
        _samples(NAIVE, naive),
        _samples(f"{NAIVE}（輪郭{TIMES}倍）", dense_naive),
        Samples(f"{DASH}（応答の本文）", "kB", tuple(size / 1000 for size in patches), 2),
        Samples(f"{OURS}が送る側", "kB", tuple(answer.up / 1000 for answer in ours), 2),
    ]
    small, large = outcome.samples[0].median, outcome.samples[1].median
    outcome.comparisons = [
        Comparison(
            "1操作のバイト数 ÷ 素朴なStreamlit",
            ratio(small, outcome.samples[2].median),
            0.05,
            digits=3,
        ),
        Comparison(
            f"輪郭{TIMES}倍でのバイト数の変化",
            abs(large / small - 1) * 100,
            5,
            unit="%",
            digits=1,
        ),
    ]
    outcome.remarks += [
        f"輪郭{TIMES}倍：形は同じで点だけを増やした写し（本製品の表示用で{points:,}点）を別のサーバーで出して測る。",
        f"{OURS}の内訳（1回分）：{_largest(ours[-1])}",
        f"{NAIVE}の内訳（1回分）：{_largest(naive[-1])}",
    ]
    return outcome


def _largest(answer: Answer, count: int = 6) -> str:
    """Name the kinds of message that take most, with their bytes and number."""
    sums: dict[str, list[int]] = {}
    for kind, size in answer.kinds:
        entry = sums.setdefault(kind, [0, 0])
        entry[0] += size
        entry[1] += 1
    top = sorted(sums.items(), key=lambda item: -item[1][0])[:count]
    parts = "、".join(f"{kind} {size:,} B（{number}通）" for kind, (size, number) in top)
    return f"{parts}、全部で{answer.messages}通"
