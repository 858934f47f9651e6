"""分野別課題分析 as a member uses it: matrix, sheet, judged otherwise, worked example."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import numpy as np
import pytest

from components.charts import BarChart, NoChart
from data import loaders
from data.intake import service
from data.intake.child import Reader
from data.loaders import load_tasks
from data.store.engine import close_engines
from data.store.location import store_url
from data.store.records import Publication
from data.store.store import Store
from domain.intake.rows import Row
from domain.measure_rules import FITS, GOOD, MEASURES, STRONG, VIEWPOINTS
from domain.places import CODES
from domain.values import DRAFT, ORIGINAL
from pages.tasks import build

PAGE = "pages/tasks/page.py"


def shown(app) -> str:
    bodies = (element.proto.body for element in app.get("html"))
    html = "\n".join(body for body in bodies if "<style>" not in body)
    assert not app.exception and "gs-error" not in html
    return html


def mark(app, task_id: str, code: str):
    """Return the choice of a viewpoint's degree."""
    return next(box for box in app.selectbox if box.key == f"mark-{task_id}-{code}")


@pytest.mark.parametrize("field", build.field_names().values())
def test_every_field_opens(field, open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("field").run()
    html = shown(app.selectbox(key="task-field").set_value(field).run())
    tasks = build.tasks_by_field()[field]
    assert all(f"{task.task_id} {task.name}" in html for task in tasks)
    assert "下書き" in html and "公的な評定ではない" in html


def test_a_cell_says_what_it_rests_on(open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("field").run()
    app.selectbox(key="cell-task").set_value("K3").run()
    html = shown(app.selectbox(key="cell-view").set_value("V4a").run())
    assert "実地検査は数年に一回であり" in html and "■ 国の整理" in html
    html = shown(app.selectbox(key="cell-view").set_value("V4b").run())
    assert "<b>未評価</b>" in html and "要確認" in html
    html = shown(app.selectbox(key="cell-view").set_value("V3a").run())
    assert "根拠の文はありません（下書き）" in html


@pytest.mark.parametrize("task_id", load_tasks())
def test_every_figure_of_a_task_says_draft(task_id):
    task = load_tasks()[task_id]
    for figure in (build.build_task_fits(task, {}), build.build_steps(task, {})):
        kinds = "・".join(figure.kinds)
        assert figure.key.startswith("tasks.") and figure.sources
        assert (task_id == "K3") == (ORIGINAL in kinds) or figure.key == "tasks.steps"
    assert DRAFT in build.build_task_fits(task, {}).kinds


def test_marks_carry_their_kind_into_downloads():
    table = build.build_fields().table
    assert len(table) == 60 * len(VIEWPOINTS)
    own = table[table["区分"] == ORIGINAL]
    assert set(own["事務ID"]) == {"K3"} and set(own["評価者"]) == {"■ 国の整理"}
    assert set(table.loc[table["区分"] != ORIGINAL, "区分"]) == {DRAFT}
    assert set(table.loc[table["段階"] == "未評価", "事務ID"]) == {"K3"}


def test_another_judgement_changes_measures_beside_the_published_ones(open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("task").run()
    app.selectbox(key="task").set_value("K3").run()
    before = shown(app)
    assert "変えた評定" not in before and "介護サービス事業者の運営指導" in before
    html = shown(mark(app, "K3", "V1").set_value("大").run())
    assert "変えた評定" in html and "公表中の評定" in html
    changed = build.build_task_fits(load_tasks()["K3"], {"V1": "大"}).table
    row = changed.set_index("対応方策").loc["水平連携"]
    assert FITS.index(row["変えた評定"]) <= FITS.index(row["公表中の評定"])
    # Another task starts from its own marks.
    app.selectbox(key="task").set_value("K1").run()
    assert "変えた評定" not in shown(app)
    assert mark(app, "K1", "V1").value == load_tasks()["K1"].marks["V1"].value


def test_the_way_back_to_the_published_marks(open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("task").run()
    mark(app, "K1", "V3a").set_value("未評価").run()
    html = shown(app)
    assert "変えた評定" in html and "未評価の視点により" in html
    button = next(one for one in app.button if one.label == "公表中の段階に戻す")
    button.click().run()
    assert "変えた評定" not in shown(app)


def publish_answers(count: int) -> None:
    """Publish the judgement of K3 by so many prefectures."""
    rows = {
        code: {
            "task_id": "K3", "task": "介護サービス事業者の運営指導", "V1": "小" if n % 2 else "中",
            "V3a": "高", "D": "高" if n < 4 else "", "evidence": "県の実情", "evaluator": "県の回答",
        }
        for n, code in enumerate(CODES[:count])
    }  # fmt: skip
    store = Store.open()
    parts = {
        ("tasks", code): [
            ("K3", Row("tasks", code, "K3", values, f"報告_{code}.xlsx「事務の課題分析」2行目").to_payload())
        ]
        for code, values in rows.items()
    }  # fmt: skip
    store.publish(
        Publication(
            parts, store.head(), "確定", "課題分析", "提出者", "承認者", secrets.token_hex(8)
        ),
        datetime(2026, 11, 20, tzinfo=UTC),
    )
    loaders.forget_head()


@pytest.fixture
def empty_store(tmp_path, monkeypatch):
    monkeypatch.setenv("DASHBOARD_VAR_DIR", str(tmp_path))
    loaders.forget_head()
    yield
    close_engines(store_url())
    loaders.forget_head()


def test_answers_of_few_prefectures_are_withheld(empty_store):
    task = load_tasks()["K3"]
    assert isinstance(build.build_answers(task).chart, NoChart)
    publish_answers(4)
    figure = build.build_answers(task)
    assert isinstance(figure.chart, NoChart) and "回答した都道府県は4" in figure.headline
    assert figure.table["回答（団体）"].isna().all()


def test_answers_are_shown_as_shares_with_their_number(empty_store):
    publish_answers(10)
    figure = build.build_answers(load_tasks()["K3"])
    assert isinstance(figure.chart, BarChart) and figure.chart.stacked
    # Four answers on D are too few, V1 and V3a have ten each.
    assert [name.split("（")[1] for name in figure.chart.categories] == ["n=10）", "n=10）"]
    for position in range(2):
        assert sum(series.values[position] for series in figure.chart.series) == 100
    table = figure.table.set_index(["視点", "段階"])
    assert table.loc[("①事務量", "小"), "回答（団体）"] == 5
    assert table.loc[("※デジタルの余地", "高"), "回答数"] == 4
    assert np.isnan(table.loc[("※デジタルの余地", "高"), "回答（団体）"])


def test_a_prefectures_judgement_takes_the_place_of_the_draft(empty_store, open_page):
    publish_answers(2)
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("task").run()
    app.selectbox(key="task").set_value("K3").run()
    html = shown(app.selectbox(key="evaluator").set_value("01").run())
    assert "□ 県の回答" in html and "県の実情" in html and "報告_01" not in html.split("根拠")[0]
    task = build.answered_task("K3", "01")
    assert task.marks["V1"].value == "中" and task.marks["V1"].sign() == "□"
    # What the prefecture left blank is not filled with the draft.
    assert task.unrated() == ["V2a", "V2b", "V3b", "V4a", "V4b", "V4c"]


def test_a_changed_judgement_goes_out_as_a_form_and_comes_back(empty_store):
    task = load_tasks()["K3"]
    content = build.fill_form(task, {"V1": "大", "V4b": "低"}, "20")
    context = service.make_context(Store.open(), datetime(2026, 11, 21, tzinfo=UTC), ("tasks",))
    with Reader() as reader:
        report = service.make_report(
            service.read_file(reader, "様式.xlsx", content, context), context
        )
    record = next(one for one in report.records if one.dataset == "tasks")
    expected = task.facts({"V1": "大", "V4b": "低"})
    assert {code: record.values[code] for code in VIEWPOINTS} == {
        code: expected[code] for code in VIEWPOINTS
    }
    assert record.scope == "20" and record.values["evaluator"] == "県の回答"
    assert not report.of("要修正")


def test_tasks_are_found_by_what_they_are(open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("search").run()
    app.selectbox(key="fitting").set_value("P").run()
    html = shown(app.selectbox(key="power").set_value("なし").run())
    figure = build.build_search("P", "なし", None)
    assert figure.headline in html
    assert 0 < len(figure.table) < 60 and set(figure.table["公権力"]) == {"なし"}
    assert not len(build.build_search("P", "あり", None).table)


def test_two_tasks_side_by_side():
    tasks = load_tasks()
    table = build.build_comparison(tasks["K3"], tasks["K4"]).table.set_index("項目")
    assert table.loc["民間に任せられる範囲", "違い"] == "異なる"
    assert table.loc["②共通性", "違い"] == ""
    assert "なし" not in set(build.build_comparison(tasks["K3"], tasks["K3"]).table["違い"])
    assert set(build.build_comparison(tasks["K3"], tasks["K3"]).table["違い"]) == {""}


def test_the_worked_example_is_followed(open_page):
    app = open_page(PAGE)
    html = shown(app.segmented_control(key="analysis").set_value("example").run())
    assert "広域的な視点" in html and "使っていない（要確認" in html
    fits, steps = build.build_example()
    table = fits.table.set_index("対応方策")["公表中の評定"]
    assert table["垂直補完"] == STRONG and table["民間活用"] == GOOD
    assert table["水平連携"] in (STRONG, GOOD)
    assert not steps.table["条件"].str.contains("地域の事情").any()
    assert set(steps.table["当てはまるか"]) == {"○ 当てはまる"}


def test_rules_are_shown_with_grade_and_source(open_page):
    app = open_page(PAGE)
    html = shown(app.segmented_control(key="analysis").set_value("rules").run())
    assert "仮定" in html and "分析例の1文目の一般化" in html
    assert len(build.build_drivers().chart.columns) == len(MEASURES)
