"""What stands in the cells of a received file? Only ever called in the child process (読み取り).

The guard has to look at every cell anyway: its address, its size, a formula without a value.
So the cells are read in that same pass, with expat and nothing else. A second reader would only
be able to disagree: python-calamine ends the process on a far-away blank or a false number of
strings and fails on #SPILL!; openpyxl costs five times the start and up to 800 MB. Both are the
yardsticks of the tests instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import NamedTuple

from data.intake.cell_values import (
    LONGEST_NUMBER,
    ODD_TEXT,
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
    LONGEST_TAG,
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
from data.intake.csv_file import read_csv
from data.intake.guard import Inspection, SheetPart
from domain.intake.findings import Refused
from domain.intake.grid import CellValue, Sheet, Workbook, column_letters, to_address

MOST_STRINGS, MOST_TEXT = 200_000, 16_000_000
MOST_MERGES, LARGEST_MERGE, MOST_MERGED = 2_000, 20_000, 100_000
# The edges of a sheet of Excel.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LONGEST_FORMULA = 200

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})").fullmatch
_ROW = re.compile(r"[1-9][0-9]{0,6}").fullmatch
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


class Strings(NamedTuple):
    """The shared strings. emphasised, unsafe : indices of texts with marked words, with control
    characters.  plain : index as it is written → text, where nothing is to be said about it.
    """

    texts: list[str]
    emphasised: frozenset[int]
    unsafe: frozenset[int]
    plain: dict[str, str]


_PLAIN = Style()


def parse_workbook(content: bytes, inspection: Inspection) -> Workbook:
    """What stands in every cell of an inspected file?

    Raises Refused. Dates are dates, whole numbers are int, a text is as it stands without its
    furigana; a cell whose text is empty is None.
    """
    if inspection.package is None:
        return read_csv(content, inspection.title)
    package = inspection.package
    styles = read_styles(package, inspection.styles)
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
    if not any(sheet.formulas for sheet in sheets):
        # Some programs ask for a calculation in every workbook they write.
        traits.discard("recalculation_pending")
    return Workbook("xlsx", tuple(sheets), traits=frozenset(traits))


# ---------------------------------------------------------------- plain XML

# Most workbooks are written in one and the same shape. What is in that shape can be taken by
# pattern in a quarter of the time; whatever is not goes through the parser.
_TEXT = rb"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_ENCODING = re.compile(rb'(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=["\']([^"\']*)', re.IGNORECASE)


def _blocks(chunks: Iterator[bytes], begin: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield (bytes that end before a beginning or a tag, may they be read by pattern?)."""
    held = b""
    is_plain = True
    for number, chunk in enumerate(chunks):
        held += chunk
        if number == 0:
            told = _ENCODING.match(held)
            is_plain = held[0] <= 0xEF and (not told or told[1].lower() == b"utf-8")
        # In a comment or a marked section the same letters would mean nothing.
        is_plain = is_plain and b"<!" not in held and held.find(b"<?", 5) < 0
        if not is_plain:
            yield held, False
            held = b""
            continue
        cut = len(held)
        if cut < LONGEST_TAG:
            cut = held.rfind(begin)
            if cut < 0:
                cut = max(held.rfind(b"<"), 0)
        if cut:
            yield held[:cut], True
            held = held[cut:]
    yield held, is_plain


# ---------------------------------------------------------------- styles and strings

_STRING_BEGINS = b"<si><t"
# Texts without marked words; the furigana behind them is left out.
_SPACE = rb'(?: xml:space="preserve")?'
_PLAIN_STRINGS = re.compile(
    rb"(?:<si><t" + _SPACE + rb">" + _TEXT + rb"</t>(?:<rPh [^<>]*><t" + _SPACE + rb">" + _TEXT
    + rb"</t></rPh>)*+(?:<phoneticPr [^<>]*/>)?</si>\s*+)++"
)  # fmt: skip
_STRINGS = re.compile(r"<si><t[^>]*>([^<]*)</t>").findall


