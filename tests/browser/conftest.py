"""A real server and a real browser, as a visitor has them."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from data.intake import service
from data.intake.child import Reader
from data.store.engine import close_engines
from data.store.store import Store
from tests.data.intake.conftest import LABELS, build

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "phone": (390, 844)}
expect.set_options(timeout=20_000)


def find_chromium() -> str:
    """Return the system's Chromium; a missing one is a failure with the way to mend it."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if path := shutil.which(name):
            return path
    pytest.fail(
        "Chromium がありません。`apt-get install chromium fonts-noto-cjk` で入れてください。"
    )


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """A running dashboard. lookups : names the server tried to resolve, apart from its own.

    drafts : what `prepare_desk` put into its store, by what it is there for.
    """

    url: str
    log: Path
    lookups_file: Path
    process: subprocess.Popen
    drafts: dict[str, str] = field(default_factory=dict)

    def lookups(self) -> list[str]:
        """Return the host names the server asked for."""
        return self.lookups_file.read_text().split() if self.lookups_file.exists() else []


@contextlib.contextmanager
def run_server(folder: Path, **environment: str) -> Iterator[Server]:
    """Start the dashboard under a resolver that refuses every foreign name, and stop it."""
    port, log = free_port(), folder / "server.log"
    lookups = folder / "lookups.txt"
    # sitecustomize in that folder replaces the resolver before anything else is imported.
    guard = str(Path(__file__).parent / "denied_resolver")
    own = {
        "PYTHONPATH": guard, "DENIED_LOOKUPS": str(lookups), "DASHBOARD_STORE_URL": "",
        # Nothing of this checkout's own store, and nothing into it.
        "DASHBOARD_VAR_DIR": str(folder / "var"),
    }  # fmt: skip
    env = os.environ | own | environment
    command = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"),
        "--server.port", str(port), "--browser.serverPort", str(port), "--server.headless", "true",
    ]  # fmt: skip
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        server = Server(f"http://127.0.0.1:{port}", log, lookups, process)
        deadline = time.monotonic() + 60
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"サーバーが始まりません:\n{log.read_text()}")
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1).status == 200:
                    break
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def prepare_desk(folder: Path) -> dict[str, str]:
    """Fill a store with a submission at every step, and with versions that nobody sees yet.

    Returns the names of the submissions: open (確認 and 補正), ready (to be published), refused
    (several files, one of them broken). The versions wait for their moment, so the other pages
    show the bundled data.
    """
    now, later = datetime.now(UTC), datetime(2096, 4, 1, tzinfo=UTC)
    store = Store.open(folder=folder / "var")
    names = {
        "open": [("北海道_報告.xlsx", messy_report("01", "北海道"))],
        "ready": [("青森県.xlsx", plain_report("02", "青森県"))],
        "refused": [
            ("岩手県.xlsx", plain_report("03", "岩手県", 設置年月="R7.13")),
            ("宮城県.xlsx", messy_report("04", "宮城県")),
            ("秋田県.pdf", b"%PDF-1.7"),
        ],
        "first": [("山形県.xlsx", plain_report("06", "山形県"))],
        "second": [("山形県.xlsx", plain_report("06", "山形県", 会議の級="部長級"))],
    }
    made = {}
    with Reader() as reader:
        for name, files in names.items():
            made[name] = store.receive(files, "県の担当者", now)
            service.recheck(store, reader, made[name], now)
            submission = service.load_submission(store, made[name], now)
            if name in ("first", "second"):
                service.publish_draft(
                    store, made[name], submission, release="確定", reason="定期報告",
                    approver="総務省 行政課", now=now, visible_from=later,
                )  # fmt: skip
    store.reject(made["refused"], "県の担当者", now)
    close_engines()
    return made


