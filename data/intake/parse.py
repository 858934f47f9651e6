"""What stands in the cells of a received file? Only ever called in the child process (読み取り).

The guard has to look at every cell anyway: its address, its size, a formula without a value.
So the cells are read in that same pass, with expat and nothing else. A second reader would only
be able to disagree: python-calamine ends the process on a far-away blank or a false number of
strings and fails on #SPILL!; openpyxl costs five times the start and up to 800 MB. Both are the
yardsticks of the tests instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from data.intake.csv_file import read_csv
from data.intake.guard import (
    DEEPEST,
    LONGEST_TAG,
    LONGEST_TEXT,
    MAIN,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    STRICT_MAIN,
    Inspection,
    Package,
    SheetPart,
    feed,
    new_parser,
    read_xml,
)
from domain.intake.findings import Refused
from domain.intake.grid import CellValue, Sheet, Workbook, column_letters, to_address

MOST_STRINGS, MOST_TEXT = 200_000, 16_000_000
MOST_MERGES, LARGEST_MERGE, MOST_MERGED = 2_000, 20_000, 100_000
MOST_STYLES = 70_000
# The edges of a sheet of Excel.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LONGEST_NUMBER = 64
LONGEST_FORMULA = 200

# Date formats that Excel knows by number; 27 to 36 and 50 to 58 as a Japanese Excel shows them.
_ERA, _ERA_LONG = "[$-411]ge.m.d", '[$-411]ggge"年"m"月"d"日"'
_YMD, _YM, _MD = 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"', 'm"月"d"日"'
BUILTIN_FORMATS = {
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: _ERA, 28: _ERA_LONG, 29: _ERA_LONG, 30: "m/d/yy", 31: _YMD, 32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"', 34: _YM, 35: _MD, 36: _ERA, 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mmss.0", 50: _ERA, 51: _ERA_LONG, 52: _YM, 53: _MD, 54: _ERA_LONG, 55: _YM, 56: _MD,
    57: _ERA, 58: _ERA_LONG,
}  # fmt: skip

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})").fullmatch
_ROW = re.compile(r"[1-9][0-9]{0,6}").fullmatch
_RANGE = re.compile(
    r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?"
).fullmatch
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_ERROR = re.compile(r"#[A-Z0-9/_]{1,28}[!?]?").fullmatch
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What no text of a table holds; tab and line breaks stay.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'!")
# DDE (program|topic!item) and functions that start a program or fetch something from outside.
_SUSPECT = re.compile(
    r"\||(?<![A-Za-z0-9_])(?:_xlfn\.)?(?:CALL|REGISTER(?:\.ID)?|EXEC|RTD|WEBSERVICE)\(",
    re.IGNORECASE,
).search
_TRUE = ("1", "true", "on")
_PLAIN_COLOURS = {"FF000000", "00000000", "FFFFFFFF", "00FFFFFF"}


class Style(NamedTuple):
    """How a cell is shown. kind : "", "date", "time" or "elapsed".  code : the number format."""

    kind: str = ""
    code: str = ""
    emphasised: bool = False


class Strings(NamedTuple):
    """The shared strings. emphasised, unsafe : indices of texts with marked words, with control
    characters."""

    texts: list[str]
    emphasised: frozenset[int] = frozenset()
    unsafe: frozenset[int] = frozenset()


_PLAIN = Style()


def parse_workbook(content: bytes, inspection: Inspection) -> Workbook:
    """What stands in every cell of an inspected file?

    Raises Refused. Dates are dates, whole numbers are int, a text is as it stands without its
    furigana; a cell whose text is empty is None.
    """
    if inspection.package is None:
        return read_csv(content, inspection.title)
    package = inspection.package
    styles = _read_styles(package, inspection.styles)
    strings = _read_strings(package, inspection.strings)
    traits = set(inspection.traits)
    sheets = []
    room = MOST_CELLS
    for part in inspection.sheets:
        reader = _SheetReader(package, part, strings, styles, "date1904" in traits, room)
        sheets.append(reader.read())
        room = reader.room
        if reader.far_blanks:
            traits.add("far_blanks")
    if room == MOST_CELLS:
        raise Refused("E_NOTHING_IN_IT")
    return Workbook("xlsx", tuple(sheets), traits=frozenset(traits))


# ---------------------------------------------------------------- texts, formats, numbers


def to_text(raw: str) -> str | None:
    """Return a text with Excel's escapes undone; None if it holds control characters."""
    if "_x" in raw:
        raw = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), raw)
        if re.search("[\ud800-\udfff]", raw):
            raw = raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            raw = raw.replace("\ufffd", "\ufffe")
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    # What other programs call a line break within a paragraph, and a page break.
    raw = raw.replace("\x0b", "\n").replace("\x0c", "\n")
    return None if CONTROL.search(raw) else raw