def _read_strings(package: Package, name: str) -> Strings:
    """Return the texts that cells point to, without their furigana."""
    if not name:
        return Strings([], frozenset(), frozenset(), {})
    texts: list[str] = []
    emphasised: set[int] = set()
    unsafe: set[int] = set()
    pieces: list[str] = []
    parser = new_parser(name)
    depth = elements = length = phonetic = 0
    spaces: list[str] = []

    def add(raws: list[str]) -> None:
        nonlocal length
        lengths = list(map(len, raws))
        length += sum(lengths)
        if max(lengths) > LONGEST_TEXT:
            check_text(raws[lengths.index(max(lengths))])
        if len(texts) + len(raws) > MOST_STRINGS or length > MOST_TEXT:
            raise Refused("E_TOO_MANY_STRINGS", limit=f"{MOST_STRINGS:,}")
        if not ODD_TEXT("\0".join(raws)):
            texts.extend(raws)
            return
        for raw in raws:
            clean = to_text(raw)
            if clean is None:
                unsafe.add(len(texts))
            texts.append(clean or "")

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements, phonetic
        depth += 1
        elements += 1
        space, _, local = tag.rpartition(" ")
        if space not in (MAIN, STRICT_MAIN):
            local = ""
        if local == "t":
            if depth not in (3, 4):
                raise Refused("E_CORRUPT_XML", part=name, line=parser.CurrentLineNumber)
            if not phonetic:
                parser.CharacterDataHandler = pieces.append
        elif local == "rPh":
            phonetic = depth
        elif depth > DEEPEST:
            raise Refused("E_XML_DEPTH", part=name, limit=DEEPEST)
        elif depth > 3 and marks_font(local, attributes):
            emphasised.add(len(texts))
        if not elements & 0xFFFF:
            package.count_elements(0x10000, name)

    def end(tag: str) -> None:
        nonlocal depth, phonetic
        if depth == phonetic:
            phonetic = 0
        depth -= 1
        parser.CharacterDataHandler = None
        if depth == 1 and tag in (f"{MAIN} si", f"{STRICT_MAIN} si"):
            add(["".join(pieces)])
            pieces.clear()

    def chunks() -> Iterator[bytes]:
        for block, is_plain in _blocks(package.chunks(name), _STRING_BEGINS):
            done = 0
            at = block.find(_STRING_BEGINS) if is_plain else -1
            while at >= 0:
                run = _PLAIN_STRINGS.match(block, at)
                if run:
                    yield block[done:at]
                    done = at
                    # By now the parser has read everything before these strings.
                    if depth != 1 or spaces not in ([MAIN], [STRICT_MAIN]):
                        break
                    try:
                        add(_STRINGS(run[0].decode()))
                        done = run.end()
                        at = done - 1
                        package.count_elements(run[0].count(b"<") // 8, name)
                    except UnicodeDecodeError:
                        at += 1
                at = block.find(_STRING_BEGINS, at + 1)
            yield block[done:]

    def see_namespace(prefix: str | None, space: str) -> None:
        if prefix is None and len(spaces) < 2:
            spaces.append(space)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartNamespaceDeclHandler = see_namespace
    feed(package, name, parser, chunks())
    package.count_elements(elements & 0xFFFF, name)
    odd = emphasised | unsafe
    plain = {str(index): text for index, text in enumerate(texts) if text and index not in odd}
    return Strings(texts, frozenset(emphasised), frozenset(unsafe), plain)


# ---------------------------------------------------------------- one sheet

_ROW_BEGINS = b'<row r="'
# A run of rows from the 20,000th on that hold nothing but styled cells.
_FAR_ROWS = re.compile(
    rb'(?:<row r="([2-9][0-9]{4}|[0-9]{6,7})"(?: [A-Za-z0-9:]+="[^"<>&]*")*'
    rb'(?:/>|>(?:<c r="[A-Z]{1,3}[0-9]{5,7}"(?: s="[0-9]+")?/>)*</row>))+'
)
# Rows as nearly every program writes them: attributes in this order, every cell named and in its
# own row, no reference, no marked section. What matches is sound XML.
_PLAIN_ROW = re.compile(
    rb'<row r="([1-9][0-9]{0,6})"((?: (?:spans|s|customFormat|ht|hidden|customHeight|outlineLevel|'
    rb'collapsed|thickTop|thickBot|ph|x14ac:dyDescent)="[^"<>&]*")*+)(?:/>|>((?:'
    rb'<c r="[A-Z]{1,3}\1"(?: s="[0-9]{1,5}")?(?: t="[A-Za-z]{1,9}")?(?:/>|>'
    rb'(?:<f(?: aca="false")?>' + _TEXT + rb"</f>)?(?:<v>" + _TEXT + rb"</v>"
    rb'|<is><t(?: xml:space="preserve")?>' + _TEXT + rb"</t></is>)?</c>))*+)</row>)"
)  # fmt: skip
# The cells of such a row: without and with formulas and texts in place.
_VALUES = re.compile(r'<c r="([A-Z]+)[0-9]+"([^>]*)>(?:<v>([^<]*)</v>)?').findall
_CELLS = re.compile(
    r'<c r="([A-Z]+)[0-9]+"([^>]*)>(?:<(f)[^>]*>([^<]*)</f>)?(?:<(v|is)>(?:<t[^>]*>)?([^<]*))?'
).findall
_STYLE = re.compile(r' s="([0-9]+)"').search
_TYPE = re.compile(r' t="([A-Za-z]+)"').search
_HIDDEN = re.compile(rb' hidden="(?:1|true|on)"')


class _SheetReader:
    """Reads one sheet of cells in one pass, from its first row to its merges.

    The parser sees all of it, except for runs of rows in the plain shape: those are taken by
    `_take_row`, in a quarter of the time, and the parser is given only the last row's number.
    """

    def __init__(
        self,
        package: Package,
        part: SheetPart,
        strings: Strings,
        styles: Styles,
        is_1904: bool,
        room: int,
    ) -> None:
        self.package, self.part, self.strings = package, part, strings
        self.styles, self.special = styles
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
        self._row = -1
        # What names without a prefix mean, and what the element around the cells means.
        self._spaces: list[str] = []
        self._space = ""
        self._elements = 0
        self._columns: dict[str, int] = {}
        self._shapes: dict[str, tuple[str, str, str]] = {}
        # Is the parser between two rows? The functions that read cells know, while they do.
        self._between_rows: Callable[[], bool] = bool
        self._shared: dict[str, str] = {}

    def read(self) -> Sheet:
        """Return the sheet."""
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartNamespaceDeclHandler = self._see_namespace
        feed(self.package, self.part.part, self._parser, self._chunks())
        self.package.count_elements(self._elements, self.part.part)
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

    # Plain rows.

    def _see_namespace(self, prefix: str | None, space: str) -> None:
        # A second one may give names without a prefix another meaning.
        if prefix is None and len(self._spaces) < 2:
            self._spaces.append(space)

    def _chunks(self) -> Iterator[bytes]:
        """Yield what the parser must see; take out what it need not."""
        for block, is_plain in _blocks(self.package.chunks(self.part.part), _ROW_BEGINS):
            if is_plain:
                yield from self._split(block)
            else:
                yield block

    def _split(self, block: bytes) -> Iterator[bytes]:
        """Yield what of a block of whole rows is for the parser; take the plain rows."""
        last = block[block.rfind(_ROW_BEGINS) + len(_ROW_BEGINS) :][:7].partition(b'"')[0]
        if last.isdigit() and int(last) >= MOST_ROWS:
            # Who colours a column down to its end makes a million rows.
            block = _FAR_ROWS.sub(rb'<row r="\1"/>', block)
        done = 0
        at = block.find(_ROW_BEGINS)
        while at >= 0:
            row = _PLAIN_ROW.match(block, at)
            if row:
                yield block[done:at]
                done = at
                # By now the parser has read everything before this row.
                if self._spaces != [self._space] or not self._between_rows():
                    break
                while row and self._take_row(row):
                    done = row.end()
                    row = _PLAIN_ROW.match(block, done)
                if done > at:
                    yield b'<row r="%d"/>' % (self._row + 1)
                    at = done
            at = block.find(_ROW_BEGINS, at + 1)
        yield block[done:]

    def _take_row(self, plain: re.Match[bytes]) -> bool:
        """Take in a row in the plain shape; False if it is no text in UTF-8."""
        number, attributes, body = plain.groups()
        row = int(number) - 1
        if not self._row < row < LAST_ROW:
            raise self._refuse_row(number.decode(), row)
        try:
            text = body.decode() if body else ""
        except UnicodeDecodeError:
            return False
        self._row = row
        if b"hidden" in attributes and row < MOST_ROWS and _HIDDEN.search(attributes):
            self.hidden_rows.add(row)
        self._elements += len(text) // 100 + 1
        if self._elements > 0xFFFF:
            self.package.count_elements(self._elements, self.part.part)
            self._elements = 0
        if "<f" in text or "<is" in text or row >= MOST_ROWS:
            self._take_cells(row, text)
        elif text:
            self._take_values(row, text)
        return True

    def _take_values(self, row: int, text: str) -> None:
        """Take in the cells of a plain row that has neither formulas nor texts in place."""
        columns, shapes, texts, rows = self._columns, self._shapes, self.strings.plain, self.rows
        found = _VALUES(text)
        if self.room < len(found):
            self._take_cells(row, text)
            return
        before = -1
        taken = width = 0
        cells: list[CellValue] | None = None
        for letters, attributes, raw in found:
            column = columns.get(letters, -1)
            if column <= before:
                column = self._find_column(row, letters, before)
            before = column
            if not raw:
                continue
            shape, kind, style = shapes.get(attributes) or self._find_shape(attributes)
            value: CellValue = None
            if shape == "text":
                value = texts.get(raw)
            elif shape == "number" and len(raw) <= 15 and raw.isdigit() and raw.isascii():
                value = int(raw)
            if value is None or column >= MOST_COLUMNS:
                self._add((row, column), kind, style, raw, None, "")
                cells = None
                continue
            if cells is None:
                while len(rows) <= row:
                    rows.append([])
                cells = rows[row]
                width = len(cells)
            if width < column:
                cells.extend([None] * (column - width))
            cells.append(value)
            width = column + 1
            taken += 1
        self.room -= taken

    def _take_cells(self, row: int, text: str) -> None:
        """Take in the cells of any plain row."""
        before = -1
        for letters, attributes, worked, formula, held, raw in _CELLS(text):
            before = self._find_column(row, letters, before)
            if worked or held:
                _, kind, style = self._shapes.get(attributes) or self._find_shape(attributes)
                if held == "is" and kind != "inlineStr":
                    raise self._broken("is", (row, before))
                self._add(
                    (row, before), kind, style, raw if held else None,
                    formula if worked else None, "",
                )  # fmt: skip

    def _find_column(self, row: int, letters: str, before: int) -> int:
        column = self._columns.get(letters, -1)
        if column < 0:
            column = self._columns[letters] = to_column(letters)
        if column >= LAST_COLUMN:
            raise self._broken(f"{letters}{row + 1}")
        if column <= before:
            raise self._refuse("E_DUPLICATE_CELL", (row, column))
        return column

    def _find_shape(self, attributes: str) -> tuple[str, str, str]:
        """Return (how simple, type, style) of the cells with these attributes."""
        kind, style = _TYPE(attributes), _STYLE(attributes)
        kind, style = kind[1] if kind else "n", style[1] if style else "0"
        shape = {"n": "number", "s": "text"}.get(kind, "")
        if style in self.special:
            shape = ""
        self._shapes[attributes] = (shape, kind, style)
        return self._shapes[attributes]

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
            first, last = (to_index(attributes.get(key)) for key in ("min", "max"))
            self.hidden_columns.update(range(max(first - 1, 0), min(last, MOST_COLUMNS)))

    def _end(self, tag: str) -> None:
        self._depth -= 1

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
        parser, add = self._parser, self._add
        row_tag, cell_tag, value_tag, formula_tag, inline_tag, text_tag, furigana_tag = (
            f"{space} {local}" for local in ("row", "c", "v", "f", "is", "t", "rPh")
        )
        columns = self._columns
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
                # Rows that were taken out beforehand leave their number behind.
                if not row < here < LAST_ROW:
                    raise self._refuse_row(row_text, here)
                self._row = row = here
                column = -1
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
                if depth not in (4, 5) or kind != "inlineStr":
                    raise self._broken(text_tag)
                pieces.clear()
            elif tag == furigana_tag:
                furigana = depth
            else:
                self._check_depth(depth)
                marked = marked or (depth > 4 and marks_font(tag.rpartition(" ")[2], attributes))

        def end(tag: str) -> None:
            nonlocal depth, elements, value, formula, furigana, marked
            depth -= 1
            if tag == cell_tag:
                if value is None and formula is None:
                    marked = False
                    return
                add((row, column), kind, style, value, formula, share, marked)
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
                self._between_rows = bool

        self._space = space
        self._between_rows = lambda: depth == 0
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
        marked: bool = False,
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
        elif (
            marked
            or (style in self.special and self.styles[style].emphasised)
            or (kind == "s" and int(raw) in self.strings.emphasised)
        ):
            self.emphasised.add(place)

    def _to_value(self, place: tuple[int, int], kind: str, style: str, raw: str) -> CellValue:
        if kind == "n":
            number = to_number(raw)
            if number is None:
                raise self._refuse("E_NOT_A_NUMBER", place, raw)
            shown = self.styles.get(style, _PLAIN)
            if not shown.kind:
                return number
            return self._remember(place, shown, to_moment(number, shown.kind, self.is_1904))
        if kind == "s":
            index = to_index(raw, -1)
            if not 0 <= index < len(self.strings.texts):
                raise self._broken(raw, place)
            if index in self.strings.unsafe:
                raise self._refuse("E_CONTROL_CHARACTER", place)
            return self.strings.texts[index] or None
        if kind in ("str", "inlineStr"):
            self._check_length(place, raw)
            text = to_text(raw)
            if text is None:
                raise self._refuse("E_CONTROL_CHARACTER", place)
            return text or None
        if kind == "b" and raw in ("0", "1", "true", "false"):
            return raw in _TRUE
        if kind == "e" and _ERROR(raw):
            return None
        if kind == "d" and len(raw) <= LONGEST_NUMBER:
            return self._remember(place, self.styles.get(style, _PLAIN), to_iso_moment(raw))
        raise self._broken(raw, place)

    def _remember(self, place: tuple[int, int], style: Style, value: CellValue) -> CellValue:
        if isinstance(value, (date, time)):
            self.number_formats[place] = style.code
        return value

    def _check_length(self, place: tuple[int, int], text: str) -> None:
        if len(text) > LONGEST_TEXT:
            check_text(text, self.part.title, to_address(*place))

    def _check_formula(self, place: tuple[int, int], formula: str) -> None:
        self._check_length(place, formula)
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
