"""How long does the server take to redraw a task's sheet after a viewpoint is judged otherwise?"""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from bench.clients import StreamlitVisitor
from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples
from bench.servers import OURS, Workshop

NAME = "judgement"
TASK = "K3 介護サービス事業者の運営指導"
_VIEWPOINT = "③専門性（"
_CYCLE = (0, 1, 2)  # 低, 中, 高


async def _measure(workshop: Workshop, plan: Plan, budget: Budget) -> tuple[list[float], set[str]]:
    query = urlencode({"analysis": "事務の票", "task": TASK})
    visitor = await StreamlitVisitor.arrive(
        workshop.running(OURS).url, "tasks", query, label=_VIEWPOINT
    )
    digests = {(await visitor.choose(degree, look=True)).digest for degree in _CYCLE}
    seconds = []
    for number in range(plan.rounds * plan.per_round * 4):
        if budget.spent(5):
            break
        answer = await visitor.choose(_CYCLE[number % len(_CYCLE)])
        seconds.append(answer.seconds)
        await asyncio.sleep(0.05)
    await visitor.leave()
    return seconds, digests


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Measure from the sent choice to the end of the script, without a browser's own time."""
    outcome = Outcome(NAME, "評定を変えたときの描き直し（分野別課題分析、事務の票）")
    seconds, digests = asyncio.run(_measure(workshop, plan, budget))
    times = Samples("評定を1つ変える", "ms", tuple(1000 * one for one in seconds))
    outcome.samples = [times]
    outcome.comparisons.append(
        Comparison("サーバーの時間 p95", times.p95, 150, unit=" ms", digits=0)
    )
    if len(digests) < len(_CYCLE):
        outcome.remarks.append("段階を変えても画面が変わりませんでした。この値は使えません。")
    outcome.remarks.append(
        "選んだ値を送ってから、サーバーがスクリプトの終わりを知らせるまで（ループバック、ブラウザーの時間を含まない）。"
    )
    return outcome
