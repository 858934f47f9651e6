"""What does one row say, and does it fit its code? Used for both official workbooks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.intake.form import FormSheet
from domain.intake.grid import Sheet, to_address
from domain.intake.normalise import MERGED, clean_text, own_text
from domain.intake.official.cells import MOST_COLUMNS, NO_DIGITS, read_count, read_digits
from domain.intake.official.places import Places, name_key, read_code, same_name
from domain.intake.official.teller import Teller
from domain.intake.records import Record
from domain.places import compute_check_digit

# More names than this that do not fit their codes are no slips: a column has moved.
_SLIPS = 20
TOTAL_ROW = re.compile(r"(?:計|全国|総数|平均)(?:\(.*\))?$|^全国|^(?:合計|総計)")


@dataclass
class Row:
    """One row being read: values, where they stand, what the cells say."""

    sheet: Sheet
    number: int
    form: FormSheet
    teller: Teller
    values: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, column: int | None, value: str, kinds: Sequence[str] = (),
            source: tuple[int, int] | None = None) -> None:  # fmt: skip
        self.values[name] = value
        if column is None:
            return
        cell = self.cells[name] = to_address(self.number, column)
        raw = self.raw[name] = own_text(self.sheet.cell(self.number, column))
        if value != raw:
            self.teller.repair(
                self.sheet, cell, self.form.column(name), kinds, raw, value,
                to_address(*source) if source else "",
            )  # fmt: skip

    def tell(self, code: str, name: str, **details: object) -> None:
        column = self.form.column(name)
        cell = self.cells.get(name, to_address(self.number, 0))
        seen = self.raw.get(name, "")
        self.teller.tell(code, self.sheet.title, cell, seen, column.label, **details)

    def record(self, scope: str) -> Record:
        values = {column.name: self.values.get(column.name, "") for column in self.form.columns}
        return Record(
            self.form.dataset, scope, self.sheet.title, self.number, values, self.cells, self.raw
        )

    def count(self, name: str) -> int | None:
        """Return a number that was read, None where there is none."""
        return int(self.values[name]) if self.values.get(name) else None


class Counts:
    """Reads the number cells of a sheet and remembers what was empty, by column."""

    def __init__(self, sheet: Sheet, form: FormSheet, columns: Mapping[str, int],
                 teller: Teller) -> None:  # fmt: skip
        self.sheet, self.form, self.columns, self.teller = sheet, form, columns, teller
        self._empty: dict[str, list[int]] = defaultdict(list)

    def read(self, row: Row) -> None:
        for name, column in self.columns.items():
            value = self.sheet.cell(row.number, column)
            digits, kinds, problem = read_count(value)
            error = self.sheet.errors.get((row.number, column))
            if not error and problem in ("", "empty"):
                row.put(name, column, digits, kinds)
                if problem:
                    self._empty[name].append(row.number)
                continue
            row.values[name] = ""
            row.cells[name] = to_address(row.number, column)
            row.raw[name] = error or own_text(value)
            if problem == "negative":
                row.tell("E_OFFICIAL_NEGATIVE", name)
            else:
                row.tell("E_OFFICIAL_NUMBER", name, reason="数式の誤りです" if error else problem)

    def has_any(self, number: int) -> bool:
        """Does a row hold anything where numbers stand, words aside?"""
        values = (self.sheet.cell(number, column) for column in self.columns.values())
        return any(
            own_text(value).strip() and read_count(value)[2] != NO_DIGITS for value in values
        )

    def close(self) -> None:
        for name, numbers in self._empty.items():
            cell = to_address(numbers[0], self.columns[name])
            seen = own_text(self.sheet.cell(numbers[0], self.columns[name]))
            label = self.form.column(name).label
            self.teller.tell(
                "C_OFFICIAL_EMPTY", self.sheet.title, cell, seen, label, count=len(numbers)
            )


def tell_names(wrong: list[tuple[Row, str, str, str]], teller: Teller) -> None:
    """Tell names that do not fit their codes: (row, column, what, official name)."""
    if len(wrong) > _SLIPS:
        row, name, _, official = wrong[0]
        row.tell("E_OFFICIAL_SHIFTED", name, count=len({id(item[0]) for item in wrong}),
                 code5=row.values["code5"], official=official)  # fmt: skip
        return
    for row, name, what, official in wrong:
        row.tell("C_OFFICIAL_NAME", name, code5=row.values["code5"], what=what, official=official)


def check_names(row: Row, places: Places) -> list[tuple[Row, str, str, str]]:
    """Do the names of a row belong to its code?"""
    wrong = []
    code, name, pref = row.values["code5"], row.values["name"], row.values["pref_name"]
    official_pref = places.prefectures.get(code[:2], "")
    if pref and official_pref and name_key(pref) != name_key(official_pref):
        wrong.append((row, "pref_name", "都道府県", official_pref))
    official = places.municipalities.get(code) or places.prefecture_codes.get(code, "")
    if name and official and not same_name(name, official):
        wrong.append((row, "name", "団体", official))
    return wrong


def put_code(row: Row, column: int, six_digits: bool, places: Places) -> str:
    """Read the code of a row; tell what is wrong with it. Return the code, "" if unreadable."""
    digits, kinds = read_digits(row.sheet.cell(row.number, column))
    code, more, problem = read_code(digits, six_digits, places) if digits else ("", (), "code")
    if problem:
        row.raw["code5"] = own_text(row.sheet.cell(row.number, column))
        row.cells["code5"] = to_address(row.number, column)
    if problem == "check":
        right = code + compute_check_digit(code)
        row.tell("E_OFFICIAL_CHECK_DIGIT", "code5", code5=code, right=right)
        return ""
    if problem:
        row.tell("E_OFFICIAL_CODE", "code5")
        return ""
    row.put("code5", column, code, (*kinds, *more))
    return code


class Texts:
    """Reads the text cells of a sheet; a merged cell says what its first cell says."""

    def __init__(self, sheet: Sheet, columns: Mapping[str, int]) -> None:
        self.sheet, self.columns = sheet, columns
        self._merged: dict[tuple[int, int], tuple[int, int]] = {}
        wanted = set(columns.values())
        for top, left, bottom, right in sheet.merges:
            for column in wanted & set(range(left, min(right, MOST_COLUMNS) + 1)):
                for row in range(top, min(bottom, len(sheet.rows) - 1) + 1):
                    self._merged[row, column] = (top, left)

    def read(self, row: Row, name: str) -> None:
        column = self.columns.get(name)
        if column is None:
            row.values[name] = ""
            return
        value, source = self.sheet.cell(row.number, column), None
        if value is None:
            source = self._merged.get((row.number, column))
        text, kinds = clean_text(own_text(self.sheet.cell(*source) if source else value))
        row.put(name, column, text, [MERGED] if source else kinds, source)


class Seen:
    """Which body has its row where; tells the second row of one body."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def add(self, row: Row) -> bool:
        first = self.rows.setdefault(row.values["code5"], row)
        if first is row:
            return True
        where = first.cells.get("code5") or to_address(first.number, 0)
        if first.sheet is not row.sheet:
            where = f"{first.sheet.title}!{where}"
        row.tell("E_OFFICIAL_DUPLICATE", "code5", first=where)
        return False


def tell_missing(found: Iterable[str], places: Places, sheet: str, teller: Teller) -> None:
    """Tell each municipality that has no row."""
    missing = sorted(places.municipalities.keys() - set(found))
    for code in missing:
        pref = places.prefectures.get(code[:2], "")
        teller.tell(
            "C_OFFICIAL_MISSING", sheet, value=f"{code} {pref}{places.municipalities[code]}",
            all=len(places.municipalities), count=len(missing),
        )  # fmt: skip
