"""Publishing: one version or none, with everything that belongs to it."""

from __future__ import annotations

from datetime import datetime

import pytest

from data.store.errors import (
    Conflict,
    DraftClosed,
    NothingToPublish,
    SamePerson,
    UnknownDraft,
    UnknownFile,
    UnknownVersion,
)
from data.store.records import Published, hash_rows, sha256, write_rows
from data.store.verify import verify
from tests.data.store.deeds import (
    DAY,
    HERE,
    NOW,
    THERE,
    new_key,
    publication,
    publish,
    rows_of,
    words_at,
)


@pytest.fixture(autouse=True)
def sound(store):
    yield
    assert verify(store) == []


def test_a_new_store_is_version_zero(store):
    assert (store.head(), store.history(), store.parts_at(), store.rows_at("frameworks")) == (
        0, [], {}, [])  # fmt: skip
    assert store.hidden(NOW) == ()


def test_a_version_holds_what_was_published(store):
    assert publish(store, "設置済", effect={"設置済": [28, 29]}) == Published(1, True)
    version = store.version(1)
    assert (version.no, version.parent_no, version.kind, version.release) == (
        1,
        0,
        "publish",
        "暫定",
    )
    assert (version.reason, version.submitter, version.approver) == ("四半期の更新", "甲", "乙")
    assert version.at == NOW and version.effect == {"設置済": [28, 29]}
    (part,) = version.parts
    assert part.key() == HERE and part.n_rows == 3 and part.present
    assert part.content_sha256 == hash_rows(write_rows(rows_of("設置済")))
    assert (part.previous_no, part.origin_no, part.release) == (None, 1, "暫定")
    assert store.rows_at("frameworks") == [("13", 1, key, row) for key, row in rows_of("設置済")]


def test_rows_come_by_scope_and_in_the_published_order(store):
    rows = [(name, {"n": str(n)}) for n, name in enumerate(["ん", "あ", "Z", "a", "10", "9"])]
    publish(store, parts={("frameworks", "47"): rows, ("frameworks", "00"): rows[::-1]})
    names = [(scope, key) for scope, _, key, _ in store.rows_at("frameworks")]
    assert names == [("00", key) for key, _ in rows[::-1]] + [("47", key) for key, _ in rows]
    assert store.rows_at("tasks") == []


def test_a_version_replaces_whole_parts_and_leaves_others(store):
    publish(store, "一", (HERE, THERE))
    publish(store, parts={HERE: [("新", {"状況": "二"})]})
    assert words_at(store) == {"05": "一", "13": "二"}
    assert len(store.rows_at("frameworks")) == 4
    assert words_at(store, 1) == {"05": "一", "13": "一"} and words_at(store, 0) == {}
    assert {key: ref.version_no for key, ref in store.parts_at().items()} == {THERE: 1, HERE: 2}
    assert store.parts_at()[HERE].previous_no == 1


def test_a_part_may_be_published_without_rows(store):
    publish(store, "一")
    publish(store, parts={HERE: []})
    assert store.rows_at("frameworks") == [] and store.parts_at()[HERE].present


def test_text_is_kept_as_it_is(store):
    row = {"名称": "é\u3000〃\n\t\"'\\", "値": "=1+1", "x\u0001": "\U0001f5fe"}
    publish(store, parts={HERE: [("鍵 \u200b", row)]})
    assert store.rows_at("frameworks") == [("13", 1, "鍵 \u200b", row)]


@pytest.mark.parametrize(
    "rows",
    [
        [("a", {"x": "1"}), ("a", {"x": "2"})],
        [("a", {"x": 1})],
        [("a", {"x": "\x00"})],
        [("\ud800", {"x": ""})],
    ],
)
def test_rows_that_cannot_be_kept_are_refused(store, rows):
    with pytest.raises(ValueError):
        publish(store, parts={HERE: rows})
    assert store.head() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""}, {"reason": " \u3000\n"}, {"release": "仮"}, {"idem_key": ""},
        {"kind": "undo"}, {"parts": {("frameworks", "東京"): []}}, {"parts": {("A b", "13"): []}},
        {"visible_from": datetime(2026, 5, 1)}, {"part_files": {THERE: 0}},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_an_incomplete_publication_is_refused(store, changes):
    with pytest.raises(ValueError):
        publish(store, **changes)
    assert store.head() == 0 and store.audit_entries() == []


def test_the_same_key_publishes_once(store):
    first = publication()
    assert store.publish(first, NOW) == Published(1, True)
    publish(store, "別")
    # Whatever the state of affairs is by now.
    assert store.publish(first, NOW + DAY) == Published(1, False)
    assert store.head() == 2


def test_the_second_of_two_is_told_what_changed(store):
    mine, theirs = publication("私"), publication("彼", (HERE, THERE))
    store.publish(theirs, NOW)
    with pytest.raises(Conflict) as caught:
        store.publish(mine, NOW)
    error = caught.value
    assert (error.expected, error.head) == (0, 1)
    assert [part.key() for part in error.versions[0].parts] == [THERE, HERE]
    assert "第1版" in str(error) and store.head() == 1


def test_what_stands_already_is_left_out(store):
    publish(store, "同じ", (HERE, THERE))
    with pytest.raises(NothingToPublish):
        publish(store, "同じ", (HERE,))
    with pytest.raises(NothingToPublish):
        publish(store, parts={})
    publish(store, parts={HERE: rows_of("同じ"), THERE: rows_of("違う")})
    assert [part.key() for part in store.version(2).parts] == [THERE]


