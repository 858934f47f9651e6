"""Sheets as people really send them: everything repaired is listed, everything odd is said."""

from __future__ import annotations

import pytest

from domain.intake import normalise as n
from domain.intake.form import COVER, FRAMEWORKS, REMARKS_TITLE, TASKS
from domain.intake.grid import Sheet
from tests.domain.intake.sheets import COVER_SHEET, HEADER, ROW, codes, read, sheet


def only(reading):
    assert len(reading.records) == 1, reading.findings
    return reading.records[0]


def test_a_clean_sheet_is_read_as_it_stands():
    reading = read(COVER_SHEET, sheet([HEADER, ROW]))
    record = only(reading)
    assert record.scope == "20" and record.dataset == "frameworks"
    assert record.values["name"] == "県と市町村の検討会"
    assert record.values["municipalities"] == "12"
    assert record.values["as_of"] == "2026-10-01"
    assert record.cells["start"] == "F2" and record.cells["as_of"] == "表紙!B3"
    assert reading.repairs == []
    assert not {c for c in codes(reading) if c[0] in "EC"}


def test_title_rows_blank_rows_and_columns_before_the_table():
    rows = [["令和8年度 調査票"], [], [None, *HEADER], [None, *ROW], [], [None, "※注：暫定値"]]
    reading = read(COVER_SHEET, sheet(rows))
    assert only(reading).cells["start"] == "G4"
    assert {"N_TITLE", "N_NOTE"} <= codes(reading)


def test_columns_in_another_order_with_extra_ones():
    header, row = HEADER[::-1] + ["自由記述欄"], ROW[::-1] + ["何か"]
    reading = read(COVER_SHEET, sheet([header, row]))
    assert only(reading).values["pref_code"] == "20"
    assert "N_EXTRA_COLUMN" in codes(reading)


def test_a_sheet_is_known_by_its_words_not_by_its_name():
    reading = read(Sheet("Sheet3", [HEADER, ROW]))
    assert only(reading).values["status"] == "設置済み"
    assert reading.found == {"frameworks": "Sheet3"}


def test_other_words_for_the_columns():
    header = [
        "都道府県コード",
        "県名",
        "設置の状況",
        "会議名",
        "枠組みの区分",
        "設置時期",
        "市町村数",
        "分野",
    ]
    assert only(read(COVER_SHEET, sheet([header, ROW]))).values["start"] == "2026-04"


def test_merged_cells_are_filled_downwards_and_listed():
    second = [None, None, "設置予定", "別の会", "不明", None, None, None]
    reading = read(COVER_SHEET, sheet([HEADER, ROW, second], merges=((1, 0, 2, 0), (1, 1, 2, 1))))
    assert [r.values["pref_name"] for r in reading.records] == ["長野県", "長野県"]
    merged = [r for r in reading.repairs if n.MERGED in r.kinds]
    assert {(r.cell, r.before, r.after, r.source_cell) for r in merged} == {
        ("A3", "", "20", "A2"),
        ("B3", "", "長野県", "B2"),
    }


def test_cells_merged_sideways_count_once():
    row = ["20", "長野県", "未設置", None, None, None, None, None]
    reading = read(COVER_SHEET, sheet([HEADER, row], merges=((1, 2, 1, 7),)))
    assert only(reading).values["name"] == ""
    assert "N_SIDEWAYS" in codes(reading)


def test_ditto_and_blanks_take_the_value_above():
    rows = [HEADER, ROW, ["〃", "同上", "設置予定", "別の会", "〃", None, None, None],
            [None, None, "設置予定", "三つ目", "不明", None, None, None]]  # fmt: skip
    reading = read(COVER_SHEET, sheet(rows))
    assert [r.scope for r in reading.records] == ["20"] * 3
    assert reading.records[1].values["framework_kind"] == "分野横断"
    kinds = {(r.cell, r.kinds[0]) for r in reading.repairs}
    assert {
        ("A3", n.DITTO),
        ("B3", n.DITTO),
        ("E3", n.DITTO),
        ("A4", n.FILLED_DOWN),
        ("B4", n.FILLED_DOWN),
    } <= kinds


def test_ditto_with_nothing_above_is_an_error():
    reading = read(COVER_SHEET, sheet([HEADER, ["20", "長野県", "〃"]]))
    assert "E_DITTO_NOTHING" in codes(reading) and reading.records == []


