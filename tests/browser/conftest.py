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
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

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
    """A running dashboard. lookups : names the server tried to resolve, apart from its own."""

    url: str
    log: Path
    lookups_file: Path

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
    env = os.environ | {"PYTHONPATH": guard, "DENIED_LOOKUPS": str(lookups)} | environment
    command = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"),
        "--server.port", str(port), "--browser.serverPort", str(port), "--server.headless", "true",
    ]  # fmt: skip
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        server = Server(f"http://127.0.0.1:{port}", log, lookups)
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


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    """One server for all tests that do not need a cold one."""
    with run_server(tmp_path_factory.mktemp("server")) as running:
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
        """Go to an address of the dashboard and wait until the page stands."""
        self.page.goto(f"{self.server.url}/{address}")
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
