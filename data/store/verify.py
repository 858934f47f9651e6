"""Is everything in the store as it was written (検査)?

The one checker of all invariants: used by the tests after every deed, for every backup, and by
whoever wants to know. Each problem is one Japanese line naming the place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, Row, func, select, text

from data.store import audit
from data.store.engine import reading
from data.store.errors import StoreError
from data.store.migrations import ready_engine
from data.store.records import (
    ABSENT,
    OPEN,
    PUBLISHED,
    UNDO,
    PartKey,
    hash_rows,
    sha256,
    to_json,
)
from data.store.schema import (
    blob,
    draft,
    draft_file,
    head,
    missing_triggers,
    part,
    row,
    upload,
    version,
)
from data.store.store import Store
from data.store.versions import audit_detail, hash_version

_CHUNK = 500


def verify(store: Store, since: int = 0) -> list[str]:
    """What is wrong with a store? An empty list if it is sound, or if there is none yet.

    since : rows and files of versions up to this one are taken on trust, their chain is not.
    """
    try:
        engine = ready_engine(store.url, create=False)
        if engine is None:
            return []
        with reading(engine) as connection:
            return find_problems(connection, since)
    except StoreError as error:
        return [str(error)]


def find_problems(connection: Connection, since: int = 0) -> list[str]:
    """What is wrong with the store behind a connection? See `verify`."""
    versions = connection.execute(select(version).order_by(version.c.no)).all()
    order = (part.c.version_no, part.c.dataset, part.c.scope)
    parts: dict[int, list[Row]] = {
        no: list(found)
        for no, found in groupby(
            connection.execute(select(part).order_by(*order)), attrgetter("version_no")
        )
    }
    return [
        *(_check_engine(connection) if not since else ()),
        *_check_chain(connection, versions, parts),
        *_check_parts(versions, parts),
        *_check_rows(connection, parts, since),
        *_check_originals(connection, since),
        *_check_drafts(connection, versions),
        *_check_audit(connection, versions),
    ]


def _check_engine(connection: Connection) -> Iterator[str]:
    """Are the triggers in place? SQLite also looks at its pages, indexes and references."""
    if missing := missing_triggers(connection):
        yield f"書き換えを防ぐ仕掛けがありません：{'、'.join(missing[:5])}"
    if connection.dialect.name != "sqlite":
        return
    for (found,) in connection.execute(text("PRAGMA integrity_check")):
        if found != "ok":
            yield f"ファイルが壊れています：{found}"
    for table, *_ in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"表 {table} に、指す先のない行があります。"


def _check_chain(
    connection: Connection, versions: Sequence[Row], parts: Mapping[int, Sequence[Row]]
) -> Iterator[str]:
    """Versions 1, 2, 3 … up to the head, each with parts that give its hash."""
    heads = connection.execute(select(head.c.no)).scalars().all()
    if heads != [len(versions)] or [one.no for one in versions] != list(range(1, heads[0] + 1)):
        yield f"版の並びが途切れています（先頭は第{heads}版、記録は{len(versions)}件）。"
    if strays := set(parts) - {one.no for one in versions}:
        yield f"版のない部分があります：{sorted(strays)[:5]}"
    for one in versions:
        own = parts.get(one.no, ())
        if one.parent_no != one.no - 1:
            yield f"第{one.no}版の親が第{one.parent_no}版になっています。"
        if not own:
            yield f"第{one.no}版に中身がありません。"
        if hash_version(found._mapping for found in own) != one.content_sha256:
            yield f"第{one.no}版の内容が、記録されたハッシュと違います。"
        if not one.reason.strip():
            yield f"第{one.no}版に理由がありません。"


def _check_parts(versions: Sequence[Row], parts: Mapping[int, Sequence[Row]]) -> Iterator[str]:
    """Each part replaced what stood there, and an undo restored what its version replaced."""
    standing: dict[PartKey, Row] = {}
    by_place = {(no, one.dataset, one.scope): one for no, found in parts.items() for one in found}
    for one in versions:
        own = {(found.dataset, found.scope): found for found in parts.get(one.no, ())}
        for key, found in own.items():
            before = standing.get(key)
            if found.previous_no != (before.version_no if before else None):
                yield f"{_place(found)}：前の版が第{found.previous_no}版になっています。"
            if one.kind != UNDO and found.origin_no != one.no:
                yield f"{_place(found)}：内容の出どころが第{found.origin_no}版になっています。"
            if not found.present and (found.n_rows or found.content_sha256 != ABSENT):
                yield f"{_place(found)}：無いはずの内容があります。"
        if one.kind == UNDO:
            yield from _check_undo(one, own, parts.get(one.undoes_no, ()), standing, by_place)
        standing |= own


def _check_undo(
    undo: Row,
    own: Mapping[PartKey, Row],
    undone: Sequence[Row],
    standing: Mapping[PartKey, Row],
    by_place: Mapping[tuple[int, str, str], Row],
) -> Iterator[str]:
    if set(own) != {(one.dataset, one.scope) for one in undone} or undo.undoes_no >= undo.no:
        yield f"第{undo.no}版は第{undo.undoes_no}版の取り消しですが、範囲が違います。"
        return
    for one in undone:
        key = (one.dataset, one.scope)
        if key not in standing or standing[key].origin_no != one.origin_no:
            yield f"{_place(own[key])}：後の版が変えた所を取り消しています。"
        old = by_place.get((one.previous_no, *key))
        names = ("present", "n_rows", "content_sha256", "origin_no", "upload_id")
        wanted = (
            tuple(old._mapping[name] for name in names) if old else (False, 0, ABSENT, None, None)
        )
        if tuple(own[key]._mapping[name] for name in names) != wanted:
            yield f"{_place(own[key])}：取り消しで戻した内容が、もとの内容と違います。"


def _check_rows(
    connection: Connection, parts: Mapping[int, Sequence[Row]], since: int
) -> Iterator[str]:
    """Each part has as many rows as it says, in order, giving its hash."""
    expected = {
        (no, one.dataset, one.scope): one
        for no, found in parts.items()
        if no > since
        for one in found
        if one.present
    }
    order = (row.c.version_no, row.c.dataset, row.c.scope, row.c.n)
    rows = connection.execute(
        select(row).where(row.c.version_no > since).order_by(*order),
        execution_options={"yield_per": _CHUNK},
    )
    for key, group in groupby(rows, attrgetter("version_no", "dataset", "scope")):
        found = list(group)
        one = expected.pop(key, None)
        if one is None:
            yield f"第{key[0]}版 {key[1]} {key[2]}：部分のない行があります。"
            continue
        if [line.n for line in found] != list(range(one.n_rows)):
            yield f"{_place(one)}：{one.n_rows}行のはずが{len(found)}行あります。"
        if hash_rows((line.key, line.payload) for line in found) != one.content_sha256:
            yield f"{_place(one)}：行の内容が、記録されたハッシュと違います。"
        if not all(_is_canonical(line.payload) for line in found):
            yield f"{_place(one)}：行が決まった書き方になっていません。"
    for one in expected.values():
        if one.n_rows or hash_rows(()) != one.content_sha256:
            yield f"{_place(one)}：{one.n_rows}行のはずが0行です。"


def _check_originals(connection: Connection, since: int) -> Iterator[str]:
    """Each original's bytes give its hash, and each belongs to a version."""
    own = select(upload.c.sha256).where(upload.c.version_no > since)
    names = connection.execute(select(blob.c.sha256).where(blob.c.sha256.in_(own))).scalars().all()
    for name in names:
        # One at a time: originals may be large.
        size, data = connection.execute(
            select(blob.c.size, blob.c.data).where(blob.c.sha256 == name)
        ).one()
        if len(data) != size or sha256(bytes(data)) != name:
            yield f"原本 {name[:12]} の中身が、記録されたハッシュと違います。"
    used = select(upload.c.sha256)
    for name in connection.execute(
        select(blob.c.sha256).where(blob.c.sha256.not_in(used))
    ).scalars():
        yield f"原本 {name[:12]} を使う版がありません。"
    strays = connection.execute(
        select(func.count())
        .select_from(part.join(upload, upload.c.id == part.c.upload_id))
        .join(version, version.c.no == part.c.version_no)
        .where(version.c.kind != UNDO, upload.c.version_no != part.c.version_no)
    ).scalar_one()
    if strays:
        yield f"別の版の原本を指す部分が{strays}件あります。"