def format_kind(code: str) -> str:
    """Return what a number format makes of a number: "", "date", "time" or "elapsed"."""
    bare = _LITERAL.sub("", code).partition(";")[0].lower()
    if re.search(r"\[(?:h+|m+|s+)\]", bare):
        return "elapsed"
    bare = re.sub(r"\[[^\]]*\]", "", bare).replace("general", "")
    bare = re.sub(r"am/pm|a/p", "h", bare)
    bare = re.sub(r"e[+-]", "", bare)
    # Digits belong to a number, unless they are the fraction of a second.
    if re.search(r"[#?@]|(?<![.0])0", bare):
        return ""
    if re.search(r"[ydeg]|aaa", bare):
        return "date"
    if re.search(r"[hs]", bare):
        return "time"
    return "date" if "m" in bare else ""


@lru_cache(maxsize=4096)
def to_moment(serial: float, kind: str, is_1904: bool) -> CellValue:
    """Return the date or time a number stands for; the number itself if it stands for none."""
    if kind == "elapsed":
        return _to_elapsed(serial)
    last = 2_957_003 if is_1904 else 2_958_465
    if not 0 <= serial < last + 1:
        return serial
    days, milliseconds = divmod(round(serial * 86_400_000), 86_400_000)
    moment = timedelta(milliseconds=milliseconds)
    if days == 0 and (kind == "time" or not is_1904):
        # Day 0 is no day: with a format of a date it is a formula's 0 for an empty cell.
        return (datetime.min + moment).time() if kind == "time" else serial
    if is_1904:
        first = datetime(1904, 1, 1)
    elif days == 60:
        # Excel shows a day that never was; whoever reads on must not take it for a date.
        return "1900-02-29"
    else:
        first = datetime(1899, 12, 30 if days > 60 else 31)
    if days > last:
        return serial
    shown = first + timedelta(days=days) + moment
    return shown if moment else shown.date()


