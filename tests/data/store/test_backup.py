"""Backup and restore: one file for both engines, checked before it counts."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from sqlalchemy import select

from data.store import schema
from data.store.backup import Restored, backup, restore
from data.store.engine import close_engines, engine_for, reading, writing
from data.store.errors import BackupError, StoreMissing, StoreUnavailable
from data.store.location import file_of, file_url
from data.store.store import Store
from data.store.verify import verify
from tests.data.store import postgres
from tests.data.store.deeds import DAY, HERE, NOW, THERE, publish, undo, words_at


@pytest.fixture
def full_store(store):
    """A store with something in every table, and more than one chunk of rows."""
    draft = store.receive([("a.xlsx", b"\x00aa"), ("left.xlsx", b"l")], "甲", NOW)
    store.save_choices(draft, {"ticked": ["W1"]}, NOW)
    publish(store, "一", (HERE, THERE), draft_id=draft, files=[0], part_files={HERE: 0})
    publish(store, parts={HERE: [(str(n), {"状況": "多"}) for n in range(520)]},
            visible_from=NOW + DAY)  # fmt: skip
    undo(store, 2)
    store.receive([("b.xlsx", b"bb")], "甲", NOW)
    return store


def content(url: str) -> dict[str, list]:
    """Everything in a store."""
    with reading(engine_for(url)) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in schema.metadata.sorted_tables
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(request, tmp_path):
    """The address of a second store that does not exist yet, on either engine."""
    if request.param == "sqlite":
        url = file_url(tmp_path / "other" / "store.sqlite3")
    else:
        url = postgres.fresh_schema(request.getfixturevalue("postgres_server"))
    yield url
    close_engines(url)


def test_restore_drill(full_store, other_url, tmp_path):
    file = tmp_path / "b.sqlite3"
    assert backup(full_store, file) == 3
    assert [path for path in tmp_path.iterdir() if path.name.startswith((".", "b."))] == [file]
    assert restore(file, other_url) == Restored(3, None)
    assert content(other_url) == content(full_store.url)
    other = Store.open(other_url)
    assert verify(other) == [] and words_at(other) == words_at(full_store)
    # And it goes on from there.
    assert publish(other, "続き").no == 4 and undo(other, 4).no == 5
    assert other.receive([("c.xlsx", b"c")], "甲", NOW) and verify(other) == []
    # Back again, over what is there now.
    again = tmp_path / "again.sqlite3"
    backup(other, again)
    with pytest.raises(BackupError, match="すでに記録"):
        restore(again, full_store.url)
    assert full_store.head() == 3
    restored = restore(again, full_store.url, replace=True)
    assert restored.head == full_store.head() == 5 and restored.kept.name.endswith("v3.sqlite3")
    assert content(full_store.url) == content(other_url) and verify(full_store) == []
    # What was there before was kept, and can come back too.
    assert restore(restored.kept, full_store.url, replace=True).head == 3
    assert verify(full_store) == [] and publish(full_store, "また").no == 4


def test_a_restore_is_written_down(full_store, other_url, tmp_path):
    backup(full_store, tmp_path / "b.sqlite3")
    Store.open(other_url)
    restore(tmp_path / "b.sqlite3", other_url, actor="管理者", now=NOW)
    line = Store.open(other_url).audit_entries()[-1]
    assert (line.actor, line.action, line.object) == ("管理者", "restore", "head:3")
    assert verify(Store.open(other_url)) == []


def test_backup_never_overwrites(full_store, tmp_path):
    file = tmp_path / "b.sqlite3"
    file.write_bytes(b"mine")
    with pytest.raises(BackupError, match="上書き"):
        backup(full_store, file)
    assert file.read_bytes() == b"mine"
    with pytest.raises(BackupError):
        backup(full_store, tmp_path / "no such folder" / "b.sqlite3")
    with pytest.raises(StoreMissing):
        backup(Store(file_url(tmp_path / "nothing.sqlite3"), create=False), tmp_path / "c.sqlite3")


def test_an_unsound_store_is_not_backed_up(full_store, tmp_path):
    with writing(engine_for(full_store.url)) as connection, schema.triggers_off(connection):
        connection.execute(schema.row.update().values(payload="{}"))
    with pytest.raises(BackupError) as caught:
        backup(full_store, tmp_path / "b.sqlite3")
    assert caught.value.problems and not (tmp_path / "b.sqlite3").exists()
    # Yet it is kept when a sound one takes its place.
    other = Store.open(folder=tmp_path / "sound")
    publish(other)
    backup(other, tmp_path / "sound.sqlite3")
    restored = restore(tmp_path / "sound.sqlite3", full_store.url, replace=True)
    assert restored.kept.exists() and verify(full_store) == []


def test_backup_under_constant_writing(store, tmp_path):
    publish(store)
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            publish(store, str(n), uploads=[("a", str(n).encode() * 1000)])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        heads = [backup(store, tmp_path / f"b{n}.sqlite3") for n in range(3)]
    finally:
        stop.set()
        writer.join(60)
    assert heads == sorted(heads) and store.head() > heads[0]
    for n, head in enumerate(heads):
        url = file_url(tmp_path / f"r{n}" / "store.sqlite3")
        assert restore(tmp_path / f"b{n}.sqlite3", url).head == head
        assert verify(Store.open(url)) == []
        close_engines(url)


def test_a_damaged_backup_is_refused(full_store, tmp_path):
    file, bad = tmp_path / "b.sqlite3", tmp_path / "bad.sqlite3"
    backup(full_store, file)
    good = file.read_bytes()
    before = content(full_store.url)
    spots = range(0, len(good), len(good) // 10)
    damaged = [good[:spot] + bytes([good[spot] ^ 0xFF]) + good[spot + 1 :] for spot in spots]
    for data in [b"", b"PK\x03\x04", good[: len(good) // 2], *damaged]:
        bad.write_bytes(data)
        try:
            restore(bad, full_store.url, replace=True)
        except BackupError as error:
            assert "バックアップ" in str(error)
        # A flipped bit in an unused corner harms nobody: then the content is the same.
        assert content(full_store.url) == before
    with pytest.raises(BackupError):
        restore(tmp_path / "nothing.sqlite3", full_store.url)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE draft SET submitter = '別人'")
    with pytest.raises(BackupError):
        restore(file, full_store.url, replace=True)
    assert content(full_store.url) == before


def test_a_store_is_no_backup(full_store, other_url, tmp_path):
    if path := file_of(full_store.url):
        with pytest.raises(BackupError):
            restore(path, other_url)
        assert Store.open(other_url).head() == 0


def test_a_store_beyond_reading_is_set_aside(tmp_path):
    store = Store.open(folder=tmp_path / "var")
    publish(store)
    backup(store, tmp_path / "b.sqlite3")
    close_engines(store.url)
    path = file_of(store.url)
    path.write_bytes(b"\xff" * 5000)
    with pytest.raises(StoreUnavailable):
        store.head()
    with pytest.raises(StoreUnavailable):
        restore(tmp_path / "b.sqlite3", store.url)
    restored = restore(tmp_path / "b.sqlite3", store.url, replace=True)
    assert restored.kept.read_bytes() == b"\xff" * 5000
    assert store.head() == 1 and verify(store) == []


def test_others_go_on_across_a_restore(full_store, tmp_path):
    """A dashboard that runs meanwhile reads and writes on, without a restart."""
    backup(full_store, tmp_path / "b.sqlite3")
    stop, faults, published = threading.Event(), [], []

    def go_on() -> None:
        other = Store(full_store.url)
        while not stop.is_set():
            try:
                other.rows_at("frameworks")
                published.append(publish(other, f"続き{len(published)}", now=NOW).no)
            except Exception as error:
                if type(error).__name__ != "Conflict":
                    faults.append(error)
                    return

    worker = threading.Thread(target=go_on)
    worker.start()
    try:
        for _ in range(2):
            restore(tmp_path / "b.sqlite3", full_store.url, replace=True)
    finally:
        stop.set()
        worker.join(60)
    assert not faults and published and verify(full_store) == []
