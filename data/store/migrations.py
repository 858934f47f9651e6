"""Which form does the store have, and how does an older one become today's (移行)?

A new store is made in today's form at once. An older one goes through the steps it lacks in
one transaction; a newer one is refused. To change the tables: change `schema.py`, raise
its SCHEMA_NO and add the step to MIGRATIONS; a table made anew needs its triggers again.
"""

from __future__ import annotations

import contextlib
import sqlite3
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, text

from data.store import engine as engines
from data.store import schema
from data.store.errors import NewerStore, StoreDamaged, StoreUnavailable
from data.store.files import built_aside, free_name, put_in_place
from data.store.location import file_of
from data.store.schema import schema_version

# Any fixed number: who makes or changes the tables of a PostgreSQL store holds this lock.
_LOCK_NUMBER = 47_2026_0422


@dataclass(frozen=True)
class Migration:
    """One step. no : schema number it leads to.  apply : runs inside the one transaction."""

    no: int
    title: str
    apply: Callable[[Connection], None]


MIGRATIONS: tuple[Migration, ...] = ()

_NO_STORE = (
    "ファイルはありますが、保管庫ではありません。空になったのなら、"
    "`python run.py restore` でバックアップから戻してください。"
)
_checked: weakref.WeakSet[Engine] = weakref.WeakSet()


def ready_engine(url: str, create: bool) -> Engine | None:
    """Return the engine of a store in today's form; None if there is none and none is to be made.

    Raises NewerStore, or StoreUnavailable for a store that cannot be opened, is no store, or
    was there before and is gone.
    """
    path = file_of(url)
    if path is not None and not path.exists():
        if engines.has_engine(url):
            raise StoreUnavailable(f"保管庫のファイルがなくなりました（{path}）。")
        if not create:
            return None
        _create_file(path)
    if path is not None and path.stat().st_size == 0:
        # SQLite would take it for a new database and begin to fill it.
        raise StoreDamaged(_NO_STORE)
    engine = engines.engine_for(url)
    # Looked at once per engine; every write looks again (`schema.lock_head`).
    if engine not in _checked:
        if not _check(engine, path, create):
            return None
        _checked.add(engine)
    return engine


def found_schema(connection: Connection) -> int | None:
    """Return the schema number of the store behind a connection, None if it holds nothing.

    Raises StoreDamaged if it holds something else.
    """
    tables = set(inspect(connection).get_table_names())
    if schema_version.name in tables:
        return connection.execute(select(schema_version.c.no).order_by(
            schema_version.c.no.desc()).limit(1)).scalar_one()  # fmt: skip
    if connection.dialect.name == "sqlite":
        raise StoreDamaged(_NO_STORE)
    return None


def upgrade(connection: Connection, found: int) -> None:
    """Take a store the steps it lacks. Raises NewerStore."""
    if found > schema.SCHEMA_NO:
        raise NewerStore(found, schema.SCHEMA_NO)
    for step in MIGRATIONS:
        if step.no > found:
            step.apply(connection)
            connection.execute(insert(schema_version).values(no=step.no, title=step.title))


def copy_file(path: Path, target: Path) -> None:
    """Copy an SQLite file as it is, whatever its form, while others may write to it."""
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        # In one go: copying page by page starts anew at every write of another process.
        source.backup(copy, pages=-1)


def _check(engine: Engine, path: Path | None, create: bool) -> bool:
    with engines.reading(engine) as connection:
        found = found_schema(connection)
    if path is not None:
        engines.keep_log(engine)
    if found == schema.SCHEMA_NO:
        return True
    if found is None and not create:
        return False
    if found is not None and found > schema.SCHEMA_NO:
        raise NewerStore(found, schema.SCHEMA_NO)
    if path is not None and found is not None:
        _keep_copy(path, found)
    with engines.writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:no)"), {"no": _LOCK_NUMBER})
        # Another process may have been faster.
        found = found_schema(connection)
        if found is None:
            schema.create_store(connection)
        else:
            upgrade(connection, found)
    return True


def _keep_copy(path: Path, found: int) -> None:
    """Keep an older store beside itself before it is changed."""
    with built_aside(path.parent) as aside:
        copy_file(path, aside)
        put_in_place(aside, free_name(path.with_name(f"{path.stem}-schema{found}{path.suffix}")))


def _create_file(path: Path) -> None:
    """Make an empty store aside and give it its name: a half-made one is never seen."""
    try:
        engines.refuse_network_folder(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        with built_aside(path.parent) as aside:
            engine = engines.sqlite_engine(aside, create=True)
            with engines.writing(engine) as connection:
                schema.create_store(connection)
            engine.dispose()
            # Another process may have been faster; then its store is as good.
            with contextlib.suppress(FileExistsError):
                put_in_place(aside, path)
    except OSError as error:
        raise StoreUnavailable(
            f"保管庫を作れません（{path}：{error.strerror or error}）。"
            "書き込めるフォルダーを DASHBOARD_VAR_DIR で指してください。"
        ) from error
