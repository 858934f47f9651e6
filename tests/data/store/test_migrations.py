"""An older store is raised in one transaction, a newer one is left alone."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from data.store import migrations, schema
from data.store.backup import backup, restore
from data.store.engine import close_engines, engine_for, reading
from data.store.errors import NewerStore
from data.store.location import file_of
from data.store.migrations import Migration
from data.store.store import Store
from data.store.verify import verify
from tests.data.store.deeds import publish, words_at


def add_deck(connection) -> None:
    connection.execute(text("CREATE TABLE deck (id TEXT PRIMARY KEY)"))
    connection.execute(text("INSERT INTO deck VALUES ('会議10分')"))


def break_off(connection) -> None:
    add_deck(connection)
    raise RuntimeError("power cut")


@pytest.fixture
def next_program(monkeypatch, url):
    """Return a function that makes this the program of the next schema."""

    def become(apply=add_deck) -> None:
        close_engines(url)
        monkeypatch.setattr(schema, "SCHEMA_NO", 2)
        monkeypatch.setattr(migrations, "MIGRATIONS", (Migration(2, "デッキ", apply),))

    return become


def decks(url: str) -> list[str]:
    with reading(engine_for(url)) as connection:
        return list(connection.execute(text("SELECT id FROM deck")).scalars())


def test_an_older_store_is_raised_once(store, url, next_program):
    publish(store)
    next_program()
    for _ in range(2):
        raised = Store.open(url)
        assert raised.head() == 1 and words_at(raised) == {"13": "設置済"}
        assert decks(url) == ["会議10分"] and verify(raised) == []
        close_engines(url)
    assert publish(Store.open(url), "二").no == 2
    if path := file_of(url):
        kept = sorted(path.parent.glob("store-schema1*.sqlite3"))
        assert [one.name for one in kept] == ["store-schema1.sqlite3"]


def test_a_failed_step_leaves_the_older_store(store, url, next_program, monkeypatch):
    publish(store)
    next_program(break_off)
    with pytest.raises(RuntimeError):
        Store.open(url)
    close_engines(url)
    monkeypatch.undo()
    assert Store.open(url).head() == 1 and verify(store) == []


def test_a_newer_store_is_refused(store, url, next_program, monkeypatch):
    publish(store)
    next_program()
    Store.open(url)
    close_engines(url)
    monkeypatch.undo()
    with pytest.raises(NewerStore, match="新しいプログラム"):
        Store.open(url)
    assert "第2版" in verify(store)[0]


def test_a_running_program_stops_writing_to_a_newer_store(store, url, next_program, monkeypatch):
    publish(store)
    engine = engine_for(url)
    next_program()
    Store.open(url)
    monkeypatch.undo()
    migrations._checked.add(engine_for(url))
    assert engine is not None and store.head() == 1
    with pytest.raises(NewerStore):
        publish(store, "二")
    assert store.head() == 1


def test_an_older_backup_is_raised_and_a_newer_refused(store, url, new_url, next_program,
                                                       monkeypatch, tmp_path):  # fmt: skip
    publish(store)
    backup(store, tmp_path / "old.sqlite3")
    before = (tmp_path / "old.sqlite3").read_bytes()
    next_program()
    target = new_url()
    # The next program's new stores have a deck from the start.
    make = schema.create_store
    monkeypatch.setattr(
        schema, "create_store", lambda connection: (make(connection), add_deck(connection))
    )
    assert restore(tmp_path / "old.sqlite3", target).head == 1
    assert verify(Store.open(target)) == []
    assert (tmp_path / "old.sqlite3").read_bytes() == before
    backup(Store.open(target), tmp_path / "new.sqlite3")
    close_engines(target)
    monkeypatch.undo()
    with pytest.raises(NewerStore):
        restore(tmp_path / "new.sqlite3", new_url())