def _check_drafts(connection: Connection, versions: Sequence[Row]) -> Iterator[str]:
    """A published draft has its own version; received bytes are what was received."""
    known = {one.no for one in versions}
    taken: set[int] = set()
    files: dict[str, list[Row]] = {}
    columns = [column for column in draft_file.c if column.name != "data"]
    stored = draft_file.c.data.is_not(None).label("stored")
    for one in connection.execute(select(*columns, stored).order_by(draft_file.c.n)):
        files.setdefault(one.draft_id, []).append(one)
    for one in connection.execute(select(draft)):
        if one.state == PUBLISHED and (one.version_no not in known or one.version_no in taken):
            yield f"提出 {one.id} の版（第{one.version_no}版）がありません。"
        taken.add(one.version_no)
        if (one.expires_at is None) != (one.state == OPEN):
            yield f"提出 {one.id} の保管期限がおかしくなっています。"
        own = files.pop(one.id, [])
        if [found.n for found in own] != list(range(len(own))) or not own:
            yield f"提出 {one.id} のファイルが欠けています。"
        if one.state != PUBLISHED and not all(found.stored for found in own):
            yield f"提出 {one.id} のファイルの中身がありません。"
        for found in own:
            if found.stored and not _bytes_match(connection, found):
                yield f"提出 {one.id} の{found.n + 1}番目のファイルが、受け取ったものと違います。"
    for name in files:
        yield f"提出 {name} の記録がなく、ファイルだけが残っています。"


def _bytes_match(connection: Connection, found: Row) -> bool:
    data = connection.execute(
        select(draft_file.c.data).where(
            draft_file.c.draft_id == found.draft_id, draft_file.c.n == found.n
        )
    ).scalar_one()
    return len(data) == found.size and sha256(bytes(data)) == found.sha256


def _check_audit(connection: Connection, versions: Sequence[Row]) -> Iterator[str]:
    """The log is one unbroken chain, and says of every version what the version says."""
    said: dict[str, list] = {}
    prev_hash = ""
    for seq, line in enumerate(audit.entries(connection), start=1):
        values = vars(line)
        sealed = line.hash == audit.hash_line(values) and line.prev_hash == prev_hash
        if line.seq != seq or not sealed:
            yield f"操作記録が{seq}番目で途切れているか、書き換えられています。"
            return
        prev_hash = line.hash
        if line.object.startswith("version:"):
            said.setdefault(line.object, []).append(line)
    for one in versions:
        lines = said.pop(f"version:{one.no}", [])
        detail = to_json(audit_detail(one._mapping))
        if [(line.action, line.at, line.detail) for line in lines] != [(one.kind, one.at, detail)]:
            yield f"第{one.no}版の記録が、操作記録と違います。"
    for name in said:
        yield f"操作記録にある {name} がありません。"


def _place(one: Row) -> str:
    return f"第{one.version_no}版 {one.dataset} {one.scope}"


def _is_canonical(payload: str) -> bool:
    try:
        return to_json(json.loads(payload)) == payload
    except ValueError:
        return False
