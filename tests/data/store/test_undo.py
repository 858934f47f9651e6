"""Undoing: the tables are equal byte by byte, nothing is deleted, nothing comes to light early."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data.store.engine import engine_for, reading
from data.store.errors import Conflict, SamePerson, UndoBlocked, UnknownVersion
from data.store.records import Published
from data.store.schema import row
from data.store.verify import verify
from tests.data.store.deeds import DAY, HERE, NOW, THERE, new_key, publish, undo, words_at


@pytest.fixture(autouse=True)
def sound(store):
    yield
    assert verify(store) == []


def stored(url: str, no: int) -> list[tuple]:
    """The stored rows of a version, as text."""
    columns = (row.c.dataset, row.c.scope, row.c.n, row.c.key, row.c.payload)
    with reading(engine_for(url)) as connection:
        return connection.execute(
            select(*columns).where(row.c.version_no == no).order_by(*columns)
        ).all()


def test_undo_restores_equal_bytes(store, url):
    publish(store, "一", (HERE, THERE), release="確定", uploads=[("a.xlsx", b"a")],
            part_files={HERE: 0})  # fmt: skip
    publish(store, "二", (HERE, THERE))
    assert undo(store, 2) == Published(3, True)
    assert stored(url, 3) == stored(url, 1) != stored(url, 2)
    first, third = store.version(1), store.version(3)
    assert third.content_sha256 == first.content_sha256
    assert (third.kind, third.undoes_no, third.release) == ("undo", 2, "")
    assert [part.release for part in third.parts] == ["確定", "確定"]
    assert store.version(2).undone_by == 3
    assert store.uploads_of(3) == store.uploads_of(1)


def test_undo_of_the_first_version_brings_the_bundled_data_back(store):
    publish(store, "一")
    undo(store, 1)
    assert store.rows_at("frameworks") == []
    part = store.parts_at()[HERE]
    assert (part.present, part.n_rows, part.content_sha256, part.origin_no) == (False, 0, "", None)


def test_undoing_an_undo_redoes(store, url):
    publish(store, "一")
    publish(store, "二")
    undo(store, 2)
    undo(store, 3)
    assert stored(url, 4) == stored(url, 2) and words_at(store) == {"13": "二"}
    undo(store, 4)
    assert words_at(store) == {"13": "一"}


def test_a_later_version_at_the_same_place_blocks(store):
    publish(store, "一", (HERE, THERE))
    publish(store, "二", (HERE,))
    publish(store, "三", (("tasks", "13"),))
    with pytest.raises(UndoBlocked) as caught:
        undo(store, 1)
    assert [version.no for version in caught.value.later] == [2]
    assert "第2版" in str(caught.value) and store.head() == 3
    undo(store, 2)
    with pytest.raises(UndoBlocked):
        undo(store, 2)
    # Once the later one is undone too, the way back is free to the very beginning.
    undo(store, 1)
    assert words_at(store) == {}
    assert undo(store, 3).was_new


def test_undo_refuses_as_publishing_does(store):
    publish(store, "一")
    for changes, error in (
        ({"reason": " "}, ValueError), ({"idem_key": ""}, ValueError),
        ({"expected_head": 0}, Conflict), ({"two_persons": True}, SamePerson),
    ):  # fmt: skip
        with pytest.raises(error):
            undo(store, 1, **changes)
    with pytest.raises(UnknownVersion):
        undo(store, 2)
    key = new_key()
    assert undo(store, 1, idem_key=key, approver="丁", two_persons=True) == Published(2, True)
    assert undo(store, 1, idem_key=key, expected_head=1) == Published(2, False)
    assert (store.version(2).submitter, store.version(2).approver) == ("丙", "丁")


def seen(store, now=NOW) -> dict[str, str]:
    return words_at(store, hidden=store.hidden(now))


def test_undo_of_an_embargoed_version(store):
    publish(store, "一")
    publish(store, "二", visible_from=NOW + DAY)
    undo(store, 2)
    assert seen(store) == seen(store, NOW + DAY) == {"13": "一"}


def test_what_comes_back_keeps_its_embargo(store):
    publish(store, "一")
    publish(store, "二", visible_from=NOW + DAY)
    undo(store, 2)
    undo(store, 3)
    assert store.version(4).visible_from == NOW + DAY
    assert seen(store) == {"13": "一"} and seen(store, NOW + DAY) == {"13": "二"}


def test_what_was_undone_does_not_show_while_the_restored_is_embargoed(store):
    publish(store, "一", visible_from=NOW + DAY)
    publish(store, "二", (HERE, THERE))
    assert seen(store) == {"13": "二", "05": "二"}
    undo(store, 2)
    assert seen(store) == {} and seen(store, NOW + DAY) == {"13": "一"}
    # Nor does a version that was undone and, by its undo's undo, undone again.
    undo(store, 3)
    undo(store, 4)
    assert seen(store) == {} and seen(store, NOW + DAY) == {"13": "一"}
    publish(store, "三")
    assert seen(store) == {"13": "三"}
