"""Questions to the published versions. Each works inside the caller's read transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    and_,
    func,
    or_,
    select,
    tuple_,
)

from data.store.errors import UnknownFile, UnknownVersion
from data.store.records import (
    PartKey,
    PartRef,
    Upload,
    Version,
    to_moment,
    to_text,
)
from data.store.schema import blob, head, part, row, upload, version

_HEAD = select(head.c.no)
_origin = version.alias("origin")
_PARTS = select(part, func.coalesce(_origin.c.release, "").label("release")).select_from(
    part.outerjoin(_origin, _origin.c.no == part.c.origin_no)
)
_UPLOADS = select(upload, blob.c.size).join(blob, blob.c.sha256 == upload.c.sha256)


def read_head(connection: Connection) -> int:
    """Which version is the newest? 0 before anything was published."""
    return connection.execute(_HEAD).scalar_one()


def read_hidden(connection: Connection, now: datetime) -> tuple[int, ...]:
    """Which versions may not be seen yet (解禁前)?"""
    question = select(version.c.no).where(version.c.visible_from > to_text(now))
    return tuple(connection.execute(question.order_by(version.c.no)).scalars())


def parts_at(
    connection: Connection, no: int | None = None, hidden: Sequence[int] = ()
) -> dict[PartKey, PartRef]:
    """Which part holds at every place, as of a version (None = the newest)?

    hidden : versions to look past. An undo among them is looked past together with what it
    took back. Raises UnknownVersion.
    """
    newest = _newest_parts(_check_no(connection, no), hidden)
    question = _PARTS.join(newest, _same_place(part, newest))
    return _by_key(connection, question.order_by(part.c.dataset, part.c.scope))


def rows_at(
    connection: Connection, dataset: str, no: int | None = None, hidden: Sequence[int] = ()
) -> list[tuple[str, int, str, dict[str, str]]]:
    """Which rows of a dataset hold as of a version (None = the newest)?

    Returns one (scope, version_no, key, payload) per row, by scope and then as published. hidden
    as in `parts_at`. Raises UnknownVersion.
    """
    newest = _newest_parts(_check_no(connection, no), hidden, part.c.dataset == dataset)
    question = (
        select(row.c.scope, row.c.version_no, row.c.key, row.c.payload)
        .join(newest, _same_place(row, newest))
        .order_by(row.c.scope, row.c.n)
    )
    return [
        (scope, version_no, key, json.loads(payload))
        for scope, version_no, key, payload in connection.execute(question)
    ]


def read_version(connection: Connection, no: int) -> Version:
    """What is one version, with its parts? Raises UnknownVersion."""
    found = _versions(connection, version.c.no == no)
    if not found:
        raise UnknownVersion(no)
    return found[0]


def read_history(connection: Connection, limit: int | None = None) -> list[Version]:
    """Which versions are there, newest first, with their parts?

    limit : only so many of the newest.
    """
    after = 0 if limit is None else read_head(connection) - limit
    return _versions(connection, version.c.no > after)[::-1]


def versions_between(connection: Connection, after: int, upto: int) -> list[Version]:
    """Which versions came after one and up to another, oldest first?"""
    return _versions(connection, and_(version.c.no > after, version.c.no <= upto))


def current_parts(connection: Connection, places: Iterable[PartKey]) -> dict[PartKey, PartRef]:
    """Which part holds at some places, embargoed or not? A place never published is left out."""
    at_places = tuple_(part.c.dataset, part.c.scope).in_(list(places))
    newest = _newest_parts(read_head(connection), (), at_places)
    return _by_key(connection, _PARTS.join(newest, _same_place(part, newest)))


def read_parts(
    connection: Connection, wanted: Iterable[tuple[int, str, str]]
) -> dict[PartKey, PartRef]:
    """What are the parts named by (version_no, dataset, scope), one for every place at most?"""
    names = tuple_(part.c.version_no, part.c.dataset, part.c.scope)
    return _by_key(connection, _PARTS.where(names.in_(list(wanted))))


def uploads_of(connection: Connection, no: int) -> list[Upload]:
    """Which original files does a version rest on?

    Its own, or for an undo those its restored rows came from. Raises UnknownVersion.
    """
    if not 1 <= no <= read_head(connection):
        raise UnknownVersion(no)
    restored = select(part.c.upload_id).where(part.c.version_no == no)
    question = _UPLOADS.where(or_(upload.c.version_no == no, upload.c.id.in_(restored)))
    return [_upload(found) for found in connection.execute(
        question.order_by(upload.c.id)).mappings()]  # fmt: skip


def read_original(connection: Connection, sha256: str) -> tuple[str, bytes]:
    """What was an original file called when it was last published, and what is in it?

    Raises UnknownFile.
    """
    question = (
        select(upload.c.file_name, blob.c.data)
        .join(blob, blob.c.sha256 == upload.c.sha256)
        .where(upload.c.sha256 == sha256)
        .order_by(upload.c.id.desc())
        .limit(1)
    )
    found = connection.execute(question).one_or_none()
    if found is None:
        raise UnknownFile(sha256)
    return found.file_name, bytes(found.data)


def _check_no(connection: Connection, no: int | None) -> int:
    newest = read_head(connection)
    if no is not None and not 0 <= no <= newest:
        raise UnknownVersion(no)
    return newest if no is None else no


def _same_place(table: FromClause, newest: Subquery) -> ColumnElement[bool]:
    names = ("version_no", "dataset", "scope")
    return and_(*(table.c[name] == newest.c[name] for name in names))


def _newest_parts(no: int, hidden: Sequence[int], *where: ColumnElement[bool]) -> Subquery:
    """For every place the number of the part that holds."""
    conditions = [part.c.version_no <= no, *where]
    if hidden:
        conditions += [part.c.version_no.not_in(hidden), ~_taken_back_in_hiding(no, hidden)]
    return (
        select(part.c.dataset, part.c.scope, func.max(part.c.version_no).label("version_no"))
        .where(*conditions)
        .group_by(part.c.dataset, part.c.scope)
        .subquery()
    )


def _taken_back_in_hiding(no: int, hidden: Sequence[int]) -> ColumnElement[bool]:
    """Is a part among those an embargoed undo passed over?

    An undo that restores embargoed content is embargoed itself. What it took back must not come
    to light again meanwhile, so at its places everything from the undone version on is passed.
    """
    undo, undone = version.alias("undo"), part.alias("undone")
    return (
        select(1)
        .select_from(undo.join(undone, undone.c.version_no == undo.c.no))
        .where(
            undo.c.no.in_(hidden),
            undo.c.no <= no,
            undone.c.dataset == part.c.dataset,
            undone.c.scope == part.c.scope,
            part.c.version_no.between(undo.c.undoes_no, undo.c.no),
        )
        .exists()
    )


def _versions(connection: Connection, where: ColumnElement[bool]) -> list[Version]:
    """Versions with their parts, oldest first."""
    found = connection.execute(select(version).where(where).order_by(version.c.no)).mappings().all()
    if not found:
        return []
    numbers = part.c.version_no.between(found[0]["no"], found[-1]["no"])
    parts: dict[int, list[PartRef]] = {}
    for ref in _part_refs(
        connection, _PARTS.where(numbers).order_by(part.c.version_no, part.c.dataset, part.c.scope)
    ):
        parts.setdefault(ref.version_no, []).append(ref)
    undone = dict(
        connection.execute(
            select(version.c.undoes_no, func.max(version.c.no))
            .where(version.c.undoes_no >= found[0]["no"])
            .group_by(version.c.undoes_no)
        ).all()
    )
    return [_version(one, undone.get(one["no"]), parts.get(one["no"], ())) for one in found]


def _version(one: Mapping, undone_by: int | None, parts: Sequence[PartRef]) -> Version:
    values = dict(one) | {
        "at": to_moment(one["at"]),
        "visible_from": one["visible_from"] and to_moment(one["visible_from"]),
        "effect": json.loads(one["effect"]),
    }
    return Version(**values, undone_by=undone_by, parts=tuple(parts))


def _by_key(connection: Connection, question: Select) -> dict[PartKey, PartRef]:
    return {found.key(): found for found in _part_refs(connection, question)}


def _part_refs(connection: Connection, question: Select) -> list[PartRef]:
    return [PartRef(**found) for found in connection.execute(question).mappings()]


def _upload(found: Mapping) -> Upload:
    return Upload(**dict(found) | {"at": to_moment(found["at"])})