def test_code_and_name_complete_each_other():
    header = ["都道府県", "設置状況", "枠組みの名称"]
    record = only(read(COVER_SHEET, sheet([header, ["東京", "未設置", ""]])))
    assert record.values["pref_code"] == "13" and record.values["pref_name"] == "東京都"
    header = ["団体コード", "設置状況", "枠組みの名称"]
    assert (
        only(read(COVER_SHEET, sheet([header, [13, "未設置", ""]]))).values["pref_name"] == "東京都"
    )


def test_code_and_name_that_disagree_stop_the_file():
    reading = read(COVER_SHEET, sheet([HEADER, ["13", *ROW[1:]]]))
    finding = next(f for f in reading.findings if f.code == "E_PREF_MISMATCH")
    assert (finding.place(), finding.severity) == ("枠組み設置状況!A2", "要修正")
    assert "東京都" in finding.why and "長野県" in finding.why


def test_the_cover_names_the_place_of_a_sheet_without_one():
    header = ["設置状況", "枠組みの名称", "区分"]
    reading = read(COVER_SHEET, sheet([header, ["設置済み", "会", "不明"]]))
    assert only(reading).scope == "20"
    assert any(n.FROM_COVER in r.kinds for r in reading.repairs)
    assert "E_NO_PLACE" in codes(read(sheet([header, ["設置済み", "会", "不明"]])))


def test_rows_of_another_place_than_the_cover_are_asked_about():
    assert "C_OTHER_PLACE" in codes(read(COVER_SHEET, sheet([HEADER, ["13", "東京都", *ROW[2:]]])))


def test_totals_examples_units_and_empty_rows_are_no_records():
    rows = [HEADER, ["（2桁）", "（名称）", "（選択）"], ["記入例", "長野県", "設置済み", "見本の会"], ROW,
            ["13", "東京都"], ["合計", None, 1]]  # fmt: skip
    reading = read(COVER_SHEET, sheet(rows))
    only(reading)
    assert {"N_UNIT_ROW", "N_EXAMPLE", "N_TOTAL", "C_EMPTY_ROW"} <= codes(reading)


def test_several_sheets_and_tables_are_all_read():
    other = ["13", "東京都", "未設置", *[None] * 5]
    split = read(COVER_SHEET, sheet([HEADER, ROW], "長野"), sheet([HEADER, other], "東京"))
    assert [r.scope for r in split.records] == ["20", "13"] and "N_SPLIT" in codes(split)
    two = read(COVER_SHEET, sheet([HEADER, ROW, [], HEADER, other]))
    assert [r.scope for r in two.records] == ["20", "13"] and "N_TWO_TABLES" in codes(two)


def test_hidden_rows_columns_and_sheets_are_read_and_said():
    reading = read(
        COVER_SHEET,
        sheet(
            [HEADER, ROW], hidden_rows=frozenset({1}), hidden_columns=frozenset({3}), hidden=True
        ),
    )
    only(reading)
    places = {f.cell for f in reading.findings if f.code == "C_HIDDEN"}
    assert places == {"2:2", "D:D", ""}


@pytest.mark.parametrize(
    ("trait", "code"),
    [
        ("external_links", "N_EXTERNAL"),
        ("date1904", "N_DATE1904"),
        ("recalculation_pending", "C_RECALCULATE"),
    ],
)
def test_what_was_seen_around_the_cells_is_said(trait, code):
    reading = read(COVER_SHEET, sheet([HEADER, ROW]), traits=frozenset({trait}))
    assert code in codes(reading)


def test_formulas_errors_objects_and_colours():
    reading = read(
        COVER_SHEET,
        sheet(
            [HEADER, ROW],
            formulas={(1, 6): "=6*2"},
            objects=("図形",),
            emphasised=frozenset({(1, 3)}),
        ),
    )
    assert {"C_FORMULA", "N_OBJECTS", "N_EMPHASIS"} <= codes(reading)
    assert only(reading).values["municipalities"] == "12"
    broken = read(COVER_SHEET, sheet([HEADER, ROW], errors={(1, 6): "#REF!"}))
    finding = next(f for f in broken.findings if f.code == "E_CELL_ERROR")
    assert (finding.cell, finding.value, finding.rule) == ("G2", "#REF!", "L2-06")


def test_headers_that_stand_twice_or_are_missing():
    reading = read(COVER_SHEET, sheet([[*HEADER, "設置状況"], [*ROW, "未設置"]]))
    assert "E_DUPLICATE_HEADER" in codes(reading)
    reading = read(COVER_SHEET, sheet([[*HEADER, None], [*ROW, "誰のものか"]]))
    assert {"N_UNNAMED", "N_MISSING_COLUMN"} <= codes(reading)


