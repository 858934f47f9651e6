"""Small workbooks for the tests of the intake, and what Excel would complain about in one."""

from __future__ import annotations

import io
import os
import posixpath
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Rows = Sequence[Sequence[object]]

soffice = shutil.which("soffice") or shutil.which("libreoffice")
needs_soffice = pytest.mark.skipif(not soffice, reason="LibreOffice (soffice) is not installed")


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return name → bytes of every part of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def pack(parts: Mapping[str, bytes | str]) -> bytes:
    """Return a package of these parts, in their order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return packed.getvalue()


def change_parts(content: bytes, changes: Mapping[str, bytes]) -> bytes:
    """Return a package with some parts replaced or added."""
    return pack(parts_of(content) | dict(changes))


def sheet_data(part: bytes) -> bytes:
    """Return `<sheetData>` of a worksheet, byte for byte."""
    found = re.search(rb"<(\w+:)?sheetData\b.*?(/>|</(\w+:)?sheetData>)", part, re.DOTALL)
    return found[0] if found else b""


def make_by_xlsxwriter(
    sheets: Mapping[str, Rows], comments: Mapping[str, Mapping[str, str]] | None = None
) -> bytes:
    """Return a workbook as XlsxWriter writes it. comments : sheet → address → text."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell is not None:
                        sheet.write(row, column, cell, wrapped)
            for address, text in (comments or {}).get(title, {}).items():
                sheet.write_comment(address, text, {"author": "県"})
    return buffer.getvalue()


def make_by_openpyxl(
    sheets: Mapping[str, Rows], comments: Mapping[str, Mapping[str, str]] | None = None
) -> bytes:
    """Return a workbook as openpyxl writes it. comments : sheet → address → text."""
    import openpyxl
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(list(cells))
        for address, text in (comments or {}).get(title, {}).items():
            sheet[address].comment = Comment(text, "県")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def make_by_hand(
    sheets: Mapping[str, Rows],
    *,
    prefix: str = "",
    strict: bool = False,
    tail: str = "",
    absolute: bool = False,
) -> bytes:
    """Return the smallest workbook there is: inline strings, no styles, no views.

    prefix : of the main namespace, e.g. "x".  strict : ISO 29500 Strict.  tail : XML after
    `<sheetData>` of every sheet.  absolute : targets of relationships begin with /.
    """
    main, base = (STRICT_MAIN, STRICT_RELATIONS) if strict else (MAIN, RELATIONS)
    p, declared = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    root = "/xl/" if absolute else ""
    listed = related = types = ""
    parts: dict[str, str] = {}
    for number, (title, rows) in enumerate(sheets.items(), start=1):
        listed += f'<{p}sheet name="{_escape(title)}" sheetId="{number}" r:id="rId{number}"/>'
        related += f'<Relationship Id="rId{number}" Type="{base}/worksheet" Target="{root}worksheets/sheet{number}.xml"/>'
        types += f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'{_HEAD}<{p}worksheet {declared}="{main}"><{p}sheetData>'
            + "".join(_row(p, at, cells) for at, cells in enumerate(rows, start=1))
            + f"</{p}sheetData>{tail}</{p}worksheet>"
        )
    return pack(
        {
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{types}</Types>',
            "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{base}/officeDocument" Target="{root and "/"}xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'{_HEAD}<{p}workbook {declared}="{main}" xmlns:r="{base}">'
            f"<{p}sheets>{listed}</{p}sheets></{p}workbook>",
            "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
            f"{related}</Relationships>",
        }
        | parts
    )


def _row(p: str, at: int, cells: Sequence[object]) -> str:
    from openpyxl.utils import get_column_letter

    written = ""
    for column, cell in enumerate(cells, start=1):
        address = f"{get_column_letter(column)}{at}"
        if isinstance(cell, (int, float)):
            written += f'<{p}c r="{address}"><{p}v>{cell}</{p}v></{p}c>'
        elif cell is not None:
            written += (
                f'<{p}c r="{address}" t="inlineStr"><{p}is><{p}t xml:space="preserve">{_escape(str(cell))}</{p}t>'
                f"</{p}is></{p}c>"
            )
    return f'<{p}row r="{at}">{written}</{p}row>'


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def convert(content: bytes, to: str, folder: Path) -> bytes:
    """Return what LibreOffice makes of a workbook: "xlsx", "pdf", "ods"."""
    source = folder / "in" / "book.xlsx"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    done = subprocess.run(
        [
            str(soffice), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", to, "--outdir", str(folder / "out"), str(source),
        ],
        capture_output=True, timeout=180, check=False,
        env=os.environ | {"HOME": str(folder)},
    )  # fmt: skip
    made = folder / "out" / f"book.{to}"
    assert made.exists(), done.stderr.decode(errors="replace")
    return made.read_bytes()


