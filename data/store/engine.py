"""Connections to the store: one engine per address and process, and two kinds of transaction.

`reading` sees one moment of the store from beginning to end; `writing` is alone with it. The
rest of data/store never speaks to a driver.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.pool import NullPool, QueuePool

from data.store.errors import StoreDamaged, StoreUnavailable
from data.store.location import file_of

_log = logging.getLogger("dashboard.store")

NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "fuse.sshfs"}
BUSY_MS = 10_000
_CONNECT_SECONDS = 5

# By process and address. SQLite's locks belong to a process, so no connection may live on in a
# forked child: all are closed before a fork, and the child makes engines of its own.
_engines: dict[tuple[int, str], Engine] = {}
_lock = threading.Lock()


def _close_before_fork() -> None:
    for engine in list(_engines.values()):
        engine.dispose()


def _renew_lock() -> None:
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_close_before_fork, after_in_child=_renew_lock)


def engine_for(url: str) -> Engine:
    """Return this process's engine for an address. SQLite files must exist already.

    Raises StoreUnavailable for an address or a folder that cannot hold a store.
    """
    with _lock:
        key = (os.getpid(), url)
        if key not in _engines:
            path = file_of(url)
            _engines[key] = _server_engine(url) if path is None else sqlite_engine(path)
        return _engines[key]


def has_engine(url: str) -> bool:
    """Has this process opened the store before?"""
    return (os.getpid(), url) in _engines


def close_engines(url: str | None = None) -> None:
    """Close this process's connections, of one address or of all."""
    with _lock:
        for key in [k for k in _engines if k[0] == os.getpid() and url in (None, k[1])]:
            _engines.pop(key).dispose()


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a read transaction: every query in it sees the same moment.

    Raises StoreUnavailable if the store cannot be reached.
    """
    with _plain_errors(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a write transaction, committed at the end or undone by any exception.

    SQLite lets one writer in at a time from here on; on PostgreSQL the caller's first statement
    must lock the head (`data.store.schema.lock_head`). Raises StoreUnavailable.
    """
    with _plain_errors(engine), engine.connect() as connection:
        connection.execution_options(writes=True)
        with connection.begin():
            _check_same_file(connection)
            yield connection


