"""What is read, against openpyxl and calamine alone, neither of which sees what the guard saw."""

from __future__ import annotations

import io
import math
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font, PatternFill

from data.intake import parse
from data.intake.cell_values import (
    BUILTIN_FORMATS,
    format_kind,
    to_elapsed,
    to_moment,
    to_number,
    to_text,
)
from data.intake.csv_file import read_csv
from data.intake.guard import inspect_file
from data.intake.parse import parse_workbook
from domain.intake.findings import Refused
from domain.intake.grid import Sheet, Workbook, to_address
from tests.data.intake import hostile
from tests.data.intake.mutations import mutations


def read(content: bytes, name: str = "x.xlsx") -> Workbook:
    return parse_workbook(content, inspect_file(content, name))


def cells_of(sheet: Sheet) -> dict[str, object]:
    """Return address → value of what is not empty."""
    return {
        to_address(r, c): value
        for r, row in enumerate(sheet.rows)
        for c, value in enumerate(row)
        if value is not None
    }


def plain(value: object) -> object:
    """Return a value as every reader has it: whole floats as int, a day without a clock."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date()
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, timedelta):
        return to_elapsed(value / timedelta(days=1))
    return value


def by_openpyxl(content: bytes) -> list[dict[str, object]]:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    return [
        {
            # It leaves the escapes of texts as they are written.
            cell.coordinate: to_text(cell.value) if cell.data_type == "s" else plain(cell.value)
            # Its own walk over the rows would visit every cell up to a far-away one.
            for cell in sheet._cells.values()
            if cell.value not in (None, "") and cell.data_type != "e"
        }
        for sheet in book.worksheets
    ]


def by_calamine(content: bytes) -> list[dict[str, object]]:
    calamine = pytest.importorskip("python_calamine")
    book = calamine.load_workbook(io.BytesIO(content))
    return [
        {
            to_address(r, c): plain(value)
            for r, row in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for c, value in enumerate(row)
            if value != ""
        }
        for name in book.sheet_names
    ]


# ---------------------------------------------------------------- other programs' workbooks


def written_by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "枠組み設置状況"
    sheet.append(["団体コード", "都道府県", "設置年月", "数", "済", "割合"])
    sheet.append([1, "北海道", date(2025, 4, 1), 12.5, True, 0.1])
    sheet.append(["01", "東京都\n特別区", datetime(2025, 4, 1, 9, 30), -3, False, 1e-7])
    sheet["A2"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["B3"].font = Font(strike=True)
    sheet["C2"].number_format = 'yyyy"年"m"月"'
    sheet["H9"] = "遠く"
    sheet.merge_cells("A5:C6")
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet["A2"].comment = openpyxl.comments.Comment("確認", "県")
    other = book.create_sheet("隠し")
    other.sheet_state = "hidden"
    other["B2"] = time(9, 30)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def written_by_xlsxwriter(is_1904: bool = False) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": is_1904}) as book:
        sheet = book.add_worksheet("表")
        day = book.add_format({"num_format": "[$-411]ggge年m月d日"})
        rich = book.add_format({"font_color": "red", "underline": 1})
        sheet.write_row(0, 0, ["団体コード", "都道府県", "設置年月", "式", "備考"])
        sheet.write_number(1, 0, 13)
        sheet.write_rich_string(1, 1, "東京", rich, "都")
        sheet.write_datetime(1, 2, datetime(2025, 4, 1), day)
        sheet.write_formula(1, 3, "=A2*2", None, 26)
        sheet.write_string(1, 4, "a & b <c> \t end ")
        sheet.write_datetime(2, 2, datetime(1999, 12, 31, 23, 59, 59), day)
        sheet.write_boolean(2, 0, True)
        sheet.write_blank(3, 0, None, rich)
        sheet.merge_range("A8:C9", "結合", day)
        sheet.insert_textbox("G2", "図形")
        sheet.data_validation("A2:A9", {"validate": "list", "source": ["a", "b"]})
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content", [written_by_openpyxl(), written_by_xlsxwriter(), written_by_xlsxwriter(True)]
)
def test_three_readers_read_the_same(content):
    ours = [cells_of(sheet) for sheet in read(content).sheets]
    assert ours == by_openpyxl(content) == by_calamine(content)


def test_what_lies_around_the_cells():
    first, second = read(written_by_openpyxl()).sheets
    assert (first.title, first.hidden, second.title, second.hidden) == (
        "枠組み設置状況", False, "隠し", True,
    )  # fmt: skip
    assert first.merges == ((4, 0, 5, 2),)
    assert (first.hidden_rows, first.hidden_columns) == ({2}, {3})
    assert first.comments == 1
    assert first.emphasised == {(1, 0), (2, 1)}
    assert first.number_formats[(1, 2)] == 'yyyy"年"m"月"'
    sheet = read(written_by_xlsxwriter()).sheets[0]
    assert sheet.formulas == {(1, 3): "=A2*2"}
    assert sheet.objects == ("図形・テキストボックス",)
    assert (1, 1) in sheet.emphasised
    assert sheet.cell(1, 0) == 13 and isinstance(sheet.cell(1, 0), int)
    assert "recalculation_pending" in read(written_by_xlsxwriter()).traits


# The same examples every time, however busy the machine is, and nothing left on the disk.
calm = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
texts = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
    ),
    max_size=12,
)
values = st.one_of(
    st.none(),
    texts,
    st.sampled_from(("_x0041_", "_x005F_", "_x0000_", "]]>", "&amp;", " a ", "\n", "=1+1")),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(-1e9, 1e9),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(
        lambda d: d.replace(microsecond=0)
    ),
)


@calm
@given(st.lists(st.lists(values, max_size=5), min_size=1, max_size=8), st.booleans())
def test_what_xlsxwriter_wrote_is_read(rows, in_place):
    buffer = io.BytesIO()
    expected = {}
    # constant_memory writes texts in place instead of as shared strings.
    with xlsxwriter.Workbook(
        buffer, {"constant_memory": in_place, "in_memory": not in_place}
    ) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_string(0, 9, "x")
        for r, row in enumerate(rows, start=1):
            for c, value in enumerate(row):
                if value is None or value == "":
                    continue
                expected[to_address(r, c)] = plain(value)
                if isinstance(value, bool):
                    sheet.write_boolean(r, c, value)
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif isinstance(value, (date, datetime)):
                    sheet.write_datetime(r, c, value, day)
                else:
                    sheet.write_number(r, c, value)
    found = cells_of(read(buffer.getvalue()).sheets[0])
    assert found.pop("J1") == "x"
    # A number is written with 16 digits.
    assert found.keys() == expected.keys()
    for address, value in expected.items():
        if isinstance(value, float):
            assert math.isclose(found[address], value, rel_tol=1e-15)
        else:
            assert found[address] == value and type(found[address]) is type(value)


READABLE = [
    case
    for case in hostile.CASES
    if case.verdict == "read" and case.file_name.lower().strip().endswith(".xlsx")
]
# Where openpyxl fails or reads something else than Excel shows, and why.
OPENPYXL_FAILS = {
    "comments": "wants more of a comment",
    "strict": "does not know the namespace",
    "coloured_to_the_end": "takes more than a minute",
    "dates": "serial 60, day 0, numbers out of range; does not know the Japanese formats by number",
    "dates_1904": "day 0",
    "dates_iso": "fails on a text that is no date",
    "no_strings_part": "wants every part that is named",
    "other_case": "finds parts only as they are spelt",
    "far_blank": "the far-away blank is the point of the case",
    "far_blank_shared": "the far-away blank is the point of the case",
    "numbers": "keeps digits that Excel does not have",
    "booleans": "knows 0 and 1, not false",
    "merges": "fails on a range written backwards",
}


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_readable_files_of_the_corpus_against_openpyxl(case):
    if case.name in OPENPYXL_FAILS or case.name in LONG:
        pytest.skip(OPENPYXL_FAILS.get(case.name, "takes openpyxl long"))
    content = case.build()
    assert [cells_of(sheet) for sheet in read(content).sheets] == by_openpyxl(content)


def readers_of(content: bytes, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return which readers were asked, in order."""
    asked = []
    for name in ("_by_calamine", "_by_openpyxl"):
        reader = getattr(parse, name)

        def ask(*arguments, reader=reader, name=name):
            asked.append(name.removeprefix("_by_"))
            return reader(*arguments)

        monkeypatch.setattr(parse, name, ask)
    read(content)
    return asked


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("corner_of_limits", ["calamine"]),
        ("dates", ["calamine"]),
        ("comments", ["calamine"]),
        ("outside_links", ["openpyxl"]),
        ("errors", ["openpyxl"]),
        ("escapes", ["calamine"]),
        ("hidden_rows_and_columns", ["openpyxl"]),
        # What one of them cannot read, the other one is asked for.
        ("utf16_sheet", ["calamine", "openpyxl"]),
        ("no_strings_part", ["calamine"]),
    ],
)
def test_which_reader_is_asked(name, asked, monkeypatch):
    case = next(case for case in hostile.CASES if case.name == name)
    assert readers_of(case.build(), monkeypatch) == asked