def _to_elapsed(serial: float) -> CellValue:
    if not 0 <= serial < 1_000_000:
        return serial
    minutes, seconds = divmod(round(serial * 86_400), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def _to_number(text: str) -> int | float | None:
    if len(text) <= 15 and text.isascii() and text.isdigit():
        return int(text)
    text = text.strip(" \t\r\n")
    if len(text) > LONGEST_NUMBER or not _NUMBER(text):
        return None
    number = float(text)
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _to_column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _to_iso_moment(text: str) -> CellValue:
    """Return the date of a cell of the strict flavour; its text if it cannot be understood."""
    try:
        if len(text) <= 10 and "-" in text:
            return date.fromisoformat(text)
        if "T" not in text:
            return time.fromisoformat(text).replace(tzinfo=None)
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    return moment if moment.time() != time() else moment.date()


# ---------------------------------------------------------------- styles and strings


def _read_styles(package: Package, name: str) -> dict[str, Style]:
    """Return the style number as it is written in a cell → how the cell is shown."""
    codes: dict[int, str] = dict(BUILTIN_FORMATS)
    fonts: list[bool] = []
    fills: list[bool] = []
    formats: list[tuple[int, int, int]] = []
    section: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        section.append(local)
        if len(section) > 2 and section[1] == "numFmts" and local == "numFmt":
            codes[_to_index(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif len(section) > 2 and section[1] == "fonts":
            if local == "font" and len(section) == 3:
                fonts.append(False)
            elif fonts:
                fonts[-1] = fonts[-1] or _marks_font(local, attributes)
        elif len(section) > 2 and section[1] == "fills":
            if local == "fill" and len(section) == 3:
                fills.append(False)
            elif fills:
                fills[-1] = _marks_fill(local, attributes, fills[-1])
        elif len(section) == 3 and section[1] == "cellXfs" and local == "xf":
            formats.append(
                tuple(_to_index(attributes.get(key)) for key in ("numFmtId", "fontId", "fillId"))
            )
        if max(len(formats), len(fonts), len(fills), len(codes)) > MOST_STYLES:
            raise Refused("E_TOO_MANY_ELEMENTS", part=name, limit=f"{MOST_STYLES:,}")

    def end(tag: str) -> None:
        section.pop()

    if not name:
        return {}
    read_xml(package, name, start, end)
    kinds = {number: format_kind(code) for number, code in codes.items()}
    styles = {}
    for index, (number, font, fill) in enumerate(formats):
        marked = (font < len(fonts) and fonts[font]) or (fill < len(fills) and fills[fill])
        kind = kinds.get(number, "")
        styles[str(index)] = Style(kind, codes[number] if kind else "", marked)
    return styles


def _to_index(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else otherwise


def _marks_font(local: str, attributes: dict[str, str]) -> bool:
    """Does this part of a font set a word apart: underlined, struck through, coloured?"""
    value = attributes.get("val", "")
    if local == "u":
        return value != "none"
    if local == "strike":
        return value not in ("0", "false")
    return local == "color" and _is_colour(attributes)


def _marks_fill(local: str, attributes: dict[str, str], so_far: bool) -> bool:
    if local == "patternFill":
        return attributes.get("patternType", "none") not in ("none", "gray125")
    if local == "gradientFill":
        return True
    return so_far and (local != "fgColor" or _is_colour(attributes))


def _is_colour(attributes: dict[str, str]) -> bool:
    """Is it a colour that anybody would notice, not black, white or the default?"""
    if "rgb" in attributes:
        return attributes["rgb"].upper() not in _PLAIN_COLOURS
    if "theme" in attributes:
        return attributes["theme"] not in ("0", "1") or "tint" in attributes
    return attributes.get("indexed", "64") not in ("0", "1", "8", "9", "64", "65")


def _read_strings(package: Package, name: str) -> Strings:
    """Return the texts that cells point to, without their furigana."""
    if not name:
        return Strings([])
    texts: list[str] = []
    emphasised: set[int] = set()
    unsafe: set[int] = set()
    pieces: list[str] = []
    parser = new_parser(name)
    depth = elements = length = phonetic = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements, phonetic
        depth += 1
        elements += 1
        local = tag.rpartition(" ")[2]
        if local == "t" and not phonetic:
            parser.CharacterDataHandler = pieces.append
        elif local == "rPh":
            phonetic = depth
        elif depth > DEEPEST:
            raise Refused("E_XML_DEPTH", part=name, limit=DEEPEST)
        elif depth > 3 and _marks_font(local, attributes):
            emphasised.add(len(texts))
        if not elements & 0xFFFF:
            package.count_elements(0x10000, name)

    def end(tag: str) -> None:
        nonlocal depth, length, phonetic
        if depth == phonetic:
            phonetic = 0
        depth -= 1
        local = tag.rpartition(" ")[2]
        if local == "t":
            parser.CharacterDataHandler = None
        elif local == "si" and depth == 1:
            text = "".join(pieces)
            pieces.clear()
            length += len(text)
            _check_text(text, part=name)
            if len(texts) >= MOST_STRINGS or length > MOST_TEXT:
                raise Refused("E_TOO_MANY_STRINGS", limit=f"{MOST_STRINGS:,}")
            clean = to_text(text)
            if clean is None:
                unsafe.add(len(texts))
            texts.append(clean or "")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    feed(package, name, parser)
    package.count_elements(elements & 0xFFFF, name)
    return Strings(texts, frozenset(emphasised), frozenset(unsafe))


def _check_text(text: str, sheet: str = "", cell: str = "", part: str = "") -> None:
    if len(text) > LONGEST_TEXT:
        raise Refused(
            "E_CELL_TOO_LONG", sheet, cell, text[:100],
            size=f"{len(text):,}", limit=f"{LONGEST_TEXT:,}",
        )  # fmt: skip


# ---------------------------------------------------------------- one sheet

# A run of rows from the 20,000th on that hold nothing but styled cells.
_FAR_ROWS = re.compile(
    rb'(?:<row r="([2-9][0-9]{4}|[0-9]{6,7})"(?: [A-Za-z0-9:]+="[^"<>&]*")*'
    rb'(?:/>|>(?:<c r="[A-Z]{1,3}[0-9]{5,7}"(?: s="[0-9]+")?/>)*</row>))+'
)


def _without_far_rows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a sheet with each run of far rows without a value cut down to its last number.

    Who colours a column down to its end makes a million rows; a second here, ten in a parser.
    """
    held = b""
    for chunk in chunks:
        held += chunk
        # In a comment or a marked section the same letters would mean nothing.
        if b"<!" in held:
            yield held
            yield from chunks
            return
        # The last row may go on in the next chunk, and so may a tag.
        cut = len(held)
        if cut < LONGEST_TAG:
            cut = max(held.rfind(b"<row "), 0) or max(held.rfind(b"<"), 0)
        yield _FAR_ROWS.sub(rb'<row r="\1"/>', held[:cut])
        held = held[cut:]
    yield held


class _SheetReader:
    """Reads one sheet of cells in one pass, from its first row to its merges."""

    def __init__(
        self,
        package: Package,
        part: SheetPart,
        strings: Strings,
        styles: dict[str, Style],
        is_1904: bool,
        room: int,
    ) -> None:
        self.package, self.part, self.strings, self.styles = package, part, strings, styles
        # room : how many cells with a value the workbook may still have.
        self.is_1904, self.room = is_1904, room
        self.far_blanks = False
        self.rows: list[list[CellValue]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.formulas: dict[tuple[int, int], str] = {}
        self.errors: dict[tuple[int, int], str] = {}
        self.number_formats: dict[tuple[int, int], str] = {}
        self.emphasised: set[tuple[int, int]] = set()
        self._parser = new_parser(part.part)
        self._depth = self._merged = 0
        self._seen_data = False
        self._shared: dict[str, str] = {}

    def read(self) -> Sheet:
        """Return the sheet."""
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        name = self.part.part
        feed(self.package, name, self._parser, _without_far_rows(self.package.chunks(name)))
        if not self._seen_data:
            raise self._broken()
        width = max(map(len, self.rows), default=0)
        return Sheet(
            self.part.title,
            self.rows,
            tuple(self.merges),
            self.part.hidden,
            frozenset(row for row in self.hidden_rows if row < len(self.rows)),
            frozenset(column for column in self.hidden_columns if column < width),
            self.formulas,
            self.errors,
            self.number_formats,
            frozenset(self.emphasised),
            self.part.objects,
            self.part.comments,
        )

    def _broken(self, value: str = "", place: tuple[int, int] | None = None) -> Refused:
        return Refused(
            "E_CORRUPT_XML", self.part.title, to_address(*place) if place else "", value,
            part=self.part.part, line=self._parser.CurrentLineNumber,
        )  # fmt: skip

    def _refuse(
        self, code: str, place: tuple[int, int], value: object = "", **details: object
    ) -> Refused:
        return Refused(code, self.part.title, to_address(*place), value, **details)

    def _check_depth(self, depth: int) -> None:
        if depth > DEEPEST:
            raise Refused("E_XML_DEPTH", part=self.part.part, limit=DEEPEST)

    # What stands around the cells.

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._check_depth(self._depth)
        self.package.count_elements(1, self.part.part)
        space, _, local = tag.rpartition(" ")
        if space not in (MAIN, STRICT_MAIN):
            local = ""
        if self._depth == 1 and local != "worksheet":
            raise self._broken(tag)
        if local == "sheetData":
            if self._depth != 2 or self._seen_data:
                raise self._broken(local)
            self._seen_data = True
            self._read_cells(space)
        elif local == "mergeCell":
            self._add_merge(attributes.get("ref", ""))
        elif local == "col" and attributes.get("hidden") in _TRUE:
            first, last = (_to_index(attributes.get(key)) for key in ("min", "max"))
            self.hidden_columns.update(range(max(first - 1, 0), min(last, MOST_COLUMNS)))

    def _end(self, tag: str) -> None:
        self._depth -= 1

    def _add_merge(self, reference: str) -> None:
        match = _RANGE(reference)
        if not match:
            raise self._broken(reference)
        rows = sorted(int(text) - 1 for text in (match[2], match[4] or match[2]))
        columns = sorted(_to_column(text) for text in (match[1], match[3] or match[1]))
        if rows[1] >= LAST_ROW or columns[1] >= LAST_COLUMN:
            raise self._broken(reference)
        area = (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1)
        self._merged += area
        if area > LARGEST_MERGE or self._merged > MOST_MERGED:
            raise Refused(
                "E_MERGE_TOO_LARGE", self.part.title, reference, limit=f"{LARGEST_MERGE:,}"
            )
        if len(self.merges) >= MOST_MERGES:
            raise Refused("E_TOO_MANY_MERGES", self.part.title, limit=f"{MOST_MERGES:,}")
        if area > 1 and rows[0] < MOST_ROWS and columns[0] < MOST_COLUMNS:
            self.merges.append((rows[0], columns[0], rows[1], columns[1]))

    # The cells.

    def _read_cells(self, space: str) -> None:
        """Hand the parser over to two functions that see nothing but rows and cells.

        They run millions of times: what they need lies in local names, not in attributes.
        """
        parser, styles, add = self._parser, self.styles, self._add
        row_tag, cell_tag, value_tag, formula_tag, inline_tag, text_tag, furigana_tag = (
            f"{space} {local}" for local in ("row", "c", "v", "f", "is", "t", "rPh")
        )
        columns: dict[str, int] = {}
        pieces: list[str] = []
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
                        here = columns[match[1]] = _to_column(match[1].upper())
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
                row, column = here, -1
                if "hidden" in attributes and attributes["hidden"] in _TRUE:
                    self.hidden_rows.add(row)
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
                if depth < 4 or kind != "inlineStr":
                    raise self._broken(text_tag)
                pieces.clear()
            elif tag == furigana_tag:
                furigana = depth
            else:
                self._check_depth(depth)
                marked = marked or (depth > 4 and _marks_font(tag.rpartition(" ")[2], attributes))

        def end(tag: str) -> None:
            nonlocal depth, elements, value, formula, furigana, marked
            depth -= 1
            if tag == cell_tag:
                if value is None and formula is None:
                    return
                emphasised = marked or (style in styles and styles[style].emphasised)
                add((row, column), kind, style, value, formula, share, emphasised)
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
                    self.package.count_elements(elements, self.part.part)
                    elements = 0
            elif tag == furigana_tag:
                furigana = 0
            elif depth < 0:
                self.package.count_elements(elements, self.part.part)
                parser.CharacterDataHandler = None
                parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
                self._depth = 1

        parser.CharacterDataHandler = pieces.append
        parser.StartElementHandler, parser.EndElementHandler = start, end

    def _refuse_row(self, text: str, row: int) -> Refused:
        if 0 <= row < LAST_ROW:
            return self._refuse("E_DUPLICATE_CELL", (row, 0))
        return self._broken(text)

    def _add(
        self,
        place: tuple[int, int],
        kind: str,
        style: str,
        raw: str | None,
        formula: str | None,
        share: str,
        emphasised: bool,
    ) -> None:
        """Take in one cell that has a value or a formula."""
        row, column = place
        inside = row < MOST_ROWS and column < MOST_COLUMNS
        if formula is not None:
            self._check_formula(place, formula)
            # Only a text may be worked out to nothing.
            if raw is None or (not raw and kind != "str"):
                raise self._refuse("E_FORMULA_NO_VALUE", place, f"={formula}")
            if inside:
                self._keep_formula(place, formula, share)
        if not raw:
            return
        value = self._to_value(place, kind, style, raw)
        if value is None and kind != "e":
            return
        if not inside:
            if isinstance(value, str) and not value.strip():
                self.far_blanks = True
                return
            code, limit = "E_TOO_MANY_ROWS", MOST_ROWS
            if row < MOST_ROWS:
                code, limit = "E_TOO_MANY_COLUMNS", MOST_COLUMNS
            raise self._refuse(code, place, raw if value is None else value, limit=f"{limit:,}")
        self.room -= 1
        if self.room < 0:
            raise self._refuse("E_TOO_MANY_CELLS", place, limit=f"{MOST_CELLS:,}")
        rows = self.rows
        while len(rows) <= row:
            rows.append([])
        cells = rows[row]
        if len(cells) < column:
            cells.extend([None] * (column - len(cells)))
        cells.append(value)
        if kind == "e":
            self.errors[place] = raw
        elif emphasised or (kind == "s" and int(raw) in self.strings.emphasised):
            self.emphasised.add(place)

    def _to_value(self, place: tuple[int, int], kind: str, style: str, raw: str) -> CellValue:
        if kind == "n":
            number = _to_number(raw)
            if number is None:
                raise self._refuse("E_NOT_A_NUMBER", place, raw)
            shown = self.styles.get(style, _PLAIN)
            if not shown.kind:
                return number
            return self._remember(place, shown, to_moment(number, shown.kind, self.is_1904))
        if kind == "s":
            index = _to_index(raw, -1)
            if not 0 <= index < len(self.strings.texts):
                raise self._broken(raw, place)
            if index in self.strings.unsafe:
                raise self._refuse("E_CONTROL_CHARACTER", place)
            return self.strings.texts[index] or None
        if kind in ("str", "inlineStr"):
            _check_text(raw, self.part.title, to_address(*place))
            text = to_text(raw)
            if text is None:
                raise self._refuse("E_CONTROL_CHARACTER", place)
            return text or None
        if kind == "b" and raw in ("0", "1", "true", "false"):
            return raw in _TRUE
        if kind == "e" and _ERROR(raw):
            return None
        if kind == "d" and len(raw) <= LONGEST_NUMBER:
            return self._remember(place, self.styles.get(style, _PLAIN), _to_iso_moment(raw))
        raise self._broken(raw, place)

    def _remember(self, place: tuple[int, int], style: Style, value: CellValue) -> CellValue:
        if isinstance(value, (date, time)):
            self.number_formats[place] = style.code
        return value

    def _check_formula(self, place: tuple[int, int], formula: str) -> None:
        _check_text(formula, self.part.title, to_address(*place))
        if _SUSPECT(formula) and _SUSPECT(_QUOTED.sub("", formula)):
            raise self._refuse("E_DDE", place, f"={formula}", part=f"={formula}")

    def _keep_formula(self, place: tuple[int, int], formula: str, share: str) -> None:
        """Keep the text of a formula; one that shares another's text says whose."""
        if share and not formula:
            self.formulas[place] = self._shared.get(share, "=")
            return
        self.formulas[place] = f"={formula[:LONGEST_FORMULA]}"
        if share:
            self._shared[share] = f"{to_address(*place)} と同じ式"
