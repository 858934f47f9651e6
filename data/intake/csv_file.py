"""What stands in a CSV, whatever its encoding and its delimiter? (CSVの読み取り)"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from data.intake.container import LONGEST_TEXT, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from data.intake.guard import is_unmarked_utf16
from domain.intake.findings import Refused, shorten
from domain.intake.form import COVER, RECORD_SHEETS
from domain.intake.grid import Sheet, Workbook, column_letters

# The header is looked for among the first rows; above it people write titles.
FIRST_ROWS = 30
MOST_DELIMITERS = 20_000
DELIMITERS = (",", "\t", ";")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# What Excel itself writes and reads above a table to name the delimiter.
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=([,;\t])\r?\n", re.IGNORECASE)
# ESC $ and ESC ( switch the character set in JIS mail text, which is all ASCII to the eye.
_JIS = re.compile(rb"\x1b[$(]")
# Headers of our own sheets and of the table of the ministry's document.
HEADER_WORDS = frozenset(
    word
    for sheet in (*RECORD_SHEETS, COVER)
    for column in sheet.columns
    for word in (column.label, *column.aliases)
    if len(word) > 1 and not word.isascii()
) | {"枠組みの立上げ状況", "立上げ状況", "市区町村", "市町村"}


def read_csv(content: bytes, title: str) -> Workbook:
    """What stands in the fields of a CSV? Every value stays text, an empty field is None.

    The encoding is found by strict decoding: UTF-8 (with or without its mark), then CP932;
    UTF-16 only with its mark. What decodes as CP932 but holds no header we know may be EUC-JP
    and is refused, so that nothing is ever published as gibberish. Raises Refused.
    """
    title = shorten(title) or "CSV"
    text, encoding = _decode(content, title)
    text = text.rstrip("\x1a")
    found = _CONTROL.search(text)
    if found:
        code = "E_CSV_NUL" if found[0] == "\0" else "E_CONTROL_CHARACTER"
        raise Refused(code, title, f"A{text.count(chr(10), 0, found.start()) + 1}")
    if not text.strip():
        raise Refused("E_NOTHING_IN_IT")
    named = _SEPARATOR_LINE.match(text)
    text = text[named.end() :] if named else text
    delimiter = named[1] if named else _find_delimiter(text)
    rows, widths = _read_rows(text, delimiter, title)
    if not rows:
        raise Refused("E_NOTHING_IN_IT")
    header = _find_header(rows)
    width = widths[header]
    # Whoever forgot the quotes around a comma has more values than headers from there on.
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        if len(row) > width:
            raise Refused(
                "E_CSV_WIDTH", title, f"{column_letters(width)}{number}", delimiter.join(row),
                row=number, count=len(row), width=width,
            )  # fmt: skip
    cells = [[field or None for field in row] for row in rows]
    return Workbook("csv", (Sheet(title, cells),), encoding, delimiter)


def _decode(content: bytes, title: str) -> tuple[str, str]:
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Refused("E_ENCODING", value="UTF-32")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), "utf-16"
        except UnicodeDecodeError:
            raise Refused("E_ENCODING", value="UTF-16") from None
    if _JIS.search(content):
        raise Refused("E_ENCODING", value="JIS（ISO-2022-JP）")
    if b"\0" in content:
        if is_unmarked_utf16(content[:4096]):
            raise Refused("E_ENCODING", value="UTF-16（目印なし）")
        row = content.count(b"\n", 0, content.index(0)) + 1
        raise Refused("E_CSV_NUL", title, f"A{row}")
    marked = content.startswith(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8-sig"), "utf-8-sig" if marked else "utf-8"
    except UnicodeDecodeError:
        if marked:
            raise Refused("E_ENCODING", value="UTF-8") from None
    try:
        text = content.decode("cp932")
        if _has_header_word(text):
            return text, "cp932"
    except UnicodeDecodeError:
        pass
    try:
        is_euc = _has_header_word(content.decode("euc_jp"))
    except UnicodeDecodeError:
        is_euc = False
    raise Refused("E_ENCODING", value="EUC-JP" if is_euc else "")


def _has_header_word(text: str) -> bool:
    head = "".join(text[:20_000].split())
    return any(word in head for word in HEADER_WORDS)


def _find_delimiter(text: str) -> str:
    """Return what separates the fields of the line with the most header words."""
    lines = [line for line in text[:100_000].splitlines()[:FIRST_ROWS] if line.strip()]
    if not lines:
        return ","

    def rank(line: str) -> tuple[int, int]:
        bare = re.sub(r'"[^"]*"', "", line)
        words = sum(word in line for word in HEADER_WORDS)
        return words, max(bare.count(sign) for sign in DELIMITERS)

    header = max(lines, key=rank)
    bare = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=bare.count)


def _read_rows(text: str, delimiter: str, title: str) -> tuple[list[list[str]], list[int]]:
    """Return the fields of every row up to its last value, and how many the first rows have.

    Blank rows are empty, those at the end are left out.
    """
    rows: list[list[str]] = []
    widths: list[int] = []
    blanks = cells = line = 0
    # Some people put a space between the comma and the quote.
    spaced = re.search(r"[,;\t] +\"", text) is not None
    limit = csv.field_size_limit(LONGEST_TEXT)

    def lines() -> Iterator[str]:
        for number, line in enumerate(io.StringIO(text, newline=""), start=1):
            # Excel's widest sheet has 16,383 delimiters; more would only fill the memory.
            if line.count(delimiter) > MOST_DELIMITERS:
                raise Refused("E_TOO_MANY_COLUMNS", title, f"A{number}", limit=f"{MOST_COLUMNS:,}")
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=True, skipinitialspace=spaced)
    try:
        for row in reader:
            line, width = reader.line_num, len(row)
            while row and not row[-1].strip():
                row.pop()
            if not row:
                blanks += 1
                continue
            cells += len(row)
            number = len(rows) + blanks + 1
            for code, count, most in (
                ("E_TOO_MANY_ROWS", number, MOST_ROWS),
                ("E_TOO_MANY_COLUMNS", len(row), MOST_COLUMNS),
                ("E_TOO_MANY_CELLS", cells, MOST_CELLS),
            ):
                if count > most:
                    raise Refused(code, title, f"A{number}", limit=f"{most:,}")
            rows.extend([] for _ in range(blanks))
            blanks = 0
            rows.append(row)
            if len(widths) < FIRST_ROWS:
                widths.extend([0] * (len(rows) - 1 - len(widths)) + [width])
    except csv.Error as error:
        place = f"A{len(rows) + blanks + 1}"
        # A field that runs over many lines is one whose closing quote is missing.
        if "limit" in str(error) and reader.line_num - line < 20:
            raise Refused(
                "E_CELL_TOO_LONG",
                title,
                place,
                size=f"{LONGEST_TEXT:,}超",
                limit=f"{LONGEST_TEXT:,}",
            ) from None
        raise Refused("E_CSV_QUOTE", title, place, row=line + 1) from None
    finally:
        csv.field_size_limit(limit)
    return rows, widths


def _find_header(rows: list[list[str]]) -> int:
    """Return the row with the most headers we know; without any, the widest of the first."""

    def rank(number: int) -> tuple[int, int]:
        row = rows[number]
        return sum("".join(field.split()) in HEADER_WORDS for field in row), len(row)

    return max(range(min(len(rows), FIRST_ROWS)), key=rank)
