"""Servers that the benchmark starts, watches and ends itself (測る相手のサーバー)."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import psutil

from bench.geometry import copy_app, write_peer_geometry

PEERS = Path(__file__).resolve().parent / "peers"
HOST = "127.0.0.1"
# Never through a proxy that the environment may name.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_START_LIMIT = 60.0
_STOP_LIMIT = 5.0

OURS, NAIVE, EMPTY = "本製品", "素朴なStreamlit", "空のStreamlit"
DASH, DASH_OVERVIEW = "Dash Patch", "Dashの概況"


class Server:
    """One server process that listens on a free port of this machine."""

    def __init__(
        self, name: str, command: list[str], folder: Path, log: Path, **environment: str
    ) -> None:
        self.name = name
        self._command = command
        self._folder = folder
        self._log = log
        self._environment = environment
        self._process: subprocess.Popen | None = None
        self.url = ""

    def start(self) -> Server:
        """Start and wait until the port is served by this very process.

        Raises RuntimeError with the end of the server's log if it does not come up.
        """
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
        self.url = f"http://{HOST}:{port}"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [part.replace("{port}", str(port)) for part in self._command],
                cwd=self._folder,
                env={**os.environ, **self._environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._watch = psutil.Process(self._process.pid)
        try:
            self._wait_until_ready(port)
        except BaseException:  # an impatient Ctrl+C included
            self.stop()
            raise
        return self

    def _wait_until_ready(self, port: int) -> None:
        end = time.monotonic() + _START_LIMIT
        while not (self._listens(port) and self._answers()):
            if self._process.poll() is not None or time.monotonic() > end:
                tail = self._log.read_text("utf-8", "replace")[-2000:]
                raise RuntimeError(f"{self.name} が起動しませんでした。\n{tail}")
            time.sleep(0.05)

    def _listens(self, port: int) -> bool:
        """Does this process, and no other that happens to use the port, accept connections?"""
        with contextlib.suppress(psutil.Error):
            return any(
                link.status == psutil.CONN_LISTEN and link.laddr.port == port
                for link in self._watch.net_connections(kind="inet")
            )
        return False

    def _answers(self) -> bool:
        """Is the first page handed out? Streamlit binds its port before its start-up work."""
        with contextlib.suppress(OSError), _DIRECT.open(self.url, timeout=5) as reply:
            return reply.status == 200
        return False

    def stop(self) -> None:
        """End the process that `start` began, and nothing else."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def cpu_seconds(self) -> float:
        """How much processor time has the server used since its start (user and system)?"""
        times = self._watch.cpu_times()
        return times.user + times.system

    def memory_bytes(self) -> int:
        """How much memory does the server occupy (RSS)?"""
        return self._watch.memory_info().rss

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _streamlit(script: str, *options: str) -> list[str]:
    # Named address, no usage statistics: the server must not ask anything outside this machine.
    return [
        sys.executable, "-m", "streamlit", "run", script, "--server.address", HOST,
        "--server.port", "{port}", "--server.headless", "true",
        "--browser.serverAddress", HOST, "--browser.gatherUsageStats", "false", *options,
    ]  # fmt: skip


class Workshop:
    """The servers of one run and the temporary folder they use (一回の測定の作業場)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # A copy: whoever edits the app meanwhile would otherwise change what is being measured.
        self.app = folder / "app"
        copy_app(self.app)
        self._made = 0
        self._running: dict[str, Server] = {}

    def peer_geometry(self, times: int = 1) -> Path:
        """Return the GeoJSON for the peers, with `times` as many points."""
        file = self.folder / f"prefectures-{times}.geojson"
        if not file.exists():
            write_peer_geometry(file, times)
        return file

    def make(self, name: str, *, times: int = 1, app: Path | None = None) -> Server:
        """Return a server that is not started yet.

        times : how many times as many points the peers' outlines have.  app : a
        changed copy of our app instead of the usual one.
        """
        self._made += 1
        log = self.folder / f"server-{self._made}.log"
        if name == OURS:
            app = app or self.app
            return Server(name, _streamlit(str(app / "app.py")), app, log, PYTHONPATH="")
        geometry = self.peer_geometry(times)
        elsewhere = self.folder / "elsewhere"  # away from our own .streamlit/config.toml
        elsewhere.mkdir(exist_ok=True)
        if name in (DASH, DASH_OVERVIEW):
            page = "map" if name == DASH else "overview"
            command = [sys.executable, str(PEERS / "dash_app.py"), "--port", "{port}",
                       "--page", page, "--assets", str(self._assets(geometry))]  # fmt: skip
            return Server(name, command, elsewhere, log, PYTHONPATH=str(self.app))
        script = "naive_streamlit.py" if name == NAIVE else "empty_streamlit.py"
        command = _streamlit(str(PEERS / script), "--server.enableStaticServing", "true")
        return Server(
            name, command, elsewhere, log, PYTHONPATH=str(self.app), BENCH_GEOMETRY=str(geometry)
        )

    def running(self, name: str) -> Server:
        """Return the shared server of that name, started at the first call."""
        if name not in self._running:
            self._running[name] = self.make(name).start()
        return self._running[name]

    def close(self) -> None:
        """End every shared server."""
        for server in self._running.values():
            server.stop()
        self._running.clear()

    def _assets(self, geometry: Path) -> Path:
        assets = self.folder / f"assets-{geometry.stem}"
        if not assets.exists():
            assets.mkdir()
            shutil.copy(PEERS / "static" / "world_110m.json", assets)
            shutil.copy(geometry, assets / "prefectures.geojson")
        return assets


@contextlib.contextmanager
def open_workshop() -> Iterator[Workshop]:
    """Give a workshop; end its servers and remove its folder afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        workshop = Workshop(Path(folder))
        try:
            yield workshop
        finally:
            workshop.close()
