"""What stands in the cells of a received file? Only ever called in the child process (読み取り).

The values come from python-calamine, or from openpyxl where the guard saw something that calamine
is known to lose: errors, formulas, hidden rows. If one of them fails, or finds another number of
filled cells than the guard counted, the other one is asked; if neither agrees with the guard the
file is refused. What they disagree on with Excel comes from the guard: errors, the texts of
formulas, what a number shown as a date stands for, texts with escapes.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence

import openpyxl
import python_calamine

from data.intake.cell_values import mend_text, whole
from data.intake.container import MOST_CELLS
from data.intake.csv_file import read_csv
from data.intake.guard import Inspection
from data.intake.scan import SheetFacts, scan_cells
from domain.intake.findings import Refused
from domain.intake.grid import CellValue, Sheet, Workbook

_log = logging.getLogger(__name__)

# Bytes and titles of sheets → the raw values of each sheet, row by row from A1 on.
_Reader = Callable[[bytes, Sequence[str]], Iterator[Iterable[Iterable[object]]]]


def parse_workbook(content: bytes, inspection: Inspection) -> Workbook:
    """What stands in every cell of an inspected file?

    Raises Refused. Dates are dates, whole numbers are int, a text is as it stands without its
    furigana; a cell whose text is empty is None.
    """
    if inspection.package is None:
        return read_csv(content, inspection.title)
    sheets = scan_cells(inspection)
    traits = set(inspection.traits)
    if not any(facts.formulas for facts in sheets):
        # Some programs ask for a calculation in every workbook they write.
        traits.discard("recalculation_pending")
    tables = _read_values(content, sheets)
    return Workbook(
        "xlsx",
        tuple(_to_sheet(*pair) for pair in zip(sheets, tables, strict=True)),
        traits=frozenset(traits),
    )


def _read_values(content: bytes, sheets: list[SheetFacts]) -> list[list[list[CellValue]]]:
    """Return the values of every sheet from the first reader that agrees with the guard."""
    readers: list[_Reader] = [_by_calamine, _by_openpyxl]
    if any(facts.is_suspect for facts in sheets):
        readers.reverse()
    titles = [facts.part.title for facts in sheets]
    for reader in readers:
        try:
            tables = reader(content, titles)
            found = [_take_in(rows, facts) for rows, facts in zip(tables, sheets, strict=True)]
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        # A panic of calamine is no Exception; openpyxl raises whatever it stumbles over.
        except BaseException as error:  # noqa: BLE001
            _log.info("%s could not read: %r", reader.__name__, error)
            continue
        if None not in found:
            return found
        _log.info("%s found other cells than the guard", reader.__name__)
    raise Refused("E_UNREADABLE")


def _by_calamine(content: bytes, titles: Sequence[str]) -> Iterator[Iterable[Iterable[object]]]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    for title in titles:
        yield book.get_sheet_by_name(title).to_python(skip_empty_area=False)


def _by_openpyxl(content: bytes, titles: Sequence[str]) -> Iterator[Iterable[Iterable[object]]]:
    book = openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, data_only=True, keep_links=False
    )
    for title in titles:
        sheet = book[title]
        # What a file claims about its size is not believed.
        sheet.reset_dimensions()
        yield ([None if c.data_type == "e" else c.value for c in row] for row in sheet.iter_rows())


def _take_in(rows: Iterable[Iterable[object]], facts: SheetFacts) -> list[list[CellValue]] | None:
    """Return the cells of a sheet, each row up to its last value; None if any is missing."""
    table: list[list[CellValue]] = []
    count = last = 0
    for row in rows:
        cells: list[CellValue] = []
        filled = 0
        for value in row:
            if value is None or value == "":
                cells.append(None)
                continue
            if type(value) is str:
                value = mend_text(value)
            elif type(value) in (int, float):
                value = whole(value)
            cells.append(value)
            count += 1
            filled = len(cells)
        del cells[filled:]
        table.append(cells)
        if filled:
            last = len(table)
    del table[last:]
    if count != facts.values or count > MOST_CELLS:
        return None
    for (row_number, column), value in facts.settled.items():
        table[row_number][column] = value
    for row_number, column in facts.errors:
        # An error is named in the sheet, its cell is empty but there.
        while len(table) <= row_number:
            table.append([])
        cells = table[row_number]
        cells.extend([None] * (column + 1 - len(cells)))
    return table


def _to_sheet(facts: SheetFacts, rows: list[list[CellValue]]) -> Sheet:
    width = max(map(len, rows), default=0)
    return Sheet(
        facts.part.title,
        rows,
        tuple(facts.merges),
        facts.part.hidden,
        frozenset(row for row in facts.hidden_rows if row < len(rows)),
        frozenset(column for column in facts.hidden_columns if column < width),
        facts.formulas,
        facts.errors,
        facts.number_formats,
        frozenset(facts.emphasised),
        facts.part.objects,
        facts.part.comments,
    )
