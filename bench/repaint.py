"""M2, M3: how long from the last input to the frame in which the map shows the new value?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


def _alternate(
    sides: list[Side], plan: Plan, budget: Budget, cycle: tuple[str, ...],
    act: Callable[[Side, str], Repaint],
) -> dict[str, list[Repaint]]:  # fmt: skip
    """Let every side make some changes in turn, round by round; stop when the time is up."""
    found: dict[str, list[Repaint]] = {side.name: [] for side in sides}
    for side in sides:  # the first changes load what later ones find loaded
        for value in cycle:
            act(side, value)
    for turn in range(plan.rounds):
        for side in sides:
            side.page.bring_to_front()
            for change in range(plan.per_round):
                if budget.spent(10):
                    return found
                value = cycle[(turn * plan.per_round + change) % len(cycle)]
                found[side.name].append(act(side, value))
    return found


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Compare step and filter of our map page with Dash Patch and the naive page."""
    outcome = Outcome(NAME, "操作から再描画まで（設置状況マップ）")
    with open_browser() as browser:
        sides = open_sides(browser, workshop)
        # Steps first: a filter that leaves no prefecture would hide what a step changes.
        found = {
            "時点を動かす": _alternate(sides, plan, budget, STEP_KEYS, Side.step),
            "絞り込む": _alternate(sides, plan, budget, FILTERS, Side.filter),
        }
    for act, repaints in found.items():
        totals = {
            name: Samples(f"{act}：{name}", "ms", tuple(one.total for one in some))
            for name, some in repaints.items()
        }
        ours = totals[OURS].median
        outcome.comparisons += [
            Comparison(f"{act} → 再描画 ÷ {DASH}", ratio(ours, totals[DASH].median), 0.75),
            Comparison(f"{act} → 再描画 ÷ {NAIVE}", ratio(ours, totals[NAIVE].median), 0.35),
        ]
        outcome.samples += totals.values()
        for name in (OURS, NAIVE):
            outcome.samples += _split(f"{act}：{name}", repaints[name])
    drawn = count_display_points()
    outcome.remarks += [
        "描画器が違う：本製品の地図は自作のSVG部品、Dashと素朴なStreamlitはPlotly。比は、届け方だけでなく描き方の差も含む。",
        f"同じ47団体・同じ元データ。輪郭は本製品が表示用の{drawn:,}点、相手が元のGeoJSON（{workshop.peer_geometry().stat().st_size / 1000:.0f} kB）。",
        "時点は、サーバーが先に計算して渡した4時点をブラウザが描く（サーバーの答えは後から届いて同じ図を確かめる）。"
        "絞り込みはサーバーの答えを待つ。",
        "時計：ページの中で、最後のキー押下・クリックの時刻から、地図の値が変わった後の最初のフレームの描画が済むまで。",
    ]
    return outcome


def _split(label: str, repaints: list[Repaint]) -> list[Samples]:
    """Where does the time go? Four stages of the same changes.

    Only where a WebSocket is used, and only where the paint waited for its answer: our map shows
    a day that was computed ahead before the server has answered.
    """
    if any(one.to_seen < one.to_answer or one.to_send < 0 for one in repaints):
        return []
    stages = {
        "入力→送信": [one.to_send for one in repaints],
        "送信→直前の受信": [one.to_answer - one.to_send for one in repaints],
        "受信→図の変化": [one.to_seen - one.to_answer for one in repaints],
        "図の変化→描画済み": [one.total - one.to_seen for one in repaints],
    }
    return [Samples(f"　{label} {name}", "ms", tuple(some)) for name, some in stages.items()]
