"""Under which address does the browser find a file of static/?"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

STATIC_DIR = Path(__file__).resolve().parent.parent / "static"
_DIGEST_LENGTH = 10


@lru_cache(maxsize=256)
def _compute_digest(path: Path, mtime_ns: int, size: int) -> str:
    # mtime and size are part of the key only: a changed file is read again, others are not.
    del mtime_ns, size
    return hashlib.sha256(path.read_bytes()).hexdigest()


def static_url(path: str) -> str:
    """Which address serves this file, and changes when its content does?

    path is relative to static/, with forward slashes, e.g. "geo/prefectures_display.json".
    Returns "app/static/…?v=<first ten digits of the SHA-256>". The address is relative, so it
    holds under a base path and on every single-level page. A missing file gives the address
    without a version: the page still draws and the figure says in its place what is missing.
    """
    file = STATIC_DIR / path
    try:
        state = file.stat()
    except FileNotFoundError:
        return f"app/static/{path}"
    digest = _compute_digest(file, state.st_mtime_ns, state.st_size)
    return f"app/static/{path}?v={digest[:_DIGEST_LENGTH]}"


def static_version(pattern: str) -> str:
    """Which version do all files together have that match a pattern below static/?

    Returns the first ten digits of a SHA-256 over names and contents, the same on every machine
    that serves the same files.
    """
    whole = hashlib.sha256()
    for file in sorted(STATIC_DIR.glob(pattern)):
        state = file.stat()
        digest = _compute_digest(file, state.st_mtime_ns, state.st_size)
        whole.update(f"{file.relative_to(STATIC_DIR).as_posix()} {digest}\n".encode())
    return whole.hexdigest()[:_DIGEST_LENGTH]