def sqlite_engine(path: Path, read_only: bool = False, create: bool = False) -> Engine:
    """Return a new engine for an SQLite file.

    read_only : the file lies still (a backup), so it is read without locks or side files.
    """
    refuse_network_folder(path.parent)
    still = read_only or not os.access(path.parent, os.W_OK) or not os.access(path, os.W_OK)

    def connect() -> sqlite3.Connection:
        mode = "rwc" if create else "rw"
        if still:
            # Without write permission SQLite cannot make the side files of a WAL store; if no
            # writer has left any, the file is complete in itself.
            beside = path.with_name(path.name + "-wal")
            mode = "ro" if beside.exists() and not read_only else "ro&immutable=1"
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_MS / 1000,
            isolation_level=None, check_same_thread=False,
        )  # fmt: skip

    one_use = still or create
    pool = {"poolclass": NullPool} if one_use else {"poolclass": QueuePool, "max_overflow": 20}
    engine = create_engine(URL.create("sqlite", database=str(path)), creator=connect, **pool)

    @event.listens_for(engine, "connect")
    def prepare(connection, record) -> None:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA foreign_keys=ON")
        # NORMAL would lose the last commits at a power cut.
        connection.execute("PRAGMA synchronous=FULL")
        if create:
            connection.execute("PRAGMA journal_mode=WAL")
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def same_file(connection, record, proxy) -> None:
        if record.info.get("file") != _identity(path):
            raise exc.DisconnectionError("another file took the store's place")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def keep_log(engine: Engine) -> None:
    """Have a store write ahead (WAL), so that readers never wait for a writer.

    The file remembers it; only one that was put there by hand has to be told.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        # Where it may not be written to, it does as it is.
        with contextlib.suppress(sqlite3.OperationalError):
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def refuse_network_folder(folder: Path, mounts: Path = Path("/proc/mounts")) -> None:
    """Raise StoreUnavailable if the folder lies on a network file system.

    SQLite's write-ahead log needs shared memory, which no network file system offers.
    """
    real = folder.resolve()
    kind, best = "", -1
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        _, place, found = (line.split(" ") + ["", "", ""])[:3]
        # Blanks and the like are written as three octal digits.
        point = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), place))
        if real.is_relative_to(point) and len(point.parts) >= best:
            kind, best = found, len(point.parts)
    if kind in NETWORK_FILE_SYSTEMS or str(folder).startswith("\\\\"):
        raise StoreUnavailable(
            f"保管庫はネットワーク上のフォルダー（{folder}{'、' + kind if kind else ''}）に置けません。"
            "このコンピューターのディスクを DASHBOARD_VAR_DIR で指すか、"
            "PostgreSQL を DASHBOARD_STORE_URL で指してください。"
        )


def _server_engine(url: str) -> Engine:
    try:
        address = make_url(url)
    except exc.ArgumentError:
        raise StoreUnavailable("DASHBOARD_STORE_URL が接続先の形をしていません。") from None
    if address.drivername not in ("postgresql", "postgresql+psycopg"):
        raise StoreUnavailable(
            f"「{address.drivername}」の保管庫は扱えません。"
            "sqlite:///ファイル か postgresql+psycopg://… を指してください。"
        )
    return create_engine(
        address.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS, "client_encoding": "utf8"},
    )


def _identity(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_dev, stat.st_ino)


def _check_same_file(connection: Connection) -> None:
    """Refuse to write to a file that another took the place of while we waited for our turn."""
    opened = connection.connection.info.get("file")
    if opened and opened != _identity(Path(str(connection.engine.url.database))):
        connection.invalidate()
        raise StoreUnavailable("保管庫が入れ替えられました。もう一度お試しください。")


# Part of the driver's message → what to tell. The first match counts.
_CAUSES = (
    (("disk is full", "disk full", "No space left"),
     "ディスクの空きがありません。空きを作ってから、もう一度お試しください。"),
    (("readonly database", "read-only"),
     "保管庫に書き込めません。フォルダーとファイルの書き込み権限を確かめてください。"),
    (("database is locked",),
     "ほかの処理が書き込み中です。少し待ってから、もう一度お試しください。"),
    (("unable to open",),
     "保管庫のファイルを開けません。場所と権限を確かめてください。"),
)  # fmt: skip
# Whether a commit on its way was still carried out is not known here; the idempotency key is
# what makes trying again safe.
_UNREACHABLE = (
    "保管庫につながりません。データベースが動いているか確かめ、同じ操作をもう一度してください。"
)
_DAMAGED = (
    "保管庫のファイルが壊れています。`python run.py restore` でバックアップから戻してください。"
)
_DAMAGED_WORDS = ("malformed", "not a database")
_UNTOLD = "保管庫を読み書きできませんでした。くわしくはアプリの記録（ログ）にあります。"
_CROWDED = "保管庫が混み合っています。少し待ってから、もう一度お試しください。"


@contextlib.contextmanager
def _plain_errors(engine: Engine) -> Iterator[None]:
    """Turn a failure of the engine into StoreUnavailable; faults of ours pass as they are."""
    try:
        yield
    except exc.TimeoutError as error:
        raise StoreUnavailable(_CROWDED) from error
    except UnicodeDecodeError as error:
        raise StoreDamaged(_DAMAGED) from error
    except exc.DBAPIError as error:
        if isinstance(error, exc.IntegrityError | exc.ProgrammingError | exc.DataError):
            raise
        text = str(error.orig)
        # Where the store lies is for the log: what is shown here any visitor may see.
        _log.warning(
            "store %s: %s", engine.url.render_as_string(hide_password=True), text, exc_info=error
        )
        if any(word in text for word in _DAMAGED_WORDS):
            raise StoreDamaged(_DAMAGED) from error
        told = next((told for words, told in _CAUSES if any(w in text for w in words)), "")
        if not told and engine.dialect.name == "postgresql":
            if not isinstance(error, exc.OperationalError | exc.InterfaceError):
                raise
            told = _UNREACHABLE
        raise StoreUnavailable(told or _UNTOLD) from error