def test_a_reader_that_loses_a_cell_is_not_believed(monkeypatch):
    content = hostile.book(hostile.table())
    expected = cells_of(read(content).sheets[0])

    def losing(*_):
        yield [["団体コード"]]

    def panicking(*_):
        raise BaseException("no Exception, as a panic of calamine is none")
        yield

    for reader in (losing, panicking):
        monkeypatch.setattr(parse, "_by_calamine", reader)
        assert cells_of(read(content).sheets[0]) == expected
    monkeypatch.setattr(parse, "_by_openpyxl", losing)
    with pytest.raises(Refused) as refused:
        read(content)
    assert refused.value.code == "E_UNREADABLE"


@pytest.mark.parametrize("ending", [KeyboardInterrupt, MemoryError])
def test_an_ending_process_asks_no_other_reader(monkeypatch, ending):
    def end(*_):
        raise ending
        yield

    monkeypatch.setattr(parse, "_by_calamine", end)
    with pytest.raises(ending):
        read(hostile.book(hostile.table()))


# Their size is the point of them, not their shape.
LONG = {
    "coloured_to_the_end", "cells_520000", "too_many_elements", "strings_too_much", "bomb_blanks",
    "bomb_lying", "bomb_in_total", "bomb_in_strings", "bomb_ratio", "strings_too_many",
    "million_attributes", "huge_attribute", "huge_comment", "four_megabytes", "many_styles",
    "many_conditions", "too_many_parts", "too_many_sheets", "corner_of_limits",
}  # fmt: skip


