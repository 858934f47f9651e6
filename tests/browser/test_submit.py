"""データ提出・公表 in a real browser: the whole way, by mouse, by keyboard, and when it breaks off."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from data.store.engine import close_engines
from data.store.store import Store
from data.store.verify import verify
from tests.browser.conftest import Server, Visit, messy_report, plain_report, run_server, watch
from tests.data.intake.conftest import LABELS
from tests.data.intake.workbooks import make_by_hand

pytestmark = pytest.mark.browser
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DONE = re.compile(r"第(\d+)版として公表しました")
READ = "補正の一覧"


@dataclass
class Desk:
    """A dashboard with a store of its own, and a handle on that store."""

    server: Server
    folder: Path

    def store(self) -> Store:
        return Store.open(folder=self.folder / "var")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Desk]:
    """One dashboard for the tests that leave each other's prefectures alone."""
    folder = tmp_path_factory.mktemp("desk")
    with run_server(folder) as server:
        yield Desk(server, folder)
    close_engines()


@pytest.fixture
def officer(browser, desk) -> Iterator[Visit]:
    """A visitor of the desk; no foreign request, no page error, no dialogue."""
    yield from visitor(browser, desk.server)


def visitor(browser, server: Server) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    opened, dialogues = watch(context, server), []
    opened.page.on(
        "dialog", lambda dialogue: (dialogues.append(dialogue.message), dialogue.accept())
    )
    yield opened
    context.close()
    assert (opened.outside, opened.errors, dialogues) == ([], [], [])


