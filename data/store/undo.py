"""Undoing (取り消し): a new version that restores what another one replaced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, insert, literal, select

from data.store import queries
from data.store.errors import UndoBlocked
from data.store.records import (
    ABSENT,
    UNDO,
    PartKey,
    PartRef,
    Published,
    clean_text,
    to_json,
    to_moment,
    to_text,
)
from data.store.schema import lock_head, part, row, version
from data.store.versions import check_head, close_version, done_before, hash_version


def undo(
    connection: Connection,
    no: int,
    *,
    expected_head: int,
    reason: str,
    actor: str,
    now: datetime,
    idem_key: str,
    approver: str,
    effect: Mapping[str, object],
) -> Published:
    """Make a version that restores what every part of version `no` replaced.

    Undoing an undo brings the undone content back. Raises UnknownVersion, Conflict, UndoBlocked.
    """
    newest = lock_head(connection)
    if done := done_before(connection, idem_key):
        return done
    undone = queries.read_version(connection, no)
    check_head(connection, expected_head, newest)
    current = queries.current_parts(connection, [one.key() for one in undone.parts])
    # A later version and its own undo cancel out: what counts is whose content stands there.
    blocked = [one.key() for one in undone.parts if current[one.key()].origin_no != one.origin_no]
    if blocked:
        later = queries.versions_between(connection, no, newest)
        touching = [v for v in later if {one.key() for one in v.parts} & set(blocked)]
        raise UndoBlocked(no, touching)
    replaced = queries.read_parts(
        connection, [(one.previous_no, *one.key()) for one in undone.parts if one.previous_no]
    )
    restored = {one.key(): replaced.get(one.key()) for one in undone.parts}
    parts = [
        _restored_part(newest + 1, key, old, current[key].version_no)
        for key, old in sorted(restored.items())
    ]
    record = {
        "no": newest + 1, "parent_no": newest, "kind": UNDO, "undoes_no": no, "release": "",
        "reason": clean_text(reason), "submitter": clean_text(actor),
        "approver": clean_text(approver), "at": to_text(now),
        "visible_from": _inherited_embargo(connection, restored, now),
        "effect": to_json(effect), "idem_key": idem_key, "content_sha256": hash_version(parts),
    }  # fmt: skip
    connection.execute(insert(version).values(**record))
    connection.execute(insert(part), parts)
    for key, old in restored.items():
        if old is not None and old.present:
            _copy_rows(connection, key, old.version_no, newest + 1)
    close_version(connection, record, approver or actor, now)
    return Published(newest + 1, True)


def _restored_part(
    no: int, key: PartKey, old: PartRef | None, previous_no: int
) -> dict[str, object]:
    """The row of `part` that brings a part back. old : None where the bundled data stood."""
    place = {"version_no": no, "dataset": key[0], "scope": key[1], "previous_no": previous_no}
    if old is None:
        return place | {"present": False, "n_rows": 0, "content_sha256": ABSENT,
                        "upload_id": None, "origin_no": None}  # fmt: skip
    return place | {"present": old.present, "n_rows": old.n_rows,
                    "content_sha256": old.content_sha256, "upload_id": old.upload_id,
                    "origin_no": old.origin_no}  # fmt: skip


def _inherited_embargo(
    connection: Connection, restored: Mapping[PartKey, PartRef | None], now: datetime
) -> str | None:
    """Until when is restored content under embargo? None if all of it may be seen."""
    origins = {old.origin_no for old in restored.values() if old and old.present}
    question = select(func.max(version.c.visible_from)).where(version.c.no.in_(origins))
    latest = connection.execute(question).scalar_one()
    return latest if latest and to_moment(latest) > now else None


def _copy_rows(connection: Connection, key: PartKey, old_no: int, no: int) -> None:
    """Copy stored rows as they are, so that a restored table is equal byte by byte."""
    kept = (row.c.dataset, row.c.scope, row.c.n, row.c.key, row.c.payload)
    there = select(literal(no), *kept).where(
        row.c.version_no == old_no, row.c.dataset == key[0], row.c.scope == key[1]
    )
    names = ["version_no", *(column.name for column in kept)]
    connection.execute(insert(row).from_select(names, there))
