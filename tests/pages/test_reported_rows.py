"""The reading pages with reports of prefectures: one beside the document, then all 47."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from components.charts import BarChart, MatrixChart, NoChart, TableChart, TimelineChart
from components.figure import LONGEST_HEADLINE
from components.plotly_charts import draw_timeline
from components.svg_payload import bar_payload, map_payload
from data import catalogue, loaders
from data.read import read_frameworks
from data.store.engine import close_engines
from data.store.location import store_url
from domain import frameworks as fw
from domain.frameworks import FrameworkFilter
from domain.intake.rows import of_framework
from domain.places import CODES
from pages.framework_map import build as map_build
from pages.overview import build as overview_build
from pages.prefecture import build as prefecture_build
from pages.registry import list_all_figures
from tests.pages import reports

ROOT = Path(__file__).resolve().parent.parent.parent
MAP, KARTE = "pages/framework_map/page.py", "pages/prefecture/page.py"
DOCUMENT, REPORTS = catalogue.DOCUMENT, catalogue.REPORTS
# What is left of a sentence whose value is missing.
LEFTOVER = re.compile(
    r"「」|（）|\(\)|（・|・）|：）|：</|：<br>|、。|。。|・・|・</b>|\bnan\b|\bNone\b|不明・不明"
)


@pytest.fixture(autouse=True)
def empty_store(tmp_path, monkeypatch):
    """Let every test start with nothing published."""
    monkeypatch.setenv("DASHBOARD_VAR_DIR", str(tmp_path))
    loaders.forget_head()
    yield
    close_engines(store_url())
    loaders.forget_head()


@pytest.fixture
def tokyo() -> None:
    publish(reports.tokyo())


@pytest.fixture
def everybody() -> None:
    publish(reports.everybody())


def publish(rows, at: datetime = reports.PUBLISHED) -> None:
    reports.publish(rows, at)
    loaders.forget_head()


def html_of(app) -> str:
    bodies = (element.proto.body for element in app.get("html"))
    return "\n".join(body for body in bodies if "<style>" not in body)


def clean_html(app) -> str:
    """Return what a page shows, after looking for faults and leftovers."""
    html = html_of(app)
    assert not app.exception and "gs-error" not in html and "gs-warning" not in html
    assert not (found := LEFTOVER.search(html)), html[found.start() - 80 : found.end() + 40]
    return html


def figures_of(code: str):
    """Return all figures of a prefecture's karte and of the pages before it."""
    return [
        *overview_build.list_figures(),
        *map_build.list_figures(),
        *prefecture_build.list_figures(code),
    ]


def figure(figures, key: str):
    return next(one for one in figures if one.key == key)


def source_ids(one) -> set[str]:
    return {source.source_id for source in one.sources}


# One prefecture beside the document


def test_the_overview_counts_document_and_report(tokyo, open_page):
    html = clean_html(open_page())
    assert "資料の公表値では、検討の枠組みを設置している都道府県は47団体のうち28団体" in html
    assert "9団体（資料による8団体・11枠組みと報告による1団体・1枠組み）" in html
    assert "設置済み9団体（うち5団体は" in html and "残る38団体は未入力" in html
    assert "設置予定0団体" not in html.split("gs-kpis")[0]
    assert "行の集計では9団体（ほかに未入力38団体）" in html
    assert "｜最新の報告の日：令和8年11月20日" in html
    assert "～ 令和8年10月1日（2026年10月1日）" in html
    assert "8団体の枠組み（資料）" in html and "都道府県の報告（1団体）" in html
    assert "重点的な対応方策の数は、データ未入力" not in html