def as_file(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": XLSX, "buffer": content}


def hand_in(visit: Visit, name: str, content: bytes) -> str:
    """Hand in a file at the reception; return the submission's number once it is read."""
    visit.open("submit")
    visit.page.locator("input[type=file]").set_input_files([as_file(name, content)])
    return read_submission(visit)


def read_submission(visit: Visit) -> str:
    """Wait until a submission stands read on screen; return its number."""
    expect(visit.page.get_by_role("heading", name=READ)).to_be_visible()
    visit.settle()
    return re.search(r"draft=(\w+)", visit.page.url)[1]


def step(page: Page, name: str) -> None:
    """Open a step of the submission."""
    page.get_by_role("radio", name=name).click()
    expect(page.get_by_role("radio", name=name)).to_be_checked()


def ticks(page: Page) -> Locator:
    return page.get_by_test_id("stCheckbox").get_by_role("checkbox")


def tick_all(visit: Visit) -> None:
    """Put every tick, one after the other, each kept before the next."""
    page = visit.page
    step(page, "③ 点検")
    expect(page.get_by_test_id("stCheckbox").first).to_be_visible()
    count = ticks(page).count()
    for n in range(count):
        page.get_by_test_id("stCheckbox").locator("label").nth(n).click()
        left = count - n - 1
        said = f"確認が{left}件残っています" if left else "公表できます。"
        expect(page.get_by_text(said)).to_be_visible()
    visit.settle()


def open_form(page: Page, reason: str = "定期報告") -> Locator:
    """Open ⑤ and fill it; return the button."""
    step(page, "⑤ 公表")
    page.get_by_label("公表の理由").fill(reason)
    page.get_by_label("公表する人").fill("総務省 行政課")
    return page.get_by_role("button", name="この内容で公表する")


def saved(page: Page, button: Locator) -> tuple[str, bytes]:
    """Press a button that saves a file; return its name and content."""
    with page.expect_download() as event:
        button.click()
    return event.value.suggested_filename, event.value.path().read_bytes()


def open_list(page: Page, name: str | re.Pattern) -> None:
    """Open a list of choices by the mouse."""
    field = page.get_by_role("combobox", name=name)
    field.scroll_into_view_if_needed()
    # A list closes when the page scrolls under it, so the scrolling has to be over.
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")
    field.click()
    expect(page.get_by_role("option").first).to_be_visible()


def place_on_map(visit: Visit, name: str) -> Locator:
    visit.open("map?view=タイル")
    return visit.page.get_by_role("button", name=re.compile(f"^{name}："))


def has_formula(content: bytes) -> bool:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


# --- the whole way -----------------------------------------------------------------------------


def test_the_whole_way_with_the_mouse(officer, desk):
    page, content = officer.page, messy_report("13", "東京都")
    officer.open("submit")
    page.get_by_label("操作する人").fill("東京都 市町村課")
    page.get_by_label("操作する人").press("Tab")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="ファイルを選ぶ", exact=True).click()
    chooser.value.set_files([as_file("東京都_報告.xlsx", content)])
    read_submission(officer)
    expect(page.get_by_text("確認が2件残っています")).to_be_visible()
    # ② what was read, and every repair with its cell.
    records = page.get_by_role("region", name="枠組み設置状況（2行）")
    expect(records.get_by_role("row", name=re.compile("東京都 広域検討会"))).to_contain_text("12")
    repair = page.get_by_role("region", name=READ).get_by_role("row", name=re.compile("J4"))
    expect(repair).to_contain_text("１２団体")
    expect(page.locator("td.gs-g-repair", has_text="１２団体")).to_have_attribute(
        "title", re.compile("全角を半角に")
    )
    # One repair declined: the value can no longer be used, and the submission says so …
    open_list(page, "取り消す補正")
    page.get_by_role("option", name=re.compile("参加市町村数 → 12")).click()
    expect(page.get_by_text("要修正の指摘があるため公表できません")).to_be_visible()
    expect(repair).to_have_count(0)
    page.keyboard.press("Escape")
    # … and accepted again.
    page.get_by_test_id("stMultiSelect").get_by_role(
        "button", name=re.compile("外す")
    ).first.click()
    expect(page.get_by_text("確認が2件残っています")).to_be_visible()
    expect(repair).to_have_count(1)
    # ③ what is said, to take away.
    step(page, "③ 点検")
    name, marked = saved(page, page.get_by_role("button", name="指摘入りExcel"))
    assert name == "東京都_報告_指摘入り.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert book["枠組み設置状況"]["H4"].comment and book["枠組み設置状況"]["J5"].comment
    assert book["枠組み設置状況"]["J4"].value == "１２団体"
    name, listed = saved(page, page.get_by_role("button", name="指摘の一覧をExcelで保存"))
    assert name == "東京都_報告_指摘一覧.xlsx" and not has_formula(listed)
    _, lines = saved(page, page.get_by_role("button", name="指摘の一覧をCSVで保存"))
    assert lines.startswith(b"\xef\xbb\xbf") and "C_NO_DATE" in lines.decode()
    step(page, "⑤ 公表")
    expect(page.get_by_text("確認が2件残っているため、まだ公表できません")).to_be_visible()
    tick_all(officer)
    # ④ what would change.
    step(page, "④ 差分")
    expect(page.get_by_text("不明（未入力） → 設置済（分野横断）：東京都")).to_be_visible()
    expect(page.locator("[data-code='13']").nth(1)).to_have_attribute("data-mark", "●")
    # ⑤ nothing without a reason, then published.
    publish = open_form(page, reason="")
    publish.click()
    expect(page.get_by_text("公表の理由を書いてください")).to_be_visible()
    page.get_by_label("公表の理由").fill("令和7年12月1日時点の報告")
    publish.click()
    expect(page.get_by_text(DONE)).to_be_visible()
    no = desk.store().head()
    page.get_by_role("link", name="設置状況マップで見る").click()
    expect(page.locator("h1")).to_have_text("設置状況マップ")
    expect(page.locator("[data-code='13']")).to_have_attribute("data-mark", "●")
    # The history: the originals, a look back on every page, and the way back.
    page.get_by_role("link", name="データ提出・公表").click()
    page.get_by_role("radio", name="版の履歴").click()
    expect(page.get_by_role("heading", name=f"第{no}版", exact=True)).to_be_visible()
    _, originals = saved(page, page.get_by_role("button", name=re.compile("原本を受け取る")))
    with zipfile.ZipFile(io.BytesIO(originals)) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [content]
    page.get_by_role("button", name="第0版（収録した資料だけ）で見る").click()
    expect(page.get_by_text("第0版（収録した資料だけ）で見ています")).to_be_visible()
    page.get_by_role("link", name="設置状況マップ").click()
    expect(page.locator("h1")).to_have_text("設置状況マップ")
    expect(page.get_by_text("第0版（収録した資料だけ）で見ています")).to_be_visible()
    expect(page.locator("[data-code='13']")).to_have_attribute("data-mark", "？")
    page.get_by_role("button", name="最新の版に戻す").click()
    expect(page.get_by_text("で見ています")).to_have_count(0)
    # Taken back.
    officer.open("submit?desk=版の履歴")
    page.get_by_label("取り消しの理由").fill("取り違え")
    page.get_by_role("button", name=f"第{no}版を取り消す").click()
    expect(page.get_by_text(f"第{no}版を取り消し、第{no + 1}版としました")).to_be_visible()
    expect(place_on_map(officer, "東京都")).to_have_attribute("data-mark", "？")
    assert verify(desk.store()) == []


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("e => e.contains(document.activeElement)"):
            return
    pytest.fail(f"Tab does not reach {target}")


