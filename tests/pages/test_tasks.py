"""分野別課題分析 as a member uses it: matrix, sheet, judged otherwise, worked example."""

from __future__ import annotations

import re
import secrets
import zlib
from datetime import UTC, datetime

import numpy as np
import pytest

from components.charts import MatrixChart, NoChart
from components.downloads import to_csv
from data import loaders
from data.intake import forms, service
from data.intake.child import Reader
from data.loaders import load_task_answers, load_tasks
from data.store.engine import close_engines
from data.store.location import store_url
from data.store.records import Publication
from data.store.store import Store
from domain.intake.rows import Row, record_key
from domain.measure_rules import FITS, GOOD, MEASURES, STRONG, UNRATED, VIEWPOINTS
from domain.places import CODES
from domain.tasks import SMALL_TOWN, tally_answers
from domain.values import DRAFT, ORIGINAL
from pages.tasks import build

PAGE = "pages/tasks/page.py"


def shown(app) -> str:
    bodies = (element.proto.body for element in app.get("html"))
    html = "\n".join(body for body in bodies if "<style>" not in body)
    assert not app.exception and "gs-error" not in html
    return html


def mark(app, task_id: str, code: str, suffix: str = ""):
    """Return the choice of a viewpoint's degree."""
    return next(box for box in app.selectbox if box.key == f"mark-{task_id}-{code}{suffix}")


