"""データ提出・公表 through app.py: every way a submission can go, and what never happens on it."""

from __future__ import annotations

import html
import io
import itertools
import re
from datetime import datetime, timedelta

import openpyxl
import pytest

from components import downloads
from data import loaders
from data.intake import service
from data.intake.child import Reader
from data.published import JAPAN
from data.store.engine import close_engines
from data.store.location import file_of
from data.store.store import Store
from pages.submit import desk
from pages.submit.publishing import read_moment
from pages.submit.tables import changes_table, findings_table, repairs_table
from tests.data.intake.conftest import LABELS, NOW, build, report
from tests.data.intake.workbooks import make_by_hand

SUBMIT, MAP = "pages/submit/page.py", "pages/framework_map/page.py"
NO_DATE = {"設置年月": None}


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Return an empty store that the page uses, on a fixed day."""
    monkeypatch.setenv("DASHBOARD_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("DASHBOARD_STORE_URL", raising=False)
    # A fixed day, yet no two moments alike: submissions are cached by their last change.
    moments = (NOW + timedelta(milliseconds=n) for n in itertools.count())
    monkeypatch.setattr(desk, "now", lambda: next(moments))
    loaders.forget_head()
    yield Store.open()
    close_engines()
    loaders.forget_head()


@pytest.fixture
def desk_page(open_page, store):
    """Return a function that opens the page as a visitor of its own."""
    return lambda **query: open_page(SUBMIT, **query)


def file_box(app):
    """Return the choice of the file to look at."""
    return next(box for box in app.selectbox if box.key.startswith("file-"))


def shown(app) -> str:
    """Return all HTML on screen, joined."""
    assert not app.exception
    bodies = (element.proto.body for element in app.get("html"))
    page = "\n".join(body for body in bodies if "<style>" not in body)
    assert "表示の途中で誤りが起きました" not in page
    return page


def hand_in(app, *files, again=False):
    """Put files into the drop zone, or into the one for mended files."""
    uploader = app.file_uploader[0]
    assert uploader.key.startswith("again") == again
    for name, content in files:
        uploader.upload(name, content)
    return app.run()


def go(app, step):
    """Open a step of the submission."""
    return app.segmented_control(key="step").set_value(step).run()


def press(app, label):
    """Press the button with this label."""
    return next(b for b in app.button if b.label == label).click().run()


def fill(app, label, text):
    """Write into the field whose label begins like this."""
    fields = [*app.text_input, *app.text_area]
    next(field for field in fields if field.label.startswith(label)).set_value(text)


def publish(app, reason="定期報告", embargo=""):
    """Fill the form of ⑤ 公表 and press its button."""
    go(app, "publish")
    fill(app, "公表の理由", reason)
    fill(app, "公表する人", "総務省 行政課")
    fill(app, "公表予定日時", embargo)
    return press(app, "この内容で公表する")


def published(desk_page, *files):
    """Hand in and publish as a visitor of its own; return the visitor."""
    app = hand_in(desk_page(), *files)
    go(app, "check")
    for box in range(len(app.checkbox)):
        app.checkbox[box].check().run()
    assert "公表しました" in shown(publish(app))
    return app


def draft_of(store, app):
    return store.read_draft(app.query_params["draft"])


def known(page: str) -> int:
    """Return of how many prefectures the map says to know something."""
    return int(re.search(r"のは(\d+)団体、\d+団体は未入力", page)[1])


def mapped(open_page, **query) -> str:
    """Return what the map page says to a new visitor."""
    return shown(open_page(MAP, **query))


# --- the plain way ---------------------------------------------------------------------------------


def test_a_good_report_walks_to_publication_and_the_map_shows_it(desk_page, open_page, store):
    assert known(mapped(open_page)) == 8
    app = desk_page()
    fill(app, "操作する人", "東京都 市町村課")
    hand_in(app, ("東京都.xlsx", report()))
    page = shown(app)
    assert "公表できます。" in page and "東京都広域検討会" in page and "補正はありません" in page
    assert draft_of(store, app).submitter == "東京都 市町村課"
    assert "100（減点なし）" in shown(go(app, "check")) and not app.checkbox
    page = shown(go(app, "diff"))
    assert "8→9団体" in page and "不明（未入力） → 設置済（分野横断）：東京都" in page
    assert "公表前：設置済みは8団体" in page and "公表後：設置済みは9団体" in page
    page = shown(go(app, "publish"))
    assert "東京都：追加1行" in page and app.radio[0].value == "確定"
    page = shown(publish(app))
    assert "第1版として公表しました。" in page and "第1版として公表済みです" in page
    assert "公表中：第1版" in page and not [b for b in app.button if "公表する" in b.label]
    version = store.version(1)
    assert (version.reason, version.submitter, version.approver) == (
        "定期報告", "東京都 市町村課", "総務省 行政課",
    )  # fmt: skip
    assert known(mapped(open_page)) == 9
    assert "公表できます。" not in shown(app.run())  # the notice is said once
    assert "第1版として公表しました。" not in shown(app)


def test_each_question_needs_its_tick_before_the_form_appears(desk_page, store):
    content = report(設置年月=None, 予定の期限="R8年3月")
    app = hand_in(desk_page(), ("東京都.xlsx", content))
    assert "確認が2件残っています" in shown(app)
    for left in (2, 1):
        page = shown(go(app, "publish"))
        assert f"確認が{left}件残っているため" in page and not app.text_area
        go(app, "check")
        app.checkbox[2 - left].check().run()
    assert "公表できます。" in shown(app)
    assert shown(go(app, "publish")) and app.text_area
    # A tick taken back closes the form again, and ticks belong to the submission.
    go(app, "check").checkbox[0].uncheck().run()
    assert not go(app, "publish").text_area
    other = desk_page(draft=app.query_params["draft"])
    assert [box.value for box in go(other, "check").checkbox] == [False, True]


def test_a_rejected_file_says_why_and_is_kept_for_30_days(desk_page, store):
    app = hand_in(desk_page(), ("東京都.xlsx", report(設置年月="R7.13")))
    page = shown(app)
    assert "要修正の指摘があるため公表できません" in page and "30日間残ります" in page
    page = shown(go(app, "check"))
    assert "要修正（1件）" in page and "R7.13" in page and "E_DATE" in page
    assert "この提出は公表できません" in shown(go(app, "publish")) and not app.text_area
    draft = draft_of(store, app)
    assert draft.state == "rejected" and draft.expires_at - draft.updated_at == timedelta(days=30)
    # It stands among the submissions and opens again by its number.
    listed = desk_page(desk="受け付けた提出")
    assert "差し戻し" in shown(listed)
    again = desk_page(draft=draft.id)
    assert "要修正の指摘があるため公表できません" in shown(again)
    # The mended file is a new submission.
    hand_in(again, ("東京都.xlsx", report()), again=True)
    assert "公表できます。" in shown(again) and again.query_params["draft"] != draft.id
    assert store.read_draft(draft.id).state == "rejected"


def test_a_file_that_cannot_be_opened_is_told_what_it_is(desk_page, store):
    app = hand_in(desk_page(), ("報告.xlsx", b"%PDF-1.7\n" + bytes(200)))
    assert "お見せできる中身がありません" in shown(app)
    page = shown(go(app, "check"))
    assert "E_WRONG_KIND" in page and "PDF" in page
    assert draft_of(store, app).state == "rejected"
    assert [b.label for b in app.get("download_button")] == [
        "指摘の一覧をCSVで保存", "指摘の一覧をExcelで保存",
    ]  # fmt: skip


def test_a_declined_repair_changes_record_and_finding_and_comes_back(desk_page, store):
    content = report(参加市町村数="１０", 設置状況="設置済")
    app = hand_in(desk_page(), ("東京都.xlsx", content))
    chooser = app.multiselect[0]
    wanted = next(label for label in chooser.options if "設置状況 → 設置済み" in label)
    page = shown(chooser.set_value([wanted]).run())
    assert "要修正の指摘があるため公表できません" in page and "選択肢の語に直す" not in page
    assert "（取り消し済み）" in app.multiselect[0].options[-1]
    assert draft_of(store, app).state == "open"
    assert "E_DECLINED" in shown(go(app, "check"))
    go(app, "read")
    taken = app.multiselect[0]
    assert len(taken.value) == 1
    taken.set_value([]).run()
    assert "公表できます。" in shown(app)
    assert store.read_draft(app.query_params["draft"]).choices["declined"] == []


def test_ticks_outlive_a_declined_repair(desk_page, store):
    app = hand_in(desk_page(), ("東京都.xlsx", report(設置年月=None, 参加市町村数="１０")))
    go(app, "check").checkbox[0].check().run()
    go(app, "read")
    chooser = app.multiselect[0]
    chooser.set_value([chooser.options[0]]).run()
    assert draft_of(store, app).choices["confirmed"]


def test_mended_files_take_the_place_of_an_open_submission(desk_page, store):
    app = hand_in(desk_page(), ("東京都.xlsx", report(**NO_DATE)))
    first = app.query_params["draft"]
    hand_in(app, ("東京都.xlsx", report()), again=True)
    assert app.query_params["draft"] != first and "公表できます。" in shown(app)
    assert store.read_draft(first).state == "withdrawn"


def test_a_withdrawn_submission_leaves_the_desk_and_stays_readable(desk_page, store):
    app = hand_in(desk_page(), ("東京都.xlsx", report()))
    draft_id = app.query_params["draft"]
    page = shown(press(app, "取り下げる"))
    assert "提出を取り下げました" in page and "様式を受け取る" in page
    assert not store.list_drafts() and not app.query_params.get("draft")
    again = desk_page(draft=draft_id)
    assert "取り下げられています" in shown(again) and "東京都広域検討会" in shown(again)
    assert "この提出は公表できません" in shown(go(again, "publish"))


# --- several files, other shapes ---------------------------------------------------------------


def test_three_files_at_once(desk_page, store):
    files = [
        ("東京都.xlsx", report()),
        ("神奈川県.xlsx", report("14", "神奈川県", 設置年月=None)),
        ("報告.pdf", b"%PDF-1.7\n"),
    ]
    app = hand_in(desk_page(), *files)
    page = shown(app)
    assert "ファイルごとの判定" in page and "要修正の指摘があるため公表できません" in page
    # The worst file stands open, and the others are one choice away.
    assert file_box(app).value == 2
    assert "E_EXTENSION" in shown(go(app, "check"))
    assert "C_NO_DATE" in shown(file_box(app).set_value(1).run())
    app = hand_in(desk_page(), *files[:2])
    go(app, "check").checkbox[0].check().run()
    assert "第1版" in shown(publish(app))
    assert {part.scope for part in store.version(1).parts} == {"13", "14"}
    assert len(store.uploads_of(1)) == 2


def test_47_files_are_the_most(desk_page, store):
    small = build({"枠組み設置状況": [LABELS[:3], ["13", "東京都", "未設置"]]})
    app = hand_in(desk_page(), *((f"{n}.xlsx", small) for n in range(48)))
    page = shown(app)
    assert "47ファイルまでです（48ファイルありました）" in page
    assert "draft" not in app.query_params
    assert store.list_drafts(("open", "rejected")) == []


def test_the_narrative_table_is_read_and_asked_about(desk_page, store):
    table = build(
        {
            "Sheet1": [
                ["都道府県における主な取組の例（令和7年10月末時点）"],
                ["都道府県", "枠組みの立上げ状況", "今後の予定", "対象分野"],
                [
                    "沖縄県",
                    "・R7.8に県・4市・4町村で構成される「あり方に関する検討会」（課長級）を新たに立上げ",
                    "・年度末までに対応策のとりまとめを目指す",
                    "・検討中（土木、国保、DXを検討会で提示）",
                ],
            ]
        }
    )
    app = hand_in(desk_page(), ("沖縄県.xlsx", table))
    page = shown(app)
    assert "あり方に関する検討会" in page and "自動抽出（要確認）" in page
    page = shown(go(app, "check"))
    assert "C_EXTRACTED" in page
    for n in range(len(app.checkbox)):
        app.checkbox[n].check().run()
    assert "あり方に関する検討会</b>" in shown(go(app, "diff"))
    assert "公表しました" in shown(publish(app))


def test_the_same_content_again_has_nothing_to_publish(desk_page, store):
    published(desk_page, ("東京都.xlsx", report()))
    app = hand_in(desk_page(), ("東京都.xlsx", report()))
    assert "いま公表されている内容と同じです" in shown(app)
    assert "公表する変更がありません" in shown(go(app, "publish")) and not app.text_area
    assert "<b>1</b><span>行</span>" in shown(go(app, "diff"))
    assert store.head() == 1


def test_names_of_files_are_shown_as_they_are_and_lead_nowhere(desk_page, store):
    names = [
        "../../etc/passwd.xlsx", "C:\\Users\\a\\報告.xlsx", "a" * 600 + ".xlsx",
        "<img src=x onerror=alert(1)>.xlsx", "![x](http:--evil.example-x.png).xlsx",
        "報告\u202excod.xlsx",
    ]  # fmt: skip
    codes = {
        "13": "東京都",
        "14": "神奈川県",
        "12": "千葉県",
        "11": "埼玉県",
        "10": "群馬県",
        "09": "栃木県",
    }
    files = [
        (name, report(code, place))
        for name, (code, place) in zip(names, codes.items(), strict=True)
    ]
    app = hand_in(desk_page(), *files)
    assert "公表できます。" in shown(app)
    pages = [shown(go(app, step)) for step in ("check", "diff")]
    assert "公表しました" in shown(publish(app))
    listed, history = desk_page(desk="受け付けた提出"), desk_page(desk="版の履歴")
    pages += [shown(page) for page in (app, listed, history)]
    assert not any("<img" in page for page in pages)
    assert html.escape(names[3]) in shown(history)
    for page in (app, listed, history):
        assert markdown_of(page) == []


# --- what the address says ---------------------------------------------------------------------


@pytest.mark.parametrize("draft", ["gone", "<b>x</b>", "../x", "0" * 3000, "１２", "%00"])
def test_an_unknown_submission_is_said_to_be_unknown(desk_page, draft):
    app = desk_page(draft=draft)
    assert "見つかりません" in shown(app) and "<b>x</b>" not in shown(app)
    assert "様式を受け取る" in shown(press(app, "受付に戻る"))


def test_junk_in_the_address_of_a_version_shows_the_newest(desk_page, open_page, store):
    published(desk_page, ("東京都.xlsx", report()))
    app = open_page(MAP)
    for version in ("abc", "-1", "99", str(10**30), "１", "", "0x0", "1.0", "<b>", "1"):
        app.query_params["version"] = version
        page = shown(app.run())
        assert known(page) == 9 and "で見ています" not in page, version


# --- history -----------------------------------------------------------------------------------


def test_history_looks_back_and_undoes(desk_page, open_page, store):
    published(desk_page, ("東京都.xlsx", report()))
    published(desk_page, ("東京都.xlsx", report(会議の級="部長級")))
    app = desk_page(desk="版の履歴")
    page = shown(app)
    assert "第2版" in page and "第1版" in page and "収録した資料" in page
    assert "会議の級" in page and "課長級" in page and "部長級" in page
    # Seen as of version 0: every page says so.
    looking = open_page(MAP, version="0")
    page = shown(looking)
    assert "第0版（収録した資料だけ）で見ています" in page and "8団体" in page
    looking.button(key="leave-version").click().run()
    assert "で見ています" not in shown(looking) and "version" not in looking.query_params
    assert known(mapped(open_page)) == 9
    # Undo asks for a reason.
    assert "取り消しの理由を書いてください" in shown(press(app, "第2版を取り消す"))
    fill(app, "取り消しの理由", "取り違え")
    page = shown(press(app, "第2版を取り消す"))
    assert "第2版を取り消し、第3版としました" in page and "第3版で取り消し済み" in page
    assert store.head() == 3
    assert known(mapped(open_page)) == 9
    app.selectbox(key="history-no").set_value(1).run()
    fill(app, "取り消しの理由", "取り違え")
    assert "第1版を取り消し、第4版としました" in shown(press(app, "第1版を取り消す"))
    assert known(mapped(open_page)) == 8


def test_one_look_back_leads_to_another(desk_page, store):
    for level in ("課長級", "部長級", "首長級"):
        published(desk_page, ("東京都.xlsx", report(会議の級=level)))
    app = desk_page(desk="版の履歴")
    for no in (1, 2):
        app.selectbox(key="history-no").set_value(no).run()
        page = shown(press(app, "この版で画面を見る"))
        assert f"第{no}版で見ています" in page and app.query_params["version"] == str(no)
        app.run()
        assert f"第{no}版で見ています" in shown(app)
    page = shown(press(app, "第0版（収録した資料だけ）で見る"))
    assert "第0版（収録した資料だけ）で見ています" in page
    # The newest is no look back.
    app.selectbox(key="history-no").set_value(3).run()
    assert "この版で画面を見る" not in [b.label for b in app.button]
    assert "で見ています" not in shown(app.button(key="leave-version").click().run())


def test_an_old_tab_cannot_undo_what_changed_meanwhile(desk_page, store):
    published(desk_page, ("東京都.xlsx", report()))
    app = desk_page(desk="版の履歴")
    store.undo(1, expected_head=1, reason="先に", actor="別の人", now=NOW, idem_key="other")
    fill(app, "取り消しの理由", "取り違え")
    app = press(app, "第1版を取り消す")
    page = shown(app)
    assert "しました" not in page.split("gs-message")[-1] or "取り消されています" in page
    assert store.head() == 2


def test_the_original_comes_back_byte_for_byte(desk_page, store):
    content = report()
    published(desk_page, ("東京都.xlsx", content))
    upload = store.uploads_of(1)[0]
    assert store.original(upload.sha256) == ("東京都.xlsx", content)


# --- two at once -------------------------------------------------------------------------------


def publish_behind(store, content):
    """Publish a report as somebody else, without a screen."""
    with Reader() as reader:
        draft_id = store.receive([("別.xlsx", content)], "別の人", NOW)
        service.recheck(store, reader, draft_id, NOW)
    submission = service.load_submission(store, draft_id, NOW)
    service.publish_draft(
        store, draft_id, submission, release="確定", reason="先に公表", approver="別の人", now=NOW
    )


def test_the_second_of_two_is_told_and_sees_a_new_difference(desk_page, store, monkeypatch):
    app = hand_in(desk_page(), ("東京都.xlsx", report()))
    go(app, "publish")
    # The other publication lands after this run has looked and before it publishes.
    real = service.publish_draft

    def meanwhile(*args, **kwargs):
        if store.head() == 0:
            monkeypatch.setattr(service, "publish_draft", real)
            publish_behind(store, report(会議の級="部長級"))
        return real(*args, **kwargs)

    monkeypatch.setattr(service, "publish_draft", meanwhile)
    page = shown(publish(app))
    assert "別の公表がありました" in page and "先に公表" in page and "まだ公表していません" in page
    assert store.head() == 1
    page = shown(go(app, "diff"))
    assert "部長級" in page and "課長級" in page and "値が変わる行" in page
    assert "第2版として公表しました" in shown(publish(app))


def test_what_was_published_between_two_clicks_is_compared_anew(desk_page, store):
    app = hand_in(desk_page(), ("東京都.xlsx", report()))
    go(app, "publish")
    publish_behind(store, report())
    fill(app, "公表の理由", "定期報告")
    page = shown(press(app, "この内容で公表する"))
    assert "いま公表されている内容と同じです" in page and store.head() == 1


def test_one_submission_in_two_tabs_is_one_version(desk_page, store):
    one = hand_in(desk_page(), ("東京都.xlsx", report()))
    two = desk_page(draft=one.query_params["draft"])
    go(two, "publish")
    publish(one)
    fill(two, "公表の理由", "二度目")
    page = shown(press(two, "この内容で公表する"))
    assert "第1版として公表済みです" in page and store.head() == 1


def test_a_tick_in_a_tab_that_is_behind_is_answered_in_japanese(desk_page, store):
    one = hand_in(desk_page(), ("東京都.xlsx", report(**NO_DATE)))
    two = desk_page(draft=one.query_params["draft"])
    go(two, "check")
    press(one, "取り下げる")
    two.checkbox[0].check().run()
    page = "\n".join(e.proto.body for e in two.get("html"))
    assert not two.exception and "取り下げ" in page and "Traceback" not in page


def test_a_submission_that_nobody_has_read_yet_is_read_at_the_next_visit(desk_page, store):
    draft_id = store.receive([("東京都.xlsx", report())], "東京都", NOW)
    app = desk_page(draft=draft_id)
    assert "公表できます。" in shown(app)
    withdrawn = store.receive([("東京都.xlsx", report())], "東京都", NOW)
    store.withdraw(withdrawn, "東京都", NOW)
    app = desk_page(draft=withdrawn)
    assert "読み取りが終わる前に取り下げとなりました" in shown(app)
    assert "様式を受け取る" in shown(press(app, "受付に戻る"))


# --- the form ----------------------------------------------------------------------------------


def test_no_reason_no_version(desk_page, store):
    app = hand_in(desk_page(), ("東京都.xlsx", report()))
    for reason in ("", "  ", "\u3000"):
        assert "公表の理由を書いてください" in shown(publish(app, reason))
    assert store.head() == 0 and app.text_area


def test_an_unreadable_embargo_publishes_nothing(desk_page, store):
    app = hand_in(desk_page(), ("東京都.xlsx", report()))
    for text in (
        "明日", "2026-12", "令和8年12月", "2026-12-01 25:00", "2026-13-01", "2026-12-01 9時半",
        "2026-12-01 9:00 10:00", "99999999999999999",
    ):  # fmt: skip
        assert "読めません" in shown(publish(app, embargo=text)), text
    assert store.head() == 0


def test_a_version_under_embargo_waits_for_its_moment(desk_page, open_page, store):
    far = "2096-12-01 9:00"
    app = hand_in(desk_page(), ("東京都.xlsx", report()))
    page = shown(publish(app, embargo=far))
    assert "2096-12-01 09:00 に解禁されます" in page and store.head() == 1
    assert known(mapped(open_page)) == 8
    page = shown(desk_page(desk="版の履歴"))
    assert "2096-12-01 09:00 に解禁" in page and "公表中：第0版" in page


@pytest.mark.parametrize(("text", "moment"), [
    ("", None), ("  ", None),
    ("2026-12-01", datetime(2026, 12, 1, tzinfo=JAPAN)),
    ("2026-12-01 9:00", datetime(2026, 12, 1, 9, tzinfo=JAPAN)),
    ("令和８年１２月１日　０９：３０", datetime(2026, 12, 1, 9, 30, tzinfo=JAPAN)),
    ("R8.12.1 18:05", datetime(2026, 12, 1, 18, 5, tzinfo=JAPAN)),
])  # fmt: skip
def test_moments_are_read(text, moment):
    assert read_moment(text) == moment


def test_an_unreadable_as_of_takes_no_file(desk_page, store):
    app = desk_page()
    fill(app, "時点", "きのう")
    hand_in(app, ("東京都.xlsx", report()))
    page = shown(app)
    assert "時点を読めません" in page and "直るまでファイルは受け付けません" in page
    assert store.list_drafts(("open", "rejected")) == []
    fill(app, "時点", "令和8年10月1日")
    app.run()
    assert "公表できます。" in shown(app)


def test_the_typed_as_of_is_used_where_the_file_has_none(desk_page, store):
    app = desk_page()
    fill(app, "時点", "R8.10.1")
    plain = build({"Sheet1": [LABELS[:3], ["13", "東京都", "未設置"]]})
    hand_in(app, ("東京都.xlsx", plain))
    assert "2026-10-01" in shown(app) and draft_of(store, app).choices["as_of"] == "2026-10-01"


# --- hostile texts -----------------------------------------------------------------------------

IMAGE = "![x](http://evil.example/a.png)"
PAYLOADS = (
    IMAGE, "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "[a](javascript:alert(1))",
    "=HYPERLINK(\"http://evil.example\")", ":red[x] $x^2$", "</td></table><h1>割り込み</h1>", "'><svg/onload=alert(1)>",
    "&lt;b&gt;",
)  # fmt: skip


def markdown_of(app) -> list[tuple[str, str]]:
    """Which texts would the browser read as a picture, a link or a sign of Markdown?"""
    found = []
    for element in app.main:
        proto = getattr(element, "proto", None)
        if element.type == "html" or proto is None:
            continue
        texts = [getattr(proto, name, "") for name in ("label", "help", "body", "text")]
        # Options of a list are plain text; those of buttons and radios are not.
        if element.type in ("radio", "button_group"):
            texts.append(str(proto.options))
        found += [
            (element.type, text)
            for text in texts
            if isinstance(text, str) and re.search(r"\]\(|://|[<*`$]|:\w+\[", text)
        ]
    return found


def hostile_report(**fixed: str) -> bytes:
    """Return a report with a payload in every cell that takes text, and as title of its sheet."""
    rows = [LABELS]
    for n, payload in enumerate(PAYLOADS):
        row = {
            "団体コード": "13", "都道府県": "東京都", "設置状況": "設置済", "枠組みの名称": f"{payload}{n}",
            "区分": "分野横断", "設置年月": "R7.2", "対象分野": payload, "今後の予定": payload, "備考": payload,
        } | fixed  # fmt: skip
        rows.append([row.get(label, payload if fixed else "") for label in LABELS])
    return make_by_hand({IMAGE: rows})


def harmless(app) -> str:
    """Assert that nothing of a file stands on a page as anything but text; return its HTML."""
    page = shown(app)
    for payload in PAYLOADS:
        assert payload not in page or not set(payload) & set("<>"), payload
    assert not re.search(r"<(img|script|svg)|割り込み</h1>", page)
    assert markdown_of(app) == []
    return page


def test_texts_of_a_file_are_only_ever_text(desk_page, open_page, store):
    # Where words are chosen from a list a payload is refused, and shown as what it is.
    app = hand_in(desk_page(), ("東京都.xlsx", hostile_report(設置状況=IMAGE)))
    for step in ("read", "check", "diff", "publish"):
        harmless(go(app, step))
        assert step != "check" or "E_CHOICE" in shown(app)
    # Signs that nobody sees are no text.
    app = hand_in(desk_page(), ("東京都.xlsx", hostile_report(備考="a_x0007_b")))
    assert "E_CONTROL_CHARACTER" in harmless(go(app, "check"))
    app = hand_in(desk_page(), ("東京都.xlsx", hostile_report()))
    for step in ("read", "check", "diff", "publish"):
        page = harmless(go(app, step))
        if step in ("read", "diff"):
            assert html.escape(PAYLOADS[1]) in page
    go(app, "check")
    for n in range(len(app.checkbox)):
        app.checkbox[n].check().run()
    publish(app, reason=IMAGE + PAYLOADS[1])
    assert store.head() == 1
    for page in (
        desk_page(desk="版の履歴"),
        desk_page(desk="受け付けた提出"),
        open_page(MAP, focus="東京都"),
        open_page("pages/prefecture/page.py", pref="東京都"),
        open_page(),
    ):
        harmless(page)


# --- the store is not there --------------------------------------------------------------------


@pytest.fixture
def closed_store(monkeypatch, store):
    """A store behind a port that nobody listens on."""
    monkeypatch.setenv("DASHBOARD_STORE_URL", "postgresql://nobody@127.0.0.1:9/none")
    loaders.forget_head()


def test_without_the_store_the_page_says_so_and_the_others_work(open_page, closed_store):
    app = open_page(SUBMIT)
    page = shown(app)
    assert "<h1>データ提出・公表</h1>" in page and "保管庫につながりません" in page
    page = mapped(open_page)
    assert known(page) == 8 and "保管庫" in page
    assert "都道府県カルテ" in shown(open_page("pages/prefecture/page.py"))


def test_what_stood_published_stays_while_the_store_is_away(
    desk_page, open_page, store, monkeypatch
):
    published(desk_page, ("東京都.xlsx", report()))
    monkeypatch.setattr(loaders, "_HEAD_SECONDS", 0)
    assert known(mapped(open_page)) == 9
    close_engines()
    file_of(store.url).write_bytes(b"broken" * 1000)
    page = mapped(open_page)
    assert known(page) == 9 and "保管庫のファイルが壊れています" in page
    page = shown(open_page(SUBMIT))
    assert "保管庫のファイルが壊れています" in page and "<h1>データ提出・公表</h1>" in page


# --- what is taken away ------------------------------------------------------------------------


def test_tables_to_take_away_hold_no_formulas(desk_page, store):
    content = report(
        枠組みの名称='=HYPERLINK("http://evil.example")', 参加市町村数="１０", 備考="+1"
    )
    app = hand_in(desk_page(), ("東京都.xlsx", content))
    submission = service.load_submission(store, app.query_params["draft"], NOW)
    one = submission.reports[0]
    for table in (
        findings_table(one.findings, "=x.xlsx"),
        repairs_table(one.repairs),
        changes_table(submission.difference),
    ):
        book = openpyxl.load_workbook(io.BytesIO(downloads.to_xlsx({"表": table})))
        assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
        for line in downloads.to_csv(table).decode("utf-8-sig").splitlines():
            assert not line.startswith(("=", "+", "@")) and ",=" not in line


def test_looking_publishes_nothing(desk_page, store):
    app = hand_in(desk_page(), ("東京都.xlsx", report()))
    for step in ("read", "check", "diff", "publish") * 2:
        go(app, step)
    assert store.head() == 0
