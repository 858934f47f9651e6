"""Where are the tables on a sheet? (見出し行・データ行・注の見つけ方)

A sheet is recognised by the words of its header row alone, wherever that row stands: hidden
marks, names and styles are stripped by the gateways these files pass through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from domain.intake import form
from domain.intake.form import COVER, FormSheet
from domain.intake.grid import CellValue, Sheet
from domain.intake.narrative.header import is_narrative_header
from domain.intake.normalise import fold, label_key, own_text

COVER_KIND, NARRATIVE_KIND = "cover", "narrative"
# A further column that some workbooks carry beside the form's own.
AS_OF_LABELS = ("時点", "基準日", "調査時点", "調査基準日")


@dataclass(frozen=True)
class FoundTable:
    """One table on a sheet. kind : dataset of the form, or NARRATIVE_KIND.

    header : its row.  columns : column name → column.  extra : column → header text of columns
    that belong to no column of the form.  doubled : column → header text that stands twice.
    unnamed : columns with data and without a header.  first, last : data rows, both included.
    """

    kind: str
    header: int
    columns: Mapping[str, int]
    first: int
    last: int
    extra: Mapping[int, str] = field(default_factory=dict)
    doubled: Mapping[int, str] = field(default_factory=dict)
    unnamed: tuple[int, ...] = ()


def _find_labels(sheet: FormSheet) -> dict[str, str]:
    """Return header text as compared → column name; the first to claim a word has it."""
    found: dict[str, str] = {}
    for column in sheet.columns:
        found.setdefault(label_key(column.label), column.name)
    for column in sheet.columns:
        for alias in column.aliases:
            found.setdefault(label_key(alias), column.name)
    return found


# Made before the first file: the process that reads a file takes them over.
_LABELS = {sheet.dataset: _find_labels(sheet) for sheet in (COVER, *form.RECORD_SHEETS)}


@lru_cache(maxsize=65536)
def _key(text: str) -> str:
    return label_key(text) if len(text) <= 80 else ""


class Cells:
    """The cells of a sheet with merged areas filled, and where each value really stands."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet
        self.origin: dict[tuple[int, int], tuple[int, int]] = {}
        for top, left, bottom, right in sheet.merges:
            for row in range(top, min(bottom, len(sheet.rows)) + 1):
                for column in range(left, right + 1):
                    if (row, column) != (top, left):
                        self.origin[row, column] = (top, left)

    def value(self, row: int, column: int) -> CellValue:
        """Return a data cell: merged downwards it repeats, merged sideways it does not."""
        if not self.origin:
            return self.sheet.cell(row, column)
        top, left = self.origin.get((row, column), (row, column))
        return self.sheet.cell(top, left) if left == column else None

    def header(self, row: int, column: int) -> str:
        """Return a header cell; merged areas repeat in both directions."""
        top, left = self.origin.get((row, column), (row, column))
        return own_text(self.sheet.cell(top, left)).strip()

    def headers(self, row: int, width: int) -> list[str]:
        """Return the header cells of a row, up to a width."""
        if self.origin:
            return [self.header(row, column) for column in range(width)]
        texts = [own_text(value).strip() for value in self.sheet.rows[row]]
        return texts + [""] * (width - len(texts))

    def width(self) -> int:
        """Return the number of columns."""
        return max((len(row) for row in self.sheet.rows), default=0)

    def is_blank(self, row: int) -> bool:
        """Has the row no text of its own?"""
        return not any(cell is not None and own_text(cell).strip() for cell in self.sheet.rows[row])


