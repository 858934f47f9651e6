"""Putting a finished file in its place: all of it or nothing, and never over another."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

SIDE_FILES = ("", "-wal", "-shm", "-journal")


@contextlib.contextmanager
def built_aside(folder: Path) -> Iterator[Path]:
    """Lend an empty private file in a folder; whatever still has its name is removed after."""
    path = folder / f".{secrets.token_hex(6)}.new"
    # The store holds what was submitted: nobody but its owner reads it.
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield path
    finally:
        for side in SIDE_FILES:
            path.with_name(path.name + side).unlink(missing_ok=True)


def put_in_place(path: Path, target: Path) -> None:
    """Give a finished file its name, durably. Raises FileExistsError rather than replace one."""
    sync(path)
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: two commands at once could race here.
        if target.exists():
            raise FileExistsError(target) from None
        path.rename(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk.

    Never for an SQLite file that is open in this process: closing it drops the process's locks.
    """
    if path.is_dir() and os.name == "nt":
        return
    # Windows flushes only what was opened for writing.
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def free_name(path: Path) -> Path:
    """Return the path, or the first of -2, -3, … behind its stem that no file has."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found
