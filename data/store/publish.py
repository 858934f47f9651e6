"""Publishing (公表): prepared rows become a new version, or nothing happens at all.

`publish` works inside the caller's one write transaction; whatever it raises undoes it whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from data.store import drafts, queries
from data.store.errors import NothingToPublish, UnknownFile
from data.store.records import (
    FINAL,
    IMPORT,
    PROVISIONAL,
    PUBLISH,
    PartKey,
    PartRef,
    Publication,
    Published,
    check_key,
    clean_text,
    hash_rows,
    sha256,
    to_json,
    to_text,
    write_rows,
)
from data.store.schema import blob, draft_file, lock_head, part, row, upload, version
from data.store.versions import (
    check_head,
    check_persons,
    check_request,
    close_version,
    done_before,
    hash_version,
)


@dataclass(frozen=True)
class _Content:
    """One part ready to be stored. rows : (key, canonical JSON) in order."""

    rows: list[tuple[str, str]]
    sha256: str


@dataclass(frozen=True)
class _Original:
    """One file on its way to `blob` and `upload`. n : number within the publication."""

    n: int
    file_name: str
    data: bytes
    sha256: str
    report: str
    verdict: str


def prepare(publication: Publication) -> dict[PartKey, _Content]:
    """Check a publication and bring its rows into stored form, before any lock is taken.

    Raises ValueError for what a version cannot hold, SamePerson.
    """
    check_request(publication.reason, publication.idem_key)
    if publication.release not in (PROVISIONAL, FINAL):
        raise ValueError(f"公表の区分は暫定か確定です：{publication.release!r}")
    if publication.kind not in (PUBLISH, IMPORT):
        raise ValueError(f"公表の種類ではありません：{publication.kind!r}")
    if unknown := set(publication.part_files) - set(publication.parts):
        raise ValueError(f"公表しない所にファイルが付いています：{unknown}")
    if publication.draft_id is not None and publication.uploads:
        raise ValueError("提出を公表するときは、別のファイルを添えられません。")
    if publication.two_persons:
        check_persons(publication.approver, publication.submitter)
    if publication.visible_from is not None:
        to_text(publication.visible_from)
    contents = {}
    for key, rows in publication.parts.items():
        check_key(key)
        stored = write_rows(rows)
        contents[key] = _Content(stored, hash_rows(stored))
    return contents


def publish(
    connection: Connection,
    publication: Publication,
    contents: Mapping[PartKey, _Content],
    now: datetime,
) -> Published:
    """Make a version of prepared contents. Parts that stand as they are are left out.

    Raises Conflict, NothingToPublish, SamePerson, UnknownDraft, DraftClosed, UnknownFile.
    """
    newest = lock_head(connection)
    if done := done_before(connection, publication.idem_key):
        return done
    if publication.draft_id is not None:
        submitter = drafts.require_open(connection, publication.draft_id)
        if publication.two_persons:
            check_persons(publication.approver, submitter)
    check_head(connection, publication.expected_head, newest)
    current = queries.current_parts(connection, contents)
    changed = _changed(connection, publication, contents, current, now)
    if not changed:
        raise NothingToPublish
    no = newest + 1
    parts = {
        key: {
            "version_no": no, "dataset": key[0], "scope": key[1], "present": True,
            "n_rows": len(contents[key].rows), "content_sha256": contents[key].sha256,
            "upload_id": None, "origin_no": no,
            "previous_no": current[key].version_no if key in current else None,
        }
        for key in sorted(changed)
    }  # fmt: skip
    record = {
        "no": no, "parent_no": newest, "kind": publication.kind, "undoes_no": None,
        "release": publication.release, "reason": clean_text(publication.reason),
        "submitter": clean_text(publication.submitter),
        "approver": clean_text(publication.approver), "at": to_text(now),
        "visible_from": publication.visible_from and to_text(publication.visible_from),
        "effect": to_json(publication.effect), "idem_key": publication.idem_key,
        "content_sha256": hash_version(parts.values()),
    }  # fmt: skip
    connection.execute(insert(version).values(**record))
    numbers = _store_originals(connection, no, publication, now)
    for key, n in publication.part_files.items():
        if n not in numbers:
            raise UnknownFile(str(n))
        if key in parts:
            parts[key]["upload_id"] = numbers[n]
    connection.execute(insert(part), list(parts.values()))
    rows = [
        {"version_no": no, "dataset": key[0], "scope": key[1], "n": n, "key": name, "payload": text}
        for key in parts
        for n, (name, text) in enumerate(contents[key].rows)
    ]
    if rows:
        connection.execute(insert(row), rows)
    if publication.draft_id is not None:
        drafts.close_published(connection, publication.draft_id, no, now)
    close_version(connection, record, publication.approver or publication.submitter, now)
    return Published(no, True)


def _changed(
    connection: Connection,
    publication: Publication,
    contents: Mapping[PartKey, _Content],
    current: Mapping[PartKey, PartRef],
    now: datetime,
) -> list[PartKey]:
    """Which parts would differ from what stands there: in content, release or embargo?"""
    embargoes = select(version.c.no, version.c.visible_from).where(
        version.c.visible_from > to_text(now)
    )
    hidden = dict(connection.execute(embargoes).all())
    wanted = publication.visible_from and to_text(publication.visible_from)

    def stands(key: PartKey) -> bool:
        there = current.get(key)
        return (
            there is not None
            and there.content_sha256 == contents[key].sha256
            and there.release == publication.release
            and hidden.get(there.version_no, wanted) == wanted
        )

    return [key for key in contents if not stands(key)]


def _store_originals(
    connection: Connection, no: int, publication: Publication, now: datetime
) -> dict[int, int]:
    """Store the original files of a version; return their numbers → upload ids."""
    originals = _originals(connection, publication)
    if not originals:
        return {}
    hashes = {one.sha256: one for one in originals}
    known = set(
        connection.execute(select(blob.c.sha256).where(blob.c.sha256.in_(hashes))).scalars()
    )
    new = [
        {"sha256": name, "size": len(one.data), "data": one.data, "created_at": to_text(now)}
        for name, one in hashes.items()
        if name not in known
    ]
    if new:
        connection.execute(insert(blob), new)
    first = (connection.execute(select(func.max(upload.c.id))).scalar_one() or 0) + 1
    ids = {one.n: first + place for place, one in enumerate(originals)}
    connection.execute(insert(upload), [
        {"id": ids[one.n], "version_no": no, "n": one.n, "sha256": one.sha256,
         "file_name": one.file_name, "actor": clean_text(publication.submitter),
         "at": to_text(now), "report": one.report, "verdict": one.verdict}
        for one in originals
    ])  # fmt: skip
    return ids


def _originals(connection: Connection, publication: Publication) -> list[_Original]:
    if publication.draft_id is None:
        return [
            _Original(n, clean_text(name), data, sha256(data), "", "")
            for n, (name, data) in enumerate(publication.uploads)
        ]
    question = select(draft_file).where(draft_file.c.draft_id == publication.draft_id)
    if publication.files is not None:
        question = question.where(draft_file.c.n.in_(publication.files))
    return [
        _Original(one.n, one.file_name, bytes(one.data), one.sha256, one.report, one.verdict)
        for one in connection.execute(question.order_by(draft_file.c.n))
    ]