def _match(labels: Mapping[str, str], keys: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for position, key in enumerate(keys):
        name = labels.get(key) if key else None
        if name and name not in columns:
            columns[name] = position
    return columns


def _is_header(sheet: FormSheet, columns: Mapping[str, int]) -> bool:
    if sheet.dataset == "frameworks":
        place = "pref_code" in columns or "pref_name" in columns
        # 設置状況 is the word that makes it this table; without a place the cover may name it.
        return "status" in columns and len(columns) >= (2 if place else 3)
    marks = sum(
        name in columns for name in ("V1", "V2a", "V2b", "V3a", "V3b", "V4a", "V4b", "V4c", "D")
    )
    return ("task_id" in columns or "task" in columns) and marks >= 2


def classify_row(texts: Sequence[str]) -> tuple[str, dict[str, int]] | None:
    """Is this row the header of a table we know? Returns (kind, column name → position)."""
    found = _classify(tuple(texts))
    return found and (found[0], dict(found[1]))


# In a batch the same lists of codes return in every file.
@lru_cache(maxsize=4096)
def _classify(texts: tuple[str, ...]) -> tuple[str, dict[str, int]] | None:
    if len(texts) - texts.count("") < 2:
        return None
    keys = [_key(text) for text in texts]
    for sheet in form.RECORD_SHEETS:
        labels = _LABELS[sheet.dataset]
        # Most rows name no column at all.
        if labels.keys().isdisjoint(keys):
            continue
        columns = _match(labels, keys)
        if _is_header(sheet, columns):
            for position, text in enumerate(texts):
                if text in AS_OF_LABELS and "as_of" not in columns:
                    columns["as_of"] = position
            return sheet.dataset, columns
    # Every way of writing 「立上げ状況」 has this sign; few other rows do.
    if not any("況" in text for text in texts):
        return None
    narrative = is_narrative_header(texts)
    return (NARRATIVE_KIND, narrative) if narrative else None


# The longest answer to 設置状況 that is a choice and not a sentence.
_LONGEST_ANSWER = 12


def _tell_sentences(
    cells: Cells, header: int, texts: Sequence[str], found: tuple[str, dict[str, int]]
) -> tuple[str, dict[str, int]]:
    """Tell a column 設置状況 that holds sentences from one that holds choices."""
    narrative = is_narrative_header(texts)
    if not narrative or "name" in found[1]:
        return found
    below = range(header + 1, min(len(cells.sheet.rows), header + 50))
    answers = [own_text(cells.value(row, found[1]["status"])).strip() for row in below]
    answers = [answer for answer in answers if answer]
    long = sum(len(answer) > _LONGEST_ANSWER for answer in answers)
    return (NARRATIVE_KIND, narrative) if 2 * long > len(answers) else found


def find_tables(cells: Cells) -> list[FoundTable]:
    """Which tables are on the sheet, from top to bottom?"""
    width = cells.width()
    headers = []
    for row in range(len(cells.sheet.rows)):
        values = cells.sheet.rows[row]
        # A header has words side by side; a row of long texts or numbers is none.
        words = sum(isinstance(v, str) and 0 < len(v) <= 60 for v in values)
        if words < 2:
            continue
        texts = cells.headers(row, width)
        found = classify_row(texts)
        if found and found[0] == form.FRAMEWORKS.dataset:
            found = _tell_sentences(cells, row, texts, found)
        if found:
            headers.append((row, texts, *found))
    tables = []
    for index, (row, texts, kind, columns) in enumerate(headers):
        end = headers[index + 1][0] - 1 if index + 1 < len(headers) else len(cells.sheet.rows) - 1
        # A header of two rows, its upper words merged down: the rows are one header.
        if index and headers[index - 1][2] == kind and headers[index - 1][0] == row - 1:
            tables.pop()
        taken = set(columns.values())
        extra, doubled, unnamed = {}, {}, []
        labels = _LABELS.get(kind, {})
        for position in range(width):
            if position in taken:
                continue
            text = texts[position]
            if text and labels.get(_key(text)) in columns:
                doubled[position] = text
            elif text:
                extra[position] = text
            elif any(
                cells.sheet.cell(r, position) not in (None, "") for r in range(row + 1, end + 1)
            ):
                unnamed.append(position)
        tables.append(FoundTable(kind, row, columns, row + 1, end, extra, doubled, tuple(unnamed)))
    return tables


def column_of(sheet: FormSheet, text: str) -> str:
    """Return the name of the column a header text stands for."""
    return _LABELS[sheet.dataset][_key(text)]


def find_cover(cells: Cells, limit: int) -> dict[str, tuple[int, int]]:
    """Which cells above row `limit` say what the cover says? Column name → (row, column).

    The value stands to the right of its word. There is a cover if 時点, 暫定／確定 or at least
    two of the words stand there with a value.
    """
    labels = _LABELS[COVER.dataset]
    found: dict[str, tuple[int, int]] = {}
    for row in range(min(limit, len(cells.sheet.rows), 200)):
        for column, value in enumerate(cells.sheet.rows[row]):
            if not isinstance(value, str) or not 0 < len(value) <= 30:
                continue
            name = labels.get(_key(value))
            if name and name not in found:
                place = _beside(cells, row, column)
                if place:
                    found[name] = place
    return found if len(found) >= 2 or {"as_of", "release"} & set(found) else {}


def _beside(cells: Cells, row: int, column: int) -> tuple[int, int] | None:
    for right in range(column + 1, column + 5):
        value = cells.sheet.cell(row, right)
        if value is not None and own_text(value).strip():
            return row, right
    return None


# Totals and notes around the records.
TOTAL_WORDS = frozenset(
    fold(word) for word in ("合計", "計", "総計", "小計", "全国", "全国計", "都道府県計", "総数")
)
_NOTE = re.compile(r"^(?:[※＊*]|注|[（(]\s*(?:注|備考|参考|出典)|備考|出典|資料|→|⇒|【注)")
_EXAMPLE = re.compile(r"^[（(【]?\s*(?:記入例|記載例|例\s*[)）】0-9０-９:：]?|サンプル)")
_BRACKETED = re.compile(r"^[（(].*[)）]$")
DITTO_SIGNS = frozenset(
    fold(sign) for sign in ("〃", "″", "”", "“", '"', "同上", "同", "仝", "々", "〻", "同左", "ゝ")
)


def is_note(texts: Sequence[str]) -> bool:
    """Is a row only a remark under or between the records?"""
    filled = [text for text in texts if text]
    return len(filled) == 1 and bool(_NOTE.match(filled[0]) or len(filled[0]) > 40)


def is_example(texts: Sequence[str]) -> bool:
    """Is a row the form's filled example?"""
    first = next((text for text in texts if text), "")
    return bool(_EXAMPLE.match(first)) and len(first) <= 12


def is_unit_row(texts: Sequence[str]) -> bool:
    """Does a row only name units or explain columns, each cell in brackets?"""
    filled = [text for text in texts if text]
    return bool(filled) and all(_BRACKETED.match(text) for text in filled)


def is_ditto(value: CellValue) -> bool:
    """Does a cell only say 「同上」?"""
    return isinstance(value, str) and fold(value) in DITTO_SIGNS


_DATED = re.compile(
    r"(?:令和|平成|[RHＲＨ])\s*(?:元|[\d０-９]{1,2})\s*[年.．]\s*[\d０-９]{1,2}\s*[月.．]\s*(?:末|[\d０-９]{1,2}\s*日?)?"
    r"|[\d０-９]{4}\s*年\s*[\d０-９]{1,2}\s*月\s*(?:末|[\d０-９]{1,2}\s*日)?"
)


def date_above(cells: Cells, header: int) -> tuple[str, int, int] | None:
    """Which 「…時点」 or 「…現在」 is written above a table? (text, row, column)"""
    for row in range(header - 1, max(-1, header - 30), -1):
        for column, value in enumerate(cells.sheet.rows[row]):
            text = own_text(value)
            if not 0 < len(text) <= 120 or not re.search(r"時点|現在|基準日", text):
                continue
            if match := _DATED.search(text):
                return match[0].strip(), row, column
    return None
