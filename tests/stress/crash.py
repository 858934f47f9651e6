"""Kill the publishing process over and over: is anything lost or half-published?

    python -m tests.stress.crash --kills 1000                       SQLite
    python -m tests.stress.crash --kills 1000 --postgres            a PostgreSQL of its own
    python -m tests.stress.crash --kills 1000 --url postgresql+psycopg://…   an empty database

A child publishes and undoes without end and says through a pipe what it is about to do and what
it was told is done. It is killed with SIGKILL, in turn at a named point inside a transaction and
at a random moment. After each kill the store is compared with what the child was told, and what
it had under way is asked for again with the same idempotency key.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event

from data.store.engine import close_engines, engine_for
from data.store.location import file_url
from data.store.records import Publication, Published, hash_rows, sha256, write_rows
from data.store.store import Store
from data.store.verify import verify

NOW = datetime(2026, 4, 22, tzinfo=UTC)
DATASET = "frameworks"
SCOPES = ("05", "13", "27")
ROWS_PER_SCOPE = 15
FILE_BYTES = 20_000
# Every so many deeds an undo; the rest are publications.
UNDO_EVERY = 7
VERIFY_EVERY = 25
# Name of a point inside a transaction → the statement the process is killed right after.
POINTS = {
    "head locked": r"SELECT head\.no",
    "key looked up": r"SELECT version\.no",
    "version": r"INSERT INTO version",
    "original": r"INSERT INTO blob",
    "upload": r"INSERT INTO upload",
    "part": r"INSERT INTO part",
    "row": r'INSERT INTO "?row"?',
    "draft": r"UPDATE draft ",
    "audit": r"INSERT INTO audit",
    "head": r"UPDATE head",
}
BEFORE_COMMIT = "before commit"
# Outside: all is done, but nobody has been told.
AFTER_COMMIT = "after commit"
AT_RANDOM = "random moment"


@dataclass
class Figures:
    """What a run has seen."""

    kills: int = 0
    inside: int = 0
    acknowledged: int = 0
    # Committed, but killed before it could say so: why the idempotency key is needed.
    unacknowledged: int = 0
    rolled_back: int = 0
    versions: int = 0
    seconds: float = 0.0
    publish_ms: list[float] = field(default_factory=list)
    at: Counter = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def is_clean(self) -> bool:
        """Was nothing lost, nothing half-published and the store sound throughout?"""
        return not (self.lost or self.half or self.problems)

    def to_text(self) -> str:
        """Return the figures as a person reads them."""
        times = sorted(self.publish_ms) or [0.0]
        lines = [
            f"kills {self.kills}, inside a transaction {self.inside}"
            f" ({self.inside / max(self.kills, 1):.0%}), {self.seconds:.0f} s",
            f"versions {self.versions}: acknowledged {self.acknowledged},"
            f" committed but not acknowledged {self.unacknowledged};"
            f" rolled back and asked for again {self.rolled_back}",
            f"lost {len(self.lost)}, half {len(self.half)}, problems {len(self.problems)}",
            f"publish median {times[len(times) // 2]:.1f} ms, max {times[-1]:.1f} ms",
            "killed at: " + ", ".join(f"{name} {n}" for name, n in sorted(self.at.items())),
        ]
        return "\n".join(lines + self.lost[:5] + self.half[:5] + self.problems[:5])


def run(url: str, kills: int, seconds: float, seed: int = 1) -> Figures:
    """Kill that often, or until the time is over."""
    dice = random.Random(seed)
    figures = Figures()
    store = Store.open(url)
    start = time.monotonic()
    done: dict[int, int] = {}
    next_deed = 0
    checked = 0
    names = [*POINTS, BEFORE_COMMIT, AFTER_COMMIT]
    while figures.kills < kills and time.monotonic() - start < seconds:
        point = names[figures.kills // 2 % len(names)] if figures.kills % 2 else AT_RANDOM
        told = _one_life(url, next_deed, point, dice)
        figures.kills += 1
        figures.inside += told.inside
        figures.at[point] += 1
        figures.publish_ms += told.publish_ms
        _compare(store, told, done, figures)
        next_deed = max([next_deed, *(deed + 1 for deed in done)])
        if figures.kills % VERIFY_EVERY == 0:
            figures.problems += verify(store, since=checked)
            checked = store.head()
    figures.versions = store.head()
    figures.problems += verify(store)
    figures.lost += _lost(store, done)
    figures.seconds = time.monotonic() - start
    close_engines(url)
    return figures


@dataclass
class _Told:
    """What a child said before it died."""

    acknowledged: dict[int, int] = field(default_factory=dict)
    drafts: list[str] = field(default_factory=list)
    under_way: int | None = None
    inside: bool = False
    publish_ms: list[float] = field(default_factory=list)


def _one_life(url: str, first: int, point: str, dice: random.Random) -> _Told:
    """Let a child work from a deed on until it is killed; return what it said."""
    times = dice.randrange(4)
    delay = dice.uniform(0.0, 0.06)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        try:
            _work(url, first, point, times, write_end)
        except BaseException:
            _say(write_end, "x " + traceback.format_exc().replace("\n", "|"))
        os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end, encoding="utf-8") as pipe:
        said = ""
        if point == AT_RANDOM:
            # From the first transaction on, so that the start of the process is not what is hit.
            for line in iter(pipe.readline, ""):
                said += line
                if line == "b\n":
                    break
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)
        said += pipe.read()
    os.waitpid(child, 0)
    return _understand(said)


def _understand(said: str) -> _Told:
    told = _Told()
    for line in said.splitlines():
        kind, *rest = line.split(" ")
        if kind == "i":
            told.under_way = int(rest[0])
        elif kind == "a":
            told.acknowledged[int(rest[0])] = int(rest[1])
            told.publish_ms.append(float(rest[2]))
            told.under_way = None
        elif kind == "d":
            told.drafts.append(rest[0])
        elif kind in "be":
            told.inside = kind == "b"
        else:
            raise AssertionError(line.replace("|", "\n"))
    return told


def _work(url: str, first: int, point: str, times: int, pipe: int) -> None:
    """The child: publish and undo for ever, saying what happens."""
    store = Store(url)
    left = itertools.count(times, -1)

    def die() -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = engine_for(url)
    event.listen(engine, "begin", lambda connection: _say_begin(connection, pipe))
    event.listen(engine, "checkin", lambda *_: _say(pipe, "e"))
    if point == BEFORE_COMMIT:
        event.listen(engine, "commit", lambda connection: _writes(connection) and die())
    elif point == AFTER_COMMIT:
        committed: list[bool] = []
        event.listen(engine, "commit", lambda connection: committed.append(_writes(connection)))
        event.listen(engine, "checkin", lambda *_: committed and committed.pop() and die())
    elif point in POINTS:
        statement_at_point = re.compile(POINTS[point])

        def after_statement(connection, cursor, statement, *_) -> None:
            if _writes(connection) and statement_at_point.match(statement):
                die()

        event.listen(engine, "after_cursor_execute", after_statement)
    for deed in itertools.count(first):
        _say(pipe, f"i {deed}")
        start = time.perf_counter()
        published = do(store, deed, lambda name: _say(pipe, f"d {name}"))
        _say(pipe, f"a {deed} {published.no} {(time.perf_counter() - start) * 1000:.3f}")


def _writes(connection) -> bool:
    return bool(connection.get_execution_options().get("writes"))


def _say_begin(connection, pipe: int) -> None:
    if _writes(connection):
        _say(pipe, "b")


def _say(pipe: int, line: str) -> None:
    os.write(pipe, (line + "\n").encode())


def do(store: Store, deed: int, received=lambda name: None) -> Published:
    """Publish or undo what belongs to a deed; a second time this must change nothing."""
    head = store.head()
    if deed % UNDO_EVERY == UNDO_EVERY - 1:
        return store.undo(head, head, f"取り消し {deed}", "甲", NOW, key(deed))
    content = bytes(random.Random(deed).randbytes(FILE_BYTES))
    draft_id = store.receive([(f"{deed}.xlsx", content)], "甲", NOW)
    received(draft_id)
    return store.publish(
        Publication(
            parts={(DATASET, scope): rows(deed, scope) for scope in SCOPES},
            expected_head=head, release="暫定", reason=f"公表 {deed}", submitter="甲",
            approver="乙", idem_key=key(deed), draft_id=draft_id,
            part_files={(DATASET, scope): 0 for scope in SCOPES},
        ),
        NOW,
    )  # fmt: skip


def key(deed: int) -> str:
    """Return the idempotency key of a deed."""
    return f"deed-{deed}"


def rows(deed: int, scope: str) -> list[tuple[str, dict[str, str]]]:
    """Return the rows a deed publishes for a scope."""
    return [
        (f"{scope}-{n}", {"名称": f"枠組み{n}", "値": str(deed)}) for n in range(ROWS_PER_SCOPE)
    ]


def _compare(store: Store, told: _Told, done: dict[int, int], figures: Figures) -> None:
    """Hold what the child said against the store, and finish what it had under way."""
    figures.acknowledged += len(told.acknowledged)
    done |= told.acknowledged
    figures.lost += _lost(store, told.acknowledged)
    figures.lost += [f"draft {name}" for name in told.drafts if store.read_draft(name) is None]
    before = store.head()
    if told.under_way is not None:
        again = do(store, told.under_way)
        done[told.under_way] = again.no
        figures.unacknowledged += not again.was_new
        figures.rolled_back += again.was_new
        if again.no != (before + 1 if again.was_new else before):
            figures.half.append(f"deed {told.under_way} became version {again.no} at {before}")
    if done:
        # A deed of long ago must still be the version it was.
        deed, no = random.Random(before).choice(sorted(done.items()))
        if do(store, deed) != Published(no, False):
            figures.lost.append(f"deed {deed} is no longer version {no}")


def _lost(store: Store, done: dict[int, int]) -> list[str]:
    """Which versions are gone, or are not what their deed published?"""
    found = {version.no: version for version in store.history(limit=len(done) + 50)}
    wrong = []
    for deed, no in done.items():
        version = found.get(no)
        if version is None or version.idem_key != key(deed):
            wrong.append(f"version {no} of deed {deed} is gone")
        elif version.kind == "publish":
            expected = {scope: hash_rows(write_rows(rows(deed, scope))) for scope in SCOPES}
            if {part.scope: part.content_sha256 for part in version.parts} != expected:
                wrong.append(f"version {no} is not what deed {deed} published")
            content = random.Random(deed).randbytes(FILE_BYTES)
            if [one.sha256 for one in store.uploads_of(no)] != [sha256(content)]:
                wrong.append(f"version {no} has lost its original file")
    return wrong


@contextlib.contextmanager
def _address(options: argparse.Namespace) -> Iterator[str]:
    if options.url:
        yield options.url
    elif options.postgres:
        from tests.data.store.postgres import running_server

        with running_server() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield file_url(Path(folder) / "store.sqlite3")


def main() -> int:
    """Run from the command line; exit 1 if anything was lost."""
    parser = argparse.ArgumentParser(description="公表の途中で止め続け、失われないことを確かめる")
    parser.add_argument("--kills", type=int, default=1000, help="止める回数（既定 1000）")
    parser.add_argument("--seconds", type=float, default=900, help="長くてもこの秒数（既定 900）")
    parser.add_argument("--seed", type=int, default=1, help="乱数の種（既定 1）")
    parser.add_argument(
        "--url", default="", help="空のデータベース（既定は一時フォルダーの SQLite）"
    )
    parser.add_argument("--postgres", action="store_true", help="一時の PostgreSQL を動かして使う")
    options = parser.parse_args()
    with _address(options) as url:
        if Store.open(url).head():
            parser.error("保管庫が空ではありません。試験用の空のデータベースを指してください。")
        figures = run(url, options.kills, options.seconds, options.seed)
    print(figures.to_text())
    return 0 if figures.is_clean() and figures.kills else 1


if __name__ == "__main__":
    sys.exit(main())
