"""What is put into the store and what comes out of it (版・提出・原本).

Pure: no database, no clock. Times are aware datetimes here and UTC text in the tables.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

# (dataset, scope): what a version replaces as a whole. scope is a prefecture code, "00" for the
# nation, or another short name for what is not by prefecture.
PartKey = tuple[str, str]
# (key, column → text): one published row.
Row = tuple[str, Mapping[str, str]]

OPEN, PUBLISHED, REJECTED, WITHDRAWN = "open", "published", "rejected", "withdrawn"
DRAFT_STATES = (OPEN, PUBLISHED, REJECTED, WITHDRAWN)
PUBLISH, UNDO, IMPORT = "publish", "undo", "import"
PROVISIONAL, FINAL = "暫定", "確定"
# Content hash of a part that is absent: the bundled data holds there.
ABSENT = ""

_SCOPE = re.compile(r"[0-9a-z][0-9a-z+-]{0,15}")
_DATASET = re.compile(r"[a-z][a-z0-9_]{0,62}")
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
# What PostgreSQL or UTF-8 cannot hold: NUL and halves of surrogate pairs.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Publication:
    """Everything one publication consists of (公表).

    parts : (dataset, scope) → its rows, in order; each part replaces the whole former one.
    expected_head : version the difference was shown against.  release : 暫定 or 確定.
    idem_key : the same key never publishes twice.  draft_id : the draft that is published by it.
    files : numbers of the draft's files that become originals of the version, None = all.
    uploads : (file name, content) of the originals where there is no draft.
    part_files : (dataset, scope) → number of the file (from 0) its rows came from.
    visible_from : embargo (解禁日時), None = at once.  effect : effect on the KPIs, for JSON.
    two_persons : the approver must not be the submitter.
    """

    parts: Mapping[PartKey, Sequence[Row]]
    expected_head: int
    release: str
    reason: str
    submitter: str
    approver: str
    idem_key: str
    draft_id: str | None = None
    files: Sequence[int] | None = None
    uploads: Sequence[tuple[str, bytes]] = ()
    part_files: Mapping[PartKey, int] = field(default_factory=dict)
    visible_from: datetime | None = None
    effect: Mapping[str, object] = field(default_factory=dict)
    kind: str = PUBLISH
    two_persons: bool = False


@dataclass(frozen=True)
class Published:
    """Which version it became. was_new : False if the same idempotency key had done it before."""

    no: int
    was_new: bool


@dataclass(frozen=True)
class PartRef:
    """One part of a version. present : False where an undo went back to the bundled data.

    previous_no : version of the part it replaced, None = the bundled data.  origin_no : version
    its content was first published in (its own number unless it is an undo), None if absent.
    release : 暫定／確定 of the origin, "" if absent.
    """

    version_no: int
    dataset: str
    scope: str
    present: bool
    n_rows: int
    content_sha256: str
    upload_id: int | None
    previous_no: int | None
    origin_no: int | None
    release: str

    def key(self) -> PartKey:
        """Return (dataset, scope)."""
        return self.dataset, self.scope


@dataclass(frozen=True)
class Version:
    """One published version (版). release : "" for an undo, whose parts keep their own.

    undoes_no : version it takes back.  undone_by : newest version that takes this one back.
    """

    no: int
    parent_no: int
    kind: str
    undoes_no: int | None
    undone_by: int | None
    release: str
    reason: str
    submitter: str
    approver: str
    at: datetime
    visible_from: datetime | None
    effect: Mapping[str, object]
    content_sha256: str
    idem_key: str
    parts: tuple[PartRef, ...] = ()


@dataclass(frozen=True)
class Upload:
    """An original file a version rests on (原本). n : its number among the version's files."""

    id: int
    version_no: int
    n: int
    sha256: str
    size: int
    file_name: str
    actor: str
    at: datetime
    report: str
    verdict: str


@dataclass(frozen=True)
class DraftFile:
    """One file of a draft, without its bytes. report : JSON text, "" until checked."""

    n: int
    file_name: str
    sha256: str
    size: int
    report: str
    verdict: str


@dataclass(frozen=True)
class Draft:
    """Files received together (提出). choices : repairs declined, warnings ticked, as given.

    expires_at : when a closed draft is purged, None while it is open.
    """

    id: str
    state: str
    submitter: str
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None
    choices: Mapping[str, object]
    version_no: int | None
    files: tuple[DraftFile, ...] = ()


@dataclass(frozen=True)
class AuditEntry:
    """One line of the audit log (操作記録). hash covers the line and the one before it."""

    seq: int
    at: str
    actor: str
    action: str
    object: str
    detail: str
    prev_hash: str
    hash: str


def to_json(value: object) -> str:
    """Return canonical JSON: sorted keys, no spaces, Japanese as it is."""
    return _encode(value)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def to_text(moment: datetime) -> str:
    """Return a moment as UTC text of fixed width, so that text order is time order.

    Raises ValueError for a time without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("時刻には時間帯が要ります。")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_moment(text: str) -> datetime:
    """Return the moment `to_text` wrote down."""
    return datetime.fromisoformat(text)


def clean_text(text: str) -> str:
    """Return free text without what no engine can hold (NUL, halves of surrogate pairs)."""
    return _UNSTORABLE.sub("\ufffd", text)


def check_key(key: PartKey) -> None:
    """Raise ValueError if (dataset, scope) are not two short names."""
    dataset, scope = key
    if not (_DATASET.fullmatch(dataset) and _SCOPE.fullmatch(scope)):
        raise ValueError(f"表の名前または地域が正しくありません：{dataset!r} {scope!r}")


def write_rows(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Return rows as they are stored: (key, canonical JSON), in the given order.

    Raises ValueError for a repeated key, a value that is not text, or text that cannot be kept
    as it is; a published value is never changed on the way in.
    """
    stored = []
    seen = set()
    for key, payload in rows:
        texts = (key, *payload.keys(), *payload.values())
        if not all(isinstance(text, str) and not _UNSTORABLE.search(text) for text in texts):
            raise ValueError(f"文字列として保管できない値があります：{key!r}")
        if key in seen:
            raise ValueError(f"同じ行が二度あります：{key}")
        seen.add(key)
        stored.append((key, to_json(dict(payload))))
    return stored


def hash_rows(rows: Iterable[tuple[str, str]]) -> str:
    """Return the content hash of a part: over its stored rows in order."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(to_json(list(row)).encode() + b"\n")
    return digest.hexdigest()


def hash_parts(parts: Iterable[tuple[str, str, bool, int, str]]) -> str:
    """Return the content hash of a version.

    parts : (dataset, scope, present, n_rows, content_sha256) in any order.
    """
    digest = hashlib.sha256()
    for part in sorted(parts):
        digest.update(to_json(list(part)).encode() + b"\n")
    return digest.hexdigest()