def read_values(content: bytes) -> dict[str, list[list[object]]]:
    """Return sheet → rows as python-calamine reads them."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        title: book.get_sheet_by_name(title).to_python(skip_empty_area=False)
        for title in book.sheet_names
    }


def read_comments(content: bytes) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (sheet, address) → (author, text) as openpyxl reads them."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        (sheet.title, cell.coordinate): (cell.comment.author, cell.comment.text)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


# --- what Excel complains about -------------------------------------------------------------------

WORKSHEET_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects",
    "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
_DEFINED_NAME = re.compile(r"(?:_xlnm\.)?[^\W\d][\w.\\?]*")


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _relations(parts: Mapping[str, bytes], name: str) -> dict[str, tuple[str, str]]:
    folder, base = posixpath.split(name)
    rels = posixpath.join(folder, "_rels", f"{base}.rels")
    if rels not in parts:
        return {}
    return {
        node.get("Id"): (
            node.get("Type").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, node.get("Target"))).lstrip("/")
            if node.get("TargetMode") != "External"
            else "",
        )
        for node in ElementTree.fromstring(parts[rels])
    }


def find_faults(content: bytes) -> list[str]:
    """Return what would make Excel offer to repair the workbook, as far as we know it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        broken = package.testzip()
    faults = [f"crc of {broken}"] if broken else []
    parts = parts_of(content)
    if len({name.lower() for name in names}) != len(names):
        faults.append("two parts with one name")
    types = ElementTree.fromstring(parts["[Content_Types].xml"])
    defaults = {n.get("Extension").lower() for n in types if _local(n) == "Default"}
    overrides = [n.get("PartName") for n in types if _local(n) == "Override"]
    faults += [f"declared twice: {n}" for n in set(overrides) if overrides.count(n) > 1]
    faults += [f"declared but not there: {n}" for n in overrides if n.lstrip("/") not in parts]
    for name in names:
        extension = name.rpartition(".")[2].lower()
        if name != "[Content_Types].xml" and f"/{name}" not in overrides:
            if extension not in defaults:
                faults.append(f"no content type: {name}")
            elif extension == "xml":
                faults.append(f"only the default content type: {name}")
        if name.endswith(".rels"):
            folder, base = posixpath.split(name)
            source = posixpath.join(posixpath.dirname(folder), base.removesuffix(".rels"))
            ids = [node.get("Id") for node in ElementTree.fromstring(parts[name])]
            faults += [f"id twice in {name}"] if len(set(ids)) != len(ids) else []
            faults += [
                f"{name} leads to nothing: {target}"
                for _, target in _relations(parts, source).values()
                if target and target not in parts
            ]
    workbook = next(
        target for kind, target in _relations(parts, "").values() if kind == "officeDocument"
    )
    root = ElementTree.fromstring(parts[workbook])
    return faults + _book_faults(parts, workbook, root)


