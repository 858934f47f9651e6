"""A workbook as it was read, before anybody decides what its cells mean (読み取った表).

Rows and columns count from 0 here; people see them as A1 addresses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

# What a cell can hold. A date cell of Excel is a date or datetime, an error cell is None here
# and named in Sheet.errors.
CellValue = None | str | bool | int | float | date | datetime | time

_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(frozen=True)
class Sheet:
    """One sheet. rows : from A1 on; rows may differ in length, missing cells are None.

    merges : (first row, first column, last row, last column).  number_formats : only of date
    cells.  emphasised : cells with a colour, strike-through or underline of their own.
    objects : what lies over the cells (図形・画像・グラフ).
    """

    title: str
    rows: Sequence[Sequence[CellValue]]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    number_formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    emphasised: frozenset[tuple[int, int]] = frozenset()
    objects: tuple[str, ...] = ()
    comments: int = 0

    def cell(self, row: int, column: int) -> CellValue:
        """Return the value of a cell; None beyond the edge."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]


@dataclass(frozen=True)
class Workbook:
    """A file that could be read. kind : "xlsx" or "csv". encoding, delimiter : of a CSV.

    traits : what was seen around the cells, e.g. "date1904", "strict", "external_links".
    """

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    traits: frozenset[str] = frozenset()


def column_letters(column: int) -> str:
    """Return the letters of a column: 0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def to_address(row: int, column: int) -> str:
    """Return the A1 address of a cell."""
    return f"{column_letters(column)}{row + 1}"


def from_address(address: str) -> tuple[int, int]:
    """Return (row, column) of an A1 address; ValueError if it is none."""
    match = _ADDRESS.fullmatch(address)
    if not match or int(match[2]) == 0:
        raise ValueError(f"not an address: {address!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def to_range(merge: tuple[int, int, int, int]) -> str:
    """Return the A1 range of a merge."""
    return f"{to_address(merge[0], merge[1])}:{to_address(merge[2], merge[3])}"
