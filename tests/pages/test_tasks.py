"""分野別課題分析 as a member uses it: matrix, sheet, judged otherwise, worked example."""

from __future__ import annotations

import pytest

from data.loaders import load_tasks
from domain.measure_rules import FITS, GOOD, MEASURES, STRONG, VIEWPOINTS
from domain.values import DRAFT, ORIGINAL
from pages.tasks import build

PAGE = "pages/tasks/page.py"


def shown(app) -> str:
    bodies = (element.proto.body for element in app.get("html"))
    html = "\n".join(body for body in bodies if "<style>" not in body)
    assert not app.exception and "gs-error" not in html
    return html


@pytest.mark.parametrize("field", build.field_names().values())
def test_every_field_opens(field, open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("field").run()
    html = shown(app.selectbox(key="area").set_value(field).run())
    tasks = build.tasks_by_field()[field]
    assert all(f"{task.task_id} {task.name}" in html for task in tasks)
    assert "下書き" in html and "公的な評定ではない" in html


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
    html = shown(app.selectbox(key="mark-V1").set_value("大").run())
    assert "変えた評定" in html and "公表中の評定" in html
    changed = build.build_task_fits(load_tasks()["K3"], {"V1": "大"}).table
    row = changed.set_index("対応方策").loc["水平連携"]
    assert FITS.index(row["変えた評定"]) <= FITS.index(row["公表中の評定"])
    # Another task starts from its own marks.
    app.selectbox(key="task").set_value("K1").run()
    assert "変えた評定" not in shown(app)
    assert app.selectbox(key="mark-V1").value == load_tasks()["K1"].marks["V1"].value


def test_the_way_back_to_the_published_marks(open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("task").run()
    app.selectbox(key="mark-V3a").set_value("未評価").run()
    html = shown(app)
    assert "変えた評定" in html and "未評価の視点により" in html
    button = next(one for one in app.button if one.label == "公表中の段階に戻す")
    button.click().run()
    assert "変えた評定" not in shown(app)


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
