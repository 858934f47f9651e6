"""Every page through app.py: no exception, one title, sources, and what it must say."""

from __future__ import annotations

import re

import pytest

from components.site import PAGES


def html_of(app) -> str:
    """Return all HTML a page has shown, joined."""
    bodies = (element.proto.body for element in app.get("html"))
    return "\n".join(body for body in bodies if "<style>" not in body)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_opens_without_exception(open_page, page):
    app = open_page(page.script())
    html = html_of(app)
    assert not app.exception
    assert html.count("<h1>") == 1 and f"<h1>{page.title}</h1>" in html
    assert "gs-error" not in html and "gs-warning" not in html
    # The page of the intake says which version stands instead.
    assert ("公表中：" if page.name == "submit" else "データ時点") in html


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_broken_source_is_explained_and_the_page_stays_up(open_page, page, data_copy):
    for name in ("facts.csv", "frameworks.xlsx", "practices.csv"):
        (data_copy / "sources/mic_wg47_20260422" / name).write_bytes(b"")
    app = open_page(page.script())
    html = html_of(app)
    assert not app.exception
    assert "Traceback" not in html
    assert re.search(r"(facts\.csv|frameworks\.xlsx|practices\.csv)[^<]*(空|読めません)", html)


def test_overview_says_what_the_document_says(open_page):
    html = html_of(open_page())
    assert "47団体のうち28団体" in html and "今後設置予定は6団体" in html
    assert "47−28−6" in html
    assert "8団体・11枠組み" in html and "データ未入力" in html
    assert "21＋11−6" in html and "2団体合わない" in html
    assert "約1,100" in html


def test_overview_shows_a_prefecture_on_demand(open_page):
    app = open_page()
    app.selectbox(key="area").set_value("05").run()
    assert not app.exception
    assert "秋田県の働き手は2050年" in html_of(app)


def test_last_good_data_stays_on_screen(open_page, data_copy):
    app = open_page()
    path = data_copy / "sources/mic_wg47_20260422/facts.csv"
    path.write_text(
        path.read_text(encoding="utf-8-sig").replace(",28,", ",x,", 1), encoding="utf-8-sig"
    )
    html = html_of(app.run())
    assert "直前に読めた内容か、それを除いた内容を表示しています" in html and "列「value」" in html
    assert "47団体のうち28団体" in html


def map_page(open_page, **query):
    return open_page("pages/framework_map/page.py", **query)


def test_map_filters_and_lifts_them_again(open_page):
    app = map_page(open_page)
    assert "枠組みの記載があるのは8団体、39団体は未入力" in html_of(app)
    app.selectbox(key="level").set_value("課長級").run()
    assert "47団体中 3団体" in html_of(app)
    app.selectbox(key="field").set_value("地方税").run()
    assert "47団体中 1団体" in html_of(app)
    next(button for button in app.button if button.label == "解除").click().run()
    assert "枠組みの記載があるのは8団体、39団体は未入力" in html_of(app)


def test_map_goes_back_in_time(open_page):
    app = map_page(open_page)
    app.select_slider(key="asof").set_value("2025-10-01").run()
    html = html_of(app)
    assert not app.exception
    # 北海道・秋田・沖縄 were there by then; 福井 (R7.10) and 鹿児島 (R7.11) cannot be told.
    assert "設置済（型の記載なし） <b>3</b>" in html


def test_map_shows_the_card_of_a_prefecture_with_its_wording(open_page):
    app = map_page(open_page)
    app.selectbox(key="focus").set_value("05").run()
    html = html_of(app)
    assert (
        "地方税業務のあり方研究会" in html
        and "「都道府県における主な取組の例」表・秋田県の行" in html
    )
    app.selectbox(key="focus").set_value("13").run()
    assert "設置していないという意味ではなく、データ未入力です" in html_of(app)


@pytest.mark.parametrize("view", ["map", "tile", "table", "columns"])
def test_map_views(open_page, view):
    app = map_page(open_page)
    app.segmented_control(key="view").set_value(view).run()
    assert not app.exception and "gs-error" not in html_of(app)


@pytest.mark.parametrize("code", ["01", "05", "13", "27", "46", "47"])
def test_karte_of_any_prefecture(open_page, code):
    app = open_page("pages/prefecture/page.py")
    app.selectbox(key="pref").set_value(code).run()
    html = html_of(app)
    assert not app.exception and "gs-error" not in html
    assert f"団体コード {code}" in html


def test_karte_steps_to_the_neighbours_in_a_ring(open_page):
    app = open_page("pages/prefecture/page.py")
    app.button(key="prefecture.before").click().run()
    assert "団体コード 47" in html_of(app)
    app.button(key="prefecture.after").click().run()
    assert "団体コード 01" in html_of(app)


def test_karte_never_shows_an_expired_plan_as_a_plan(open_page):
    app = open_page("pages/prefecture/page.py")
    app.selectbox(key="pref").set_value("18").run()
    app.toggle(key="sheet").set_value(True).run()
    assert "期限は過ぎている。結果は資料に記載なし" in html_of(app)


@pytest.mark.parametrize("part", ["library", "charts", "roles", "digital"])
def test_practice_parts(open_page, part):
    app = open_page("pages/practices/page.py")
    app.segmented_control(key="part").set_value(part).run()
    assert not app.exception and "gs-error" not in html_of(app)


def test_practices_are_filtered(open_page):
    app = open_page("pages/practices/page.py")
    assert "事例 38件" in html_of(app)
    app.selectbox(key="place").set_value("00").run()
    assert "事例 16件" in html_of(app)
    app.selectbox(key="place").set_value("47").run()
    assert "事例 6件" in html_of(app)


def test_the_forecast_band_says_why_it_is_wide(open_page):
    app = open_page("pages/practices/page.py")
    app.segmented_control(key="part").set_value("charts").run()
    html = html_of(app)
    assert "2030年のコンビニ交付は27〜70％" in html and "上限は6点では決まらない" in html


@pytest.mark.parametrize(
    "section", ["cards", "tables", "charts", "parameters", "notes", "glossary", "licences", "check"]
)
def test_source_sections(open_page, section):
    app = open_page("pages/sources/page.py")
    app.segmented_control(key="section").set_value(section).run()
    assert not app.exception and "gs-error" not in html_of(app)


def test_glossary_search(open_page):
    app = open_page("pages/sources/page.py")
    app.segmented_control(key="section").set_value("glossary").run()
    app.text_input(key="term").set_value("垂直補完").run()
    assert "vertical" in html_of(app)
    app.text_input(key="term").set_value("[(*").run()
    assert not app.exception and "当てはまる用語はありません" in html_of(app)


def test_no_two_pages_share_a_key_of_the_address(open_page):
    """Streamlit drops a shared parameter when a link leads from one page to the other."""
    owner: dict[str, str] = {}
    for page in PAGES:
        app = open_page(page.script())
        kinds = ("selectbox", "select_slider", "segmented_control", "pills", "text_input")
        for widget in (w for kind in kinds for w in app.get(kind)):
            key = getattr(widget.proto, "query_param_key", "")
            if key:
                assert owner.setdefault(key, page.name) == page.name, key
    assert {"focus", "pref", "asof", "view", "place", "section"} <= set(owner)
