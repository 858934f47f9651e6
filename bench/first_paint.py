"""M8, M9: how long until a visitor sees 概況, against an empty page, Dash, and a cold server?"""

from __future__ import annotations

from playwright.sync_api import Browser

from bench.browser import (
    OUR_LINE,
    OUR_MAP,
    PLOTLY_LINE,
    PLOTLY_MAP,
    new_visitor,
    open_browser,
    visit,
)
from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples, ratio
from bench.servers import DASH_OVERVIEW, EMPTY, OURS, Workshop

NAME = "first_paint"
PARTS = {OURS: [OUR_MAP, OUR_LINE], EMPTY: [["h1", 1]], DASH_OVERVIEW: [PLOTLY_MAP, PLOTLY_LINE]}


def _paint(browser: Browser, url: str, name: str) -> float:
    """Open a page as somebody who was never here, and return the ms until it is painted."""
    page = new_visitor(browser)
    try:
        return visit(page, url, PARTS[name])
    finally:
        page.context.close()


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Compare first paints, each with an empty HTTP cache."""
    outcome = Outcome(NAME, "最初の表示（概況、HTTPキャッシュなし）")
    times: dict[str, list[float]] = {name: [] for name in PARTS}
    first, second = [], []
    with open_browser() as browser:
        for name in PARTS:  # the server's first visitor, and the browser's own warm-up
            _paint(browser, workshop.running(name).url, name)
        for _ in range(plan.visits):
            for name, some in times.items():
                if not budget.spent(30):
                    some.append(_paint(browser, workshop.running(name).url, name))
        for _ in range(plan.restarts):
            if budget.spent(15):
                break
            with workshop.make(OURS) as fresh:
                first.append(_paint(browser, fresh.url, OURS))
                second.append(_paint(browser, fresh.url, OURS))
    samples = {name: Samples(name, "ms", tuple(some)) for name, some in times.items()}
    early = Samples("起動直後の1人目", "ms", tuple(first))
    later = Samples("起動直後の2人目", "ms", tuple(second))
    ours = samples[OURS].median
    outcome.comparisons = [
        Comparison("最初の表示 ÷ 空のStreamlit", ratio(ours, samples[EMPTY].median), 1.3),
        Comparison("最初の表示 ÷ Dashの概況", ratio(ours, samples[DASH_OVERVIEW].median), 1.0),
        Comparison("1人目 ÷ 2人目", ratio(early.median, later.median), 1.1),
    ]
    outcome.samples = [*samples.values(), early, later]
    outcome.remarks += [
        "移動の開始から、47団体の地図と折れ線の両方がDOMに揃い、そのフレームの描画が済むまで。訪問ごとに新しい利用者（空のキャッシュ）。",
        "「1人目」は、起動したばかりのサーバーの最初の利用者。サーバーは起動時に部品を読み込み終えてから待ち受ける。",
    ]
    return outcome