def test_a_header_of_two_rows():
    upper = ["団体コード", "都道府県", "設置状況", "枠組み", None, "設置年月", None, None]
    lower = [None, None, None, "名称", "区分", None, "参加市町村数", "対象分野"]
    merges = tuple((0, c, 1, c) for c in (0, 1, 2, 5)) + ((0, 3, 0, 4),)
    record = only(read(COVER_SHEET, sheet([upper, lower, ROW], merges=merges)))
    assert (
        record.values["name"] == "県と市町村の検討会"
        and record.values["framework_kind"] == "分野横断"
    )


def test_as_of_from_a_title_is_extracted_and_asked():
    reading = read(sheet([["令和8年10月1日時点"], HEADER, ROW]))
    assert only(reading).values["as_of"] == "2026-10-01"
    assert "C_AS_OF_ABOVE" in codes(reading)
    assert any(r.name == "as_of" and r.extracted for r in reading.repairs)


def test_without_as_of_a_person_is_asked_and_may_type_it():
    assert "C_NO_AS_OF" in codes(read(sheet([HEADER, ROW])))
    typed = read(sheet([HEADER, ROW]), as_of="2026-10-01")
    assert only(typed).values["as_of"] == "2026-10-01" and "C_NO_AS_OF" not in codes(typed)
    assert any(r.name == "as_of" for r in typed.repairs)


def test_a_column_of_as_of_beats_the_cover():
    reading = read(COVER_SHEET, sheet([[*HEADER, "時点"], [*ROW, "R8.9.1"]]))
    assert only(reading).values["as_of"] == "2026-09-01"


@pytest.mark.parametrize("column", range(len(HEADER)))
def test_a_declined_repair_leaves_the_cell_as_it_is(column):
    messy = ["２０", "長野", "設置済", " 会 ", "横断", "R8.4", "12団体", "・介護保険\n・道路"]
    first = read(COVER_SHEET, sheet([HEADER, messy]))
    repair = next(r for r in first.repairs if r.cell == f"{'ABCDEFGH'[column]}2")
    again = read(COVER_SHEET, sheet([HEADER, messy]), declined=[repair.key()])
    assert repair.key() not in {r.key() for r in again.repairs}
    if column in (3, 7):
        assert only(again).values[repair.name] == messy[column]
    else:
        assert any(f.code == "E_DECLINED" and f.cell == repair.cell for f in again.findings)


def test_a_declined_filling_leaves_the_cell_empty():
    second = [None, None, "設置予定", "別の会", "不明", None, None, None]
    rows, merges = [HEADER, ROW, second], ((1, 0, 2, 0), (1, 1, 2, 1))
    first = read(COVER_SHEET, sheet(rows, merges=merges))
    filled = [r.key() for r in first.repairs if n.MERGED in r.kinds]
    again = read(COVER_SHEET, sheet(rows, merges=merges), declined=filled)
    assert again.repairs == [] and len(again.records) == 1
    assert {f.cell for f in again.findings if f.code == "E_DECLINED"} == {"A3", "B3"}


def test_what_loses_something_is_asked_about():
    row = [*ROW[:6], "約12", ROW[7]]
    assert "C_LOSING" in codes(read(COVER_SHEET, sheet([HEADER, row])))
    row = ["20", "長野県", "設置済み", "会", "分野横断", "2026-04", "－", ""]
    assert "C_LOSING" in codes(read(COVER_SHEET, sheet([HEADER, row])))


def test_platform_characters_and_several_facts():
    row = [*ROW[:3], "㈱会①\n別の会", *ROW[4:]]
    assert {"N_PLATFORM_CHAR", "C_SEVERAL_NAMES"} <= codes(read(COVER_SHEET, sheet([HEADER, row])))
    row = [*ROW[:3], "外字\ue000会", *ROW[4:]]
    assert "C_PRIVATE" in codes(read(COVER_SHEET, sheet([HEADER, row])))


def test_too_long_a_text_is_refused_with_its_cell():
    reading = read(COVER_SHEET, sheet([HEADER, [*ROW[:3], "長" * 2001, *ROW[4:]]]))
    assert any(f.code == "E_TOO_LONG" and f.cell == "D2" for f in reading.findings)


def test_a_file_without_the_table_says_what_it_saw():
    reading = read(Sheet("Sheet1", [["商品", "値段"], ["りんご", 100]]))
    finding = next(f for f in reading.findings if f.code == "E_NO_TABLE")
    assert "「商品」「値段」" in finding.why
    assert "E_NO_TABLE" in codes(read(Sheet("Sheet1", [])))
    assert "E_NO_RECORDS" in codes(read(COVER_SHEET, sheet([HEADER])))


