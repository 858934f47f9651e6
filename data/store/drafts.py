"""Drafts (提出): received files, kept from the moment they arrive, until published or dropped."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, literal, select, update

from data.store import audit
from data.store.errors import DraftClosed, UnknownDraft, UnknownFile
from data.store.records import (
    DRAFT_STATES,
    OPEN,
    PUBLISHED,
    REJECTED,
    WITHDRAWN,
    Draft,
    DraftFile,
    clean_text,
    sha256,
    to_json,
    to_moment,
    to_text,
)
from data.store.schema import blob, draft, draft_file, lock_head

KEPT_AFTER_CLOSING = timedelta(days=30)
# Neither mistaken for one another when read aloud nor for an option on a command line.
_LETTERS = "23456789abcdefghijkmnpqrstuvwxyz"
_ID_LENGTH = 16
_WITHOUT_DATA = [column for column in draft_file.c if column.name != "data"]


def receive(
    connection: Connection, files: Sequence[tuple[str, bytes]], submitter: str, now: datetime
) -> str:
    """Keep (file name, content) of files that arrived together; return the draft's name.

    Raises ValueError without any file.
    """
    if not files:
        raise ValueError("ファイルがありません。")
    lock_head(connection)
    draft_id = "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))
    moment = to_text(now)
    connection.execute(insert(draft).values(
        id=draft_id, state=OPEN, submitter=clean_text(submitter), created_at=moment,
        updated_at=moment, choices="{}",
    ))  # fmt: skip
    connection.execute(insert(draft_file), [
        {"draft_id": draft_id, "n": n, "file_name": clean_text(name), "sha256": sha256(data),
         "size": len(data), "data": data, "report": "", "verdict": ""}
        for n, (name, data) in enumerate(files)
    ])  # fmt: skip
    audit.append(connection, now, submitter, "receive", f"draft:{draft_id}", {"files": [
        {"file_name": clean_text(name), "sha256": sha256(data)} for name, data in files
    ]})  # fmt: skip
    return draft_id


def read_draft(connection: Connection, draft_id: str) -> Draft | None:
    """What is in a draft? None if there is none of this name."""
    found = _drafts(connection, draft.c.id == draft_id)
    return found[0] if found else None


def list_drafts(connection: Connection, states: Sequence[str] = (OPEN,)) -> list[Draft]:
    """Which drafts are in one of the states, the newest first? Their files are without reports."""
    if unknown := set(states) - set(DRAFT_STATES):
        raise ValueError(f"提出の状態ではありません：{unknown}")
    return _drafts(connection, draft.c.state.in_(states), with_reports=False)


def draft_content(connection: Connection, draft_id: str, n: int) -> bytes:
    """What are the bytes of a draft's file? Found among the originals once published.

    Raises UnknownFile.
    """
    question = (
        select(func.coalesce(draft_file.c.data, blob.c.data))
        .select_from(draft_file.outerjoin(blob, blob.c.sha256 == draft_file.c.sha256))
        .where(draft_file.c.draft_id == draft_id, draft_file.c.n == n)
    )
    data = connection.execute(question).scalar_one_or_none()
    if data is None:
        raise UnknownFile(f"{draft_id}/{n}")
    return bytes(data)


def save_report(
    connection: Connection, draft_id: str, n: int, report: str, verdict: str, now: datetime
) -> None:
    """Keep what the check said about a file. Raises UnknownDraft, DraftClosed, UnknownFile."""
    lock_head(connection)
    require_open(connection, draft_id)
    changed = connection.execute(
        update(draft_file)
        .where(draft_file.c.draft_id == draft_id, draft_file.c.n == n)
        .values(report=clean_text(report), verdict=verdict)
    )
    if changed.rowcount != 1:
        raise UnknownFile(f"{draft_id}/{n}")
    _touch(connection, draft_id, now)


def save_choices(
    connection: Connection, draft_id: str, choices: Mapping[str, object], now: datetime
) -> None:
    """Keep what was ticked and declined so far. Raises UnknownDraft, DraftClosed."""
    lock_head(connection)
    require_open(connection, draft_id)
    _touch(connection, draft_id, now, choices=clean_text(to_json(choices)))


def reject(connection: Connection, draft_id: str, actor: str, now: datetime) -> None:
    """Send a draft back (差し戻し). Raises UnknownDraft, DraftClosed."""
    _close(connection, draft_id, REJECTED, "reject", actor, now)


def withdraw(connection: Connection, draft_id: str, actor: str, now: datetime) -> None:
    """Take a draft back before it is published (取り下げ). Raises UnknownDraft, DraftClosed."""
    _close(connection, draft_id, WITHDRAWN, "withdraw", actor, now)


def purge(connection: Connection, now: datetime) -> list[str]:
    """Drop what was rejected or withdrawn 30 days ago; return the names of these drafts.

    Of a published draft the files that did not become originals lose their bytes. Open drafts
    never expire.
    """
    lock_head(connection)
    due = draft.c.expires_at <= to_text(now)
    closed = select(draft.c.id).where(due, draft.c.state.in_((REJECTED, WITHDRAWN)))
    names = list(connection.execute(closed.order_by(draft.c.id)).scalars())
    connection.execute(delete(draft_file).where(draft_file.c.draft_id.in_(closed)))
    connection.execute(delete(draft).where(draft.c.id.in_(names)))
    published = select(draft.c.id).where(due, draft.c.state == PUBLISHED)
    left = and_(draft_file.c.draft_id.in_(published), draft_file.c.data.is_not(None))
    emptied = connection.execute(update(draft_file).where(left).values(data=None)).rowcount
    if names or emptied:
        detail = {"drafts": names, "files_left_over": emptied}
        audit.append(connection, now, "", "purge", "drafts", detail)
    return names


def require_open(connection: Connection, draft_id: str) -> str:
    """Return the submitter of an open draft. Raises UnknownDraft, DraftClosed."""
    found = connection.execute(
        select(draft.c.state, draft.c.version_no, draft.c.submitter).where(draft.c.id == draft_id)
    ).one_or_none()
    if found is None:
        raise UnknownDraft(draft_id)
    if found.state != OPEN:
        raise DraftClosed(draft_id, found.state, found.version_no)
    return found.submitter


def close_published(connection: Connection, draft_id: str, no: int, now: datetime) -> None:
    """Mark a draft as published and drop the bytes that are originals of the version now."""
    kept = select(blob.c.sha256)
    connection.execute(
        update(draft_file)
        .where(draft_file.c.draft_id == draft_id, draft_file.c.sha256.in_(kept))
        .values(data=None)
    )
    _touch(connection, draft_id, now, state=PUBLISHED, version_no=no,
           expires_at=to_text(now + KEPT_AFTER_CLOSING))  # fmt: skip


def _close(
    connection: Connection, draft_id: str, state: str, action: str, actor: str, now: datetime
) -> None:
    lock_head(connection)
    require_open(connection, draft_id)
    _touch(connection, draft_id, now, state=state, expires_at=to_text(now + KEPT_AFTER_CLOSING))
    audit.append(connection, now, actor, action, f"draft:{draft_id}", {})


def _touch(connection: Connection, draft_id: str, now: datetime, **changes: object) -> None:
    connection.execute(
        update(draft).where(draft.c.id == draft_id).values(updated_at=to_text(now), **changes)
    )


def _drafts(connection: Connection, where, with_reports: bool = True) -> list[Draft]:
    # A report may be long; a list of many drafts does without.
    columns = [
        c if with_reports or c.name != "report" else literal("").label("report")
        for c in _WITHOUT_DATA
    ]
    order = (draft.c.created_at.desc(), draft.c.id)
    found = connection.execute(select(draft).where(where).order_by(*order)).mappings().all()
    files: dict[str, list[DraftFile]] = {}
    question = (
        select(*columns).select_from(draft_file).join(draft, draft.c.id == draft_file.c.draft_id)
    )
    for one in connection.execute(question.where(where).order_by(draft_file.c.n)).mappings():
        values = dict(one)
        files.setdefault(values.pop("draft_id"), []).append(DraftFile(**values))
    return [
        Draft(**dict(one) | {
            "created_at": to_moment(one["created_at"]),
            "updated_at": to_moment(one["updated_at"]),
            "expires_at": one["expires_at"] and to_moment(one["expires_at"]),
            "choices": json.loads(one["choices"]),
            "files": tuple(files[one["id"]]),
        })
        for one in found
    ]  # fmt: skip