def plain_report(code: str, name: str, **changes: object) -> bytes:
    """Return a clean report that no date of reception makes doubtful."""
    row = {
        "団体コード": code, "都道府県": name, "設置状況": "設置済み", "枠組みの名称": f"{name}広域検討会",
        "区分": "分野横断", "新設・既存": "新設", "会議の級": "課長級", "設置年月": "2025-04",
        "対象範囲": "一部", "参加市町村数": 5, "対象分野": "介護保険、道路", "重点的な対応方策": "水平連携",
        "今後の予定": "中間とりまとめ", "予定の期限": "2096-03-31",
    } | changes  # fmt: skip
    cover = [
        ["団体コード", code],
        ["都道府県", name],
        ["時点", "2025-12-01"],
        ["暫定／確定", "確定"],
    ]
    return build({"表紙": cover, "枠組み設置状況": [LABELS, [row.get(label) for label in LABELS]]})


def messy_report(code: str, name: str) -> bytes:
    """Return a report as people type it: two 確認 (no date, 「約」), several 補正, no 要修正."""
    rows = [
        [f"令和７年度　{name}の枠組み"], [], LABELS,
        [int(code), name, "設置済", f"{name} 広域検討会", "横断", "新設", "課長級", None, "一部", "１２団体",
         "・介護保険\n・道路", "水平連携、デジタル", "中間とりまとめ", "令和78年3月"],
        ["〃", "〃", "設置予定", "第二検討会", "分野横断", "新設", "課長級", None, "一部", "約5", "道路"],
    ]  # fmt: skip
    cover = [["団体コード", int(code)], ["都道府県", name], ["時点", "令和7年12月1日"]]
    return build({"表紙": cover, "枠組み設置状況": rows, "メモ": [["内部用"]]})


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    """One server for all tests that do not need a cold one."""
    folder = tmp_path_factory.mktemp("server")
    drafts = prepare_desk(folder)
    with run_server(folder) as running:
        running.drafts = drafts
        yield running


def launch(playwright, *flags: str) -> Browser:
    """Start the system's Chromium."""
    return playwright.chromium.launch(
        executable_path=find_chromium(), args=[*CHROMIUM_FLAGS, *flags]
    )


@pytest.fixture(scope="session")
def playwright():
    """The Playwright driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright) -> Iterator[Browser]:
    """A browser without a graphics card, as in CI and on thin clients."""
    chromium = launch(playwright, "--disable-gpu")
    yield chromium
    chromium.close()


@dataclass
class Visit:
    """One visitor's tab. outside : foreign addresses asked for. errors : page errors."""

    page: Page
    server: Server
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, address: str = "") -> Page:
        """Go to an address of the dashboard and wait until the page stands.

        {open}, {ready} and the like in it become the number of a prepared submission.
        """
        self.page.goto(f"{self.server.url}/{address.format(**self.server.drafts)}")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the script has run and its contents are drawn."""
        expect(self.page.locator("h1")).to_be_visible()
        expect(self.page.locator('[data-testid="stApp"]')).to_have_attribute(
            "data-test-script-state", "notRunning"
        )
        expect(self.page.locator('[data-stale="true"]')).to_have_count(0)
        expect(self.page.locator("html")).to_have_attribute("lang", "ja")
        # Our own figures draw after the script: each has a shadow root with an SVG that is filled.
        self.page.wait_for_function(
            """() => [...document.querySelectorAll("[class*='-chart'] *")]
              .filter((e) => e.shadowRoot && !e.closest("[class*='-chart-png']"))
              .every((e) => e.shadowRoot.querySelector("svg.drawing > *"))"""
        )
        self.page.wait_for_function(
            """() => [...document.querySelectorAll("[data-testid=stPlotlyChart]")]
              .every((e) => e.querySelector(".main-svg"))"""
        )


def watch(context: BrowserContext, server: Server) -> Visit:
    """Open a tab and note every foreign request and every error in it."""
    visit = Visit(context.new_page(), server)
    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:", "about:")

    def note(request) -> None:
        if not request.url.startswith(own):
            visit.outside.append(request.url)

    visit.page.on("request", note)
    visit.page.on("websocket", lambda ws: note(ws))
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    return visit


@pytest.fixture
def visit(browser, server) -> Iterator[Visit]:
    """A visitor at 1280×720; the test fails on any foreign request or page error."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    opened = watch(context, server)
    yield opened
    context.close()
    assert opened.outside == []
    assert opened.errors == []
