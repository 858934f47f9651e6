"""Bad data files: one clear Japanese message with file, row and column, never a crash."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from data import read
from data.paths import data_root
from data.schema import TABLES
from domain.issues import DataFileError

CSV = "sources/mic_wg47_20260422/facts.csv"
XLSX = "sources/mic_wg47_20260422/frameworks.xlsx"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_bundled_table_fits_its_definition(table):
    frame = read.read_table(table.name, data_root())
    assert len(frame) > 0
    # Every column of the file is defined, so every one has a Japanese name on the screen.
    assert [column.name for column in table.columns] == list(frame.columns)


def test_every_data_file_is_a_defined_table():
    root = data_root()
    files = {
        path.relative_to(root).as_posix()
        for pattern in ("*.csv", "*.xlsx")
        for path in root.rglob(pattern)
    }
    assert files == {table.path for table in TABLES}


def message(reader, root) -> str:
    with pytest.raises(DataFileError) as error:
        reader(root)
    return str(error.value)


def facts(root):
    return read.read_facts(root)


def edit(root, old: str, new: str) -> None:
    path = root / CSV
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8-sig")


def test_missing_column_names_file_and_column(data_copy):
    edit(data_copy, "as_of", "as_off")
    assert message(facts, data_copy) == (
        f"{CSV}：列「as_of」がありません。 → 1行目の項目名を確かめてください。"
    )


def test_bad_number_names_row_and_column(data_copy):
    edit(data_copy, ",28,28団体", ",二十八,28団体")
    text = message(facts, data_copy)
    assert CSV in text and "行目 列「value」" in text and "「二十八」は数値ではありません" in text


@pytest.mark.parametrize("number", ["inf", "nan", "1e999"])
def test_numbers_have_to_be_finite(data_copy, number):
    edit(data_copy, ",28,28団体", f",{number},28団体")
    assert "有限の数ではありません" in message(facts, data_copy)


def test_unreadable_date_says_why(data_copy):
    edit(data_copy, "2025-10-01", "2025-13-01")
    assert "列「as_of」：2025年13月1日という日はありません" in message(facts, data_copy)


def test_unknown_kind_lists_the_choices(data_copy):
    edit(data_copy, ",原典,", ",げんてん,")
    text = message(facts, data_copy)
    assert "「げんてん」は選べない値です" in text and "原典／算出／推計／仮定／下書き" in text


def test_double_id_is_named(data_copy):
    edit(data_copy, "N_planned", "N_established")
    assert "「N_established」が2度あります" in message(facts, data_copy)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "ファイルがありません"),
        (b"", "ファイルが空です"),
        ("項目".encode("cp932") + b"\r\n1\r\n", "UTF-8ではありません"),
        (b"a,b\n1,2\n1,2,3\n", "表として読めません"),
    ],
)
def test_broken_csv(data_copy, content, words):
    path = data_copy / CSV
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert words in message(facts, data_copy)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 not a workbook", b"plain text"], ids=["empty", "cut", "text"]
)
def test_broken_workbook(data_copy, content):
    (data_copy / XLSX).write_bytes(content)
    text = message(read.read_frameworks, data_copy)
    assert XLSX in text and "読めません" in text


def rewrite_frameworks(root, change) -> None:
    frame = pd.read_excel(root / XLSX, dtype=str, na_filter=False)
    change(frame)
    frame.to_excel(root / XLSX, sheet_name="枠組み設置状況", index=False)


def test_unknown_prefecture(data_copy):
    rewrite_frameworks(data_copy, lambda frame: frame.__setitem__("団体コード", "48"))
    text = message(read.read_frameworks, data_copy)
    assert "2行目 列「団体コード」：「48」という都道府県コードはありません" in text


def test_code_and_name_that_do_not_belong_together(data_copy):
    rewrite_frameworks(data_copy, lambda frame: frame.loc.__setitem__((0, "都道府県"), "青森県"))
    assert "団体コード01は北海道です（記入は「青森県」）" in message(
        read.read_frameworks, data_copy
    )


def test_missing_sheet(data_copy):
    pd.read_excel(data_copy / XLSX).to_excel(data_copy / XLSX, sheet_name="別の名前", index=False)
    assert "シート「枠組み設置状況」がありません" in message(read.read_frameworks, data_copy)


def test_card_that_is_not_toml(data_copy):
    (data_copy / "sources/mic_staff_survey/source.toml").write_text("id = ", encoding="utf-8")
    with pytest.raises(DataFileError, match="出典カードとして読めません"):
        read.read_card(data_copy, "mic_staff_survey")


def test_card_without_a_publisher(data_copy):
    (data_copy / "sources/mic_staff_survey/source.toml").write_text('id = "x"', encoding="utf-8")
    with pytest.raises(DataFileError, match="項目「publisher」がありません"):
        read.read_card(data_copy, "mic_staff_survey")


def test_the_document_describes_eight_prefectures_and_eleven_frameworks():
    rows = read.read_frameworks(data_root())
    assert len(rows) == 11 and len({row.pref_code for row in rows}) == 8
    assert {row.kind for row in rows} == {"不明"}
    assert not any(row.measures for row in rows)


def test_a_copy_is_read_as_the_original(data_copy):
    shutil.copy(data_copy / CSV, data_copy / "again.csv")
    assert read.read_facts(data_copy) == read.read_facts(data_root())