def test_sources_are_those_the_figure_is_made_from(tokyo):
    figures = figures_of("13")
    for key in ("overview.states", "overview.checks", "map.states", "map.columns", "map.fields"):
        assert {DOCUMENT, REPORTS} <= source_ids(figure(figures, key)), key
    for key in ("overview.measures", "prefecture.timeline"):
        assert source_ids(figure(figures, key)) == {REPORTS}, key
    assert (
        "報告_13.xlsx「枠組み設置状況」5行目"
        in figure(figures, "overview.measures").png_text()["source"]
    )
    akita = {one.key: source_ids(one) for one in prefecture_build.list_figures("05")}
    assert akita["prefecture.timeline"] == akita["prefecture.measures"] == {DOCUMENT}
    # At a day before the report nothing of it is shown, nor named.
    early = map_build.build_states(date(2025, 10, 31), FrameworkFilter(), "tile")
    assert source_ids(early) == {DOCUMENT}


def test_measures_are_a_chart_of_prefectures_with_their_base(tokyo):
    measures = overview_build.build_measures()
    assert isinstance(measures.chart, BarChart)
    values = dict(zip(measures.chart.categories, measures.chart.series[0].values, strict=True))
    assert values["水平連携"] == values["デジタル活用"] == 1 and values["広域連携"] == 0
    assert "記載のある1団体" in measures.subtitle and "単位 団体" in measures.subtitle
    assert any("足しても" in note for note in measures.notes)
    assert any("46団体" in note for note in measures.notes)


def test_nothing_published_keeps_the_missing_chart():
    assert isinstance(overview_build.build_measures().chart, NoChart)
    assert catalogue.latest_day() == catalogue.document_day()
    assert catalogue.describe_day(catalogue.latest_day()) == "資料の日付"
    assert catalogue.latest_report_day() is None
    assert source_ids(map_build.build_field_matrix()) == {DOCUMENT}


def test_the_latest_day_is_the_newest_report(tokyo):
    days = catalogue.evidence_days()
    assert catalogue.latest_day() == days[-1] == date(2026, 11, 20)
    assert date(2026, 10, 1) in days and catalogue.document_day() in days
    assert catalogue.describe_day(days[-1]) == "最新の報告の日"
    assert catalogue.describe_day(catalogue.document_day()) == "資料の日付"


def test_the_map_shows_the_card_of_a_report(tokyo, open_page):
    app = open_page(MAP)
    html = clean_html(app)
    assert "設置状況が分かるのは9団体、38団体は未入力" in html
    app.selectbox(key="focus").set_value("13").run()
    html = clean_html(app)
    assert "都道府県の報告<br>報告_13.xlsx「枠組み設置状況」5行目・時点：令和8年10月1日" in html
    assert "<dd>一部（26／62市区町村）</dd>" in html and "<dd>税務、介護</dd>" in html
    assert "<dd>令和9年3月（予定）</dd>" in html and "島しょ部は別に検討" in html
    app.select_slider(key="asof").set_value("2025-10-31").run()
    assert "後の時点に、都道府県の報告があります" in clean_html(app)
    app.selectbox(key="focus").set_value("02").run()
    assert "資料にも都道府県の報告にも、この都道府県の枠組みの記載はありません" in clean_html(app)


def test_filters_find_what_was_reported(tokyo, open_page):
    app = open_page(MAP)
    app.selectbox(key="measure").set_value("デジタル活用").run()
    assert "47団体中 1団体が条件に合います" in clean_html(app)
    app.selectbox(key="measure").set_value(fw.NOT_STATED).run()
    assert "47団体中 8団体が条件に合います" in clean_html(app)
    assert app.selectbox(key="field").label == "対象分野（資料・報告の語）"


