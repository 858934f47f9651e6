"""What publishing and undoing share: the checks before a version and the seal after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from data.store import audit, queries
from data.store.errors import Conflict, SamePerson
from data.store.records import Published, clean_text, hash_parts
from data.store.schema import head, version


def check_request(reason: str, idem_key: str) -> None:
    """Raise ValueError without a reason or a key that makes the request unique."""
    if not clean_text(reason).strip():
        raise ValueError("理由を書いてください。")
    if not idem_key:
        raise ValueError("一度きりの鍵（idem_key）が要ります。")


def check_persons(approver: str, submitter: str) -> None:
    """Raise SamePerson if one person did both."""
    if approver == submitter:
        raise SamePerson(submitter)


def check_head(connection: Connection, expected: int, newest: int) -> None:
    """Raise Conflict, naming the versions in between, if the head is not where it was seen."""
    if expected != newest:
        raise Conflict(expected, newest, queries.versions_between(connection, expected, newest))


def done_before(connection: Connection, idem_key: str) -> Published | None:
    """Which version did the same request make already, if any?"""
    question = select(version.c.no).where(version.c.idem_key == idem_key)
    no = connection.execute(question).scalar_one_or_none()
    return None if no is None else Published(no, False)


def hash_version(parts: Iterable[Mapping[str, object]]) -> str:
    """Return the content hash of a version from its rows of `part`."""
    names = ("dataset", "scope", "present", "n_rows", "content_sha256")
    return hash_parts(tuple(one[name] for name in names) for one in parts)


def audit_detail(record: Mapping[str, object]) -> dict[str, object]:
    """Return what the audit log says of a version: its whole record, so that the log seals it."""
    named_by_the_line = ("no", "at")
    return {
        column.name: record[column.name]
        for column in version.c
        if column.name not in named_by_the_line
    }


def close_version(
    connection: Connection, record: Mapping[str, object], actor: str, now: datetime
) -> None:
    """Write the audit line and move the head: from here on the version is closed."""
    no = record["no"]
    audit.append(connection, now, actor, str(record["kind"]), f"version:{no}", audit_detail(record))
    moved = connection.execute(update(head).where(head.c.no == record["parent_no"]).values(no=no))
    if moved.rowcount != 1:
        raise AssertionError("the head moved although it was locked")
