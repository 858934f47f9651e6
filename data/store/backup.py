"""Backup and restore (バックアップと復元), the same file for SQLite and PostgreSQL.

A backup is a fresh SQLite file holding every table as of one moment, with a seal over each. A
restore checks the seals and every invariant before the copy becomes the store; it is one
transaction, so a running dashboard sees the old content or the new, never a mixture.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    exc,
    insert,
    select,
    update,
)

from data.store import audit, migrations, schema
from data.store import engine as engines
from data.store.errors import BackupError, NewerStore, StoreDamaged, StoreError, StoreMissing
from data.store.files import SIDE_FILES, built_aside, free_name, put_in_place
from data.store.location import file_of
from data.store.queries import read_head
from data.store.records import sha256, to_json
from data.store.store import Store
from data.store.verify import find_problems

_TABLES = schema.metadata.sorted_tables
_ROWS_AT_A_TIME = 500
_FILES_AT_A_TIME = 2
_DAMAGED = "バックアップのファイルが壊れているか、保管庫のバックアップではありません。"

# In a backup only: what each table held, so that any change of the file is noticed.
_seal_metadata = MetaData()
_seal = Table(
    "seal", _seal_metadata,
    Column("name", Text, primary_key=True),
    Column("n_rows", Integer, nullable=False),
    Column("content_sha256", Text, nullable=False),
)  # fmt: skip


@dataclass(frozen=True)
class Restored:
    """What a restore did. head : version that is the newest now.

    kept : file with what was there before, None if there was nothing.
    """

    head: int
    kept: Path | None


def backup(store: Store, path: Path) -> int:
    """Write a checked copy of the store to a new file; return its newest version.

    Works while others write. Raises BackupError, and leaves no file, if the file exists already,
    cannot be written, or the store is not sound; StoreMissing; StoreUnavailable.
    """
    engine = migrations.ready_engine(store.url, create=False)
    if engine is None:
        raise StoreMissing
    if path.exists():
        raise BackupError(f"同じ名前のファイルがあります（{path}）。上書きはしません。")
    with engines.reading(engine) as connection:
        return _write_copy(connection, path, must_be_sound=True)


def restore(
    path: Path,
    url: str,
    replace: bool = False,
    actor: str = "",
    now: datetime | None = None,
) -> Restored:
    """Make the store what a backup says.

    path : file written by `backup`, by this program or an older one.  url : the store; made if
    there is none.  replace : needed if anything was received or published there; a copy of it is
    kept beside (for PostgreSQL beside the backup).  actor, now : for a line in the audit log,
    which is only written if the time is given.

    Raises BackupError, NewerStore, StoreUnavailable; then nothing was changed.
    """
    with _opened(path) as source:
        target = file_of(url)
        if target is not None and not target.exists():
            head = _install(source, target, actor, now)
            return Restored(head, None)
        try:
            return _replace(source, path, url, replace, actor, now)
        except StoreDamaged:
            if target is None or not replace:
                raise
            # It cannot be read any more: kept as it is, under another name.
            engines.close_engines(url)
            kept = _set_aside(target)
            return Restored(_install(source, target, actor, now), kept)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Engine]:
    """Open a backup that is sound, raised to today's form in a copy if it is older."""
    if not path.is_file():
        raise BackupError(f"バックアップのファイルがありません（{path}）。")
    with contextlib.ExitStack() as stack:
        source = engines.sqlite_engine(path, read_only=True)
        stack.callback(source.dispose)
        try:
            with engines.reading(source) as connection:
                found = migrations.found_schema(connection)
                _check_seals(connection, found)
            if found > schema.SCHEMA_NO:
                raise NewerStore(found, schema.SCHEMA_NO)
            if found < schema.SCHEMA_NO:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                source = _upgraded_copy(path, folder / "older.sqlite3", found)
                stack.callback(source.dispose)
            with engines.reading(source) as connection:
                problems = find_problems(connection)
        except NewerStore:
            raise
        # A flipped bit can make a text that is none, a flag of 49 or a table of another name.
        except (StoreError, exc.SQLAlchemyError, ValueError, TypeError, LookupError) as error:
            raise BackupError(_DAMAGED) from error
        if problems:
            raise BackupError(_DAMAGED, problems)
        yield source


def _upgraded_copy(path: Path, copy: Path, found: int) -> Engine:
    migrations.copy_file(path, copy)
    engine = engines.sqlite_engine(copy)
    with engines.writing(engine) as connection:
        migrations.upgrade(connection, found)
    return engine


def _replace(
    source: Engine, path: Path, url: str, replace: bool, actor: str, now: datetime | None
) -> Restored:
    """Put a backup's content into a store that exists, in one transaction."""
    engine = migrations.ready_engine(url, create=True)
    with engines.writing(engine) as connection:
        schema.lock_head(connection)
        empty = _is_empty(connection)
        if not empty and not replace:
            raise BackupError(
                "復元先の保管庫には、すでに記録があります。入れ替えるときは、そのことを"
                "はっきり指定してください（いまの記録は別のファイルに残します）。"
            )
        # Copied from within the transaction: nothing can be published in between.
        kept = None if empty else _keep(connection, path, url)
        head = _fill(source, connection, actor, now)
    return Restored(head, kept)


