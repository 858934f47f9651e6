"""Cells → records, with every repair listed and every doubt said (読み取り).

Pure: the same workbook and options always give the same reading, so a declined repair is
honoured by reading again.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.intake import form, narrative, official, tables
from domain.intake import normalise as n
from domain.intake.catalogue import REPAIR_CODES, TEMPLATES
from domain.intake.findings import MUST_MEND, Repair, make_finding
from domain.intake.form import COVER, SHEET_BY_DATASET, FormColumn, FormSheet
from domain.intake.grid import CellValue, Sheet, Workbook, to_address, to_range
from domain.intake.records import NATION_SCOPE, Reading, Record
from domain.intake.tables import Cells, FoundTable
from domain.periods import Period, PeriodError, parse_period
from domain.places import Prefecture

# A text of a record may be this long; a longer one is no answer but a document.
LONGEST_TEXT = 2000
_PLACE = ("pref_code", "pref_name")


@dataclass(frozen=True)
class Options:
    """What reading depends on besides the file.

    declined : keys of repairs the submitter declined.  as_of : canonical 時点 typed at the
    reception, "" if none.  municipalities : code5 → name, for the official workbooks.
    """

    places: Mapping[str, Prefecture]
    municipalities: Mapping[str, str] = field(default_factory=dict)
    declined: frozenset[str] = frozenset()
    as_of: str = ""


def read_workbook(workbook: Workbook, options: Options) -> Reading:
    """What does a workbook say? Every value is its cell's own or has a listed repair."""
    if official.recognise(workbook):
        names = {code: place.name for code, place in options.places.items()}
        return official.read_official(workbook, options.municipalities, names)
    reader = _Reader(workbook, options)
    reader.read()
    return reader.reading


def _split_era(text: str) -> Period | None:
    try:
        return parse_period(text)
    except PeriodError:
        return None