def _book_faults(parts: Mapping[str, bytes], workbook: str, root: ElementTree.Element) -> list[str]:
    faults = []
    sheets = next(list(node) for node in root if _local(node) == "sheets")
    titles = [sheet.get("name").casefold() for sheet in sheets]
    faults += ["two sheets with one name"] if len(set(titles)) != len(titles) else []
    faults += [
        f"name of sheet: {title}"
        for title in titles
        if len(title) > 31 or re.search(r"[\[\]:*?/\\]|^'|'$", title)
    ]
    ids = [sheet.get("sheetId") for sheet in sheets]
    faults += ["sheetId twice"] if len(set(ids)) != len(ids) else []
    seen = set()
    for node in root.iter():
        if _local(node) == "definedName":
            key = (node.get("name").casefold(), node.get("localSheetId"))
            if key in seen or not _DEFINED_NAME.fullmatch(node.get("name")):
                faults.append(f"defined name: {node.get('name')}")
            if node.get("localSheetId") and int(node.get("localSheetId")) >= len(sheets):
                faults.append(f"defined name of no sheet: {node.get('name')}")
            seen.add(key)
    relations = _relations(parts, workbook)
    for sheet in sheets:
        relation_id = next(v for k, v in sheet.attrib.items() if k.endswith("}id"))
        kind, part = relations[relation_id]
        if kind == "worksheet":
            faults += [f"{sheet.get('name')}: {fault}" for fault in _sheet_faults(parts, part)]
    return faults


def _sheet_faults(parts: Mapping[str, bytes], name: str) -> list[str]:
    faults = []
    root = ElementTree.fromstring(parts[name])
    order = [WORKSHEET_ORDER.index(_local(n)) for n in root if _local(n) in WORKSHEET_ORDER]
    faults += ["elements out of order"] if order != sorted(order) else []
    once = [place for place in order if WORKSHEET_ORDER[place] != "conditionalFormatting"]
    faults += ["element twice"] if len(set(once)) != len(once) else []
    for node in root.iter():
        if _local(node) == "dataValidation":
            faults += _validation_faults(node)
    relations = _relations(parts, name)
    legacy = [node for node in root if _local(node) == "legacyDrawing"]
    drawings = [target for kind, target in relations.values() if kind == "vmlDrawing"]
    for node in legacy:
        relation_id = next(v for k, v in node.attrib.items() if k.endswith("}id"))
        if relations.get(relation_id, ("", ""))[0] != "vmlDrawing":
            faults.append("legacyDrawing leads nowhere")
    boxes = [place for target in drawings for place in shapes_of(parts[target])]
    for kind, target in relations.values():
        if kind == "comments":
            faults += _comment_faults(parts[target], boxes)
            faults += [] if legacy else ["comments without legacyDrawing"]
    shape_ids = [
        found
        for target in drawings
        for found in re.findall(rb'\bid="(_x0000_s\d+)"', parts[target])
    ]
    faults += ["shape id twice"] if len(set(shape_ids)) != len(shape_ids) else []
    return faults


def _validation_faults(node: ElementTree.Element) -> list[str]:
    faults = []
    for attribute, limit in (
        ("promptTitle", 32), ("errorTitle", 32), ("prompt", 255), ("error", 255),
    ):  # fmt: skip
        if len(node.get(attribute, "")) > limit:
            faults.append(f"{attribute} of {node.get('sqref')} is too long")
    for formula in node:
        text = formula.text or ""
        if len(text) > 255 or (text.startswith('"') and len(text) > 257):
            faults.append(f"formula of {node.get('sqref')} is too long")
    return faults


def shapes_of(drawing: bytes) -> list[tuple[int, int]]:
    """Return the cells of the boxes of comments in a VML part."""
    return [
        (
            int(re.search(rb"Row>\s*(\d+)", shape)[1]),
            int(re.search(rb"Column>\s*(\d+)", shape)[1]),
        )
        for shape in re.findall(rb"<(?:\w+:)?shape\b.*?</(?:\w+:)?shape>", drawing, re.DOTALL)
        if re.search(rb"""ObjectType=["']Note["']""", shape)
    ]


def _comment_faults(part: bytes, boxes: list[tuple[int, int]]) -> list[str]:
    from openpyxl.utils.cell import coordinate_to_tuple

    faults = []
    root = ElementTree.fromstring(part)
    authors = sum(1 for node in root.iter() if _local(node) == "author")
    found = [node for node in root.iter() if _local(node) == "comment"]
    places = [tuple(n - 1 for n in coordinate_to_tuple(node.get("ref"))) for node in found]
    faults += ["two comments at a cell"] if len(set(places)) != len(places) else []
    faults += ["comment of nobody"] if any(int(n.get("authorId")) >= authors for n in found) else []
    if sorted(places) != sorted(boxes):
        faults.append(f"comments {sorted(places)} and boxes {sorted(boxes)} differ")
    return faults
