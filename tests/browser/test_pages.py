"""Every page as people meet it: three sizes, keyboard alone, reading software, no English."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from components.site import PAGES
from tests.browser.conftest import ROOT, SIZES, launch, watch

pytestmark = pytest.mark.browser
# Every page, and every part of a page that its address can open.
ADDRESSES = [
    *("" if page is PAGES[0] else page.address for page in PAGES),
    "map?view=タイル",
    "map?view=表&focus=秋田県",
    "prefecture?pref=沖縄県",
    "prefecture?pref=大阪府&sheet=true",
    "practices?part=数で見る",
    "practices?part=役割分担の見直し",
    "practices?part=デジタル共通基盤",
    "tasks?analysis=分野の事務&task-field=上下水道",
    "tasks?analysis=事務の票&task=K3 介護サービス事業者の運営指導&mark-K3-V1=大",
    "tasks?analysis=事務を探す&power=あり",
    "tasks?analysis=比べる",
    "tasks?analysis=比べる&pairing=分野&field-other=道路",
    "tasks?analysis=分析例をたどる",
    "tasks?analysis=規則",
    "simulation?lever-T=50&lever-H=50&lever-P=30&sim-range=true",
    "simulation?simulation=手段の効き目&scope=沖縄県&lever-R=100",
    "simulation?simulation=検証",
    "simulation?simulation=前提",
    "submit?desk=受け付けた提出",
    "submit?desk=版の履歴",
    "submit?draft={open}",
    "submit?draft={open}&step=③ 点検",
    "submit?draft={open}&step=④ 差分",
    "submit?draft={ready}&step=⑤ 公表",
    "submit?draft={refused}&step=③ 点検",
    "sources?section=データと定義",
    "sources?section=図のデータ",
    "sources?section=前提",
    "sources?section=食い違いと未入力",
    "sources?section=用語",
    "sources?section=ライセンス",
    "sources?section=接続点検",
]
# Words that are names, units or formats and stay in Latin letters.
LATIN = {
    "CSV", "Excel", "PNG", "UTF", "BOM", "DX", "LGWAN", "SaaS", "DPI", "NPM", "eLTAX",
    "WebGL", "WebSocket", "GovTech", "GRIPS", "Research", "Focus", "Petersen", "Natural", "Earth", "xlsx",
}  # fmt: skip
# Numbers with letters in them: codes of findings, checksums.
CODES = re.compile(r"\b[ECN]_[A-Z0-9_]+|\b[0-9a-f]{16,64}\b")
# Where Latin text is data by nature: file names, checksums, licences, English glossary column,
# browser and library names.
LATIN_PAGES = ("sources",)


def shown_texts(page) -> list[str]:
    """Return every text a person can see or hear, with placeholders and labels."""
    return page.evaluate(
        """() => {
          const seen = [];
          const visible = (e) => !!e && e.checkVisibility({opacityProperty: false});
          const walk = (root) => {
            const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
            let node;
            while ((node = walker.nextNode())) {
              if (node.nodeType === 3) {
                const parent = node.parentElement;
                // An icon is written as its name in the icon font.
                if (parent?.closest("[data-testid=stIconMaterial]")) continue;
                if (parent && !["SCRIPT", "STYLE"].includes(parent.tagName) && visible(parent))
                  seen.push(node.nodeValue);
                continue;
              }
              if (node.shadowRoot) walk(node.shadowRoot);
              if (!visible(node)) continue;
              for (const name of ["aria-label", "title", "placeholder", "alt"]) {
                const text = node.getAttribute(name);
                if (text) seen.push(text);
              }
            }
          };
          walk(document.body);
          return seen;
        }"""
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_english_is_left(visit, address):
    visit.open(address)

    def without_names(text: str) -> str:
        for name in visit.server.drafts.values():
            text = text.replace(name, "")
        return text

    if address.startswith(LATIN_PAGES):
        texts = [
            text for text in shown_texts(visit.page) if not re.search(r"[ぁ-んァ-ヶ一-龠]", text)
        ]
        # Only what Streamlit itself would say is looked for on these pages.
        english = [
            t
            for t in texts
            if re.fullmatch(
                r"(Select|Choose|No |Search|Show|View|Open|Close|Clear)[A-Za-z ]*", t.strip()
            )
        ]
    else:
        english = [
            word
            for text in shown_texts(visit.page)
            for word in re.findall(r"[A-Za-z][A-Za-z]{3,}", CODES.sub("", without_names(text)))
            if word not in LATIN
        ]
    assert english == []


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("address", ADDRESSES)
def test_fits_the_screen_with_readable_text(browser, server, address, size):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    visit = watch(context, server)
    page = visit.open(address)
    too_wide = page.evaluate(
        "() => [...document.querySelectorAll('[data-testid=stMain], [data-testid=stApp], body')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className + e.scrollWidth)"
    )
    small = page.evaluate(
        """() => {
          const found = new Set();
          const walk = (root) => {
            for (const e of root.querySelectorAll("*")) {
              if (e.shadowRoot) walk(e.shadowRoot);
              const own = [...e.childNodes].some(n => n.nodeType === 3 && n.nodeValue.trim());
              if (!own || ["STYLE", "SCRIPT"].includes(e.tagName) || !e.checkVisibility()) continue;
              const box = e.getBoundingClientRect();
              if (box.width <= 1 || box.height <= 1) continue;
              const size = parseFloat(getComputedStyle(e).fontSize);
              if (size < 13.95) found.add(`${size}px ${e.tagName} ${e.textContent.trim().slice(0, 30)}`);
            }
          };
          walk(document.body);
          return [...found];
        }"""
    )
    artifacts = ROOT / "tests" / "artifacts"
    artifacts.mkdir(exist_ok=True)
    name = re.sub(r"[?=&/ {}]", "_", address) or "overview"
    page.screenshot(path=artifacts / f"{name}_{size}.png")
    context.close()
    assert too_wide == []
    assert small == []
    assert visit.outside == [] and visit.errors == []


# Rules that cannot be met from here, each with its reason. Empty is the aim.
EXCEPTIONS: dict[str, str] = {}


@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_serious(visit, address):
    page = visit.open(address)
    found = Axe().run(page).response["violations"]
    serious = [
        (v["id"], [n["html"][:160] for n in v["nodes"]][:3])
        for v in found
        if v["impact"] in ("serious", "critical") and v["id"] not in EXCEPTIONS
    ]
    assert serious == []
    assert page.locator("html").get_attribute("lang") == "ja"


CONTROLS = (
    "a[href], button, input, select, textarea, summary, [role=tab], [role=button], "
    "[role=radio], [role=slider], [role=combobox], [role=checkbox]"
)


@pytest.mark.parametrize(
    "address",
    [
        "", "map", "map?view=タイル", "prefecture", "practices", "sources", "submit",
        "submit?draft={open}", "submit?draft={open}&step=③ 点検", "submit?draft={ready}&step=⑤ 公表",
        "submit?desk=版の履歴", "submit?desk=受け付けた提出",
    ],
)  # fmt: skip
def test_keyboard_alone_reaches_every_control(visit, address):
    page = visit.open(address)
    wanted = page.evaluate(
        """(controls) => {
          let id = 0;
          const wanted = [];
          const groups = new Map();
          const walk = (root) => {
            for (const e of root.querySelectorAll("*")) {
              if (e.shadowRoot) walk(e.shadowRoot);
              if (!e.matches(controls) || e.disabled || !e.checkVisibility()) continue;
              if (e.closest("[aria-hidden=true], [inert]")) continue;
              // The field of a drop zone is hidden behind its button, which takes the keys.
              if (e.tabIndex < 0 && e.type === "file") continue;
              // The arrow of a list is for the mouse; the list itself takes the keys.
              if (e.tabIndex < 0 && e.closest("[data-testid=stSelectbox], [data-testid=stMultiSelect]")) continue;
              // One stop is enough for tabs, radios and the prefectures of one map: arrows do
              // the rest. A label's hidden input counts through its group.
              const group = e.closest("[role=tablist], [role=radiogroup], svg");
              if (group) {
                if (!groups.has(group)) { groups.set(group, `g${id++}`); wanted.push([groups.get(group), group.textContent.slice(0, 40)]); }
                e.dataset.reach = groups.get(group);
              } else {
                e.dataset.reach = `c${id++}`;
                wanted.push([e.dataset.reach, e.outerHTML.slice(0, 120)]);
              }
            }
          };
          walk(document.body);
          document.activeElement?.blur();
          return wanted;
        }""",
        CONTROLS,
    )
    reached = set()
    for _ in range(3 * len(wanted) + 20):
        page.keyboard.press("Tab")
        mark = page.evaluate(
            """() => {
              let e = document.activeElement;
              while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
              return e?.dataset?.reach ?? e?.closest?.("[data-reach]")?.dataset.reach ?? null;
            }"""
        )
        reached.add(mark)
        if reached >= {key for key, _ in wanted}:
            break
    assert [text for key, text in wanted if key not in reached] == []


@pytest.mark.parametrize("view", ["地図", "タイル"])
def test_47_prefectures_are_drawn(visit, view):
    page = visit.open(f"map?view={view}")
    shapes = page.locator("[data-code]")
    expect(shapes).to_have_count(47)
    labels = shapes.evaluate_all("nodes => nodes.map(n => n.getAttribute('aria-label'))")
    names = {label.split("：")[0] for label in labels}
    assert len(names) == 47
    assert {"北海道", "東京都", "沖縄県"} <= names


def test_map_click_shows_the_card_and_the_address_restores_it(visit):
    page = visit.open("map?view=タイル")
    page.get_by_role("button", name=re.compile("^秋田県：")).click()
    expect(page.get_by_text("地方税業務のあり方研究会", exact=False).first).to_be_visible()
    expect(page).to_have_url(re.compile("focus="))
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    visit.settle()
    expect(page.get_by_text("「都道府県における主な取組の例」表・秋田県の行").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^秋田県："))).to_have_attribute(
        "aria-pressed", "true"
    )


def test_map_by_keyboard_alone(visit):
    page = visit.open("map?view=タイル")
    page.get_by_role("button", name=re.compile("^北海道：")).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="青森県のカルテを開く")).to_be_visible()


def test_the_map_follows_the_slider_and_the_server_agrees(visit):
    page = visit.open("map?view=タイル")
    described = page.locator("[data-code][data-mark='○']")
    expect(described).to_have_count(8)
    page.get_by_role("slider", name="時点").focus()
    page.keyboard.press("Home")
    expect(described).to_have_count(3)
    expect(page).to_have_url(re.compile("asof="))
    visit.settle()
    expect(described).to_have_count(3)
    expect(page.get_by_text("枠組みの記載があるのは3団体、44団体は未入力")).to_be_visible()


def test_the_table_of_a_figure_opens_on_request(visit):
    page = visit.open("")
    figure = page.locator(".st-key-figure-overview-states")
    expect(figure.get_by_role("row", name=re.compile("沖縄県"))).to_have_count(0)
    figure.get_by_role("tab", name="表").click()
    expect(figure.get_by_role("row", name=re.compile("沖縄県"))).to_be_visible()


def test_link_to_the_karte_keeps_the_prefecture(visit):
    page = visit.open("map?focus=長野県")
    page.get_by_role("link", name="長野県のカルテを開く").click()
    visit.settle()
    expect(page.locator("h1")).to_have_text("都道府県カルテ")
    expect(page.get_by_text("団体コード 20")).to_be_visible()


def test_downloads_open_in_excel(visit):
    page = visit.open("")
    figure = page.locator(".st-key-figure-overview-states")
    with page.expect_download() as event:
        figure.get_by_role("button", name="CSVで保存").click()
    assert event.value.suggested_filename == "設置状況_都道府県別_20260422.csv"
    content = event.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and "北海道" in content.decode("utf-8-sig")
    with page.expect_download() as event:
        figure.get_by_role("button", name="Excelで保存").click()
    assert event.value.suggested_filename == "設置状況_都道府県別_20260422.xlsx"
    assert event.value.path().read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("address", "figure"),
    [
        ("", "overview-states"),
        ("", "overview-working-age"),
        ("practices?part=数で見る", "practices-fire"),
        ("", "overview-checks"),
        ("map", "map-fields"),
    ],
)
def test_pictures_are_made_in_the_browser(visit, address, figure):
    page = visit.open(address)
    with page.expect_download() as event:
        page.locator(f".st-key-figure-{figure}").get_by_role("button", name="画像を保存").click()
    assert event.value.suggested_filename.endswith(".png")
    content = event.value.path().read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) > 10_000


def test_columns_need_webgl_and_say_so_without_it(playwright, server):
    chromium = launch(playwright, "--disable-gpu", "--disable-webgl", "--disable-3d-apis")
    visit = watch(chromium.new_context(viewport={"width": 1280, "height": 720}), server)
    page = visit.open("map?view=立体")
    expect(page.get_by_text("このブラウザでは立体を表示できません")).to_be_visible()
    # The default views need no WebGL at all.
    page.get_by_role("radio", name="地図").click()
    expect(page.locator("[data-code]")).to_have_count(47)
    chromium.close()
    assert visit.outside == [] and visit.errors == []


def test_columns_are_drawn_without_asking_anybody(playwright, server):
    chromium = launch(playwright, "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
    visit = watch(chromium.new_context(viewport={"width": 1280, "height": 900}), server)
    page = visit.open("map?view=立体")
    expect(page.get_by_test_id("stDeckGlJsonChart")).to_be_visible()
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(e => e.name.includes('prefectures.geojson'))"
    )
    chromium.close()
    assert visit.outside == [] and visit.errors == []


@pytest.mark.parametrize("prefecture", ["秋田県", "大阪府", "沖縄県", "東京都"])
def test_the_karte_prints_on_one_sheet_of_a4(visit, prefecture):
    page = visit.open(f"prefecture?pref={prefecture}&sheet=true")
    expect(page.get_by_role("button", name="このA4一枚を印刷")).to_be_visible()
    content = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    assert b"841.9" in content or b"842" in content  # A4 landscape is 842 points wide


def test_the_check_page_reports_no_outside_request(visit):
    page = visit.open("sources?section=接続点検")
    expect(page.get_by_role("row", name=re.compile("外部への要求"))).to_contain_text("0件")
    expect(page.get_by_role("row", name=re.compile("書体"))).to_contain_text("読み込み済み")