def _install(source: Engine, target: Path, actor: str, now: datetime | None) -> int:
    """Build a store from a backup aside and give it its name."""
    try:
        engines.refuse_network_folder(target.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        with built_aside(target.parent) as aside:
            engine = engines.sqlite_engine(aside, create=True)
            with engines.writing(engine) as connection:
                schema.create_store(connection)
                head = _fill(source, connection, actor, now)
            engine.dispose()
            put_in_place(aside, target)
    except OSError as error:
        raise BackupError(f"復元先に書けません（{target}：{error.strerror or error}）。") from error
    return head


def _fill(source: Engine, connection: Connection, actor: str, now: datetime | None) -> int:
    """Put a backup's content into a store and check the result; return the newest version."""
    with engines.reading(source) as original:
        _overwrite(original, connection)
        same = _seals(original, _TABLES) == _seals(connection, _TABLES)
    if not same:
        raise BackupError("復元した内容がバックアップと違います。")
    head = read_head(connection)
    if now is not None:
        audit.append(connection, now, actor, "restore", f"head:{head}", {})
    if problems := find_problems(connection):
        raise BackupError("復元した内容が検査に通りませんでした。", problems)
    return head


def _keep(connection: Connection, path: Path, url: str) -> Path:
    """Keep what is in the store beside it, sound or not."""
    beside = file_of(url) or path
    name = f"store-before-restore-v{read_head(connection)}.sqlite3"
    kept = free_name(beside.with_name(name))
    _write_copy(connection, kept, must_be_sound=False)
    return kept


def _set_aside(target: Path) -> Path:
    """Rename a store that cannot be read, with the files that belong to it."""
    kept = free_name(target.with_name(f"{target.stem}-damaged{target.suffix}"))
    for side in SIDE_FILES[::-1]:
        beside = target.with_name(target.name + side)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + side))
    return kept


def _is_empty(connection: Connection) -> bool:
    """Has nothing been received or published yet?"""
    return not any(
        connection.execute(select(1).select_from(table).limit(1)).first()
        for table in (schema.version, schema.draft, schema.audit)
    )


def _write_copy(connection: Connection, path: Path, must_be_sound: bool) -> int:
    """Write all tables as a connection sees them to a new file; return the newest version."""
    try:
        with built_aside(path.parent) as aside:
            engine = engines.sqlite_engine(aside, create=True)
            with engines.writing(engine) as copy:
                schema.create_store(copy)
                _seal_metadata.create_all(copy, checkfirst=False)
                _overwrite(connection, copy)
                copy.execute(insert(_seal), _seals(connection, _TABLES))
            with contextlib.closing(sqlite3.connect(aside)) as copy:
                # One file, without a log beside it.
                copy.execute("PRAGMA journal_mode=DELETE")
            with engines.reading(engines.sqlite_engine(aside, read_only=True)) as copy:
                _check_seals(copy, schema.SCHEMA_NO)
                problems = find_problems(copy)
            if problems and must_be_sound:
                raise BackupError(
                    "保管庫が検査に通りません。バックアップは作っていません。", problems
                )
            put_in_place(aside, path)
    except FileExistsError:
        raise BackupError(f"同じ名前のファイルがあります（{path}）。上書きはしません。") from None
    except OSError as error:
        raise BackupError(
            f"バックアップを書けません（{path}：{error.strerror or error}）。"
        ) from error
    except exc.IntegrityError as error:
        raise BackupError("保管庫の記録が表の決まりに合わず、写せません。") from error
    return read_head(connection)


def _overwrite(source: Connection, target: Connection) -> None:
    """Replace everything in one store by everything in another."""
    tables = [table for table in _TABLES if table is not schema.head]
    with schema.triggers_off(target):
        for table in reversed(tables):
            target.execute(delete(table))
        for table in tables:
            for rows in _chunks(source, table):
                target.execute(insert(table), [dict(row) for row in rows])
        # Changed, not replaced: on PostgreSQL other writers are waiting for this very row.
        target.execute(update(schema.head).values(no=read_head(source)))


def _check_seals(connection: Connection, schema_no: int) -> None:
    """Raise BackupError unless every table of a backup holds what was sealed."""
    sealed = {one["name"]: dict(one) for one in connection.execute(select(_seal)).mappings()}
    tables = _TABLES
    if schema_no != schema.SCHEMA_NO:
        # An older program's: its tables and columns as the file has them.
        old = MetaData()
        tables = [Table(name, old, autoload_with=connection, resolve_fks=False) for name in sealed]
    if {one["name"]: one for one in _seals(connection, tables)} != sealed or not sealed:
        raise BackupError(_DAMAGED)


def _seals(connection: Connection, tables: Sequence[Table]) -> list[dict[str, object]]:
    """What does each table hold, the same on every engine?"""
    found = []
    for table in tables:
        digest = hashlib.sha256()
        n_rows = 0
        for rows in _chunks(connection, table):
            for row in rows:
                values = [_plain(row[column.name]) for column in table.columns]
                digest.update(to_json(values).encode() + b"\n")
            n_rows += len(rows)
        found.append({"name": table.name, "n_rows": n_rows, "content_sha256": digest.hexdigest()})
    return found


def _chunks(connection: Connection, table: Table) -> Iterator[Sequence[Mapping]]:
    """The rows of a table in the order of its key; files few at a time, they may be large."""
    files = any(isinstance(column.type, LargeBinary) for column in table.columns)
    question = select(table).order_by(*table.primary_key.columns)
    options = {"yield_per": _FILES_AT_A_TIME if files else _ROWS_AT_A_TIME}
    yield from connection.execute(question, execution_options=options).mappings().partitions()


def _plain(value: object) -> object:
    """A value as any engine gives it back: flags as numbers, bytes as their hash."""
    if isinstance(value, bool):
        return int(value)
    return ["bytes", sha256(bytes(value))] if isinstance(value, bytes | memoryview) else value