def test_making_it_final_is_a_change(store):
    publish(store, "同じ")
    assert publish(store, "同じ", release="確定").no == 2
    assert store.parts_at()[HERE].release == "確定"
    with pytest.raises(NothingToPublish):
        publish(store, "同じ", release="確定")


def test_two_persons(store):
    draft = store.receive([("a.xlsx", b"a")], "乙", NOW)
    for changes in ({"approver": "甲"}, {"draft_id": draft}):
        with pytest.raises(SamePerson):
            publish(store, two_persons=True, **changes)
    assert publish(store, approver="甲").was_new
    assert publish(store, "二", two_persons=True).was_new


def test_originals_are_kept_with_the_version(store):
    uploads = [("東京.xlsx", b"one"), ("x\x00\ud800.xlsx", b"two"), ("again.xlsx", b"one")]
    publish(store, "一", (HERE, THERE), uploads=uploads, part_files={HERE: 0, THERE: 1})
    found = store.uploads_of(1)
    assert [(one.n, one.file_name, one.size) for one in found] == [
        (0, "東京.xlsx", 3), (1, "x\ufffd\ufffd.xlsx", 3), (2, "again.xlsx", 3)]  # fmt: skip
    assert {part.scope: part.upload_id for part in store.version(1).parts} == {
        "13": found[0].id, "05": found[1].id}  # fmt: skip
    assert store.original(sha256(b"two")) == ("x\ufffd\ufffd.xlsx", b"two")
    publish(store, "二", uploads=[("later.xlsx", b"one")])
    assert store.original(sha256(b"one")) == ("later.xlsx", b"one")
    with pytest.raises(UnknownFile):
        store.original("0" * 64)
    with pytest.raises(UnknownVersion):
        store.uploads_of(3)


def test_a_file_that_is_not_there_publishes_nothing(store):
    with pytest.raises(UnknownFile):
        publish(store, part_files={HERE: 0})
    assert store.head() == 0


def test_a_draft_becomes_a_version(store):
    draft = store.receive([("a.xlsx", b"aa"), ("b.xlsx", b"bb"), ("bad.xlsx", b"cc")], "甲", NOW)
    store.save_report(draft, 0, '{"a":1}', "accept", NOW)
    publish(store, draft_id=draft, files=[0, 1], part_files={HERE: 1})
    read = store.read_draft(draft)
    assert (read.state, read.version_no) == ("published", 1)
    assert [(one.file_name, one.report, one.verdict) for one in store.uploads_of(1)] == [
        ("a.xlsx", '{"a":1}', "accept"), ("b.xlsx", "", "")]  # fmt: skip
    assert [store.draft_content(draft, n) for n in range(3)] == [b"aa", b"bb", b"cc"]
    with pytest.raises(DraftClosed) as caught:
        publish(store, "二", draft_id=draft)
    assert caught.value.version_no == 1 and "第1版" in str(caught.value)
    store.purge(NOW + 31 * DAY)
    assert store.draft_content(draft, 1) == b"bb" and store.read_draft(draft)
    with pytest.raises(UnknownFile):
        store.draft_content(draft, 2)


def test_a_draft_that_is_gone_or_rejected_is_not_published(store):
    draft = store.receive([("a.xlsx", b"a")], "甲", NOW)
    store.reject(draft, "乙", NOW)
    with pytest.raises(DraftClosed):
        publish(store, draft_id=draft)
    with pytest.raises(UnknownDraft):
        publish(store, draft_id="nothing")
    with pytest.raises(ValueError):
        publish(store, draft_id=draft, uploads=[("b", b"b")])
    assert store.head() == 0


def test_embargo(store):
    publish(store, "前")
    publish(store, "後", (HERE, THERE), visible_from=NOW + DAY)
    assert store.hidden(NOW) == (2,) and store.hidden(NOW + DAY) == ()
    assert words_at(store, hidden=store.hidden(NOW)) == {"13": "前"}
    assert words_at(store) == {"13": "後", "05": "後"}
    assert set(store.parts_at(hidden=(2,))) == {HERE}
    # The same content again, but at once: that is a change. Only the date again: it is not.
    with pytest.raises(NothingToPublish):
        publish(store, "後", visible_from=NOW + DAY)
    assert publish(store, "後").no == 3
    assert words_at(store, hidden=store.hidden(NOW)) == {"13": "後"}


def test_history_and_unknown_versions(store):
    for word in "一二三":
        publish(store, word)
    assert [version.no for version in store.history()] == [3, 2, 1]
    assert [version.no for version in store.history(limit=2)] == [3, 2]
    assert store.history()[1] == store.version(2)
    for ask in (store.version, store.parts_at, lambda no: store.rows_at("frameworks", no)):
        with pytest.raises(UnknownVersion):
            ask(4)


def test_the_audit_log_names_every_deed(store):
    draft = store.receive([("a.xlsx", b"a")], "甲", NOW)
    publish(store, draft_id=draft)
    store.undo(1, 1, "誤り", "丙", NOW, new_key())
    other = store.receive([("b.xlsx", b"b")], "甲", NOW)
    store.withdraw(other, "甲", NOW)
    store.purge(NOW + 31 * DAY)
    lines = store.audit_entries()
    assert [(line.actor, line.action) for line in lines] == [
        ("甲", "receive"), ("乙", "publish"), ("丙", "undo"), ("甲", "receive"),
        ("甲", "withdraw"), ("", "purge"),
    ]  # fmt: skip
    assert [line.prev_hash for line in lines[1:]] == [line.hash for line in lines[:-1]]
    assert '"reason":"四半期の更新"' in lines[1].detail