def choose_part(page: Page, name: str) -> None:
    """Reach a row of parts by Tab, go along it by arrows, and take one."""
    wanted = page.get_by_role("radio", name=name)
    reach(page, page.get_by_role("radiogroup").filter(has=wanted))
    for _ in range(6):
        if wanted.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(wanted).to_be_checked()


def press_for_files(page: Page, file: dict, tries: int = 5) -> None:
    """Press Enter on the button of a drop zone and give it a file.

    A key that falls into the moment at which the page takes over the field before is lost;
    people press again.
    """
    for left in reversed(range(tries)):
        try:
            with page.expect_file_chooser(timeout=2000) as chooser:
                page.keyboard.press("Enter")
        except PlaywrightTimeout:
            if not left:
                raise
        else:
            chooser.value.set_files([file])
            return


def test_the_whole_way_by_keyboard_alone(officer, desk):
    page = officer.page
    officer.open("submit")
    reach(page, page.get_by_label("操作する人"))
    page.keyboard.type("神奈川県")
    reach(page, page.get_by_role("button", name="ファイルを選ぶ", exact=True))
    press_for_files(page, as_file("神奈川県.xlsx", messy_report("14", "神奈川県")))
    read_submission(officer)
    # A repair declined and accepted again.
    lists = page.get_by_role("combobox", name="取り消す補正")
    reach(page, lists)
    page.keyboard.type("参加市町村数 → 12")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("要修正の指摘があるため公表できません")).to_be_visible()
    page.keyboard.press("Escape")
    officer.settle()
    lists.evaluate("e => e === document.activeElement") or reach(page, lists)
    page.keyboard.press("Backspace")
    expect(page.get_by_text("確認が2件残っています")).to_be_visible()
    page.keyboard.press("Escape")
    officer.settle()
    # Every tick.
    choose_part(page, "③ 点検")
    for n, said in enumerate(("確認が1件残っています", "公表できます。")):
        reach(page, ticks(page).nth(n))
        page.keyboard.press("Space")
        expect(page.get_by_text(said)).to_be_visible()
    officer.settle()
    choose_part(page, "④ 差分")
    expect(page.get_by_text("不明（未入力） → 設置済（分野横断）：神奈川県")).to_be_visible()
    officer.settle()
    choose_part(page, "⑤ 公表")
    reach(page, page.get_by_label("公表の理由"))
    page.keyboard.type("定期報告")
    reach(page, page.get_by_role("button", name="この内容で公表する"))
    page.keyboard.press("Enter")
    expect(page.get_by_text(DONE)).to_be_visible()
    no = desk.store().head()
    officer.settle()
    reach(page, page.get_by_role("link", name="設置状況マップで見る"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-code='14']")).to_have_attribute("data-mark", "●")
    officer.settle()
    reach(page, page.get_by_role("link", name="データ提出・公表"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("データ提出・公表")
    officer.settle()
    choose_part(page, "版の履歴")
    reach(page, page.get_by_label("取り消しの理由"))
    page.keyboard.type("取り違え")
    reach(page, page.get_by_role("button", name=f"第{no}版を取り消す"))
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"第{no}版を取り消し、第{no + 1}版としました")).to_be_visible()
    expect(place_on_map(officer, "神奈川県")).to_have_attribute("data-mark", "？")


# --- once, and only once -----------------------------------------------------------------------


def test_a_double_click_makes_one_version(officer, desk):
    head = desk.store().head()
    draft_id = hand_in(officer, "千葉県.xlsx", plain_report("12", "千葉県"))
    open_form(officer.page).dblclick()
    expect(officer.page.get_by_text("版として公表済みです")).to_be_visible()
    officer.settle()
    store = desk.store()
    assert store.head() == head + 1 == store.read_draft(draft_id).version_no


def test_two_tabs_with_one_submission_make_one_version(browser, officer, desk):
    head = desk.store().head()
    draft_id = hand_in(officer, "埼玉県.xlsx", plain_report("11", "埼玉県"))
    others = visitor(browser, desk.server)
    other = next(others)
    other.open(f"submit?draft={draft_id}")
    buttons = [open_form(visit.page) for visit in (officer, other)]
    for button in buttons:
        button.click(no_wait_after=True)
    for visit in (officer, other):
        expect(
            visit.page.get_by_text(f"この提出は第{head + 1}版として公表済みです")
        ).to_be_visible()
    assert desk.store().head() == head + 1
    assert next(others, None) is None


def test_a_submission_opens_from_the_list(officer, desk):
    hand_in(officer, "群馬県.xlsx", plain_report("10", "群馬県"))
    page = officer.page
    page.get_by_role("radio", name="受け付けた提出").click()
    page.get_by_role("button", name="この提出を開く").click()
    expect(page.get_by_role("radio", name="提出と公表")).to_be_checked()
    expect(page.get_by_text("群馬県広域検討会").first).to_be_visible()
    page.get_by_role("button", name="受付に戻る").click()
    expect(page.get_by_role("heading", name="様式を受け取る")).to_be_visible()
    # The file that was handed in is not handed in again.
    officer.settle()
    assert (
        len([d for d in desk.store().list_drafts() if d.files[0].file_name == "群馬県.xlsx"]) == 1
    )


# --- what breaks off ---------------------------------------------------------------------------


def test_a_session_that_drops_loses_nothing(browser, tmp_path):
    desk = Desk(None, tmp_path)

    def come_back(server: Server, address: str) -> Visit:
        visit = watch(browser.new_context(), server)
        visit.open(address)
        return visit

    with run_server(tmp_path) as server:
        # Gone while the file is being read: what arrived is kept, and read at the next visit.
        visit = come_back(server, "submit")
        visit.page.locator("input[type=file]").set_input_files(
            [as_file("東京都.xlsx", messy_report("13", "東京都"))]
        )
        visit.page.wait_for_url(re.compile("draft="))
        asked = re.search(r"draft=(\w+)", visit.page.url)[1]
        visit.page.close()
        visit.page.context.close()
        back = come_back(server, f"submit?draft={asked}")
        read_submission(back)
        step(back.page, "③ 点検")
        back.page.get_by_test_id("stCheckbox").locator("label").first.click()
        expect(back.page.get_by_text("確認が1件残っています")).to_be_visible()
        # The server dies as the button is pressed: one version or none.
        ready = hand_in(back, "千葉県.xlsx", plain_report("12", "千葉県"))
        open_form(back.page).click(no_wait_after=True)
        server.process.kill()
        server.process.wait()
        back.page.context.close()
    assert desk.store().head() in (0, 1) and verify(desk.store()) == []
    close_engines()
    with run_server(tmp_path) as server:
        again = come_back(server, f"submit?draft={asked}&step=③ 点検")
        expect(ticks(again.page).nth(0)).to_be_checked()
        expect(ticks(again.page).nth(1)).not_to_be_checked()
        # The screen says which of the two it was.
        page = again.open(f"submit?draft={ready}")
        if not desk.store().head():
            expect(page.get_by_text("公表できます。")).to_be_visible()
            open_form(page).click()
        expect(page.get_by_text("この提出は第1版として公表済みです")).to_be_visible()
        page.context.close()
    store = desk.store()
    assert store.head() == 1 == store.read_draft(ready).version_no and verify(store) == []
    close_engines()


# --- hostile texts -----------------------------------------------------------------------------

PICTURE = "![x](http://evil.example/a.png)"
PAYLOADS = (
    PICTURE, "<img src=x onerror='window.__xss=1'>", "<script>window.__xss=1</script>",
    "[a](javascript:window.__xss=1)", "\"><svg onload=window.__xss=1>", ":red[x] $x$ `y`",
    "<iframe srcdoc='<script>parent.__xss=1</script>'>", "</td></table><h1>割り込み</h1>",
    "=HYPERLINK(\"http://evil.example\")", "<a href=//evil.example>x</a>",
)  # fmt: skip


def hostile_report() -> bytes:
    """Return a report with a payload in every cell that takes free text, and as a sheet's title."""
    rows = [LABELS]
    for n, payload in enumerate(PAYLOADS):
        row = {
            "団体コード": "09", "都道府県": "栃木県", "設置状況": "設置済", "枠組みの名称": f"{payload}{n}",
            "区分": "分野横断", "設置年月": "R7.4", "対象分野": payload, "今後の予定": payload, "備考": payload,
        }  # fmt: skip
        rows.append([row.get(label, "") for label in LABELS])
    cover = [
        ["団体コード", "09"],
        ["都道府県", "栃木県"],
        ["時点", "2025-12-01"],
        ["部局", PICTURE],
    ]
    return make_by_hand({"表紙": cover, PICTURE: rows, PAYLOADS[1]: [[PICTURE]]})


def test_what_stands_in_a_file_is_only_ever_text(officer, desk):
    page = officer.page
    officer.open("submit")
    page.get_by_label("操作する人").fill(PICTURE)
    page.get_by_label("操作する人").press("Tab")
    page.locator("input[type=file]").set_input_files(
        [
            as_file(
                "![x](http:∕∕evil.example)<img src=x onerror=window.__xss=1>.xlsx", hostile_report()
            )
        ]
    )
    draft_id = read_submission(officer)

    def look() -> None:
        officer.settle()
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate("() => window.__xss") is None
        assert page.locator("a[href*='evil'], img[src*='evil'], iframe, img[src='x']").count() == 0

    look()
    for name in ("取り消す補正", "シート"):
        open_list(page, name)
        look()
        page.keyboard.press("Escape")
    step(page, "③ 点検")
    look()
    page.locator("summary", has_text="参考（").click()
    look()
    if ticks(page).count():
        tick_all(officer)
    step(page, "④ 差分")
    expect(page.get_by_text("割り込み").first).to_be_visible()
    look()
    open_form(page, reason="".join(PAYLOADS[:3])).click()
    expect(page.get_by_text(DONE)).to_be_visible()
    look()
    for address in (
        "submit?desk=版の履歴", "submit?desk=受け付けた提出", f"submit?draft={draft_id}",
        "map?focus=栃木県", "map?view=表", "prefecture?pref=栃木県", "prefecture?pref=栃木県&sheet=true",
        "", "sources?section=食い違いと未入力",
    ):  # fmt: skip
        officer.open(address)
        look()
    officer.open("map?focus=栃木県")
    open_list(page, re.compile("^対象分野"))
    page.get_by_role("option", name=re.compile("evil")).first.click()
    look()


# --- forms -------------------------------------------------------------------------------------


def test_the_form_is_handed_out_empty_filled_and_for_all(visit):
    page = visit.open("submit")
    name, content = saved(page, page.get_by_role("button", name="公表中のデータ入りの様式"))
    assert name == "都道府県報告様式_全47都道府県_公表中.xlsx"
    filled = openpyxl.load_workbook(io.BytesIO(content))
    texts = {str(cell.value) for row in filled["枠組み設置状況"].iter_rows() for cell in row}
    assert "地方税業務のあり方研究会" in texts and not has_formula(content)
    name, content = saved(page, page.get_by_role("button", name="県別の空の様式をまとめて"))
    assert name == "都道府県報告様式_県別.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 47
    open_list(page, "都道府県")
    page.get_by_role("option", name="秋田県").click()
    expect(page.get_by_role("button", name="県別の空の様式をまとめて")).to_have_count(0)
    visit.settle()
    name, content = saved(page, page.get_by_role("button", name="空の様式"))
    assert name == "都道府県報告様式_秋田県.xlsx"
    empty = openpyxl.load_workbook(io.BytesIO(content))
    assert {"はじめに", "表紙", "枠組み設置状況", "コード表"} <= set(empty.sheetnames)