def test_the_karte_of_a_report(tokyo, open_page):
    app = open_page(KARTE)
    app.selectbox(key="pref").set_value("13").run()
    html = clean_html(app)
    assert "都道府県の報告（時点：令和8年10月1日）" in html
    assert '<h2 class="gs-section">都道府県の報告</h2>' in html and "資料の原文" not in html
    assert (
        "対象範囲：一部・26市区町村／対象分野：税務、介護／対応方策：水平連携、デジタル活用" in html
    )
    assert "点線は最新の報告の日。" in html
    app.toggle(key="sheet").set_value(True).run()
    html = clean_html(app)
    assert "期限：令和9年3月（予定）" in html and "最新の報告の日：令和8年11月20日" in html
    app.selectbox(key="pref").set_value("18").run()
    html = clean_html(app)
    assert "資料の原文" in html and "期限は過ぎている。結果は資料に記載なし" in html


def test_a_report_that_repeats_the_document_is_the_document_s(open_page):
    bundled = [row for row in read_frameworks(ROOT / "data") if row.pref_code == "05"]
    same, other = (dict(of_framework(row, "秋田県").values) for row in bundled)
    other |= {"status": "設置済み", "start": "2026-06", "as_of": "2026-10-01"}
    publish({"05": [same, other]})
    rows = loaders.load_states(catalogue.latest_day())["05"].frameworks
    assert [row.source_id for row in rows] == [DOCUMENT, REPORTS]
    app = open_page(KARTE)
    app.selectbox(key="pref").set_value("05").run()
    html = clean_html(app)
    assert "資料の原文と都道府県の報告" in html and "「R7.3に県と5市町で構成される" in html
    assert source_ids(prefecture_build.list_figures("05")[0]) == {DOCUMENT, REPORTS}
    app.toggle(key="sheet").set_value(True).run()
    clean_html(app)


def test_a_deadline_passed_since_the_report_is_no_plan(open_page):
    row = reports.row("20", "協議の場", start="2025-04", due="2026-08", as_of="2026-07-01")
    publish({"20": [row]})
    app = open_page(KARTE)
    app.selectbox(key="pref").set_value("20").run()
    assert "期限を過ぎた予定は1つ" in clean_html(app)
    app.toggle(key="sheet").set_value(True).run()
    assert "期限は過ぎている。結果は報告に記載なし" in clean_html(app)


# All 47


def test_all_prefectures_leave_nothing_to_be_filled_in(everybody, open_page):
    html = clean_html(open_page())
    assert "47団体の全てから報告があり、枠組みは61件" in html
    assert "設置予定8団体、未設置7団体、未回答1団体" in html
    assert "未入力（どの" not in html and "残る" not in html and "資料では図のみ。" not in html
    assert "資料による" not in html and "8団体の枠組み" not in html
    assert "最も古い都道府県の報告（1団体）" in html and "最も新しい都道府県の報告（1団体）" in html
    assert "設置状況が分かるのは46団体、1団体は未回答" in html


def test_all_prefectures_with_a_state_are_told_as_such(open_page):
    publish(reports.everybody() | {reports.OPEN: [reports.row("47", status="未設置")]})
    for one in (
        overview_build.build_states(),
        map_build.build_states(date(2026, 11, 20), FrameworkFilter()),
    ):
        assert one.headline == "設置済みは31団体、設置予定8、未設置8"
        assert not any("未入力" in note for note in one.notes)
    html = clean_html(open_page())
    assert "未設置8団体。</li>" in html and "報告の行の集計では31団体</p>" in html


@pytest.mark.parametrize("view", ["map", "tile", "table", "columns"])
def test_the_map_of_all(everybody, open_page, view):
    app = open_page(MAP)
    app.segmented_control(key="view").set_value(view).run()
    html = clean_html(app)
    assert "△ 設置予定 8団体" in html and "不明（未回答との報告）1団体：沖縄" in html
    app.selectbox(key="focus").set_value("05").run()
    assert "<h4>未設置</h4>" in clean_html(app)


def test_an_answer_without_a_framework_meets_no_filter_of_frameworks(everybody, open_page):
    app = open_page(MAP)
    app.selectbox(key="measure").set_value(fw.NOT_STATED).run()
    # 8 planned and 7 without details; neither 未設置 nor 未回答.
    assert "47団体中 15団体が条件に合います" in clean_html(app)
    app.selectbox(key="measure").set_value("水平連携").run()
    assert "47団体中 4団体が条件に合います" in clean_html(app)
    assert "級の記載なし" in [*app.selectbox(key="level").options]


