"""The audit log (操作記録): one chain of lines, each sealed with the hash of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from data.store.records import AuditEntry, clean_text, sha256, to_json, to_text
from data.store.schema import audit

_LAST = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)


def append(
    connection: Connection,
    now: datetime,
    actor: str,
    action: str,
    object_: str,
    detail: Mapping[str, object],
) -> None:
    """Add one line. The caller holds the head's lock, so the chain has no forks."""
    seq, prev_hash = connection.execute(_LAST).one_or_none() or (0, "")
    line = {
        "seq": seq + 1, "at": to_text(now), "actor": clean_text(actor), "action": action,
        "object": object_, "detail": to_json(detail), "prev_hash": prev_hash,
    }  # fmt: skip
    connection.execute(insert(audit).values(**line, hash=hash_line(line)))


def hash_line(line: Mapping[str, object]) -> str:
    """Return the seal of a line, over everything in it but the seal itself."""
    return sha256(to_json({name: line[name] for name in line if name != "hash"}).encode())


def entries(connection: Connection) -> list[AuditEntry]:
    """Return the whole log, oldest first."""
    return [AuditEntry(**line) for line in connection.execute(
        select(audit).order_by(audit.c.seq)).mappings()]  # fmt: skip
