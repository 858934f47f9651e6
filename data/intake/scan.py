"""What stands in the cells of a workbook that no library has opened yet? (セルの検疫)

The guard's look at the parts that hold cells: addresses, limits, formulas, merges, hidden rows.
It keeps no values. Those come from the libraries in `readers`, once nothing is left that could
hurt them, and with what they would lose: errors, formulas, how a number is shown as a date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time

from data.intake.cell_values import (
    LONGEST_NUMBER,
    PLAIN,
    Style,
    Styles,
    check_text,
    marks_font,
    read_styles,
    to_column,
    to_index,
    to_iso_moment,
    to_moment,
    to_number,
    to_text,
)
from data.intake.container import (
    DEEPEST,
    LONGEST_TEXT,
    MAIN,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    STRICT_MAIN,
    Package,
    feed,
    new_parser,
)
from data.intake.guard import Inspection, SheetPart
from domain.intake.findings import Refused
from domain.intake.grid import CellValue, column_letters, to_address

MOST_STRINGS, MOST_TEXT = 200_000, 16_000_000
MOST_MERGES, LARGEST_MERGE, MOST_MERGED = 2_000, 20_000, 100_000
# The edges of a sheet of Excel.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LONGEST_FORMULA = 200
LONGEST_COUNT = 7

Place = tuple[int, int]

_ROW = re.compile(r"[1-9][0-9]{0,6}").fullmatch
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})").fullmatch
_RANGE = re.compile(
    r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?"
).fullmatch
_ERROR = re.compile(r"#[A-Z0-9/_]{1,28}[!?]?").fullmatch
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'!")
# DDE (program|topic!item) and functions that start a program or fetch something from outside.
_SUSPECT = re.compile(
    r"\||(?<![A-Za-z0-9_])(?:_xlfn\.)?(?:CALL|REGISTER(?:\.ID)?|EXEC|RTD|WEBSERVICE)\(",
    re.IGNORECASE,
).search
_TRUE = ("1", "true", "on")
_TEXT_TAGS = (f"{MAIN} t", f"{STRICT_MAIN} t")
_STRING_TAGS = (f"{MAIN} si", f"{STRICT_MAIN} si")
_FURIGANA_TAGS = (f"{MAIN} rPh", f"{STRICT_MAIN} rPh")


@dataclass
class SheetFacts:
    """What the guard saw in one sheet. values : number of filled cells, errors not among them.

    settled : what stands in cells that readers read differently: numbers shown as a date, or
    that might be taken to be; texts with escapes (_x000D_).  number_formats : of the dates.
    """

    part: SheetPart
    values: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: dict[Place, str] = field(default_factory=dict)
    errors: dict[Place, str] = field(default_factory=dict)
    settled: dict[Place, CellValue] = field(default_factory=dict)
    number_formats: dict[Place, str] = field(default_factory=dict)
    emphasised: set[Place] = field(default_factory=set)

    @property
    def is_suspect(self) -> bool:
        """Is there something in it that the fast reader is known to lose?"""
        return bool(self.formulas or self.errors or self.hidden_rows)


def scan_cells(inspection: Inspection) -> list[SheetFacts]:
    """What must a reader of this workbook know? In the order of its sheets; raises Refused."""
    package = inspection.package
    is_1904 = "date1904" in inspection.traits
    styles = read_styles(package, inspection.styles)
    strings = _Strings(package, inspection.strings)
    found = []
    room = MOST_CELLS
    for part in inspection.sheets:
        facts = _SheetScan(package, part, strings, styles, is_1904, room).run()
        room -= facts.values + len(facts.errors)
        found.append(facts)
    if room == MOST_CELLS:
        raise Refused("E_NOTHING_IN_IT")
    return found


class _Part:
    """One part run through the parser, with its depth and its elements counted."""

    def __init__(self, package: Package, name: str, title: str = "") -> None:
        self.package, self.name, self.title = package, name, title
        self.depth = self.elements = 0
        # Depth of the furigana that is being read, which belongs to no text.
        self.furigana = 0
        # Pieces of the text that is being read; the parser hands a long one over in several.
        self.pieces: list[str] = []
        self._parser = new_parser(name)

    def _feed(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.pieces.append
        feed(self.package, self.name, self._parser)
        self.package.count_elements(self.elements & 0xFFFF, self.name)

    def _enter(self) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST:
            raise self._too_deep()
        if not self.elements & 0xFFFF:
            self.package.count_elements(0x10000, self.name)

    def _leave(self) -> None:
        if self.depth == self.furigana:
            self.furigana = 0
        self.depth -= 1

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def _end(self, tag: str) -> None:
        raise NotImplementedError

    def _too_deep(self) -> Refused:
        return Refused("E_XML_DEPTH", part=self.name, limit=DEEPEST)

    def _broken(self, value: str = "", place: Place | None = None) -> Refused:
        return Refused(
            "E_CORRUPT_XML", self.title, to_address(*place) if place else "", value,
            part=self.name, line=self._parser.CurrentLineNumber,
        )  # fmt: skip


class _Strings(_Part):
    """The texts that cells point to. count : how many.

    blank, emphasised, unsafe : numbers of those that are empty, that have marked words, that
    hold control characters.  escaped : number → text, of those with escapes.  plain : numbers, as
    cells write them, of all others.
    """

    def __init__(self, package: Package, name: str) -> None:
        super().__init__(package, name)
        self.count = self._length = 0
        self.blank: set[int] = set()
        self.emphasised: set[int] = set()
        self.unsafe: set[int] = set()
        self.escaped: dict[int, str] = {}
        self.plain: set[str] = set()
        self._text = ""
        if name:
            self._feed()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._enter()
        if tag in _TEXT_TAGS:
            if self.depth not in (3, 4):
                raise self._broken("t")
            self.pieces.clear()
        elif tag in _STRING_TAGS:
            self._text = ""
        elif self.depth == 1:
            # A reader makes room for as many as it is told.
            for claimed in (attributes.get("count"), attributes.get("uniqueCount")):
                if claimed and len(claimed) > LONGEST_COUNT:
                    raise self._broken(claimed)
        elif tag in _FURIGANA_TAGS:
            self.furigana = self.depth
        elif self.depth > 3 and marks_font(tag.rpartition(" ")[2], attributes):
            self.emphasised.add(self.count)

    def _end(self, tag: str) -> None:
        if tag in _TEXT_TAGS:
            if not self.furigana:
                self._text += "".join(self.pieces)
        elif self.depth == 2 and tag in _STRING_TAGS:
            self._add(self._text)
        self._leave()

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self.count >= MOST_STRINGS or self._length > MOST_TEXT:
            raise Refused("E_TOO_MANY_STRINGS", limit=f"{MOST_STRINGS:,}")
        check_text(text)
        if not text:
            self.blank.add(self.count)
        elif (clean := to_text(text)) is None:
            self.unsafe.add(self.count)
        elif "_x" in text:
            self.escaped[self.count] = clean
        elif self.count not in self.emphasised:
            self.plain.add(str(self.count))
        self.count += 1


class _SheetScan(_Part):
    """One sheet, from its first row to its merges."""

    def __init__(
        self,
        package: Package,
        part: SheetPart,
        strings: _Strings,
        styles: Styles,
        is_1904: bool,
        room: int,
    ) -> None:
        """room : how many cells with a value the workbook may still have."""
        super().__init__(package, part.part, part.title)
        self.facts = SheetFacts(part)
        self._strings, self._is_1904, self._room = strings, is_1904, room
        self._styles, self._special = styles
        self._seen_data = False
        self._merged = 0
        self._shared: dict[str, str] = {}

    def run(self) -> SheetFacts:
        """Return what was seen. Raises Refused."""
        self._feed()
        if not self._seen_data:
            raise self._broken()
        return self.facts

    # What stands around the cells.

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._enter()
        space, _, local = tag.rpartition(" ")
        if space not in (MAIN, STRICT_MAIN):
            local = ""
        if self.depth == 1 and local != "worksheet":
            raise self._broken(tag)
        if local == "sheetData":
            if self.depth != 2 or self._seen_data:
                raise self._broken(local)
            self._seen_data = True
            self._scan_cells(space)
        elif local == "mergeCell":
            self._add_merge(attributes.get("ref", ""))
        elif local == "col" and attributes.get("hidden") in _TRUE:
            first, last = (to_index(attributes.get(key)) for key in ("min", "max"))
            self.facts.hidden_columns.update(range(max(first - 1, 0), min(last, MOST_COLUMNS)))

    def _end(self, tag: str) -> None:
        self._leave()
        self.pieces.clear()

    def _add_merge(self, reference: str) -> None:
        match = _RANGE(reference)
        if not match:
            raise self._broken(reference)
        rows = sorted(int(text) - 1 for text in (match[2], match[4] or match[2]))
        columns = sorted(to_column(text) for text in (match[1], match[3] or match[1]))
        if rows[1] >= LAST_ROW or columns[1] >= LAST_COLUMN:
            raise self._broken(reference)
        area = (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1)
        self._merged += area
        if area > LARGEST_MERGE or self._merged > MOST_MERGED:
            raise Refused("E_MERGE_TOO_LARGE", self.title, reference, limit=f"{LARGEST_MERGE:,}")
        merges = self.facts.merges
        if len(merges) >= MOST_MERGES:
            raise Refused("E_TOO_MANY_MERGES", self.title, limit=f"{MOST_MERGES:,}")
        if area > 1 and rows[0] < MOST_ROWS and columns[0] < MOST_COLUMNS:
            merges.append((rows[0], columns[0], rows[1], columns[1]))

    # Rows and cells.

    def _scan_cells(self, space: str) -> None:
        """Hand the parser over to two functions that see nothing but rows and cells.

        They run millions of times: what they need lies in local names, not in attributes.
        """
        parser, look_at = self._parser, self._look_at_cell
        row_tag, cell_tag, value_tag, formula_tag, inline_tag, text_tag, furigana_tag = (
            f"{space} {local}" for local in ("row", "c", "v", "f", "is", "t", "rPh")
        )
        columns: dict[str, int] = {}
        pieces = self.pieces
        hidden = self.facts.hidden_rows
        depth = elements = 0
        row = column = -1
        row_text, row_length = "", 0
        kind = style = share = ""
        value: str | None = None
        formula: str | None = None
        furigana = 0
        marked = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, elements, row, column, row_text, row_length
            nonlocal kind, style, share, value, formula, furigana, marked
            depth += 1
            elements += 1
            if tag == cell_tag:
                if depth != 2:
                    raise self._broken(cell_tag)
                reference = attributes.get("r")
                if reference is None:
                    here = column + 1
                else:
                    here = columns.get(reference[:-row_length], -1)
                    if here < 0 or reference[-row_length:] != row_text:
                        # A cell that names another row than the one it stands in is read
                        # differently by every program.
                        match = _REFERENCE(reference)
                        if not match or match[2] != row_text:
                            raise self._broken(reference)
                        here = columns[match[1]] = to_column(match[1].upper())
                if here <= column or here >= LAST_COLUMN:
                    if here >= LAST_COLUMN:
                        raise self._broken(reference or column_letters(here))
                    raise self._refuse("E_DUPLICATE_CELL", (row, here))
                column = here
                kind = attributes.get("t", "n")
                style = attributes.get("s", "0")
                value = formula = None
            elif tag == value_tag:
                if depth != 3 or value is not None:
                    raise self._broken(value_tag)
                pieces.clear()
            elif tag == row_tag:
                if depth != 1:
                    raise self._broken(row_tag)
                row_text = attributes.get("r") or str(row + 2)
                row_length = len(row_text)
                here = int(row_text) - 1 if _ROW(row_text) else -1
                if not row < here < LAST_ROW:
                    raise self._refuse_row(row_text, here)
                row = here
                column = -1
                if "hidden" in attributes and attributes["hidden"] in _TRUE:
                    hidden.add(row)
            elif tag == formula_tag:
                if depth != 3 or formula is not None:
                    raise self._broken(formula_tag)
                share = attributes.get("si", "") if attributes.get("t") == "shared" else ""
                pieces.clear()
            elif tag == inline_tag:
                if depth != 3 or value is not None or kind != "inlineStr":
                    raise self._broken(inline_tag)
                value, marked = "", False
            elif tag == text_tag:
                if depth not in (4, 5) or kind != "inlineStr":
                    raise self._broken(text_tag)
                pieces.clear()
            elif tag == furigana_tag:
                furigana = depth
            else:
                if depth > DEEPEST:
                    raise self._too_deep()
                marked = marked or (depth > 4 and marks_font(tag.rpartition(" ")[2], attributes))

        def end(tag: str) -> None:
            nonlocal depth, elements, value, formula, furigana, marked
            depth -= 1
            if tag == cell_tag:
                if value is None and formula is None:
                    marked = False
                    return
                look_at((row, column), kind, style, value, formula, share, marked)
                marked = False
            elif tag == value_tag:
                value = pieces[0] if len(pieces) == 1 else "".join(pieces)
            elif tag == formula_tag:
                formula = "".join(pieces)
                pieces.clear()
            elif tag == text_tag:
                if not furigana:
                    value = (value or "") + "".join(pieces)
            elif tag == row_tag:
                if elements > 0xFFFF:
                    self.package.count_elements(elements, self.name)
                    elements = 0
            elif tag == furigana_tag:
                furigana = 0
            elif depth < 0:
                self.package.count_elements(elements, self.name)
                pieces.clear()
                parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
                self.depth = 1

        parser.StartElementHandler, parser.EndElementHandler = start, end

    def _refuse_row(self, text: str, row: int) -> Refused:
        if 0 <= row < LAST_ROW:
            return self._refuse("E_DUPLICATE_CELL", (row, 0))
        return self._broken(text)

    def _look_at_cell(
        self,
        place: Place,
        kind: str,
        style: str,
        raw: str | None,
        formula: str | None,
        share: str,
        marked: bool,
    ) -> None:
        """Look at one cell that has a value or a formula."""
        if place[0] >= MOST_ROWS or place[1] >= MOST_COLUMNS:
            # Even with nothing in it a reader would make room up to there.
            code, limit = "E_TOO_MANY_ROWS", MOST_ROWS
            if place[0] < MOST_ROWS:
                code, limit = "E_TOO_MANY_COLUMNS", MOST_COLUMNS
            raise self._refuse(code, place, "" if kind == "s" else raw, limit=f"{limit:,}")
        if formula is not None:
            self._check_formula(place, formula)
            # Only a text may be worked out to nothing.
            if raw is None or (not raw and kind != "str"):
                raise self._refuse("E_FORMULA_NO_VALUE", place, f"={formula}")
            self._keep_formula(place, formula, share)
        facts = self.facts
        if not self._is_plain(kind, style, raw):
            if not raw or not self._check_value(place, kind, style, raw):
                return
            if kind == "e":
                facts.errors[place] = raw
            elif (
                marked
                or (style in self._special and self._styles[style].emphasised)
                or (kind == "s" and int(raw) in self._strings.emphasised)
            ):
                facts.emphasised.add(place)
        facts.values += kind != "e"
        if facts.values + len(facts.errors) > self._room:
            raise self._refuse("E_TOO_MANY_CELLS", place, limit=f"{MOST_CELLS:,}")

    def _is_plain(self, kind: str, style: str, raw: str | None) -> bool:
        """Is it a text or a whole number of which nothing more is to be said, as most cells are?"""
        if style in self._special:
            return False
        if kind == "s":
            return raw in self._strings.plain
        return kind == "n" and raw is not None and len(raw) < 16 and raw.isascii() and raw.isdigit()

    def _check_value(self, place: Place, kind: str, style: str, raw: str) -> bool:
        """Does the cell hold something? Raises Refused for what no cell can hold."""
        if kind == "n":
            number = to_number(raw)
            if number is None:
                raise self._refuse("E_NOT_A_NUMBER", place, raw)
            if style in self._special:
                self._show(place, number, self._styles[style])
        elif kind == "s":
            index = to_index(raw, -1)
            if not 0 <= index < self._strings.count:
                raise self._broken(raw, place)
            if index in self._strings.unsafe:
                raise self._refuse("E_CONTROL_CHARACTER", place)
            if index in self._strings.escaped:
                self.facts.settled[place] = self._strings.escaped[index]
            return index not in self._strings.blank
        elif kind in ("str", "inlineStr"):
            self._check_length(place, raw)
            clean = to_text(raw)
            if clean is None:
                raise self._refuse("E_CONTROL_CHARACTER", place)
            if "_x" in raw:
                self.facts.settled[place] = clean
        elif kind == "d" and len(raw) <= LONGEST_NUMBER:
            self.facts.settled[place] = to_iso_moment(raw)
            self.facts.number_formats[place] = self._styles.get(style, PLAIN).code
        elif not (
            (kind == "b" and raw in ("0", "1", "true", "false")) or (kind == "e" and _ERROR(raw))
        ):
            raise self._broken(raw, place)
        return True

    def _show(self, place: Place, number: float, style: Style) -> None:
        """Note what a number stands for if its format makes a moment of it, or may seem to."""
        if not style.code:
            return
        value = to_moment(number, style.kind, self._is_1904) if style.kind else number
        self.facts.settled[place] = value
        if isinstance(value, (date, time)):
            self.facts.number_formats[place] = style.code

    def _check_length(self, place: Place, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            check_text(text, self.title, to_address(*place))

    def _check_formula(self, place: Place, formula: str) -> None:
        self._check_length(place, formula)
        if _SUSPECT(formula) and _SUSPECT(_QUOTED.sub("", formula)):
            raise self._refuse("E_DDE", place, f"={formula}", part=f"={formula}")

    def _keep_formula(self, place: Place, formula: str, share: str) -> None:
        """Keep the text of a formula; one that shares another's text says whose."""
        if share and not formula:
            self.facts.formulas[place] = self._shared.get(share, "=")
            return
        self.facts.formulas[place] = f"={formula[:LONGEST_FORMULA]}"
        if share:
            self._shared[share] = f"{to_address(*place)} と同じ式"

    def _refuse(self, code: str, place: Place, value: object = "", **details: object) -> Refused:
        return Refused(code, self.title, to_address(*place), value, **details)