@pytest.mark.parametrize("field", build.field_names().values())
def test_every_field_opens(field, open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("field").run()
    html = shown(app.selectbox(key="task-field").set_value(field).run())
    tasks = build.tasks_by_field(load_tasks())[field]
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
    assert "なし（下書き）" in html


@pytest.mark.parametrize("task_id", load_tasks())
def test_every_figure_of_a_task_says_draft(task_id):
    task = load_tasks()[task_id]
    for figure in (build.build_task_fits(task), build.build_steps(task)):
        assert DRAFT in figure.kinds and (task_id == "K3") == (ORIGINAL in figure.kinds)
        assert "本製品の下書き" in "".join(source.to_text() for source in figure.sources)


@pytest.mark.parametrize("figure", build.list_figures(), ids=lambda figure: figure.key)
def test_a_draft_says_so_wherever_it_goes(figure):
    if DRAFT not in figure.kinds:
        assert figure.key in ("tasks.answers", "tasks.drivers", "tasks.rules")
        return
    assert DRAFT in to_csv(figure.export_table()).decode()
    assert DRAFT in figure.png_text()["subtitle"]
    assert DRAFT in figure.meta_table().to_string()


def test_marks_carry_their_kind_into_downloads():
    table = build.build_fields(load_tasks()).table
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
    assert "変えた後" not in before and "介護サービス事業者の運営指導" in before
    html = shown(mark(app, "K3", "V1").set_value("大").run())
    assert "変えた後" in html and "公表中" in html
    changed = build.build_task_fits(load_tasks()["K3"], {"V1": "大"}).table
    row = changed.set_index("対応方策").loc["水平連携"]
    assert FITS.index(row["変えた後"][0]) <= FITS.index(row["公表中"])
    # Another task starts from its own marks.
    app.selectbox(key="task").set_value("K1").run()
    assert "変えた後" not in shown(app)
    assert mark(app, "K1", "V1").value == load_tasks()["K1"].marks["V1"].value


def test_the_way_back_to_the_published_marks(open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("task").run()
    mark(app, "K1", "V3a").set_value("未評価").run()
    html = shown(app)
    assert "変えた後" in html and "未評価の視点により" in html
    button = next(one for one in app.button if one.label == "公表中の段階に戻す")
    button.click().run()
    assert "変えた後" not in shown(app)


def publish(rows: dict[str, list[dict[str, str]]]) -> None:
    """Publish rows of 事務の課題分析, pref_code → rows."""
    store = Store.open()
    parts = {
        ("tasks", code): [
            (key, Row("tasks", code, key, values, f"報告_{code}.xlsx「事務の課題分析」2行目").to_payload())
            for values in own
            for key in (record_key("tasks", values),)
        ]
        for code, own in rows.items()
    }  # fmt: skip
    store.publish(
        Publication(
            parts, store.head(), "確定", "課題分析", "提出者", "承認者", secrets.token_hex(8)
        ),
        datetime(2026, 11, 20, tzinfo=UTC),
    )
    loaders.forget_head()


NAME = "介護サービス事業者の運営指導"


def publish_answers(count: int) -> None:
    """Publish the judgement of K3 by so many prefectures."""
    publish(
        {
            code: [
                {"task_id": "K3", "task": NAME, "V1": "小" if n % 2 else "中", "V3a": "高",
                 "D": "高" if n < 4 else "", "evidence": "県の実情", "evaluator": "県の回答"}
            ]
            for n, code in enumerate(CODES[:count])
        }
    )  # fmt: skip


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
    assert figure.table["回答"].isna().all()


def test_answers_are_shown_as_shares_with_their_number(empty_store):
    publish_answers(10)
    figure = build.build_answers(load_tasks()["K3"])
    assert isinstance(figure.chart, MatrixChart)
    # Four answers on D are too few, V1 and V3a have ten each.
    assert figure.chart.rows == ("①事務量（n=10）", "③専門性（n=10）")
    for (cell,) in figure.chart.cells:
        assert abs(sum(share for _, share in cell.fill) - 1) < 1e-9
    assert "小 5（50%）" in figure.chart.cells[0][0].sign
    table = figure.table.set_index(["視点", "段階"])
    assert table.loc[("①事務量", "小"), "回答"] == 5
    assert table.loc[("※デジタル", "高"), "回答した団体"] == 4
    assert np.isnan(table.loc[("※デジタル", "高"), "回答"])


def test_a_prefectures_judgement_takes_the_place_of_the_draft(empty_store, open_page):
    publish_answers(2)
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("task").run()
    app.selectbox(key="task").set_value("K3").run()
    html = shown(app.selectbox(key="evaluator").set_value("01").run())
    assert "□ 県の回答" in html and "県の実情" in html and "報告_01" not in html.split("根拠")[0]
    task = build.judged_tasks("01", "")["K3"]
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
    figure = build.build_search(build.find_tasks(load_tasks(), "P", "なし"))
    assert figure.headline in html
    assert 0 < len(figure.table) < 60 and set(figure.table["公権力"]) == {"なし"}
    assert not build.find_tasks(load_tasks(), "P", "あり")
    html = shown(app.selectbox(key="power").set_value("あり").run())
    assert "条件を1つ外してください" in html


def test_two_tasks_side_by_side(open_page):
    tasks = load_tasks()
    table = build.build_two_tasks(tasks["K3"], tasks["K4"]).table.set_index("項目")
    assert table.loc["民間に任せられる範囲", "違い"] == "異なる"
    # Who judged is no difference.
    assert table.loc["②共通性", "違い"] == "" and "■" in table.loc["②共通性"].iloc[0]
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("compare").run()
    html = shown(app.selectbox(key="other").set_value("K3").run())
    assert "同じ事務が選ばれています" in html


def test_two_fields_side_by_side(open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("compare").run()
    app.segmented_control(key="pairing").set_value("分野").run()
    html = shown(app.selectbox(key="field-other").set_value("道路").run())
    figure = build.build_two_fields(load_tasks(), "介護保険", "道路")
    assert figure.headline in html
    table = figure.table.set_index("視点・方策")
    # Six tasks of 道路 are alike in what they have in common, and nobody is left out.
    assert table.loc["②共通性", "道路"] == "高6（6事務）"
    for row in figure.chart.cells:
        for cell in row:
            assert not cell.fill or 0 < sum(share for _, share in cell.fill) <= 1 + 1e-9
    assert "未評価1" in table.loc["④地域の事情", "介護保険"]


def test_the_worked_example_is_followed_sentence_by_sentence(open_page):
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("example").run()
    html = shown(app.selectbox(key="sentence").set_value("4").run())
    assert "広域的な視点" in html and "使っていない（要確認" in html
    app.selectbox(key="sentence-measure").set_value("V").run()
    html = shown(app.selectbox(key="sentence").set_value("5").run())
    assert "<b>○</b> → <b>◎</b>" in html and "都道府県も同種の事務を行っている（規則 V7）" in html
    readings = build.read_example()
    assert [one.number for one in readings] == [1, 2, 3, 4, 5, 6]
    # The doubtful sentence changes nothing.
    doubtful = readings[3]
    assert doubtful.verdicts == doubtful.before
    last = readings[-1].verdicts
    assert last["V"].fit == STRONG and last["P"].fit == GOOD and last["H"].fit in (STRONG, GOOD)
    figure = build.build_example(readings)
    assert figure.headline == "結論が挙げる3つの方策は、いずれも◎か○になる"
    named = [cell.sign for cell in figure.chart.cells[-1]]
    assert named == ["", "●", "●", "●", "", ""]


def test_a_size_shows_only_what_was_judged_for_it(open_page):
    own = build.judged_tasks(None, SMALL_TOWN)
    assert own["K1"].marks["V1"].value and not own["K3"].marks["V1"].value
    assert "中小規模の市町村を想定した評価だけがある" in own["K3"].marks["V1"].note
    # What holds for every size stays.
    assert own["K3"].marks["V4a"].value == "低"
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("field").run()
    app.selectbox(key="cell-task").set_value("K3").run()
    html = shown(app.selectbox(key="task-size").set_value(SMALL_TOWN).run())
    assert "<b>未評価</b>" in html and "中小規模の市町村を想定した評価だけがある" in html


def test_a_prefecture_answers_for_several_sizes(empty_store, open_page):
    answer = {"task_id": "K3", "task": NAME, "evaluator": "県の回答"}
    publish({"20": [answer | {"size": "人口5千人未満", "V1": "小"},
                    answer | {"size": "人口5万人以上", "V1": "大"}]})  # fmt: skip
    assert build.judged_tasks("20", "人口5千人未満")["K3"].marks["V1"].value == "小"
    assert build.judged_tasks("20", "人口5万人以上")["K3"].marks["V1"].value == "大"
    # Two answers of one prefecture are one prefecture.
    tally = tally_answers(build.answers_to("K3"))["V1"]
    assert tally.answers() == 2 and tally.prefectures == 1
    app = open_page(PAGE)
    app.segmented_control(key="analysis").set_value("task").run()
    app.selectbox(key="task").set_value("K3").run()
    app.selectbox(key="evaluator").set_value("20").run()
    assert mark(app, "K3", "V1", f"-20-{zlib.crc32('人口5千人未満'.encode()):x}").value == "小"
    app.selectbox(key="answer-size").set_value("人口5万人以上").run()
    shown(app)
    assert mark(app, "K3", "V1", f"-20-{zlib.crc32('人口5万人以上'.encode()):x}").value == "大"


def test_a_draft_never_stands_in_for_an_answer(empty_store, open_page):
    publish_answers(1)
    app = open_page(PAGE)
    html = shown(app.selectbox(key="evaluator").set_value(CODES[0]).run())
    assert "専門性が「高」の事務は、評価のある1事務のうち1" in html
    assert "下書きでは埋めていません" in html
    unanswered = build.judged_tasks(CODES[0], "")["K1"]
    assert len(unanswered.unrated()) == len(VIEWPOINTS)
    assert all(one.fit == UNRATED for one in build.judge_task(unanswered).values())
    for part in ("field", "task", "search", "compare"):
        shown(app.segmented_control(key="analysis").set_value(part).run())


def test_drafts_and_copies_of_the_nation_are_no_answers(empty_store):
    row = {"task_id": "K3", "task": NAME, "V3a": "高"}
    judges = ["県の回答"] * 5 + ["下書き", "国の整理", ""]
    publish({code: [row | {"evaluator": one}] for code, one in zip(CODES, judges, strict=False)})
    tally = tally_answers(build.answers_to("K3"))["V3a"]
    # Without a word on who judged, it is the prefecture.
    assert tally.prefectures == 6 and tally.degrees["高"] == 6


NOW = datetime(2026, 11, 21, tzinfo=UTC)


def read_sheet(rows: list[dict[str, str]]):
    """Return what the intake says of a form with these rows of 事務の課題分析."""
    content = forms.build_filled("20", rows)
    with Reader() as reader:
        context = service.make_context(Store.open(), NOW, ("tasks",))
        answer = service.read_file(reader, "様式.xlsx", content, context)
    return service.make_report(answer, context)


def test_a_wrong_word_is_found_in_its_cell_and_changes_nothing(empty_store):
    publish_answers(1)
    before = load_task_answers()
    good = {"task_id": "K3", "task": NAME, "V3a": "高", "evaluator": "県の回答"}
    bad = good | {"task_id": "K4", "task": load_tasks()["K4"].name, "V3a": "最高"}
    store = Store.open()
    draft = service.receive(
        store, [("様式.xlsx", forms.build_filled("20", [good, bad]))], "県", NOW
    )
    with Reader() as reader:
        service.recheck(store, reader, draft, NOW)
    submission = service.load_submission(store, draft, NOW)
    found = [f for report in submission.reports for f in report.of("要修正") if f.value == "最高"]
    assert len(found) == 1 and found[0].sheet == "事務の課題分析"
    assert re.fullmatch(r"[A-Z]+\d+", found[0].cell) and "低" in found[0].mend
    with pytest.raises(service.NotReady, match="要修正"):
        service.publish_draft(
            store, draft, submission, release="確定", reason="理由", approver="国", now=NOW
        )
    # Nothing of the file stands, not even its sound row.
    loaders.forget_head()
    assert load_task_answers() == before and "20" not in before


def test_a_task_that_nobody_knows_is_asked_about(empty_store):
    report = read_sheet([{"task_id": "Z9", "task": "知らない事務", "V3a": "高"}])
    found = [one for one in report.of("確認") if one.code == "C_UNKNOWN_TASK"]
    assert [one.value for one in found] == ["Z9"] and found[0].cell


def test_a_partial_sheet_leaves_the_rest_unrated(empty_store):
    report = read_sheet([{"task_id": "K3", "task": NAME, "V3a": "高"}])
    record = next(one for one in report.records if one.dataset == "tasks")
    assert not report.of("要修正")
    publish({"20": [record.values]})
    assert build.judged_tasks("20", "")["K3"].unrated() == [v for v in VIEWPOINTS if v != "V3a"]


def test_rules_are_shown_with_grade_and_source(open_page):
    app = open_page(PAGE)
    html = shown(app.segmented_control(key="analysis").set_value("rules").run())
    assert "仮定" in html and "分析例の1文目の一般化" in html
    assert len(build.build_drivers().chart.columns) == len(MEASURES)
