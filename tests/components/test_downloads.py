"""What leaves the dashboard opens safely in Excel."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pandas as pd
import pytest

from components import downloads
from pages.sources import bundle

HOSTILE = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_never_holds_a_formula(text):
    content = downloads.to_csv(pd.DataFrame({text: [text], "数": [-5]})).decode("utf-8-sig")
    frame = pd.read_csv(io.StringIO(content), dtype=str, keep_default_na=False)
    assert frame.iloc[0, 0].startswith("'") and frame.columns[0].startswith("'")
    assert frame.iloc[0, 1] == "-5"


@pytest.mark.parametrize("text", [*HOSTILE, "https://example.invalid/", "{=A1}"])
def test_workbook_never_holds_a_formula_or_a_link(text):
    content = downloads.to_xlsx({"表": pd.DataFrame({"文": [text], "数": [float("nan")]})})
    sheet = openpyxl.load_workbook(io.BytesIO(content))["表"]
    assert sheet["A2"].data_type == "s" and sheet["A2"].hyperlink is None
    # Excel reads _x000D_ as the carriage return it stands for.
    assert sheet["A2"].value.replace("_x000D_", "\r") == text
    assert sheet["B2"].value is None


def test_csv_has_a_bom_and_windows_lines():
    content = downloads.to_csv(pd.DataFrame({"項目": ["値"]}))
    assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")


def test_file_names_are_japanese_and_allowed_on_windows():
    assert downloads.file_name("図：a/b*c", "2025-10-01", "csv") == "図：a＿b＿c_20251001.csv"
    assert downloads.file_name("図", "", "xlsx") == "図.xlsx"


def test_the_bundle_holds_every_table_and_every_figure():
    content = bundle.build_archive()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert {"はじめに.txt", "出典.csv", "項目の定義.csv", "全ての表.xlsx"} <= set(names)
        assert len([n for n in names if n.startswith("csv/")]) == len(bundle.TABLES)
        assert len([n for n in names if n.startswith("図のデータ/")]) > 15
        book = openpyxl.load_workbook(io.BytesIO(archive.read("全ての表.xlsx")), read_only=True)
        assert len(book.sheetnames) == len(bundle.TABLES) + 2
    assert content == bundle.build_archive()
