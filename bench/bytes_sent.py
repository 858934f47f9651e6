"""M4: how many bytes travel per change, and do they grow with the geometry?"""

from __future__ import annotations

import asyncio

from bench.clients import DAY_CYCLE, Answer, DashVisitor, StreamlitVisitor
from bench.geometry import TIMES, copy_app, densify_map
from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples, ratio
from bench.servers import DASH, NAIVE, OURS, Server, Workshop
from bench.wire import CountingProxy

NAME = "bytes"
_TURNS = 2


# After the script has finished the last frames may still be on their way.
_TAIL_SECONDS = 0.1


async def _changes(server: Server) -> tuple[list[Answer], list[int]]:
    """Go twice through the days that differ; check that every change changed the page.

    Returns the answers, and the bytes that travelled for each, frames and compression included.
    """
    page = "map" if server.name == OURS else ""
    answers, travelled = [], []
    async with CountingProxy(server.url) as proxy:
        # A browser offers compression, so this visitor does; whether the server takes it up is
        # its own setting.
        visitor = await StreamlitVisitor.arrive(proxy.url, page, compression="deflate")
        try:
            # The last day is on screen already, so the cycle ends with it.
            for day in DAY_CYCLE * _TURNS:
                await asyncio.sleep(_TAIL_SECONDS)
                before = proxy.down
                answers.append(await visitor.choose(day, look=True))
                await asyncio.sleep(_TAIL_SECONDS)
                travelled.append(proxy.down - before)
        finally:
            await visitor.leave()
    if len({answer.digest for answer in answers[: len(DAY_CYCLE)]}) != len(DAY_CYCLE):
        raise RuntimeError(f"{server.name}: 時点を動かしても画面が変わりません。")
    return answers, travelled


def _samples(label: str, sizes: list[int]) -> Samples:
    return Samples(label, "kB", tuple(size / 1000 for size in sizes), 2)


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Count what the WebSocket carries per change, with the geometry as it is and denser."""
    outcome = Outcome(NAME, "1操作で届くバイト数（時点を動かす）")
    ours, ours_wire = asyncio.run(_changes(workshop.running(OURS)))
    naive, naive_wire = asyncio.run(_changes(workshop.running(NAIVE)))
    copy = workshop.folder / "dense-app"
    copy_app(copy, workshop.app)
    points = densify_map(copy)
    with workshop.make(OURS, app=copy) as server:
        _, dense_wire = asyncio.run(_changes(server))
    with workshop.make(NAIVE, times=TIMES) as server:
        _, dense_naive_wire = asyncio.run(_changes(server))
    dash = DashVisitor(workshop.running(DASH).url)
    patches = [dash.choose_day(day)[1] for _ in range(_TURNS) for day in DAY_CYCLE]
    dash.leave()
    outcome.samples = [
        _samples(f"{OURS}：回線を通る量", ours_wire),
        _samples(f"{OURS}：回線を通る量（輪郭{TIMES}倍）", dense_wire),
        _samples(f"{NAIVE}：回線を通る量", naive_wire),
        _samples(f"{NAIVE}：回線を通る量（輪郭{TIMES}倍）", dense_naive_wire),
        _samples(f"{OURS}：展開した中身", [answer.down for answer in ours]),
        _samples(f"{NAIVE}：展開した中身", [answer.down for answer in naive]),
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
        "回線を通る量：間に置いた計数器が数えたTCPの中身。本製品はWebSocketの圧縮を使い、"
        "素朴なStreamlitは既定（圧縮なし）のまま。",
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
