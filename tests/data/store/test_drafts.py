"""Drafts: kept from the moment they arrive, dropped only when it is time."""

from __future__ import annotations

import re

import pytest

from data.store.errors import DraftClosed, UnknownDraft, UnknownFile
from data.store.verify import verify
from tests.data.store.deeds import DAY, NOW, publish


@pytest.fixture(autouse=True)
def sound(store):
    yield
    assert verify(store) == []


def test_received_files_are_there_at_once(store):
    name = store.receive([("東京.xlsx", b"\x00\xff"), ("", b"")], "甲", NOW)
    assert re.fullmatch(r"[2-9a-km-np-z]{16}", name)
    draft = store.read_draft(name)
    assert (draft.state, draft.submitter, draft.created_at, draft.expires_at) == (
        "open", "甲", NOW, None)  # fmt: skip
    assert [(one.n, one.file_name, one.size, one.report) for one in draft.files] == [
        (0, "東京.xlsx", 2, ""), (1, "", 0, "")]  # fmt: skip
    assert [store.draft_content(name, n) for n in (0, 1)] == [b"\x00\xff", b""]
    assert store.read_draft("nothing") is None
    with pytest.raises(UnknownFile):
        store.draft_content(name, 2)
    with pytest.raises(ValueError):
        store.receive([], "甲", NOW)


def test_names_cannot_be_guessed(store):
    names = {store.receive([("a", b"a")], "甲", NOW) for _ in range(20)}
    assert len(names) == 20 and len({name[:4] for name in names}) > 15


def test_reports_and_choices(store):
    name = store.receive([("a", b"a"), ("b", b"b")], "甲", NOW)
    store.save_report(name, 1, '{"指摘":"\x00"}', "confirm", NOW + DAY)
    store.save_choices(name, {"declined": ["R1"], "ticked": {"W1": True}}, NOW + 2 * DAY)
    draft = store.read_draft(name)
    assert draft.files[1].report == '{"指摘":"\ufffd"}' and draft.files[1].verdict == "confirm"
    assert draft.choices == {"declined": ["R1"], "ticked": {"W1": True}}
    assert (draft.created_at, draft.updated_at) == (NOW, NOW + 2 * DAY)
    with pytest.raises(UnknownFile):
        store.save_report(name, 2, "{}", "accept", NOW)
    with pytest.raises(UnknownDraft):
        store.save_choices("nothing", {}, NOW)


def test_closed_drafts_change_no_more(store):
    rejected, withdrawn = (store.receive([("a", b"a")], "甲", NOW) for _ in range(2))
    store.reject(rejected, "乙", NOW)
    store.withdraw(withdrawn, "甲", NOW)
    for name in (rejected, withdrawn):
        for deed in (
            lambda name: store.save_report(name, 0, "{}", "accept", NOW),
            lambda name: store.save_choices(name, {}, NOW),
            lambda name: store.reject(name, "乙", NOW),
            lambda name: store.withdraw(name, "甲", NOW),
        ):
            with pytest.raises(DraftClosed):
                deed(name)
    # The report of a rejected one stays readable.
    assert store.read_draft(rejected).state == "rejected"
    assert store.draft_content(rejected, 0) == b"a"


def test_lists_newest_first_by_state(store):
    first = store.receive([("a", b"a")], "甲", NOW)
    second = store.receive([("b", b"b")], "甲", NOW + DAY)
    store.reject(store.receive([("c", b"c")], "甲", NOW), "乙", NOW)
    assert [draft.id for draft in store.list_drafts()] == [second, first]
    assert len(store.list_drafts(("open", "rejected"))) == 3
    with pytest.raises(ValueError):
        store.list_drafts(("lost",))


def test_purge_after_thirty_days(store):
    kept = store.receive([("a", b"a")], "甲", NOW)
    gone = store.receive([("b", b"b")], "甲", NOW)
    published = store.receive([("c", b"c")], "甲", NOW)
    store.reject(gone, "乙", NOW)
    publish(store, draft_id=published)
    assert store.purge(NOW + 30 * DAY - DAY / 2) == []
    assert store.purge(NOW + 30 * DAY) == [gone] and store.purge(NOW + 400 * DAY) == []
    assert store.read_draft(gone) is None
    assert store.draft_content(kept, 0) == b"a" and store.draft_content(published, 0) == b"c"
