"""Debian's PostgreSQL in a temporary folder, for the tests and the stress command.

Only a socket in a private folder, no port; ended with the process that started it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

SUPERUSER = "postgres"
_START_SECONDS = 30
_names = itertools.count(1)


def find_binaries() -> Path | None:
    """Return the folder of the newest installed PostgreSQL, None if there is none."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(folders, key=lambda path: float(path.parent.parent.name), default=None)
    found = newest or shutil.which("postgres")
    return Path(found).parent if found else None


@contextlib.contextmanager
def running_server(*settings: str) -> Iterator[str]:
    """Run a server and yield the address of its empty database.

    settings : further lines of its configuration, such as "fsync=off".
    """
    binaries = find_binaries()
    assert binaries, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    process = None
    # The server refuses to run as root.
    owner = {"user": SUPERUSER, "group": SUPERUSER, "extra_groups": []} if _is_root() else {}
    try:
        if owner:
            entry = pwd.getpwnam(SUPERUSER)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **owner,
        )  # fmt: skip
        options = ["listen_addresses=", f"unix_socket_directories={folder}", *settings]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", data, *(f"--{option}" for option in options)],
                stdout=log, stderr=log, cwd=folder, **owner,
            )  # fmt: skip
        url = f"postgresql+psycopg://{SUPERUSER}@/postgres?host={quote(str(folder), safe='')}"
        _wait_until_ready(url, process, folder / "log")
        yield url
    finally:
        if process is not None:
            # At once: nothing of it is kept.
            process.send_signal(signal.SIGQUIT)
            process.wait(_START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def fresh_schema(server: str) -> str:
    """Return the address of a new, empty schema on a server: a store of its own."""
    import psycopg

    name = f"s{os.getpid()}_{next(_names)}"
    with psycopg.connect(_driver_address(server), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{server}&options=-csearch_path%3D{name}"


def _driver_address(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _wait_until_ready(url: str, process: subprocess.Popen, log: Path) -> None:
    import psycopg

    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(_driver_address(url)).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(log.read_text(errors="replace")) from None
            time.sleep(0.05)


def _is_root() -> bool:
    return os.geteuid() == 0
