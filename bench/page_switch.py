"""How long from a click in the menu until the other page's title and main figure are painted?"""

from __future__ import annotations

from bench.browser import OUR_MAP, new_visitor, open_browser, read_repaint, visit, watch_page
from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples
from bench.servers import OURS, Workshop

NAME = "page_switch"
# Title in the menu and on the page → what its main figure is made of.
_DRAWING = "svg.drawing, svg.main-svg"
PAGES = {
    "設置状況マップ": "g[data-code]",
    "都道府県カルテ": _DRAWING,
    "取組事例": _DRAWING,
    "分野別課題分析": "table",
    "データ・出典・用語": "table",
    "概況": "g[data-code]",
}
_REST = 700  # ms: late parts of the last page must not count as the next one's


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Walk through the six pages; the first walk warms the caches and is not counted."""
    outcome = Outcome(NAME, "画面の切り替え（2回目以降）")
    times: dict[str, list[float]] = {title: [] for title in PAGES}
    with open_browser() as browser:
        page = new_visitor(browser)
        visit(page, workshop.running(OURS).url, [OUR_MAP])
        for tour in range(plan.tours + 1):
            for title, selector in PAGES.items():
                if budget.spent(10):
                    break
                page.wait_for_timeout(_REST)
                watch_page(page, title, selector)
                page.get_by_role("link", name=title, exact=True).first.click()
                total = read_repaint(page).total
                if tour:
                    times[title].append(total)
    everything = Samples("6画面の全て", "ms", tuple(t for some in times.values() for t in some))
    outcome.comparisons.append(
        Comparison("画面の切り替え p95", everything.p95, 300, unit=" ms", digits=0)
    )
    outcome.samples = [
        everything,
        *(Samples(f"　→ {title}", "ms", tuple(some)) for title, some in times.items()),
    ]
    outcome.remarks.append(
        "メニューのクリックから、その画面の見出しと、新しく現れた主な図（地図・折れ線・Plotlyの図・表のいずれか）の描画が済むまで。"
    )
    return outcome
