"""Tables of the store, and the triggers that keep what was published from being changed.

One row of `version` is one publication; `part` says which (dataset, scope) it replaced and
`row` holds the rows. The published state as of version v is, for every (dataset, scope), the
newest part up to v. The same definitions serve SQLite and PostgreSQL.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)

from data.store.errors import NewerStore

SCHEMA_NO = 1
SCHEMA_TITLE = "最初の形"

metadata = MetaData()
# Compared by code point on both engines, whatever language the server was set up for.
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def _text(name: str, *rest: object, **options: object) -> Column:
    return Column(name, _TEXT, *rest, **{"nullable": False} | options)


def _number(name: str, *rest: object, **options: object) -> Column:
    # Numbers are given by the writer, who is alone: a sequence would not survive a restore.
    return Column(name, Integer, *rest, **{"nullable": False, "autoincrement": False} | options)


schema_version = Table(
    "schema_version", metadata, _number("no", primary_key=True), _text("title")
)  # fmt: skip

head = Table(
    "head", metadata,
    _number("id", CheckConstraint("id = 1"), primary_key=True),
    _number("no"),
)  # fmt: skip

version = Table(
    "version", metadata,
    _number("no", primary_key=True),
    _number("parent_no", unique=True),
    _text("kind", CheckConstraint("kind IN ('publish', 'undo', 'import')")),
    _number("undoes_no", ForeignKey("version.no"), nullable=True),
    _text("release"),
    _text("reason", CheckConstraint("length(trim(reason)) > 0")),
    _text("submitter"),
    _text("approver"),
    _text("at"),
    _text("visible_from", nullable=True),
    _text("effect"),
    _text("content_sha256"),
    _text("idem_key", unique=True),
    CheckConstraint("no = parent_no + 1 AND parent_no >= 0"),
    CheckConstraint("(kind = 'undo') = (undoes_no IS NOT NULL)"),
    CheckConstraint("(kind = 'undo' AND release = '')"
                    " OR (kind <> 'undo' AND release IN ('暫定', '確定'))"),
)  # fmt: skip

blob = Table(
    "blob", metadata,
    _text("sha256", primary_key=True),
    _number("size"),
    Column("data", LargeBinary, nullable=False),
    _text("created_at"),
)  # fmt: skip

upload = Table(
    "upload", metadata,
    _number("id", primary_key=True),
    _number("version_no", ForeignKey("version.no")),
    _number("n"),
    _text("sha256", ForeignKey("blob.sha256"), index=True),
    _text("file_name"),
    _text("actor"),
    _text("at"),
    _text("report"),
    _text("verdict"),
    UniqueConstraint("version_no", "n"),
)  # fmt: skip

part = Table(
    "part", metadata,
    _number("version_no", ForeignKey("version.no"), primary_key=True),
    _text("dataset", primary_key=True),
    _text("scope", primary_key=True),
    Column("present", Boolean, nullable=False),
    _number("n_rows"),
    _text("content_sha256"),
    _number("upload_id", ForeignKey("upload.id"), nullable=True),
    _number("previous_no", ForeignKey("version.no"), nullable=True),
    _number("origin_no", ForeignKey("version.no"), nullable=True),
    CheckConstraint("present = (origin_no IS NOT NULL)"),
    CheckConstraint("present OR n_rows = 0"),
    Index("part_by_place", "dataset", "scope", "version_no"),
)  # fmt: skip

row = Table(
    "row", metadata,
    _number("version_no", primary_key=True),
    _text("dataset", primary_key=True),
    _text("scope", primary_key=True),
    _number("n", primary_key=True),
    _text("key"),
    _text("payload"),
    UniqueConstraint("version_no", "dataset", "scope", "key"),
    ForeignKeyConstraint(
        ["version_no", "dataset", "scope"], ["part.version_no", "part.dataset", "part.scope"]
    ),
)  # fmt: skip

draft = Table(
    "draft", metadata,
    _text("id", primary_key=True),
    _text("state", CheckConstraint("state IN ('open', 'published', 'rejected', 'withdrawn')")),
    _text("submitter"),
    _text("created_at"),
    _text("updated_at"),
    _text("expires_at", nullable=True),
    _text("choices"),
    _number("version_no", ForeignKey("version.no"), nullable=True),
    CheckConstraint("(state = 'published') = (version_no IS NOT NULL)"),
)  # fmt: skip

draft_file = Table(
    "draft_file", metadata,
    _text("draft_id", ForeignKey("draft.id"), primary_key=True),
    _number("n", primary_key=True),
    _text("file_name"),
    _text("sha256"),
    _number("size"),
    # Empty once the bytes have moved to `blob`.
    Column("data", LargeBinary, nullable=True),
    _text("report"),
    _text("verdict"),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    _number("seq", primary_key=True),
    _text("at"),
    _text("actor"),
    _text("action"),
    _text("object"),
    _text("detail"),
    _text("prev_hash"),
    _text("hash"),
)  # fmt: skip

FIXED_TABLES = ("blob", "upload", "version", "part", "row", "audit")
# Table → when a new row is refused. A version is closed once the head has reached it, so that
# nothing can be slipped in later, nor replaced by an INSERT OR REPLACE.
_LATE = {
    "version": 'NEW.no <> (SELECT no + 1 FROM "head")',
    "upload": 'NEW.version_no <= (SELECT no FROM "head")',
    "part": 'NEW.version_no <= (SELECT no FROM "head")',
    "row": 'NEW.version_no <= (SELECT no FROM "head")',
    "blob": 'EXISTS (SELECT 1 FROM "blob" WHERE sha256 = NEW.sha256)',
    "audit": 'NEW.seq <= (SELECT max(seq) FROM "audit")',
    "head": 'EXISTS (SELECT 1 FROM "head")',
}
_LOCK = select(head.c.no).with_for_update()
_NEWEST_SCHEMA = select(func.max(schema_version.c.no))
REFUSAL = "保管庫の記録は書き換えられません"


def create_store(connection: Connection) -> None:
    """Create a store in today's form, without any version."""
    metadata.create_all(connection, checkfirst=False)
    create_triggers(connection)
    connection.execute(insert(schema_version).values(no=SCHEMA_NO, title=SCHEMA_TITLE))
    connection.execute(insert(head).values(id=1, no=0))


