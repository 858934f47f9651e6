"""Where is the store (保管庫)? Answered without loading a database library.

Importing SQLAlchemy takes most of a second, so a dashboard that has published nothing yet asks
`store_exists` first and never pays for it.
"""

from __future__ import annotations

import os
from pathlib import Path

from data.paths import REPOSITORY

STORE_FILE = "store.sqlite3"
SQLITE_PREFIXES = ("sqlite:///", "sqlite+pysqlite:///")


def var_root() -> Path:
    """Return the folder of what the dashboard itself writes.

    DASHBOARD_VAR_DIR if set, else var/ of the checkout.
    """
    return Path(os.environ.get("DASHBOARD_VAR_DIR") or REPOSITORY / "var")


def store_url(folder: Path | None = None) -> str:
    """Return the address of the store.

    folder : a folder given by the caller wins; then DASHBOARD_STORE_URL (postgresql+psycopg://…
    or sqlite:///…); then store.sqlite3 in `var_root()`.
    """
    given = os.environ.get("DASHBOARD_STORE_URL", "").strip()
    if folder is None and given:
        return given
    return file_url((folder or var_root()) / STORE_FILE)


def file_url(path: Path) -> str:
    """Return the address of an SQLite file."""
    return SQLITE_PREFIXES[0] + path.absolute().as_posix()


def file_of(url: str) -> Path | None:
    """Return the file of an SQLite address, None for another engine.

    All that follows the prefix is the path as it stands, so a % or ? in a folder's name is safe.
    """
    for prefix in SQLITE_PREFIXES:
        if url.startswith(prefix) and url != prefix:
            return Path(url.removeprefix(prefix)).absolute()
    return None


def store_exists(url: str | None = None) -> bool:
    """Has anything been stored yet? A server's address counts as yes: only it can tell."""
    path = file_of(url or store_url())
    return path is None or path.exists()
