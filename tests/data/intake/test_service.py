"""The way of a submission, without a screen: received, read, checked, compared, published."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data import published, read
from data.intake import forms, service
from data.paths import data_root
from data.store.errors import Conflict, NothingToPublish, SamePerson
from data.store.verify import verify
from domain.intake.findings import ACCEPT, CONFIRM_FIRST, REJECT
from domain.places import CODES
from tests.data.intake.conftest import LABELS, NOW, build, report

FRAMEWORKS = ("frameworks",)


def hand_in(store, reader, *files, who="東京都", **choices):
    draft_id = store.receive(list(files), who, NOW)
    if choices:
        store.save_choices(draft_id, service.Choices(**choices).to_dict(), NOW)
    service.recheck(store, reader, draft_id, NOW)
    return draft_id, service.load_submission(store, draft_id, NOW)


def publish(store, draft_id, submission, **options):
    confirmed = frozenset(submission.questions())
    choices = service.Choices.of_dict(store.read_draft(draft_id).choices)
    kept = service.Choices(choices.declined, confirmed, choices.as_of)
    store.save_choices(draft_id, kept.to_dict(), NOW)
    settings = {"release": "確定", "reason": "定期報告", "approver": "総務省", "now": NOW} | options
    return service.publish_draft(store, draft_id, submission, **settings)


def rows(store, no=None):
    return published.published_parts(data_root(), store, no)


def test_a_clean_report_is_accepted_published_and_seen(store, reader):
    draft_id, submission = hand_in(store, reader, ("東京都.xlsx", report()))
    assert submission.verdict == ACCEPT and submission.base == 0
    assert [c.kind for c in submission.difference.rows] == ["追加"]
    assert submission.effect.established() == (8, 9)
    done = publish(store, draft_id, submission)
    assert (done.no, done.was_new, store.head()) == (1, True, 1)
    row = rows(store)["frameworks", "13"][0]
    assert row.values["name"] == "東京都広域検討会" and "東京都.xlsx" in row.place
    assert store.read_draft(draft_id).version_no == 1
    assert store.version(1).effect["established"] == [8, 9]
    assert verify(store) == []


def test_publishing_twice_gives_one_version(store, reader):
    draft_id, submission = hand_in(store, reader, ("a.xlsx", report()))
    first = publish(store, draft_id, submission)
    again = service.publish_draft(
        store, draft_id, submission, release="確定", reason="二度目", approver="総務省", now=NOW
    )
    assert (again.no, again.was_new) == (first.no, False) and store.head() == 1


def test_what_must_be_mended_has_no_way_on(store, reader):
    draft_id, submission = hand_in(store, reader, ("a.xlsx", report(設置年月="R7.13")))
    assert submission.verdict == REJECT and submission.parts == {}
    with pytest.raises(service.NotReady, match="要修正"):
        publish(store, draft_id, submission)
    assert store.head() == 0


def test_every_question_wants_its_tick(store, reader):
    draft_id, submission = hand_in(store, reader, ("a.xlsx", report(設置年月=None)))
    assert submission.verdict == CONFIRM_FIRST
    with pytest.raises(service.NotReady, match="確認"):
        service.publish_draft(
            store, draft_id, submission, release="確定", reason="x", approver="x", now=NOW
        )
    assert publish(store, draft_id, submission).was_new


def test_a_reason_is_required(store, reader):
    draft_id, submission = hand_in(store, reader, ("a.xlsx", report()))
    with pytest.raises(service.NotReady, match="理由"):
        publish(store, draft_id, submission, reason=" ")


def test_submitter_and_approver_are_two_where_two_are_asked_for(store, reader):
    draft_id, submission = hand_in(store, reader, ("a.xlsx", report()), who="甲")
    with pytest.raises(SamePerson):
        publish(store, draft_id, submission, approver="甲", two_persons=True)
    assert store.head() == 0
    assert publish(store, draft_id, submission, approver="乙", two_persons=True).no == 1


def test_the_second_of_two_is_told_and_sees_a_new_difference(store, reader):
    mine, my_view = hand_in(store, reader, ("mine.xlsx", report()))
    theirs, their_view = hand_in(store, reader, ("theirs.xlsx", report(会議の級="部長級")))
    publish(store, theirs, their_view)
    with pytest.raises(Conflict) as told:
        publish(store, mine, my_view)
    assert [v.no for v in told.value.versions] == [1] and store.head() == 1
    fresh = service.load_submission(store, mine, NOW)
    assert fresh.base == 1
    values = [v for c in fresh.difference.rows for v in c.values]
    assert [(v.label, v.before, v.after) for v in values] == [("会議の級", "部長級", "課長級")]
    assert publish(store, mine, fresh).no == 2


def test_the_same_report_again_is_no_version(store, reader):
    draft_id, submission = hand_in(store, reader, ("a.xlsx", report()))
    publish(store, draft_id, submission)
    again, same = hand_in(store, reader, ("a.xlsx", report()))
    assert same.difference.rows == () and same.difference.unchanged == 1
    with pytest.raises(NothingToPublish):
        publish(store, again, same)


def test_undo_restores_the_published_tables_to_the_byte(store, reader):
    tables = [rows(store)]
    for level in ("課長級", "部長級"):
        draft_id, submission = hand_in(store, reader, ("a.xlsx", report(会議の級=level)))
        publish(store, draft_id, submission)
        tables.append(rows(store))
    for undone in (2, 1):
        head = store.head()
        store.undo(
            undone,
            expected_head=head,
            reason="取り違え",
            actor="総務省",
            now=NOW,
            idem_key=f"u{undone}",
        )
        assert rows(store) == tables[undone - 1]
    assert rows(store, 2) == tables[2] and rows(store, 0) == tables[0]
    assert verify(store) == []


def test_47_files_at_once_are_one_version(store, reader):
    names = {p.code: p.name for p in service.make_context(store, NOW).places.values()}
    files = [(f"{code}.xlsx", report(code, names[code], 参加市町村数=5)) for code in CODES]
    steps = []
    draft_id = store.receive(files, "総務省", NOW)
    service.recheck(store, reader, draft_id, NOW, lambda done, of: steps.append((done, of)))
    assert steps[-1] == (47, 47)
    submission = service.load_submission(store, draft_id, NOW)
    assert submission.effect.established() == (8, 47)
    publish(store, draft_id, submission)
    assert store.head() == 1 and len(store.version(1).parts) == 47
    assert len(store.uploads_of(1)) == 47


def test_one_bad_file_of_a_batch_stops_the_batch_and_names_itself(store, reader):
    draft_id, submission = hand_in(
        store, reader, ("good.xlsx", report()), ("bad.xlsx", b"not a workbook")
    )
    assert [r.verdict for r in submission.reports] == [ACCEPT, REJECT]
    with pytest.raises(service.NotReady):
        publish(store, draft_id, submission)


def test_two_files_about_the_same_place(store, reader):
    _, submission = hand_in(store, reader, ("a.xlsx", report()), ("b.xlsx", report()))
    assert [f.code for f in submission.reports[1].of("要修正")] == ["E_SAME_PLACE_TWICE"]
    assert "a.xlsx" in submission.reports[1].findings[-1].why


def test_the_typed_as_of_is_used_and_listed(store, reader):
    plain = build({"Sheet1": [LABELS[:3], ["13", "東京都", "未設置"]]})
    _, without = hand_in(store, reader, ("a.xlsx", plain))
    assert "C_NO_AS_OF" in {f.code for f in without.reports[0].findings}
    _, typed = hand_in(store, reader, ("a.xlsx", plain), as_of="2026-10-01")
    assert typed.parts["frameworks", "13"][0].values["as_of"] == "2026-10-01"
    assert [r.name for r in typed.reports[0].repairs] == ["as_of"]


def test_a_declined_repair_is_read_again_without_it(store, reader):
    content = report(設置状況="設置済")
    draft_id, first = hand_in(store, reader, ("a.xlsx", content))
    key = first.reports[0].repairs[0].key()
    _, again = hand_in(store, reader, ("a.xlsx", content), declined=frozenset({(0, key)}))
    assert [f.code for f in again.reports[0].of("要修正")] == ["E_DECLINED"]


def test_embargo_hides_the_version_until_its_moment(store, reader):
    draft_id, submission = hand_in(store, reader, ("a.xlsx", report()))
    publish(store, draft_id, submission, visible_from=NOW + timedelta(days=1))
    assert store.hidden(NOW) == (1,) and store.hidden(NOW + timedelta(days=2)) == ()
    assert ("frameworks", "13") not in published.published_parts(data_root(), store, None, (1,))
    # A later submission stands on top of it all the same.
    assert service.make_context(store, NOW).parts["frameworks", "13"]


@pytest.mark.parametrize("code", ["", *("01", "05", "27", "47")])
def test_the_form_with_the_published_data_reads_back_as_the_published_data(store, reader, code):
    _, submission = hand_in(store, reader, ("公表中.xlsx", forms.build_filled(code)))
    assert submission.difference.rows == ()
    assert submission.reports[0].repairs == ()
    assert submission.difference.unchanged == sum(
        len(r) for r in forms.published_rows(code).values()
    )


def test_the_form_round_trip_holds_after_reports_of_other_days(store, reader):
    messy = report(
        枠組みの名称="=名称\nで始まる", 備考="-1\n+2", 今後の予定=" 前に空白", 対象分野="道路"
    )
    draft_id, submission = hand_in(store, reader, ("a.xlsx", messy))
    publish(store, draft_id, submission)
    other, second = hand_in(store, reader, ("b.xlsx", report("14", "神奈川県")))
    publish(store, other, second)
    _, again = hand_in(store, reader, ("公表中.xlsx", forms.build_filled("")))
    assert again.difference.rows == () and again.reports[0].repairs == ()


def test_the_empty_form_is_told_to_be_empty(store, reader):
    for code in ("", "13"):
        _, submission = hand_in(store, reader, ("空.xlsx", forms.build_empty(code)))
        report_ = submission.reports[0]
        assert report_.verdict == REJECT and report_.records == ()
        assert "E_NO_RECORDS" in {f.code for f in report_.findings}


def test_a_marked_file_that_was_mended_is_read_like_the_original(store, reader):
    _, first = hand_in(store, reader, ("a.xlsx", report(設置年月=None, 予定の期限="R8年3月")))
    marked = service.mark_file(
        "a.xlsx", report(設置年月=None, 予定の期限="R8年3月"), first.reports[0].findings
    )
    _, again = hand_in(store, reader, ("a.xlsx", marked))
    assert [r.values for r in again.reports[0].records] == [
        r.values for r in first.reports[0].records
    ]


def test_a_file_that_cannot_be_marked_says_so(store):
    with pytest.raises(service.NotReady, match="書き込めません"):
        service.mark_file("a.xlsx", b"PK\x03\x04 broken", ())


def projection(years=range(2020, 2051, 5)) -> bytes:
    """Return a workbook in the layout of the official projection, with invented numbers."""
    municipalities = read.read_table("municipalities", data_root())
    own = municipalities[municipalities["northern_territories"] != 1]
    places = {p.code: p.name for p in read.read_prefectures(data_root())}
    rows = [["結果表1　総人口および指数"], [], [],
            ["コード", "市などの別", "都道府県", "市区町村", "総人口（人）"],
            [None] * 4 + [f"{year}年" for year in years]]  # fmt: skip
    for code, group in own.groupby("pref_code"):
        rows.append([int(f"{code}000"), "a", places[code], None, *[100 * len(group)] * 7])
        rows += [
            [int(c), "2", places[code], n, *[100] * 7]
            for c, n in zip(group["code5"], group["name"], strict=True)
        ]
    return build({"Sheet1": rows})


def test_the_official_projection_is_imported_undone_and_kept_apart(store, reader):
    draft_id, submission = hand_in(store, reader, ("kekkahyo1.xlsx", projection()))
    assert submission.verdict != REJECT, [f.to_text() for f in submission.reports[0].of("要修正")]
    assert set(submission.parts) == {("population_municipal", "total")}
    assert len(submission.parts["population_municipal", "total"]) == 47 + 1741
    publish(store, draft_id, submission)
    stored = published.published_parts(data_root(), store, None, (), service.DATASETS)
    sapporo = next(r for r in stored["population_municipal", "total"] if r.key == "01100")
    assert sapporo.values["2050"] == "100"
    assert len([part for part in stored if part[0] == "frameworks"]) == 8
    store.undo(1, expected_head=1, reason="x", actor="x", now=NOW, idem_key="u")
    assert ("population_municipal", "total") not in published.published_parts(
        data_root(), store, None, (), service.DATASETS
    )


def test_another_years_projection_says_so(store, reader):
    _, submission = hand_in(store, reader, ("old.xlsx", projection(range(2015, 2046, 5))))
    (finding,) = submission.reports[0].of("要修正")
    assert "2015" in finding.why and "2050" in finding.why and finding.cell