def bare(tables: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return tables without blanks around texts, which only some programs keep."""
    return [
        {address: v.strip() if isinstance(v, str) else v for address, v in table.items()}
        for table in tables
    ]


def test_surviving_mutations_are_read_as_openpyxl_reads_them():
    compared = 0
    for content in mutations(250, seed=11):
        try:
            ours = [cells_of(sheet) for sheet in read(content).sheets]
        except Refused:
            continue
        try:
            theirs = by_openpyxl(content)
        except Exception:  # noqa: BLE001, S112 - it fails in many ways on what still can be read
            continue
        assert bare(ours) == bare(theirs)
        compared += 1
    assert compared > 15


# ---------------------------------------------------------------- single values


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""), ("G/標準", ""), ("0", ""), ("#,##0;[Red]-#,##0", ""), ("@", ""), ("0.00E+00", ""),
        ('0"月"', ""), ('General"人"', ""), ("0_m", ""), (r"0\d", ""), ("[DBNum3][$-411]0", ""), ("0%", ""),
        ("yyyy/m/d", "date"), ("[$-411]ge.m.d;@", "date"), ('[$-411]ggge"年"m"月"', "date"), ("m/d", "date"),
        ('yyyy"年"', "date"), ("mmm-yy", "date"), ("aaa", "date"), ("yyyy/m/d h:mm", "date"), ("ggge", "date"),
        ("h:mm", "time"), ("h:mm AM/PM", "time"), ("mm:ss.0", "time"), ('h"時"mm"分"', "time"),
        ("[h]:mm:ss", "elapsed"), ("[mm]:ss", "elapsed"), ("", ""),
    ],
)  # fmt: skip
def test_kind_of_a_number_format(code, kind):
    assert format_kind(code) == kind


def test_formats_known_by_number_all_show_moments():
    assert all(format_kind(code) for code in BUILTIN_FORMATS.values())


@calm
@given(st.dates(date(1900, 3, 1), date(9999, 12, 31)))
def test_every_day_of_the_calendar(day):
    serial = (day - date(1899, 12, 30)).days
    assert to_moment(serial, "date", False) == day
    if day >= date(1904, 1, 1):
        assert to_moment((day - date(1904, 1, 1)).days, "date", True) == day


@calm
@given(st.integers(0, 86399), st.integers(100, 60000))
def test_every_second_of_a_day(second, days):
    expected = datetime(1899, 12, 30) + timedelta(days=days, seconds=second)
    found = to_moment(days + second / 86400, "date", False)
    assert found == (expected if second else expected.date())


@calm
@given(st.text(max_size=30))
def test_texts_never_hold_control_characters(raw):
    text = to_text(raw)
    assert text is None or not any(ord(sign) < 32 and sign not in "\t\n" for sign in text)


@calm
@given(st.text("0123456789.eE+-_ nNaAiIfF１,x", max_size=20))
def test_numbers_are_finite_or_none(raw):
    number = to_number(raw)
    assert number is None or (math.isfinite(number) and math.isclose(number, float(raw)))


@calm
@given(
    st.lists(st.lists(texts.filter(lambda t: "\x1b" not in t), min_size=4, max_size=4), max_size=6)
)
def test_any_quoted_csv_comes_back(rows):
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    header = ["団体コード", "都道府県", "設置状況", "備考"]
    body = "\r\n".join(",".join(map(quoted, row)) for row in [header, *rows])
    sheet = read_csv(body.encode("utf-8-sig"), "x").sheets[0]
    for r, row in enumerate([header, *rows]):
        for c, text in enumerate(row):
            assert (sheet.cell(r, c) or "").strip() == text.strip()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_one_table_in_every_encoding_and_delimiter(encoding, delimiter):
    body = hostile.LINES.replace(",", delimiter).encode(encoding)
    book = read_csv(body, "x")
    assert (book.encoding, book.delimiter) == (encoding, delimiter)
    assert book.sheets[0].rows == read_csv(hostile.LINES.encode(), "x").sheets[0].rows


def test_one_table_in_a_workbook_and_a_csv():
    rows = [line.split(",") for line in hostile.LINES.splitlines()]
    assert cells_of(read(hostile.book(hostile.table(rows))).sheets[0]) == cells_of(
        read_csv(hostile.LINES.encode(), "x").sheets[0]
    )


def test_a_rebuilt_container_reads_the_same():
    """What a sanitiser sends on: other order, other packing, other dates."""
    content = written_by_openpyxl()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in reversed(archive.namelist())}
    rebuilt = hostile.pack(parts, zipfile.ZIP_STORED)
    assert [vars(sheet) for sheet in read(rebuilt).sheets] == [
        vars(sheet) for sheet in read(content).sheets
    ]