def test_the_slider_has_a_stop_for_every_day(everybody, open_page):
    days = catalogue.evidence_days()
    assert len(days) == len(set(days)) == 47 + 3
    app = open_page(MAP)
    app.select_slider(key="asof").set_value("2026-09-10").run()
    assert "令和8年9月10日（2026年9月10日）時点" in clean_html(app)


def test_the_slider_moves_on_to_the_day_of_a_new_report(tokyo, open_page):
    app = open_page(MAP)
    newest = app.select_slider(key="asof").value
    publish(reports.everybody(), reports.PUBLISHED + timedelta(days=1))
    app.run()
    assert app.select_slider(key="asof").value == catalogue.evidence_days()[-1].isoformat() > newest
    # Whoever looks back on purpose is left there.
    app.select_slider(key="asof").set_value("2026-09-10").run()
    publish(reports.tokyo(), reports.PUBLISHED + timedelta(days=2))
    app.run()
    assert app.select_slider(key="asof").value == "2026-09-10"


@pytest.mark.parametrize("code", ["01", "03", "04", "05", "06", "13", "15", "47"])
@pytest.mark.parametrize("sheet", [False, True])
def test_the_karte_of_every_kind_of_answer(everybody, open_page, code, sheet):
    app = open_page(KARTE)
    app.selectbox(key="pref").set_value(code).run()
    app.toggle(key="sheet").set_value(sheet).run()
    html = clean_html(app)
    assert "都道府県の報告" in html
    status = {"05": "未設置との報告", "47": "未回答との報告", "04": "設置予定"}
    assert status.get(code, "") in html
    if code == "13":
        assert "東京都の枠組みは15、" in html
        assert ("ほか14件は、A4一枚にしない表示にある" in html) == sheet


def test_the_contract_holds_for_all(everybody):
    figures = [one for group in list_all_figures().values() for one in group]
    for code in CODES:
        figures += prefecture_build.list_figures(code)
    for one in figures:
        texts = (
            one.headline,
            one.subtitle,
            one.alt,
            *one.notes,
            *(s.to_text() for s in one.sources),
        )
        assert len(one.headline) <= LONGEST_HEADLINE
        assert not any(LEFTOVER.search(text) for text in texts), (one.key, texts)
        assert one.alt.endswith("。") and len(one.table) and len(one.table.columns) >= 1
        if isinstance(one.chart, TimelineChart):
            assert draw_timeline(one.chart).data
            assert len({span.row for span in one.chart.spans}) * 40 < one.chart.height
            assert all(
                one.chart.first <= s.first <= s.last <= one.chart.last for s in one.chart.spans
            )
        if isinstance(one.chart, BarChart) and one.chart.live:
            assert bar_payload(one.chart, one.alt, one.png_text())
    states = figure(figures, "map.states")
    assert len(str(map_payload(states.chart, states.alt, states.png_text()))) < 30_000
    measures = figure(figures, "overview.measures").table
    assert measures["団体数（団体）"].max() == 24 and set(measures["記載のある団体（団体）"]) == {
        24
    }


def test_the_checks_say_what_was_counted_and_when(everybody):
    checks = overview_build.build_checks()
    assert "集計は令和8年11月20日" in checks.subtitle and checks.as_of == "2026-11-20"
    note = checks.notes[-1]
    assert "報告による47団体の行" in note and "時点が違う" in note
    assert source_ids(checks) == {DOCUMENT, REPORTS}
    assert checks.table.set_index("項目").iloc[0]["集計値（団体）"] == 31


