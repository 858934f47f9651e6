"""M2, M3: how long from the last input to the frame in which the map shows the new value?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from bench.browser import (
    OUR_MAP,
    PLOTLY_MAP,
    Repaint,
    new_visitor,
    open_browser,
    read_repaint,
    visit,
    watch_change,
)
from bench.geometry import count_display_points
from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples, ratio
from bench.servers import DASH, NAIVE, OURS, Workshop

NAME = "repaint"
# Three different maps in turn. With two, Streamlit's message cache (two runs deep) would answer
# for the naive page; the last two days of the data show the same map, so one of them is left out.
STEP_KEYS = ("Home", "ArrowRight", "End")
FILTERS = ("不明（未入力）", "設置済（型の記載なし）", "設置予定")
_REST = 350  # ms between changes: the slower page must have finished before the next one


@dataclass
class Side:
    """One page under measurement."""

    name: str
    page: Page
    reader: str
    steps: list[Repaint] = field(default_factory=list)
    filters: list[Repaint] = field(default_factory=list)

    def step(self, key: str) -> Repaint:
        """Move the slider 時点 by one key."""
        self.page.get_by_role("slider").first.focus()
        return self._measure(lambda: self.page.keyboard.press(key))

    def filter(self, label: str) -> Repaint:
        """Choose one 設置状況 by the pointer; the list is already open when the clock starts."""
        if self.name == DASH:
            self.page.locator("#state").click()
        else:
            self.page.get_by_role("combobox", name="設置状況").click()
            # The list opens narrowed to what the box holds; asking for everything shows all.
            self.page.keyboard.press("ArrowDown")
        option = self.page.get_by_role("option", name=label, exact=True).first
        option.hover()
        return self._measure(option.click)

    def _measure(self, act: Callable[[], None]) -> Repaint:
        self.page.wait_for_timeout(_REST)
        watch_change(self.page, self.reader)
        act()
        return read_repaint(self.page)


def open_sides(browser: Browser, workshop: Workshop) -> list[Side]:
    """Open the map page of every side and wait until it is drawn."""
    sides = []
    for name, path, reader, part in (
        (OURS, "/map?view=地図", "svg", OUR_MAP),
        (NAIVE, "/", "plotly", PLOTLY_MAP),
        (DASH, "/", "plotly", PLOTLY_MAP),
    ):
        page = new_visitor(browser)
        visit(page, workshop.running(name).url + path, [part])
        sides.append(Side(name, page, reader))
    return sides


def _turns(sides: list[Side], plan: Plan, budget: Budget) -> Iterator[tuple[Side, int]]:
    """Give side by side, some changes each, round by round; stop when the time is up."""
    for turn in range(plan.rounds):
        for side in sides:
            for change in range(plan.per_round):
                if budget.spent(10):
                    return
                yield side, turn * plan.per_round + change


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Compare step and filter of our map page with Dash Patch and the naive page."""
    outcome = Outcome(NAME, "操作から再描画まで（設置状況マップ）")
    with open_browser() as browser:
        sides = open_sides(browser, workshop)
        for side in sides:  # the first change loads what later ones find loaded
            for key in STEP_KEYS:
                side.step(key)
            for label in FILTERS:
                side.filter(label)
        for side, number in _turns(sides, plan, budget):
            side.page.bring_to_front()
            side.steps.append(side.step(STEP_KEYS[number % 3]))
        for side, number in _turns(sides, plan, budget):
            side.page.bring_to_front()
            side.filters.append(side.filter(FILTERS[number % 3]))
    for act, kind in (("時点を動かす", "steps"), ("絞り込む", "filters")):
        totals = {
            side.name: Samples(f"{act}：{side.name}", "ms",
                               tuple(one.total for one in getattr(side, kind)))
            for side in sides
        }  # fmt: skip
        ours = totals[OURS].median
        outcome.comparisons += [
            Comparison(f"{act} → 再描画 ÷ Dash Patch", ratio(ours, totals[DASH].median), 0.75),
            Comparison(f"{act} → 再描画 ÷ 素朴なStreamlit", ratio(ours, totals[NAIVE].median), 0.35),
        ]
        outcome.samples += totals.values()
        outcome.samples += _split(act, next(s for s in sides if s.name == OURS), kind)
    drawn = count_display_points()
    outcome.remarks += [
        "描画器が違う：本製品の地図は自作のSVG部品、Dashと素朴なStreamlitはPlotly。比は、届け方だけでなく描き方の差も含む。",
        f"同じ47団体・同じ元データ。輪郭は本製品が表示用の{drawn:,}点、相手が元のGeoJSON（{workshop.peer_geometry().stat().st_size / 1000:.0f} kB）。",
        "時計：ページの中で、最後のキー押下・クリックの時刻から、地図の値が変わった後の最初のフレームの描画が済むまで。",
    ]
    return outcome


def _split(act: str, side: Side, kind: str) -> list[Samples]:
    """Where does our own time go? Three stages of the same changes."""
    times = getattr(side, kind)
    stages = {
        "入力→送信": [t.to_send for t in times],
        "送信→図の変化": [t.to_seen - t.to_send for t in times],
        "図の変化→描画済み": [t.total - t.to_seen for t in times],
    }
    return [Samples(f"　{act}：{OURS}の内訳 {k}", "ms", tuple(v)) for k, v in stages.items()]
