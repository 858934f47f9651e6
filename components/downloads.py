"""Tables out of the dashboard: CSV with BOM and .xlsx, both safe to open in Excel."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pandas as pd

# A text that starts with one of these is run as a formula by spreadsheet programs
# (OWASP "CSV Injection"); the full-width forms are folded by some of them.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV_MIME = "text/csv"
XLSX_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP_MIME = "application/zip"


def neutralise(value: object) -> object:
    """Return the value so that no spreadsheet takes it for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS) and value not in ("－", "-"):
        return "'" + value
    return value


def to_csv(table: pd.DataFrame) -> bytes:
    """Write a table as CSV: UTF-8 with BOM, formula texts prefixed with an apostrophe."""
    safe = table.rename(columns=neutralise).map(neutralise)
    return ("\ufeff" + safe.to_csv(index=False, lineterminator="\r\n")).encode("utf-8")


def to_xlsx(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """Write tables as a workbook, one sheet each; text never becomes a formula or a link."""
    import xlsxwriter  # late: wanted on a click only

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        # A fixed date: equal data gives equal bytes.
        book.set_properties({"created": datetime(1980, 1, 1, tzinfo=UTC)})
        head = book.add_format(
            {"bold": True, "bg_color": "#E8F1FE", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        body = book.add_format({"text_wrap": True, "valign": "top"})
        for title, table in sheets.items():
            sheet = book.add_worksheet(title[:31])
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(table.columns):
                cells = table.iloc[:, column].tolist()
                sheet.set_column(column, column, _width([str(name), *cells]))
                sheet.write_string(0, column, str(name), head)
                for row, cell in enumerate(cells, start=1):
                    _write_cell(sheet, row, column, cell, body)
    return buffer.getvalue()


def _width(cells: Sequence[object]) -> int:
    # A Japanese character is about two digits wide; beyond 60 the text wraps.
    longest = max((sum(2 if ord(c) > 255 else 1 for c in str(cell)) for cell in cells), default=8)
    return min(max(longest + 2, 8), 60)


def _write_cell(sheet, row: int, column: int, cell: object, text_format) -> None:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        sheet.write_string(row, column, "" if cell is None else str(cell), text_format)
    elif cell == cell:  # NaN stays an empty cell: 未入力 is not zero
        sheet.write_number(row, column, cell)


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """Pack named files; names are UTF-8, times fixed so that equal data gives equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def file_name(stem: str, as_of: str, extension: str) -> str:
    """Build a Japanese file name without the characters Windows refuses."""
    safe = "".join("＿" if c in '\\/:*?"<>|\n\r\t' else c for c in stem)
    stamp = as_of.replace("-", "")
    return f"{safe}_{stamp}.{extension}" if stamp else f"{safe}.{extension}"
