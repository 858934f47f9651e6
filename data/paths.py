"""Where the data lies. Tests and site administrators may point elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def data_root() -> Path:
    """Return the data folder: DASHBOARD_DATA_DIR if set, else data/ of the checkout."""
    return Path(os.environ.get("DASHBOARD_DATA_DIR") or REPOSITORY / "data")


def file_stamp(path: Path) -> tuple[int, int]:
    """Return (mtime in ns, size) of a file; (0, 0) if it is missing.

    A stamp is part of every cache key, so a changed file is read again without a restart.
    """
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)
