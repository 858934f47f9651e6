"""A real Chromium that talks to this machine only, and the clock inside its pages."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

_CLOCK = (Path(__file__).with_name("clock.js")).read_text("utf-8")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--no-sandbox",
    # With software WebGL every SVG gets slower and noisier; without a GPU the figures are stable.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_PATIENCE = 15_000  # ms; an answer that takes longer is an error, not a sample
_VIEWPORT = {"width": 1400, "height": 1000}

# What has to be there for a first paint, as [selector, how many].
OUR_MAP = ["g[data-code]", 47]
OUR_LINE = ["svg.drawing:not(:has(g[data-code])) path[d]", 1]
PLOTLY_MAP = [".choroplethlayer path[d]", 47]
PLOTLY_LINE = [".scatterlayer path.js-line[d]", 1]


@dataclass(frozen=True)
class Repaint:
    """One change on the screen, all in ms since the input event.

    total : until the frame is painted.  to_send : until the request leaves the page.
    to_answer : until the last message before the change arrived.  to_seen : until the DOM shows
    it. The three in between are NaN-free only where the page speaks over a WebSocket.
    """

    total: float
    to_send: float
    to_answer: float
    to_seen: float


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Give a headless Chromium. BENCH_CHROMIUM names another one than the system's."""
    found = os.environ.get("BENCH_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        raise RuntimeError("Chromium が見つかりません。BENCH_CHROMIUM に場所を書いてください。")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def new_visitor(browser: Browser) -> Page:
    """Return a page of a visitor who has never been here: own cookies, empty HTTP cache."""
    context = browser.new_context(viewport=_VIEWPORT, locale="ja-JP")
    context.set_default_timeout(_PATIENCE)
    context.add_init_script(_CLOCK)
    return context.new_page()


def visit(page: Page, url: str, parts: Sequence[Sequence]) -> float:
    """Open an address; after how many ms are all the parts painted?"""
    # The clock starts with the navigation, so the wish has to be there before it.
    page.add_init_script(f"bench.wantParts({list(map(list, parts))!r})")
    page.goto(url, wait_until="commit")
    return _wait(page)["painted"]


def watch_change(page: Page, reader: str) -> None:
    """Start to wait for the map to change; the next input event is the beginning."""
    page.evaluate("reader => bench.wantChange(reader)", reader)


def watch_page(page: Page, title: str, selector: str) -> None:
    """Start to wait for another page of the site."""
    page.evaluate("([title, selector]) => bench.wantPage(title, selector)", [title, selector])


def read_repaint(page: Page) -> Repaint:
    """Wait for what was asked for and return its times."""
    got = _wait(page)
    start = got["input"]
    return Repaint(
        got["painted"] - start, got["sent"] - start, got["received"] - start, got["seen"] - start
    )


def _wait(page: Page) -> dict:
    # evaluate() itself knows no limit, so the page gives up on its own.
    got = page.evaluate(
        "limit => Promise.race([bench.result(),"
        " new Promise((resolve) => setTimeout(resolve, limit, null))])",
        _PATIENCE,
    )
    if got is None:
        raise RuntimeError(f"画面が {_PATIENCE // 1000} 秒以内に変わりませんでした: {page.url}")
    return got
