"""The store as the rest of the dashboard sees it (版の保管).

Every method is one transaction and takes the time it happens at. A method that writes has
either done all of it when it returns, durably, or nothing when it raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from data.store import audit, drafts, publish, queries, undo
from data.store.engine import reading, writing
from data.store.errors import StoreMissing, UnknownFile, UnknownVersion
from data.store.location import store_url
from data.store.migrations import ready_engine
from data.store.records import (
    OPEN,
    AuditEntry,
    Draft,
    PartKey,
    PartRef,
    Publication,
    Published,
    Upload,
    Version,
)
from data.store.versions import check_persons, check_request

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Store:
    """A handle on one store. Cheap, and safe to share between threads and after a fork.

    Without a store yet, and unless it may create one, it reads as version 0 (only the bundled
    data) and refuses to write with StoreMissing. Any method may raise StoreUnavailable.
    """

    def __init__(self, url: str, create: bool = True):
        self.url, self.create = url, create

    @classmethod
    def open(cls, url: str | None = None, folder: Path | None = None, create: bool = True) -> Store:
        """Open the store at an address, in a folder, or where the settings say.

        create : make an empty one if there is none. Raises StoreUnavailable, NewerStore.
        """
        store = cls(url or store_url(folder), create)
        ready_engine(store.url, create)
        return store

    # Published versions

    def head(self) -> int:
        """Which version is the newest? 0 before anything was published."""
        return self._ask(0, queries.read_head)

    def hidden(self, now: datetime) -> tuple[int, ...]:
        """Which versions may not be seen yet (解禁前)?"""
        return self._ask((), queries.read_hidden, now)

    def parts_at(self, no: int | None = None, hidden: Sequence[int] = ()) -> dict[PartKey, PartRef]:
        """Which part holds at every place as of a version (None = the newest)?

        A place without a part, or with one that is not present, shows the bundled data. hidden :
        versions to look past, from `hidden(now)`. Raises UnknownVersion.
        """
        return self._ask(_nothing_at(no, {}), queries.parts_at, no, hidden)

    def rows_at(
        self, dataset: str, no: int | None = None, hidden: Sequence[int] = ()
    ) -> list[tuple[str, int, str, dict[str, str]]]:
        """Which rows of a dataset hold as of a version (None = the newest)?

        One (scope, version_no, key, payload) per row, by scope, then in the published order.
        Raises UnknownVersion.
        """
        return self._ask(_nothing_at(no, []), queries.rows_at, dataset, no, hidden)

    def history(self, limit: int | None = None) -> list[Version]:
        """Which versions are there, newest first, with their parts?"""
        return self._ask([], queries.read_history, limit)

    def version(self, no: int) -> Version:
        """What is one version? Raises UnknownVersion."""
        return self._ask(UnknownVersion(no), queries.read_version, no)

    def uploads_of(self, no: int) -> list[Upload]:
        """Which original files does a version rest on? Raises UnknownVersion."""
        return self._ask(UnknownVersion(no), queries.uploads_of, no)

    def original(self, sha256: str) -> tuple[str, bytes]:
        """Return name and bytes of an original file. Raises UnknownFile."""
        return self._ask(UnknownFile(sha256), queries.read_original, sha256)

    def publish(self, publication: Publication, now: datetime) -> Published:
        """Make a version, or return the one the same idempotency key has made before.

        Raises
        ------
        Conflict : somebody published in between.  NothingToPublish : all parts stand already.
        SamePerson : two persons are asked for.  UnknownDraft, DraftClosed, UnknownFile.
        ValueError : no reason, or rows that cannot be kept as they are.
        """
        contents = publish.prepare(publication)
        return self._do(publish.publish, publication, contents, now)

    def undo(
        self,
        no: int,
        expected_head: int,
        reason: str,
        actor: str,
        now: datetime,
        idem_key: str,
        approver: str = "",
        two_persons: bool = False,
        effect: Mapping[str, object] | None = None,
    ) -> Published:
        """Make a version that restores what version `no` replaced; undoing an undo redoes it.

        approver : "" = the actor. It takes effect at once, but content that comes back keeps
        its own embargo. Raises UnknownVersion, Conflict, UndoBlocked, SamePerson, ValueError.
        """
        check_request(reason, idem_key)
        if two_persons:
            check_persons(approver or actor, actor)
        return self._do(
            undo.undo, no, expected_head=expected_head, reason=reason, actor=actor, now=now,
            idem_key=idem_key, approver=approver or actor, effect=effect or {},
        )  # fmt: skip

    # Drafts

    def receive(self, files: Sequence[tuple[str, bytes]], submitter: str, now: datetime) -> str:
        """Keep (file name, content) of files that arrived together; return the draft's name."""
        return self._do(drafts.receive, files, submitter, now)

    def read_draft(self, draft_id: str) -> Draft | None:
        """What is in a draft, bytes apart? None if there is none of this name."""
        return self._ask(None, drafts.read_draft, draft_id)

    def draft_content(self, draft_id: str, n: int) -> bytes:
        """What are the bytes of a draft's n-th file (from 0)? Raises UnknownFile."""
        return self._ask(UnknownFile(f"{draft_id}/{n}"), drafts.draft_content, draft_id, n)

    def list_drafts(self, states: Sequence[str] = (OPEN,)) -> list[Draft]:
        """Which drafts are in one of the states, the newest first?"""
        return self._ask([], drafts.list_drafts, states)

    def save_report(self, draft_id: str, n: int, report: str, verdict: str, now: datetime) -> None:
        """Keep what the check said about a file. Raises UnknownDraft, DraftClosed, UnknownFile."""
        self._do(drafts.save_report, draft_id, n, report, verdict, now)

    def save_choices(self, draft_id: str, choices: Mapping[str, object], now: datetime) -> None:
        """Keep what was ticked and declined so far. Raises UnknownDraft, DraftClosed."""
        self._do(drafts.save_choices, draft_id, choices, now)

    def reject(self, draft_id: str, actor: str, now: datetime) -> None:
        """Send a draft back; it is kept for 30 days. Raises UnknownDraft, DraftClosed."""
        self._do(drafts.reject, draft_id, actor, now)

    def withdraw(self, draft_id: str, actor: str, now: datetime) -> None:
        """Take a draft back; it is kept for 30 days. Raises UnknownDraft, DraftClosed."""
        self._do(drafts.withdraw, draft_id, actor, now)

    def purge(self, now: datetime) -> list[str]:
        """Drop drafts closed without publication 30 days ago; return their names."""
        return self._do(drafts.purge, now)

    # Audit

    def audit_entries(self) -> list[AuditEntry]:
        """Return the audit log, oldest first."""
        return self._ask([], audit.entries)

    def _ask(
        self,
        without_store: _T | Exception,
        question: Callable[Concatenate[Connection, _P], _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        engine = ready_engine(self.url, self.create)
        if engine is None:
            if isinstance(without_store, Exception):
                raise without_store
            return without_store
        with reading(engine) as connection:
            return question(connection, *args, **kwargs)

    def _do(
        self,
        action: Callable[Concatenate[Connection, _P], _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        engine = ready_engine(self.url, self.create)
        if engine is None:
            raise StoreMissing
        with writing(engine) as connection:
            return action(connection, *args, **kwargs)


def _nothing_at(no: int | None, nothing: _T) -> _T | UnknownVersion:
    return UnknownVersion(no) if no else nothing
