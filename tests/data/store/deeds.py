"""What the tests of the store do over and over."""

from __future__ import annotations

import multiprocessing
import secrets
from datetime import UTC, datetime, timedelta

from data.store.records import Publication, Published, Row
from data.store.store import Store

NOW = datetime(2026, 4, 22, 1, 2, 3, 4, tzinfo=UTC)
DAY = timedelta(days=1)
PROCESSES = multiprocessing.get_context("fork")
HERE, THERE = ("frameworks", "13"), ("frameworks", "05")


def new_key() -> str:
    """Return a key no request had before."""
    return secrets.token_hex(8)


def rows_of(word: str, count: int = 3) -> list[Row]:
    """Return rows that tell one content from another."""
    return [(f"枠組み{n}", {"名称": f"枠組み{n}", "状況": word, "備考": ""}) for n in range(count)]


def publication(word: str = "設置済", places=(HERE,), **changes) -> Publication:
    """Return a publication of the same rows at some places."""
    values = {
        "parts": {place: rows_of(word) for place in places}, "expected_head": 0, "release": "暫定",
        "reason": "四半期の更新", "submitter": "甲", "approver": "乙", "idem_key": new_key(),
    } | changes  # fmt: skip
    return Publication(**values)


def publish(store: Store, word: str = "設置済", places=(HERE,), now=NOW, **changes) -> Published:
    """Publish on top of whatever is newest."""
    changes = {"expected_head": store.head()} | changes
    return store.publish(publication(word, places, **changes), now)


def undo(store: Store, no: int, now=NOW, **changes) -> Published:
    """Undo on top of whatever is newest."""
    values = {"expected_head": store.head(), "reason": "誤り", "actor": "丙", "now": now,
              "idem_key": new_key()} | changes  # fmt: skip
    return store.undo(no, **values)


def words_at(store: Store, *args, **kwargs) -> dict[str, str]:
    """Return scope → the word that tells which content stands there."""
    return {scope: payload["状況"] for scope, _, _, payload in store.rows_at(
        "frameworks", *args, **kwargs)}  # fmt: skip


def in_processes(deeds) -> list:
    """Run functions at the same time, each in a process, and return what they return."""
    queue = PROCESSES.SimpleQueue()
    gate = PROCESSES.Barrier(len(deeds))

    def run(n: int, deed) -> None:
        gate.wait(60)
        queue.put((n, deed()))

    children = [PROCESSES.Process(target=run, args=pair) for pair in enumerate(deeds)]
    for child in children:
        child.start()
    answers = dict(queue.get() for _ in children)
    for child in children:
        child.join(60)
    return [answers[n] for n in range(len(children))]
