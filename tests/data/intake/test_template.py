"""The form: generated from its definition, safe to open, and faithful to what is put in."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from data.intake import template
from data.paths import data_root
from data.read import read_prefectures
from domain.intake import form
from domain.places import CODES, compute_check_digit
from tests.data.intake.workbooks import (
    change_parts,
    convert,
    find_faults,
    needs_soffice,
    parts_of,
    read_values,
)  # fmt: skip

FIELDS = (
    "介護保険", "国民健康保険", "老人福祉施設", "保育", "小中学校教育", "道路", "上下水道",
    "鳥獣被害対策", "地球温暖化対策", "消費生活相談",
)  # fmt: skip
REFERENCE = (
    {"task_id": "K1", "task": "要介護認定の認定調査", "field": "介護保険"},
    {"task_id": "K3", "task": "介護サービス事業者の運営指導", "field": "介護保険"},
)
# Texts a spreadsheet program likes to change.
AWKWARD = (
    "=1+1", "+81-3", "-5", "@名前", "＝式", "'先頭", "　全角の空白", "  前後  ", "一行目\n二行目", "\tタブ",
    "007", "1E5", "2025-02", "R7.2", "TRUE", "〃", "𠮷野家", "_x0041_", "<b>&\"'", "https://example.jp/",
    "長" * 4_000, "#N/A", "①②③", "ﾊﾝｶｸ",
)  # fmt: skip


@pytest.fixture(scope="module")
def places():
    return read_prefectures(data_root())


@pytest.fixture(scope="module")
def one(places) -> bytes:
    return template.build_template(
        places[:1], fields=FIELDS, tasks_reference=REFERENCE, all_places=places
    )


@pytest.fixture(scope="module")
def nation(places) -> bytes:
    return template.build_template(places, fields=FIELDS, tasks_reference=REFERENCE)


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def records_of(content: bytes, sheet: form.FormSheet) -> list[dict[str, str]]:
    """Return the rows of a sheet as text by column name."""
    head, *rows = read_values(content)[sheet.title]
    names = {column.label: column.name for column in sheet.columns} | {"時点": "as_of"}
    return [
        {
            names[label]: str(int(cell)) if isinstance(cell, float) else cell
            for label, cell in zip(head, row, strict=True)
        }
        for row in rows
        if any(cell != "" for cell in row)
    ]


def test_sheets_stand_in_order_and_begin_with_their_header(one):
    book = opened(one)
    assert book.sheetnames == ["はじめに", "表紙", "枠組み設置状況", "事務の課題分析", "コード表"]
    for sheet in form.RECORD_SHEETS:
        head = [cell.value for cell in book[sheet.title][1]]
        assert head == [column.label for column in sheet.columns]
        assert book[sheet.title].freeze_panes == "C2"
        assert book[sheet.title].auto_filter.ref
    assert [cell.value for cell in book[form.CODES_TITLE][1]] == ["項目", "コード", "値", "説明"]
    for sheet in book:
        assert not sheet.merged_cells.ranges
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0


@pytest.mark.parametrize("which", ["one", "nation"])
def test_excel_would_not_complain(which, request):
    content = request.getfixturevalue(which)
    assert find_faults(content) == []
    names = "\n".join(parts_of(content))
    for word in ("vba", "externalLink", "xl/drawings/drawing", "media", "ctrlProps", "embeddings"):
        assert word not in names


def test_the_check_for_complaints_sees_some(one):
    """The checker itself: a broken package is told."""
    name = "xl/comments2.xml"
    part = parts_of(one)[name]
    assert part.count(b'ref="B1"') == 1
    doubled = part.replace(b'ref="B1"', b'ref="A1"')
    assert any("two comments" in fault for fault in find_faults(change_parts(one, {name: doubled})))
    moved = parts_of(one)["xl/worksheets/sheet3.xml"]
    pointer = moved[moved.index(b"<legacyDrawing") : moved.index(b"</worksheet>")]
    moved = moved.replace(pointer, b"").replace(b"<sheetData>", pointer + b"<sheetData>")
    faults = find_faults(change_parts(one, {"xl/worksheets/sheet3.xml": moved}))
    assert any("order" in fault for fault in faults)


def test_one_prefecture_is_filled_in_already(one, places):
    book = opened(one)
    cover = {row[0].value: row[1].value for row in book[form.COVER.title].iter_rows(min_row=2)}
    assert cover["団体コード"] == "01" and cover["都道府県"] == "北海道"
    assert set(cover) == {column.label for column in form.COVER.columns}
    assert [(r["pref_code"], r["pref_name"], r["status"]) for r in records_of(one, form.FRAMEWORKS)] == [
        ("01", "北海道", "")
    ]  # fmt: skip
    assert "北海道" in [cell.value for cell in book[form.GUIDE_TITLE]["B"]]


def test_all_prefectures_stand_in_code_order(nation, places):
    rows = records_of(nation, form.FRAMEWORKS)
    assert [row["pref_code"] for row in rows] == list(CODES)
    assert [row["pref_name"] for row in rows] == [place.name for place in places]


def drop_down(book: openpyxl.Workbook, sheet: str, address: str) -> list[str] | None:
    """Return the words the drop-down of a cell offers."""
    for rule in book[sheet].data_validations.dataValidation:
        if rule.type == "list" and address in rule.sqref:
            title, area = rule.formula1.removeprefix("=").split("!")
            cells = book[title.strip("'")][area.replace("$", "")]
            return [row[0].value for row in (cells if isinstance(cells, tuple) else ((cells,),))]
    return None


@pytest.mark.parametrize("which", ["one", "nation"])
@pytest.mark.parametrize("sheet", form.RECORD_SHEETS, ids=lambda sheet: sheet.dataset)
def test_every_choice_has_its_drop_down(which, sheet, request):
    book = opened(request.getfixturevalue(which))
    for place, column in enumerate(sheet.columns, start=1):
        for row in (2, template.EMPTY_ROWS):
            offered = drop_down(book, sheet.title, f"{get_column_letter(place)}{row}")
            if column.holds == form.CHOICE:
                assert offered == list(column.choices), column.label
            elif column.holds == form.CHOICES:
                assert offered is None  # several words: a drop-down takes one only


def test_the_cover_has_its_drop_down_and_suggestions_stop_nobody(one):
    book = opened(one)
    row = [column.name for column in form.COVER.columns].index("release") + 2
    assert drop_down(book, "表紙", f"B{row}") == list(form.RELEASES)
    assert len(drop_down(book, "枠組み設置状況", "B2")) == 47
    assert drop_down(book, "事務の課題分析", "A2") == ["K1", "K3"]
    assert drop_down(book, "事務の課題分析", "C2") == list(FIELDS)
    for rule in book["事務の課題分析"].data_validations.dataValidation:
        if rule.type == "list" and "A2" in rule.sqref:
            assert not rule.showErrorMessage


def test_the_number_of_municipalities_is_a_whole_number_up_to_the_prefectures(one, nation, places):
    for content, highest in ((one, str(places[0].municipalities)), (nation, None)):
        rules = opened(content)["枠組み設置状況"].data_validations.dataValidation
        rule = next(rule for rule in rules if rule.type == "whole")
        assert (rule.formula1, rule.formula2) == ("0", highest)
        assert "J2" in rule.sqref and form.FRAMEWORKS.columns[9].name == "municipalities"


@pytest.mark.parametrize("sheet", form.RECORD_SHEETS, ids=lambda sheet: sheet.dataset)
def test_every_column_says_how_to_fill_it(one, sheet):
    page = opened(one)[sheet.title]
    for place, column in enumerate(sheet.columns, start=1):
        head = page.cell(1, place)
        needed = {"always": "必須", "established": "設置済みのとき必須", "": "任意"}[column.needed]
        assert head.comment.text.startswith(needed) and column.help in head.comment.text
        rule = next(
            rule for rule in page.data_validations.dataValidation
            if f"{get_column_letter(place)}2" in rule.sqref
        )  # fmt: skip
        assert rule.showInputMessage and rule.promptTitle == column.label
        assert column.help in rule.prompt
    colours = {
        column.needed: page.cell(1, place).fill.fgColor.rgb
        for place, column in enumerate(sheet.columns, start=1)
    }
    assert len(set(colours.values())) == len(colours)


def test_codes_and_texts_are_text(one):
    page = opened(one)["枠組み設置状況"]
    for place, column in enumerate(form.FRAMEWORKS.columns, start=1):
        letter = get_column_letter(place)
        expected = "0" if column.holds == form.INTEGER else "@"
        assert page.cell(2, place).number_format == expected
        # Rows not written yet take the format of their column.
        assert page.column_dimensions[letter].width
    styles = parts_of(one)["xl/worksheets/sheet3.xml"]
    assert b"<cols>" in styles and b'style="' in styles


def test_the_code_list_holds_every_list_with_codes(nation, places):
    head, *rows = read_values(nation)[form.CODES_TITLE]
    listed: dict[str, list[tuple[str, str]]] = {}
    for item, code, value, _ in rows:
        listed.setdefault(item, []).append((code, value))
    assert listed["団体コード（2桁）"] == [(place.code, place.name) for place in places]
    assert listed["団体コード（6桁）"] == [
        (f"{place.code}000{compute_check_digit(place.code + '000')}", place.name) for place in places
    ]  # fmt: skip
    for sheet in (form.COVER, *form.RECORD_SHEETS):
        for column in sheet.columns:
            if column.choices:
                assert [value for _, value in listed[column.label]] == list(column.choices)
                assert all(code for code, _ in listed[column.label])
    assert listed["行政分野"][0] == ("F01", "介護保険") and len(listed["行政分野"]) == 10
    assert ("K3", "介護サービス事業者の運営指導") in listed["事務"]
    assert listed["単位"]


def test_the_guide_says_version_contact_definitions_and_history(places):
    content = template.build_template(
        places[12:13], rows={"tasks": [{"task_id": "K3"}]}, cover={"as_of": "2025-10-31"},
        data_version="第3版",
    )  # fmt: skip
    guide = {row[0]: row[1] for row in read_values(content)[form.GUIDE_TITLE]}
    assert guide["様式の版"] == form.FORM_VERSION == template.HISTORY[-1][0]
    assert "都道府県の担当部局で記入" in guide["問い合わせ先"]
    assert "第3版" in guide["入っている内容"] and "2025-10-31" in guide["入っている内容"]
    for sheet in (form.COVER, *form.RECORD_SHEETS):
        for column in sheet.columns:
            assert column.help.split("。")[-1] in guide[f"{sheet.title}／{column.label}"]
            assert column.label not in guide
    assert f"版 {form.FORM_VERSION}" in guide


def published(places) -> dict[str, list[dict[str, str]]]:
    """Return rows of every kind, with texts that are easily spoilt."""
    frameworks = []
    for number, text in enumerate(AWKWARD):
        place = places[number % 47]
        values = dict.fromkeys((column.name for column in form.FRAMEWORKS.columns), "")
        values |= {
            "pref_code": place.code, "pref_name": place.name, "status": "設置済み", "name": text,
            "framework_kind": "不明", "start": ("2025-02", "FY2025", "2025-10-01")[number % 3],
            "municipalities": ("", "0", "15")[number % 3], "fields": "土木、福祉",
            "measures": "広域連携、デジタル活用", "note": text[::-1], "as_of": "2025-10-31",
        }  # fmt: skip
        frameworks.append(values)
    tasks = [
        dict.fromkeys((column.name for column in form.TASKS.columns), "")
        | {"task_id": "K3", "task": text, "V1": "小", "evaluator": "下書き"}
        for text in AWKWARD[:5]
    ]
    return {"frameworks": frameworks, "tasks": tasks}


def test_published_data_comes_back_unchanged(places):
    rows = published(places)
    content = template.build_template(places, rows=rows)
    assert find_faults(content) == []
    plain = [{k: v for k, v in row.items() if k != "as_of"} for row in rows["frameworks"]]
    assert records_of(content, form.FRAMEWORKS) == plain
    assert records_of(content, form.TASKS) == rows["tasks"]
    cover = {row[0]: row[1] for row in read_values(content)[form.COVER.title]}
    assert cover["時点"] == "2025-10-31"
    for sheet in opened(content):
        assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]
        assert not [c for row in sheet.iter_rows() for c in row if c.hyperlink]


def test_several_days_get_a_column_of_their_own(places):
    rows = [
        {"pref_code": "01", "pref_name": "北海道", "status": "設置済み", "as_of": day}
        for day in ("2025-10-31", "2026-03-31")
    ]
    found = records_of(template.build_template(places, rows={"frameworks": rows}), form.FRAMEWORKS)
    assert [row["as_of"] for row in found] == ["2025-10-31", "2026-03-31"]


def test_what_the_form_cannot_hold_is_refused(places):
    with pytest.raises(ValueError, match="様式にない表"):
        template.build_template(places, rows={"other": []})
    with pytest.raises(ValueError, match="項目"):
        template.build_template(places, rows={"frameworks": [{"colour": "red"}]})
    with pytest.raises(ValueError, match="32,767"):
        template.build_template(places, rows={"frameworks": [{"name": "長" * 40_000}]})


def test_a_number_that_would_change_stays_text(places):
    rows = [{"pref_code": "01", "municipalities": text} for text in ("007", "9" * 20, "約5")]
    found = records_of(template.build_template(places, rows={"frameworks": rows}), form.FRAMEWORKS)
    assert [row["municipalities"] for row in found] == ["007", "9" * 20, "約5"]


def test_equal_input_gives_equal_bytes(places):
    rows = published(places)
    build = template.build_template
    assert build(places, rows=rows, fields=FIELDS) == build(places, rows=rows, fields=FIELDS)


def test_every_prefecture_gets_its_own_file(places):
    files = template.build_all_templates(places, rows=published(places), fields=FIELDS)
    assert len(files) == 47
    assert list(files)[0] == "都道府県報告様式_01北海道.xlsx"
    assert list(files)[-1] == "都道府県報告様式_47沖縄県.xlsx"
    assert not [name for name in files if set(name) & set('\\/:*?"<>|')]
    for place, content in zip(places, files.values(), strict=True):
        rows = records_of(content, form.FRAMEWORKS)
        assert {row["pref_code"] for row in rows} == {place.code}
        assert len(read_values(content)[form.CODES_TITLE]) > 94  # all prefectures


@needs_soffice
def test_libreoffice_opens_it_and_keeps_the_values(places, tmp_path: Path):
    content = template.build_template(places, rows=published(places), fields=FIELDS)
    again = convert(content, "xlsx", tmp_path)
    before, after = read_values(content), read_values(again)
    assert list(before) == list(after)
    for title, rows in before.items():
        assert [r[: len(rows[0])] for r in after[title][: len(rows)]] == rows, title
    assert len(opened(again)["枠組み設置状況"].data_validations.dataValidation) >= 10
    assert convert(content, "pdf", tmp_path).startswith(b"%PDF")