def create_triggers(connection: Connection) -> None:
    """Forbid changes of what was published; the head only ever takes one step on."""
    missing = missing_triggers(connection)
    for statement in _trigger_statements(connection):
        name = _trigger_name(statement)
        if not name or name in missing:
            connection.exec_driver_sql(statement)


@contextlib.contextmanager
def triggers_off(connection: Connection) -> Iterator[None]:
    """Let a restore replace everything. Readers are not kept waiting meanwhile.

    The caller holds the head's lock.
    """
    sqlite = connection.dialect.name == "sqlite"
    for table in () if sqlite else metadata.tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    for statement in _trigger_statements(connection) if sqlite else ():
        connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{_trigger_name(statement)}"')
    yield
    for table in () if sqlite else metadata.tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    create_triggers(connection)


def missing_triggers(connection: Connection) -> list[str]:
    """Which of the triggers are not there, or switched off?"""
    there = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE relnamespace = current_schema()::regnamespace AND tgenabled <> 'D'"
    )
    found = set(connection.exec_driver_sql(there).scalars())
    wanted = {_trigger_name(statement) for statement in _trigger_statements(connection)}
    return sorted(wanted - found - {""})


def lock_head(connection: Connection) -> int:
    """Return the number of the newest version and keep other writers out until the end.

    Every writing transaction begins with it, drafts and audit lines included, so that the
    audit log is one chain on PostgreSQL too. Raises NewerStore if a newer program has changed
    the store's form while this one was running.
    """
    no = connection.execute(_LOCK).scalar_one()
    found = connection.execute(_NEWEST_SCHEMA).scalar_one()
    if found > SCHEMA_NO:
        raise NewerStore(found, SCHEMA_NO)
    return no


def _trigger_statements(connection: Connection) -> list[str]:
    return _sqlite_triggers() if connection.dialect.name == "sqlite" else _postgresql_triggers()


def _trigger_name(statement: str) -> str:
    """The name of a trigger from its statement, "" for a statement that makes none."""
    found = re.match(r'CREATE TRIGGER "(\w+)"', statement)
    return found[1] if found else ""


def _sqlite_triggers() -> list[str]:
    def refuse(name: str, event: str, table: str, when: str = "") -> str:
        return (
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" {when and f"WHEN {when}"} '
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL} ({table})'); END"
        )

    fixed = [
        refuse(f"{table}_no_{event.lower()}", event, table)
        for table in FIXED_TABLES
        for event in ("UPDATE", "DELETE")
    ]
    late = [refuse(f"{table}_not_late", "INSERT", table, when) for table, when in _LATE.items()]
    steps = [
        refuse("head_no_delete", "DELETE", "head"),
        refuse("head_one_step", "UPDATE", "head", "NEW.no <> OLD.no + 1"),
    ]
    return fixed + late + steps


def _postgresql_triggers() -> list[str]:
    def function(name: str, condition: str) -> str:
        return (
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql '
            f"AS $$ BEGIN IF {condition} THEN RAISE EXCEPTION "
            f"USING MESSAGE = '{REFUSAL} (' || TG_TABLE_NAME || ')'; END IF; "
            "RETURN NEW; END $$"
        )

    def trigger(name: str, events: str, table: str, each: str, function: str) -> str:
        return (
            f'CREATE TRIGGER "{name}" BEFORE {events} ON "{table}" FOR EACH {each} '
            f'EXECUTE FUNCTION "{function}"()'
        )

    statements = [
        function("refuse_change", "true"),
        function("head_one_step", "NEW.no <> OLD.no + 1"),
        trigger("head_no_delete", "DELETE OR TRUNCATE", "head", "STATEMENT", "refuse_change"),
        trigger("head_one_step", "UPDATE", "head", "ROW", "head_one_step"),
    ]
    for table in FIXED_TABLES:
        statements.append(
            trigger(f"{table}_fixed", "UPDATE OR DELETE OR TRUNCATE", table, "STATEMENT",
                    "refuse_change")
        )  # fmt: skip
    for table, when in _LATE.items():
        statements.append(function(f"{table}_not_late", when))
        statements.append(trigger(f"{table}_not_late", "INSERT", table, "ROW", f"{table}_not_late"))
    return statements