class _Reader:
    """One pass over one workbook."""

    def __init__(self, workbook: Workbook, options: Options):
        self.workbook = workbook
        self.options = options
        self.reading = Reading()
        self.by_name = {place.name: place for place in options.places.values()}
        self.cover_cells: dict[str, tuple[str, str]] = {}
        self.date1904 = "date1904" in workbook.traits

    # --- saying --------------------------------------------------------------------------------
    def say(
        self,
        code: str,
        sheet: str = "",
        cell: str = "",
        value: object = "",
        label: str = "",
        **details: object,
    ) -> None:
        self.reading.findings.append(
            make_finding(TEMPLATES, code, sheet, cell, value, label, **details)
        )

    def repaired(self, repair: Repair) -> bool:
        """List a repair; False if the submitter has declined it."""
        if repair.key() in self.options.declined:
            return False
        self.reading.repairs.append(repair)
        if not repair.extracted:
            for kind in repair.kinds:
                self.say(REPAIR_CODES[kind], repair.sheet, repair.cell, repair.before, repair.label,
                         after=repair.after)  # fmt: skip
            if n.LOSING & set(repair.kinds):
                self.say("C_LOSING", repair.sheet, repair.cell, repair.before, repair.label,
                         before=repair.before, after=repair.after or "未入力",
                         kinds="・".join(repair.kinds))  # fmt: skip
        return True

    # --- the workbook ----------------------------------------------------------------------------
    def read(self) -> None:
        self._say_traits()
        found: list[tuple[Cells, list[FoundTable]]] = []
        others: list[Sheet] = []
        for sheet in self.workbook.sheets:
            if sheet.title == form.REMARKS_TITLE or not any(
                value is not None for row in sheet.rows for value in row
            ):
                continue
            cells = Cells(sheet)
            on_sheet = tables.find_tables(cells)
            limit = on_sheet[0].header if on_sheet else len(sheet.rows)
            cover = {} if self._is_code_table(sheet) else tables.find_cover(cells, limit)
            self._read_cover(cells, cover)
            if on_sheet:
                found.append((cells, on_sheet))
            elif not cover:
                others.append(sheet)
        if not found:
            self._say_no_table()
            return
        for sheet in others:
            if not self._belongs_to_form(sheet):
                self.say("N_SHEET", sheet.title, "", "")
        if self.workbook.kind == "xlsx" and not any(
            self._is_code_table(sheet) for sheet in self.workbook.sheets
        ):
            self.say("N_NO_CODES", found[0][0].sheet.title)
        self._say_split(found)
        for cells, on_sheet in found:
            self._say_sheet(cells, on_sheet)
            for table in on_sheet:
                if table.kind == tables.NARRATIVE_KIND:
                    self._read_narrative(cells, table)
                else:
                    self._read_table(cells, table, SHEET_BY_DATASET[table.kind])
        if not self.reading.records and not any(
            f.severity == MUST_MEND for f in self.reading.findings
        ):
            self.say("E_NO_RECORDS", found[0][0].sheet.title)
        self._say_missing_as_of()

    def _say_traits(self) -> None:
        book = self.workbook
        if book.kind == "csv":
            if book.encoding and not book.encoding.lower().startswith("utf"):
                self.say("N_ENCODING", encoding=book.encoding.upper())
            if book.delimiter and book.delimiter != ",":
                names = {"\t": "タブ", ";": "セミコロン"}
                self.say("N_DELIMITER", delimiter=names.get(book.delimiter, book.delimiter))
        if "external_links" in book.traits:
            self.say("N_EXTERNAL")
        if "recalculation_pending" in book.traits:
            self.say("C_RECALCULATE")
        if self.date1904:
            self.say("N_DATE1904")

    def _say_no_table(self) -> None:
        for sheet in self.workbook.sheets:
            for row in sheet.rows:
                words = [v.strip() for v in row if isinstance(v, str) and 0 < len(v.strip()) <= 30]
                if len(words) >= 2:
                    seen = "「" + "」「".join(words[:8]) + "」"
                    self.say("E_NO_TABLE", sheet.title, seen=seen)
                    return
        self.say("E_NO_TABLE", seen="ありません（空のファイル）")

    @staticmethod
    def _is_code_table(sheet: Sheet) -> bool:
        heads = {
            n.label_key(v) for v in (sheet.rows[0] if sheet.rows else ()) if isinstance(v, str)
        }
        return {"項目", "コード", "値"} <= heads

    def _belongs_to_form(self, sheet: Sheet) -> bool:
        return self._is_code_table(sheet) or sheet.title == form.GUIDE_TITLE

    def _say_split(self, found: Sequence[tuple[Cells, list[FoundTable]]]) -> None:
        for kind in {table.kind for _, on_sheet in found for table in on_sheet}:
            sheets = [
                c.sheet.title for c, on_sheet in found if any(t.kind == kind for t in on_sheet)
            ]
            self.reading.found.setdefault(kind, sheets[0])
            if len(sheets) > 1:
                self.say("N_SPLIT", "、".join(sheets[:5]), count=len(sheets))
        for cells, on_sheet in found:
            if len(on_sheet) > 1:
                self.say("N_TWO_TABLES", cells.sheet.title, count=len(on_sheet))

    def _say_sheet(self, cells: Cells, on_sheet: Sequence[FoundTable]) -> None:
        sheet = cells.sheet
        title = sheet.title
        if sheet.hidden:
            self.say("C_HIDDEN", title, what="シート")
        rows = {row for t in on_sheet for row in range(t.first, t.last + 1)}
        columns = {c for t in on_sheet for c in t.columns.values()}
        for row in sorted(sheet.hidden_rows & rows):
            if row < len(sheet.rows) and not cells.is_blank(row):
                self.say("C_HIDDEN", title, f"{row + 1}:{row + 1}", what="行")
        for column in sorted(sheet.hidden_columns & columns):
            letters = to_address(0, column)[:-1]
            self.say("C_HIDDEN", title, f"{letters}:{letters}", what="列")
        if sheet.objects:
            self.say("N_OBJECTS", title, what="・".join(dict.fromkeys(sheet.objects)))
        marked = sorted(p for p in sheet.emphasised if p[0] in rows and p[1] in columns)
        if marked:
            self.say("N_EMPHASIS", title, to_address(*marked[0]), f"{len(marked)}セル")
        merged = [merge for merge in sheet.merges if merge[0] in rows]
        if merged:
            self.say("N_MERGES", title, to_range(merged[0]), count=len(merged))
        for merge in merged:
            if merge[3] > merge[1]:
                self.say("N_SIDEWAYS", title, to_range(merge))
        for table in on_sheet:
            if table.header > 0 and any(not cells.is_blank(r) for r in range(table.header)):
                self.say(
                    "N_TITLE", title, f"{table.header + 1}:{table.header + 1}", row=table.header + 1
                )
            self._say_columns(title, table)

    def _say_columns(self, title: str, table: FoundTable) -> None:
        sheet = SHEET_BY_DATASET.get(table.kind)
        for column, text in table.doubled.items():
            name = tables.column_of(sheet, text)
            other = to_address(table.header, table.columns[name])
            self.say(
                "E_DUPLICATE_HEADER",
                title,
                to_address(table.header, column),
                text,
                label=text,
                other=other,
            )
        missing = [] if sheet is None else [
            c.label for c in sheet.columns if c.name not in table.columns and c.name not in _PLACE
        ]  # fmt: skip
        for column, text in table.extra.items():
            near = difflib.get_close_matches(n.fold(text)[:40], missing, 1, 0.6)
            hint = f"「{near[0]}」のことなら、項目名を直してください。" if near else ""
            self.say("N_EXTRA_COLUMN", title, to_address(table.header, column), text, near=hint)
        for column in table.unnamed:
            self.say("N_UNNAMED", title, to_address(table.header, column))
        for label in missing:
            self.say(
                "N_MISSING_COLUMN", title, f"{table.header + 1}:{table.header + 1}", label=label
            )

    # --- cover -----------------------------------------------------------------------------------
    def _read_cover(self, cells: Cells, places: Mapping[str, tuple[int, int]]) -> None:
        title = cells.sheet.title
        for name, (row, column) in places.items():
            if name in self.reading.cover:
                continue
            definition = COVER.column(name)
            value = cells.sheet.cell(row, column)
            text, address = self._settle(cells, definition, value, row, column)
            if text:
                self.reading.cover[name] = text
                self.cover_cells[name] = (f"{title}!{address}", n.own_text(value))
        cover = self.reading.cover
        if "pref_code" in cover and "pref_name" in cover:
            by_code = self.options.places[cover["pref_code"]].name
            if by_code != cover["pref_name"]:
                self.say("E_PREF_MISMATCH", title, to_address(*places.get("pref_code", (0, 0))),
                         cover["pref_code"], by_code=by_code, by_name=cover["pref_name"])  # fmt: skip

    def _cover_code(self) -> str:
        cover = self.reading.cover
        if "pref_code" in cover:
            return cover["pref_code"]
        place = self.by_name.get(cover.get("pref_name", ""))
        return place.code if place else ""

    def _say_missing_as_of(self) -> None:
        records = [r for r in self.reading.records if r.dataset == form.FRAMEWORKS.dataset]
        if records and not all(r.values.get("as_of") for r in records):
            self.say("C_NO_AS_OF", records[0].sheet)

    # --- one value -------------------------------------------------------------------------------
    def _settle(
        self,
        cells: Cells,
        column: FormColumn,
        value: CellValue,
        row: int,
        at: int,
        *,
        before: str | None = None,
        kinds: tuple[str, ...] = (),
        source: str = "",
        name: str = "",
    ) -> tuple[str, str]:
        """Return (value, address) of one cell; lists its repair and says its problem."""
        title, address = cells.sheet.title, to_address(row, at)
        own = n.own_text(value) if before is None else before
        place = cells.origin.get((row, at), (row, at))
        if place in cells.sheet.errors:
            self.say("E_CELL_ERROR", title, address, cells.sheet.errors[place], column.label)
            return "", address
        if place in cells.sheet.formulas:
            self.say("C_FORMULA", title, address, cells.sheet.formulas[place], column.label)
        if kinds and f"{title}!{address}#{name or column.name}" in self.options.declined:
            # The value from elsewhere was declined: what the cell itself holds has to do.
            value, kinds, source = (own or None), (), ""
        normal = n.normalise(
            column, value, self.options.places,
            number_format=cells.sheet.number_formats.get(place, ""), date1904=self.date1904,
        )  # fmt: skip
        if normal.problem:
            self.say(normal.problem, title, address, n.own_text(value), column.label,
                     **{"choices": "", "near": "", "reason": ""} | dict(normal.details))  # fmt: skip
            return "", address
        if len(normal.value) > LONGEST_TEXT:
            self.say("E_TOO_LONG", title, address, normal.value, column.label, limit=LONGEST_TEXT)
            return "", address
        done = (*kinds, *normal.kinds)
        if normal.value != own:
            repair = Repair(title, address, name or column.name, column.label, done or (n.TRIMMED,),
                            own, normal.value, source_cell=source)  # fmt: skip
            if not self.repaired(repair):
                return self._declined(column, own, title, address)
        if "other" in normal.details:
            self.say(
                "C_OTHER_DETAIL", title, address, own, column.label, detail=normal.details["other"]
            )
        if column.holds == form.TEXT and normal.value:
            self._say_text(column, normal.value, title, address)
        return normal.value, address

    def _declined(self, column: FormColumn, own: str, title: str, address: str) -> tuple[str, str]:
        # Free text may stand as it was written; anything else needs its canonical form.
        if column.holds in (form.TEXT, form.WORDS) or not own.strip():
            return (own if own.strip() else ""), address
        self.say("E_DECLINED", title, address, own, column.label)
        return "", address

    def _say_text(self, column: FormColumn, text: str, title: str, address: str) -> None:
        lines = [line for line in text.split("\n") if line.strip()]
        if column.name == "name" and len(lines) > 1:
            self.say("C_SEVERAL_NAMES", title, address, text, column.label)
        elif len(lines) > 1:
            self.say("N_SEVERAL_FACTS", title, address, text, column.label)
        signs = "".join(dict.fromkeys(_PLATFORM.findall(text)))[:10]
        if signs:
            self.say("N_PLATFORM_CHAR", title, address, text, column.label, signs=signs)
        if _PRIVATE.search(text):
            self.say("C_PRIVATE", title, address, text, column.label)

    # --- a table of the form -------------------------------------------------------------------
    def _read_table(self, cells: Cells, table: FoundTable, sheet: FormSheet) -> None:
        title = cells.sheet.title
        as_of = self._as_of_for(cells, table)
        columns = {name: AS_OF if name == "as_of" else sheet.column(name) for name in table.columns}
        previous: dict[str, tuple[CellValue, str]] = {}
        for row in range(table.first, table.last + 1):
            if cells.is_blank(row):
                continue
            texts = [n.own_text(value).strip() for value in cells.sheet.rows[row]]
            if self._is_beside(cells, table, row, texts):
                continue
            if not any(
                n.own_text(cells.value(row, at)).strip()
                for name, at in table.columns.items()
                if name not in _PLACE
            ):
                self.say("C_EMPTY_ROW", title, f"{row + 1}:{row + 1}")
                continue
            values, where, raw = self._read_row(cells, table, columns, row, previous)
            self._place_row(cells, table, sheet, row, values, where, raw)
            self._add_record(sheet, title, row, values, where, raw, as_of)

    def _is_beside(self, cells: Cells, table: FoundTable, row: int, texts: Sequence[str]) -> bool:
        """Is the row something beside the records? Says so."""
        title, span = cells.sheet.title, f"{row + 1}:{row + 1}"
        first = next((text for text in texts if text), "")
        if row == table.first and tables.is_unit_row(texts):
            self.say("N_UNIT_ROW", title, span, first)
        elif n.fold(first) in tables.TOTAL_WORDS:
            self.say("N_TOTAL", title, span, first)
        elif tables.is_example(texts):
            self.say("N_EXAMPLE", title, span, first)
        elif tables.is_note(texts):
            self.say("N_NOTE", title, span, first)
        else:
            return False
        return True

    def _read_row(
        self,
        cells: Cells,
        table: FoundTable,
        columns: Mapping[str, FormColumn],
        row: int,
        previous: dict[str, tuple[CellValue, str]],
    ) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        title = cells.sheet.title
        values, where, raw = {}, {}, {}
        place_blank = all(
            not n.own_text(cells.value(row, table.columns[p])).strip()
            for p in _PLACE
            if p in table.columns
        )
        for name, at in table.columns.items():
            column = columns[name]
            own = n.own_text(cells.sheet.cell(row, at))
            value, kinds, source = cells.value(row, at), (), ""
            if (row, at) in cells.origin and value is not None:
                kinds, source = (n.MERGED,), to_address(*cells.origin[row, at])
            if tables.is_ditto(value):
                if name not in previous:
                    self.say("E_DITTO_NOTHING", title, to_address(row, at), own, column.label)
                    values[name], where[name], raw[name] = "", to_address(row, at), own
                    continue
                value, source = previous[name]
                kinds = (n.DITTO,)
            elif name in _PLACE and place_blank and name in previous:
                (value, source), kinds = previous[name], (n.FILLED_DOWN,)
            text, address = self._settle(
                cells,
                column,
                value,
                row,
                at,
                before=own if kinds else None,
                kinds=kinds,
                source=source,
            )
            values[name], where[name], raw[name] = text, address, own
            if value is not None:
                previous[name] = (value, source or address)
        return values, where, raw

    def _place_row(
        self,
        cells: Cells,
        table: FoundTable,
        sheet: FormSheet,
        row: int,
        values: dict[str, str],
        where: dict[str, str],
        raw: dict[str, str],
    ) -> None:
        """Complete code and name from each other or from the cover."""
        if sheet.dataset != form.FRAMEWORKS.dataset:
            return
        title = cells.sheet.title
        code, name = values.get("pref_code", ""), values.get("pref_name", "")
        own = {p: raw.get(p, "").strip() for p in _PLACE}
        first = where.get("pref_code") or where.get("pref_name") or to_address(row, 0)

        def fill(column: str, value: str, kind: str) -> None:
            at = where.get(column, first)
            label = sheet.column(column).label
            repair = Repair(title, at, column, label, (kind,), own[column], value)
            if self.repaired(repair):
                values[column], where[column] = value, at
                raw.setdefault(column, own[column])
            else:
                self.say("E_DECLINED", title, at, own[column], label)

        if code and name:
            if self.options.places[code].name != name:
                self.say("E_PREF_MISMATCH", title, where["pref_code"], raw["pref_code"],
                         by_code=self.options.places[code].name, by_name=name)  # fmt: skip
        elif code and not own["pref_name"]:
            fill("pref_name", self.options.places[code].name, n.FROM_CODE)
        elif name and not own["pref_code"]:
            fill("pref_code", self.by_name[name].code, n.FROM_NAME)
        elif not any(own.values()):
            cover = self._cover_code()
            if cover:
                fill("pref_code", cover, n.FROM_COVER)
                fill("pref_name", self.options.places[cover].name, n.FROM_COVER)
            else:
                self.say("E_NO_PLACE", title, first)
        if code and self._cover_code() and self._cover_code() != code:
            self.say("C_OTHER_PLACE", title, first, raw.get("pref_code", ""),
                     cover=self.options.places[self._cover_code()].name,
                     place=self.options.places[code].name)  # fmt: skip

    def _add_record(
        self,
        sheet: FormSheet,
        title: str,
        row: int,
        values: dict[str, str],
        where: dict[str, str],
        raw: dict[str, str],
        as_of: tuple[str, str, str],
    ) -> None:
        complete = {column.name: values.get(column.name, "") for column in sheet.columns}
        if sheet.dataset == form.FRAMEWORKS.dataset:
            scope = complete["pref_code"]
            if not complete["status"]:
                if not raw.get("status", "").strip():
                    label = sheet.column("status").label
                    self.say("E_REQUIRED", title, where.get("status", f"A{row + 1}"), "", label,
                             choices="／".join(sheet.column("status").choices))  # fmt: skip
                return
            complete["as_of"] = values.get("as_of") or as_of[0]
            if not values.get("as_of"):
                where["as_of"], raw["as_of"] = as_of[1], as_of[2]
            if not scope or not complete["pref_name"]:
                return
        else:
            scope = self._cover_code() or NATION_SCOPE
            if not (complete["task_id"] or complete["task"]):
                first = where.get("task_id") or where.get("task") or to_address(row, 0)
                self.say("E_REQUIRED", title, first, "", "事務ID", choices="事務ID又は事務名")
                return
        self.reading.records.append(Record(sheet.dataset, scope, title, row, complete, where, raw))

    # --- 時点 ------------------------------------------------------------------------------------
    def _as_of_for(self, cells: Cells, table: FoundTable) -> tuple[str, str, str]:
        """Return (canonical 時点, where it stands, its own text) for the rows of a table."""
        if self.options.as_of:
            repair = Repair(
                "", "", "as_of", AS_OF.label, (TYPED,), "", self.options.as_of, extracted=True
            )
            if repair not in self.reading.repairs:
                self.reading.repairs.append(repair)
            return self.options.as_of, "", ""
        if "as_of" in self.reading.cover:
            where, own = self.cover_cells["as_of"]
            return self.reading.cover["as_of"], where, own
        above = tables.date_above(cells, table.header)
        if above:
            text, row, column = above
            period = _split_era(text)
            if period:
                title, address = cells.sheet.title, to_address(row, column)
                repair = Repair(
                    title,
                    address,
                    "as_of",
                    AS_OF.label,
                    (n.EXTRACTED,),
                    text,
                    period.to_text(),
                    True,
                )
                if self.repaired(repair):
                    self.say(
                        "C_AS_OF_ABOVE",
                        title,
                        address,
                        cells.sheet.cell(row, column),
                        AS_OF.label,
                        text=text,
                    )
                    return period.to_text(), address, n.own_text(cells.sheet.cell(row, column))
        return "", "", ""

    # --- the narrative table -------------------------------------------------------------------
    def _read_narrative(self, cells: Cells, table: FoundTable) -> None:
        title = cells.sheet.title
        as_of = self._as_of_for(cells, table)
        sheet = form.FRAMEWORKS
        previous: dict[str, tuple[CellValue, str]] = {}
        for row in range(table.first, table.last + 1):
            texts = [n.own_text(value).strip() for value in cells.sheet.rows[row]]
            if cells.is_blank(row) or self._is_beside(cells, table, row, texts):
                continue
            at = table.columns["pref"]
            value, kinds, source = cells.value(row, at), (), ""
            own = n.own_text(cells.sheet.cell(row, at))
            if (row, at) in cells.origin and value is not None:
                kinds, source = (n.MERGED,), to_address(*cells.origin[row, at])
            elif (value is None or tables.is_ditto(value)) and "pref" in previous:
                kinds = (n.DITTO if value else n.FILLED_DOWN,)
                value, source = previous["pref"]
            name, address = self._settle(
                cells, sheet.column("pref_name"), value, row, at,
                before=own if kinds else None, kinds=kinds, source=source,
            )  # fmt: skip
            if value is not None:
                previous["pref"] = (value, source or address)
            if not name:
                if not own.strip():
                    self.say("E_NO_PLACE", title, address)
                continue
            place = self.by_name[name]
            cells_of = {
                column: (
                    n.own_text(cells.value(row, table.columns[column])),
                    to_address(row, table.columns[column]),
                )
                for column in ("setup", "plan", "fields")
                if column in table.columns
            }
            self._read_sentences(title, row, place, (own, address), cells_of, as_of)

    def _read_sentences(
        self,
        title: str,
        row: int,
        place: Prefecture,
        pref: tuple[str, str],
        cells_of: Mapping[str, tuple[str, str]],
        as_of: tuple[str, str, str],
    ) -> None:
        sheet = form.FRAMEWORKS
        text = {column: cells_of.get(column, ("", ""))[0] for column in ("setup", "plan", "fields")}
        period = _split_era(as_of[0]) if as_of[0] else None
        frameworks = narrative.extract_frameworks(
            text["setup"], text["plan"], text["fields"], period
        )
        setup_cell = cells_of.get("setup", ("", f"A{row + 1}"))[1]
        kept, unclear = [], []
        for index, extracts in enumerate(frameworks):
            values = {column.name: "" for column in sheet.columns}
            where, raw = {"pref_name": pref[1]}, {"pref_name": pref[0]}
            values |= {"pref_name": place.name, "as_of": as_of[0]}
            where["as_of"], raw["as_of"] = as_of[1], as_of[2]
            code = Repair(
                title,
                pref[1],
                f"pref_code/{index}",
                "団体コード",
                (n.FROM_NAME,),
                "",
                place.code,
                True,
            )
            if self.repaired(code):
                values["pref_code"] = place.code
            for name, extract in extracts.items():
                cell = cells_of[extract.column][1] if extract.column in cells_of else pref[1]
                repair = Repair(
                    title, cell, f"{name}/{index}", sheet.column(name).label, (n.EXTRACTED,),
                    extract.wording, extract.value, True,
                )  # fmt: skip
                if self.repaired(repair):
                    values[name] = extract.value
                    where[name], raw[name] = cell, extract.wording
            if values["status"] and values["pref_code"]:
                kept.append(Record(sheet.dataset, place.code, title, row, values, where, raw))
            else:
                unclear.append(f"「{values['name'] or '名称なし'}」")
        self.reading.records.extend(kept)
        if unclear:
            names = "".join(unclear)
            self.say(
                "C_NO_STATUS_EXTRACTED", title, setup_cell, text["setup"], place.name, names=names
            )
        if kept:
            names = "、".join(record.values["name"] or "名称なし" for record in kept)
            self.say(
                "C_EXTRACTED",
                title,
                setup_cell,
                text["setup"],
                place.name,
                count=len(kept),
                names=names,
            )
        elif not unclear:
            self.say("C_NOTHING_EXTRACTED", title, setup_cell, text["setup"], place.name)


# 時点 as a column of a table, or typed at the reception.
AS_OF = COVER.column("as_of")
TYPED = "受付の画面で入力"
# Circled numbers, Roman numerals, unit squares and the like; and private-use characters.
_PLATFORM = re.compile(r"[①-⑳Ⅰ-Ⅻⅰ-ⅻ㈠-㉃㊀-㊰㌀-㍿㎀-㏿℡№]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010fffd]")


def all_templates() -> dict[str, object]:
    """Return every template of what a file holds, the official workbooks included."""
    return TEMPLATES | official.TEMPLATES