def test_our_own_remarks_sheet_is_passed_over():
    remarks = Sheet(
        REMARKS_TITLE, [["重大度", "規則", "シート"], ["要修正", "L1-01", "枠組み設置状況"]]
    )
    assert only(read(COVER_SHEET, sheet([HEADER, ROW]), remarks))


def test_tasks_are_read_with_their_scope():
    header = [c.label for c in TASKS.columns]
    row = [
        "K1",
        "認定調査",
        "介護保険",
        "小規模",
        "中",
        "対人・現場",
        "低",
        "高",
        "中",
        "高",
        "低",
        "低",
        "中",
        "理由",
        "県の回答",
    ]
    reading = read(COVER_SHEET, Sheet("事務の課題分析", [header, row]))
    record = only(reading)
    assert (record.dataset, record.scope, record.values["V2a"]) == ("tasks", "20", "対人・現場")
    assert only(read(Sheet("x", [header, row]))).scope == "00"


def test_every_column_of_the_form_is_read_back():
    header = [c.label for c in FRAMEWORKS.columns]
    values = ["20", "長野県", "設置済み", "会", "分野横断", "新設", "首長級", "2026-04", "全域", "77",
              "道路、DX", "水平連携、その他", "続ける", "2027-03-31", "備考です"]  # fmt: skip
    record = only(read(COVER_SHEET, sheet([header, values])))
    assert [record.values[c.name] for c in FRAMEWORKS.columns] == values


def test_the_cover_is_read_with_its_repairs():
    cover = Sheet("表紙", [["項目", "記入欄"], *([c.label, v] for c, v in zip(
        COVER.columns, ["200000", "長野", "R8.10.1", "市町村課", "山田", "暫定"], strict=True))])  # fmt: skip
    reading = read(cover, sheet([HEADER, ROW]))
    assert reading.cover == {"pref_code": "20", "pref_name": "長野県", "as_of": "2026-10-01",
                             "department": "市町村課", "contact": "山田", "release": "暫定"}  # fmt: skip
    assert {r.cell for r in reading.repairs if r.sheet == "表紙"} == {"B2", "B3", "B4"}


NARRATIVE = ["都道府県", "枠組みの立上げ状況", "今後の予定", "対象分野"]
SENTENCES = [
    "長野県",
    "・R7.4に「県と市町村の検討会」(部長級)を立上げ",
    "・年度末に取りまとめ",
    "・道路\n・保育",
]


def test_sentences_are_extracted_marked_and_wait_for_a_person():
    reading = read(sheet([["令和7年10月末時点"], NARRATIVE, SENTENCES], "一覧"))
    record = only(reading)
    assert record.values["name"] == "県と市町村の検討会" and record.values["level"] == "部長級"
    assert record.values["start"] == "2025-04" and record.values["due"] == "2026-03-31"
    assert {"C_EXTRACTED", "C_AS_OF_ABOVE"} <= codes(reading)
    name = next(r for r in reading.repairs if r.name == "name/0")
    assert (name.cell, name.before, name.extracted) == ("B3", "県と市町村の検討会", True)
    for name, value in record.values.items():
        if value and name not in ("pref_name", "pref_code", "as_of"):
            repair = next(r for r in reading.repairs if r.name == f"{name}/0")
            assert repair.after == value and repair.before in "".join(SENTENCES), name


def test_a_declined_extraction_is_left_out():
    first = read(sheet([NARRATIVE, SENTENCES]))
    keys = [r.key() for r in first.repairs if r.name == "level/0"]
    record = only(read(sheet([NARRATIVE, SENTENCES]), declined=keys))
    assert record.values["level"] == "" and record.values["name"]


def test_sentences_without_an_answer_are_not_published():
    assert "C_NOTHING_EXTRACTED" in codes(read(sheet([NARRATIVE, ["長野県", "検討中", "", ""]])))
    unclear = read(sheet([NARRATIVE, ["長野県", "「検討会」の設置の要否を協議", "", ""]]))
    assert unclear.records == []
    assert {"C_NOTHING_EXTRACTED", "C_NO_STATUS_EXTRACTED"} & codes(unclear)


def test_sentences_under_the_words_of_the_form_are_told_apart():
    header = ["都道府県", "設置状況", "今後の予定", "対象分野"]
    assert only(read(sheet([header, SENTENCES]))).values["name"] == "県と市町村の検討会"
    assert (
        only(read(sheet([header, ["長野県", "未設置", "検討を続ける", ""]]))).values["status"]
        == "未設置"
    )