def test_long_names_keep_their_end_apart(everybody):
    chart = prefecture_build.build_timeline(catalogue.places_by_code()[reports.LARGE]).chart
    titles = {span.row for span in chart.spans}
    assert len(titles) == 15 and all(len(title) <= 30 for title in titles)
    assert any(title.endswith("（第12部会）") for title in titles)


def test_an_answer_is_a_table_not_a_missing_chart(everybody):
    timeline = prefecture_build.list_figures("05")[0]
    assert isinstance(timeline.chart, TableChart)
    assert timeline.headline == "秋田県の枠組みは、未設置との報告"
    assert list(timeline.table.columns) == ["設置状況", "時点", "出所"]


def test_the_matrix_of_many_prefectures_grows_downwards(everybody):
    matrix = map_build.build_field_matrix()
    assert isinstance(matrix.chart, MatrixChart)
    assert len(matrix.chart.columns) <= 9 and len(matrix.chart.rows) == 24
    assert matrix.chart.columns[-1] == "ほかの語"
    assert source_ids(matrix) == {REPORTS} and "（24団体）" in matrix.sources[0].to_text()
    assert set(matrix.table.columns) == {"都道府県", "対象分野", "記載", "出所"}


def test_no_field_is_named_at_all():
    publish({code: [reports.row(code, status="未設置")] for code in CODES})
    matrix = map_build.build_field_matrix()
    assert isinstance(matrix.chart, NoChart) and len(matrix.table)
    assert matrix.alt == "対象分野と都道府県の表。語の記載なし。" and source_ids(matrix) == {
        REPORTS
    }
    assert overview_build.build_states().headline == "設置済みは0団体、設置予定0、未設置47"
    assert isinstance(overview_build.build_measures().chart, NoChart)


@pytest.mark.parametrize("script", ["", MAP, KARTE])
def test_texts_of_a_report_are_never_markup(open_page, script):
    evil = "<script>x</script><img src=x onerror=y>**太字**"
    row = reports.row(
        "01", evil, start="2026-04", fields=evil, measures=evil, plan=evil, note=evil,
        as_of="2026-10-01",
    )  # fmt: skip
    publish({"01": [row]})
    app = open_page(script)
    if script == MAP:
        app.selectbox(key="focus").set_value("01").run()
    html = clean_html(app)
    assert "<script" not in html and "<img" not in html
    if script:
        assert "&lt;script&gt;" in html


def test_an_undo_shows_the_document_again(tokyo, open_page):
    from data.store.store import Store

    store = Store.open()
    store.undo(1, 1, "誤り", "承認者", datetime(2026, 11, 21, tzinfo=UTC), "undo-1")
    loaders.forget_head()
    html = clean_html(open_page())
    assert "8団体・11枠組み" in html and "最新の報告の日" not in html
    assert "重点的な対応方策の数は、データ未入力" in html


def test_pages_without_reports_never_load_the_database_library(tmp_path):
    script = (
        "import sys, logging; logging.disable(50)\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        f"for page in ({MAP!r}, {KARTE!r}):\n"
        "    app.switch_page(page).run()\n"
        "assert not app.exception\n"
        "print('sqlalchemy' in sys.modules)\n"
    )
    path = tmp_path / "look.py"
    path.write_text(script.replace("'app.py'", repr(str(ROOT / "app.py"))), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DASHBOARD_VAR_DIR": str(tmp_path / "var")},
    )  # fmt: skip
    assert done.stdout.strip() == "False", done.stderr[-2000:]


def test_the_store_is_not_asked_row_by_row(everybody, monkeypatch):
    from data.store.store import Store

    asked = []
    ask = Store._ask
    monkeypatch.setattr(
        Store, "_ask", lambda self, *a, **k: (asked.append(a), ask(self, *a, **k))[1]
    )
    monkeypatch.setattr(loaders, "_HEAD_SECONDS", 3600)
    overview_build.list_figures()
    map_build.list_figures()
    assert len(asked) <= 8
