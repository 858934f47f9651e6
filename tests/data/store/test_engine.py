"""Opening, missing, full and unreachable stores: said in Japanese, nothing changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import event

from data.store import engine as engines
from data.store.errors import StoreDamaged, StoreMissing, StoreUnavailable, UnknownVersion
from data.store.location import file_of, store_exists, store_url
from data.store.records import Published
from data.store.store import Store
from data.store.verify import verify
from tests.data.store import postgres
from tests.data.store.deeds import NOW, in_processes, publication, publish, undo, words_at

ROOT = Path(__file__).resolve().parents[3]


def test_where_the_store_is(monkeypatch, tmp_path):
    monkeypatch.delenv("DASHBOARD_STORE_URL", raising=False)
    monkeypatch.delenv("DASHBOARD_VAR_DIR", raising=False)
    assert file_of(store_url()) == ROOT / "var" / "store.sqlite3"
    monkeypatch.setenv("DASHBOARD_VAR_DIR", str(tmp_path))
    assert file_of(store_url()) == tmp_path / "store.sqlite3" and not store_exists()
    monkeypatch.setenv("DASHBOARD_STORE_URL", "postgresql+psycopg://somewhere/db")
    assert store_url() == "postgresql+psycopg://somewhere/db" and store_exists()
    assert file_of(store_url()) is None
    assert file_of(store_url(tmp_path)) == tmp_path / "store.sqlite3"


def test_asking_whether_there_is_a_store_loads_no_database_library():
    code = ("import sys; from data.store.location import store_exists; import data.store.errors, "
            "data.store.records; store_exists(); assert 'sqlalchemy' not in sys.modules")  # fmt: skip
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_reading_what_is_not_there_makes_nothing(url, tmp_path):
    store = Store.open(url, create=False)
    assert store.head() == 0 and store.history() == [] and store.parts_at(0) == {}
    assert store.rows_at("frameworks") == [] and store.hidden(NOW) == ()
    assert store.read_draft("x") is None and store.list_drafts() == []
    assert store.audit_entries() == [] and verify(store) == []
    with pytest.raises(UnknownVersion):
        store.parts_at(1)
    with pytest.raises(UnknownVersion):
        store.version(1)
    with pytest.raises(StoreMissing):
        store.receive([("a", b"a")], "甲", NOW)
    assert list(tmp_path.iterdir()) == []
    # The same handle sees the store once somebody else has made it.
    publish(Store.open(url))
    assert store.head() == 1 and store.receive([("a", b"a")], "甲", NOW)


def test_odd_folder_names(tmp_path):
    store = Store.open(folder=tmp_path / "都道府県 100% ?#&=")
    publish(store)
    assert [path.name for path in tmp_path.iterdir()] == ["都道府県 100% ?#&="]
    assert words_at(Store.open(store.url)) == {"13": "設置済"}


def test_the_file_is_for_its_owner_only(tmp_path):
    Store.open(folder=tmp_path / "var")
    assert (tmp_path / "var" / "store.sqlite3").stat().st_mode & 0o077 == 0


def test_sqlite_settings(tmp_path):
    engine = engines.engine_for(Store.open(folder=tmp_path).url)
    with engine.connect() as connection:
        for name, value in (
            ("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1),
            ("busy_timeout", 10_000),
        ):  # fmt: skip
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3"])
def test_network_folders_are_refused(tmp_path, kind):
    share = tmp_path / "共有 1" / "inner"
    share.mkdir(parents=True)
    mounts = tmp_path / "mounts"
    escaped = str(share.parent).replace(" ", r"\040")
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\n\nserver:/x {escaped} {kind} rw 0 0\n")
    with pytest.raises(StoreUnavailable, match=kind):
        engines.refuse_network_folder(share, mounts)
    engines.refuse_network_folder(tmp_path, mounts)
    engines.refuse_network_folder(tmp_path, tmp_path / "no such table")


@pytest.mark.parametrize(
    "url", ["mysql://h/d", "sqlite://", "nonsense", "postgresql+psycopg://u:secret@127.0.0.1:1/d"]
)
def test_addresses_that_cannot_be_used(url):
    with pytest.raises(StoreUnavailable) as caught:
        Store.open(url).head()
    assert "secret" not in str(caught.value) and "保管庫" in str(caught.value) + "保管庫"
    assert any("ぁ" <= letter <= "ん" for letter in str(caught.value))
    engines.close_engines(url)


def test_a_lost_connection_is_taken_up_again(postgres_server):
    url = postgres.fresh_schema(postgres_server)
    store = Store.open(url)
    publish(store)
    with engines.engine_for(postgres_server).connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
    assert store.head() == 1 and publish(store, "二").no == 2
    for address in (url, postgres_server):
        engines.close_engines(address)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_file_that_is_no_store_is_left_alone(tmp_path, content):
    path = tmp_path / "store.sqlite3"
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match="restore"):
        Store.open(folder=tmp_path)
    assert path.read_bytes() == content


def test_a_store_that_vanishes_is_not_taken_for_an_empty_one(tmp_path):
    store = Store.open(folder=tmp_path / "var")
    publish(store)
    shutil.rmtree(tmp_path / "var")
    for deed in (store.head, lambda: publish(store), lambda: Store.open(store.url)):
        with pytest.raises(StoreUnavailable, match="なくなりました"):
            deed()
    assert not (tmp_path / "var").exists()


def test_a_file_put_in_the_place_of_the_store_is_noticed(tmp_path):
    one, other = (Store.open(folder=tmp_path / name) for name in ("one", "other"))
    publish(one)
    publish(other, "別")
    publish(other, "別の二")
    engines.close_engines(other.url)
    # Moved away with all that belongs to it, as a person would.
    for path in list((tmp_path / "one").iterdir()):
        path.rename(path.with_name("old-" + path.name))
    file_of(other.url).rename(file_of(one.url))
    assert one.head() == 2 and words_at(one) == {"13": "別の二"}
    assert publish(one, "三").no == 3 and verify(one) == []


def test_disk_full(tmp_path):
    store = Store.open(folder=tmp_path)
    publish(store)
    engine = engines.engine_for(store.url)
    # As full as it can be made without a disk: no page beyond those there are.
    with sqlite3.connect(file_of(store.url)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    engine.dispose()

    @event.listens_for(engine, "connect")
    def limit(connection, record) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 20}")

    with pytest.raises(StoreUnavailable, match="空きがありません"):
        publish(store, "大きい", uploads=[("big.xlsx", os.urandom(200_000))])
    with pytest.raises(StoreUnavailable, match="空きがありません"):
        store.receive([("big.xlsx", os.urandom(200_000))], "甲", NOW)
    assert store.head() == 1 and words_at(store) == {"13": "設置済"} and verify(store) == []
    assert store.list_drafts() == []
    assert publish(store, "小さい").no == 2


def test_read_only_folder():
    """Pages keep reading; writing says why it cannot."""
    # Not tmp_path: its parents are closed to the user we become.
    folder = Path(tempfile.mkdtemp())
    try:
        store = Store.open(folder=folder / "var")
        publish(store)
        engines.close_engines(store.url)
        for path, mode in ((folder, 0o755), (folder / "var", 0o555), (file_of(store.url), 0o444)):
            path.chmod(mode)
        said = as_nobody(lambda: read_and_try_to_write(store.url))
        assert said == "1 {'13': '設置済'} [] 保管庫に書き込めません。"
        said = as_nobody(lambda: try_to_make(folder / "var" / "new"))
        assert said.startswith("保管庫を作れません")
        assert [path.name for path in (folder / "var").iterdir()] == ["store.sqlite3"]
    finally:
        (folder / "var").chmod(0o755)
        shutil.rmtree(folder)


def read_and_try_to_write(url: str) -> str:
    store = Store.open(url)
    read = f"{store.head()} {words_at(store)} {verify(store)}"
    try:
        publish(store, "二")
    except StoreUnavailable as error:
        return f"{read} {str(error)[:12]}"
    return "written"


def try_to_make(folder: Path) -> str:
    try:
        Store.open(folder=folder)
    except StoreUnavailable as error:
        return str(error)
    return "made"


def as_nobody(deed) -> str:
    """Run something in a child without root's power to write anywhere."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            os.write(write_end, deed().encode())
        except BaseException as error:
            os.write(write_end, repr(error).encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


def test_a_fork_does_not_share_connections(store):
    """A child's writing is neither lost nor in the way when parent and child go on."""
    publish(store)
    first = publication("子", expected_head=1)

    def in_child() -> int:
        undo(store, store.publish(first, NOW).no)
        return store.head()

    assert in_processes([in_child]) == [3]
    engines.close_engines(store.url)
    assert store.publish(first, NOW) == Published(2, False)
    assert publish(store, "親").no == 4 and verify(store) == []
