"""Is this file what its name says, and safe to read? Nothing but the standard library (検疫).

The guard looks at the container and at every part that holds no cells; `scan` looks at the parts
that do, through the same functions and under the same limits. Only then does a library open the
file (`parse`). All of it is streaming: what a file claims about itself is checked, what is really
unpacked is counted.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field

from data.intake.container import (
    CHUNK,
    DEEPEST,
    LARGEST_FILE,
    MAIN,
    MEGA,
    MOST_SHEETS,
    RELATION_KINDS,
    STRICT_MAIN,
    Package,
    Relation,
    feed,
    new_parser,
    read_xml,
)
from domain.intake.findings import Refused

OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
# First bytes → what people call such a file.
MAGIC = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (OLE_MAGIC, "ole"), (b"%PDF", "PDF"),
    (b"\x89PNG", "画像（PNG）"), (b"\xff\xd8\xff", "画像（JPEG）"), (b"GIF8", "画像（GIF）"),
    (b"BM", "画像（BMP）"), (b"II*\0", "画像（TIFF）"), (b"MM\0*", "画像（TIFF）"),
    (b"RIFF", "画像・音声"), (b"MZ", "実行ファイル"), (b"\x7fELF", "実行ファイル"),
    (b"#!", "実行ファイル（スクリプト）"), (b"L\0\0\0\x01\x14\x02\0", "ショートカット"),
    (b"7z\xbc\xaf", "圧縮ファイル（7z）"), (b"Rar!", "圧縮ファイル（RAR）"),
    (b"\x1f\x8b", "圧縮ファイル（gzip）"), (b"BZh", "圧縮ファイル（bzip2）"),
    (b"\xfd7zXZ", "圧縮ファイル（xz）"), (b"MSCF", "圧縮ファイル（CAB）"),
    (b"{\\rtf", "文書（RTF）"), (b"SQLite format 3", "データベース（SQLite）"),
    (b"PAR1", "データ（Parquet）"), (b"\x09\x08", "biff"), (b"\x09\x04\x06\0", "biff"),
    (b"\x09\x02\x06\0", "biff"), (b"\x09\0\x04\0", "biff"),
)  # fmt: skip
# What a container of the OLE kind holds, by the name of a stream inside it.
OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"), ("Workbook", "xls"), ("Book", "xls"),
    ("WordDocument", "文書（旧形式の Word）"), ("PowerPoint Document", "スライド（旧形式の PowerPoint）"),
    ("__substg1.0_", "メール（Outlook）"), ("DocumentText", "文書（一太郎）"),
)  # fmt: skip
# What a zip holds, by the name of a part inside it.
ZIP_PARTS = (
    ("word/", "文書（Word）"), ("ppt/", "スライド（PowerPoint）"), ("visio/", "図面（Visio）"),
    ("xl/workbook.bin", "Excel バイナリブック（.xlsb）"), ("meta-inf/manifest.mf", "実行ファイル（Java）"),
    ("index/document.iwa", "Numbers の表"),
)  # fmt: skip
TEXT_EXTENSIONS = ("csv", "tsv", "txt")
EXCEL_TEXT = "CSVなどの文字のファイル"

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE_ID = tuple(f"{kind.rstrip('/')} id" for kind in RELATION_KINDS[:2])
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_OVER_CELLS = (
    ("pic", "画像"), ("sp", "図形・テキストボックス"), ("cxnSp", "図形・テキストボックス"),
    ("graphicFrame", "グラフ"), ("contentPart", "手書き"),
)  # fmt: skip
_OVER_CELLS_RELATIONS = {
    "ctrlProp": "フォームコントロール", "pivotTable": "ピボットテーブル", "slicer": "スライサー",
    "image": "背景の画像",
}  # fmt: skip
# Relations of the workbook worth a word: kind → trait.
_TRAITS = {
    "externalLink": "external_links", "externalLinkPath": "external_links",
    "connections": "connections", "pivotCacheDefinition": "pivot", "queryTable": "connections",
}  # fmt: skip


@dataclass(frozen=True)
class SheetPart:
    """One sheet of cells, not read yet. part : its name in the container."""

    title: str
    part: str
    hidden: bool = False
    comments: int = 0
    objects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inspection:
    """What the reader of the cells needs to know. kind : "xlsx" or "csv".

    title : name of the file without its extension.  strings, styles : names of those parts, ""
    if there are none.
    """

    kind: str
    title: str
    package: Package | None = None
    sheets: tuple[SheetPart, ...] = ()
    strings: str = ""
    styles: str = ""
    traits: frozenset[str] = field(default_factory=frozenset)


def inspect_file(content: bytes, file_name: str) -> Inspection:
    """What kind of file is this, and may its cells be read?

    Raises Refused with the code of the refusal. The name is never used as a path.
    """
    stem, extension = _split_name(file_name)
    if not content:
        raise Refused("E_EMPTY")
    if len(content) > LARGEST_FILE:
        raise Refused("E_TOO_LARGE", size=f"{len(content) / MEGA:.1f}", limit=LARGEST_FILE // MEGA)
    actual = _recognise(content)
    if extension in ("xlsm", "xltm", "xlam"):
        raise Refused("E_MACRO", value=f".{extension}", part=f".{extension}")
    if extension == "ods" or actual == "ods":
        raise Refused("E_ODS", value=f".{extension}")
    if actual == "encrypted":
        raise Refused("E_ENCRYPTED")
    if actual == "xls":
        raise Refused("E_OLD_XLS", value=f".{extension}")
    if extension == "xlsx":
        if actual != "zip":
            raise _wrong_kind(extension, actual)
        return _inspect_book(content, stem)
    if extension in TEXT_EXTENSIONS:
        if actual != "text":
            raise _wrong_kind(extension, actual)
        return Inspection("csv", stem)
    named = {"zip": "Excel ブックか zip", "text": EXCEL_TEXT}.get(actual, actual)
    if not extension:
        raise Refused("E_NO_EXTENSION", actual=named)
    if extension == "xls":
        raise _wrong_kind(extension, actual)
    raise Refused("E_EXTENSION", value=f".{extension}", actual=named)


def too_large(size: int) -> Refused:
    """Return the refusal of a file of this many bytes."""
    shown = f"{math.ceil(size / MEGA * 10) / 10:.1f}"
    return Refused("E_TOO_LARGE", size=shown, limit=LARGEST_FILE // MEGA)


def _split_name(file_name: str) -> tuple[str, str]:
    """Return (name without extension, extension in lower case) of whatever a browser sent."""
    last = re.split(r"[/\\]", file_name)[-1].strip().rstrip(".")
    stem, dot, extension = last.rpartition(".")
    if not dot or not stem:
        return last or "CSV", ""
    return stem, extension.lower()


def _wrong_kind(extension: str, actual: str) -> Refused:
    reopen = "Excel で開き、「Excel ブック（.xlsx）」で保存し直してください"
    advice = {
        "zip": reopen,
        "text": "CSVなら名前の末尾を .csv に、表なら Excel で開いて .xlsx で保存してください",
    }.get(actual, "表を Excel に入力し、「Excel ブック（.xlsx）」で保存してください")
    if actual == "XML" or actual.startswith(("Web", "Excel")):
        advice = reopen
    named = {"zip": "Excel ブックか zip", "text": EXCEL_TEXT}.get(actual, actual)
    return Refused(
        "E_WRONG_KIND", value=f".{extension}", extension=extension, actual=named, advice=advice
    )


def _recognise(content: bytes) -> str:
    """Return what the bytes are: zip, xls, encrypted, ods, text, or a name people know."""
    head = content[:4096]
    magic, kind = next((pair for pair in MAGIC if head.startswith(pair[0])), (b"", "text"))
    if kind == "zip":
        return "ods" if _is_ods(head) else "zip"
    if kind == "ole":
        for stream, inside in OLE_STREAMS:
            if stream.encode("utf-16-le") in content:
                return inside
        return "旧形式の Office 文書"
    if kind == "biff":
        return "xls"
    if kind == "text" or (magic in (b"BM", b"MZ") and b"\0" not in head):
        # Two letters are no proof: the first header of a table may begin with them.
        return _recognise_text(head)
    return kind


def _recognise_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if head[2:5] in (b"-lh", b"-lz"):
        return "圧縮ファイル（LZH）"
    if head[4:12] in (b"ftypheic", b"ftypmif1", b"ftypisom", b"ftypmp42"):
        return "画像・動画"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body")):
        return "Webページ（HTML）"
    if start.startswith(b"<?xml") or start.startswith(b"<!doctype"):
        return "Webページ（HTML）" if b"<html" in start else "XML"
    if start.startswith(b"mime-version:"):
        return "Webページ（MHTML）"
    if start.startswith(b"{") and b'":' in start:
        return "データ（JSON）"
    # One control byte in thirty is no text; a CSV with a few NUL gets its own answer later.
    strange = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    if strange * 30 <= len(head) or is_unmarked_utf16(head):
        return "text"
    return "種類の分からないファイル"


def is_unmarked_utf16(head: bytes) -> bool:
    """Is it text of two-byte characters that lost its mark? The reader of CSV says so then."""
    for codec in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(codec, "replace")
        odd = sum(not sign.isprintable() and sign not in "\r\n\t" for sign in text)
        if odd * 20 <= len(text) and ("," in text or "\t" in text) and "\n" in text:
            return True
    return False


def _is_ods(head: bytes) -> bool:
    return b"mimetypeapplication/vnd.oasis.opendocument" in head[:200]


# ---------------------------------------------------------------- the workbook around its cells


def _inspect_book(content: bytes, title: str) -> Inspection:
    package = Package(content)
    types = _read_content_types(package)
    _refuse_active(package, types)
    workbook = _find_workbook(package, types)
    traits: set[str] = set()
    entries = _read_workbook(package, workbook, traits)
    relations = package.relations(workbook)
    for relation in relations.values():
        if relation.kind in _TRAITS:
            traits.add(_TRAITS[relation.kind])
    strings = _only_part(package, relations, "sharedStrings")
    styles = _only_part(package, relations, "styles")
    cells = _sheet_parts(package, entries, relations, traits)
    if not cells:
        raise Refused("E_NOTHING_IN_IT")
    own = {part for _, part, _ in cells} | {strings, styles} | package.sound
    counted = {
        package.find(arrow.target)
        for _, part, _ in cells
        for arrow in package.relations(part).values()
        if arrow.kind in ("comments", "drawing")
    }
    counts = {
        name: _look_at(package, name, name in counted) for name in package.parts if name not in own
    }
    sheets = tuple(_describe(package, *cell, counts) for cell in cells)
    return Inspection("xlsx", title, package, sheets, strings, styles, frozenset(traits))


def _read_content_types(package: Package) -> dict[str, str]:
    """Return part name or ".extension", in lower case → content type."""
    name = package.find("[Content_Types].xml")
    if not name:
        raise _other_zip(package)
    types: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "").lower()
        if tag == f"{_TYPES} Default":
            types["." + attributes.get("Extension", "").lower()] = kind
        elif tag == f"{_TYPES} Override":
            types[attributes.get("PartName", "").lstrip("/").lower()] = kind

    read_xml(package, name, start)
    return types


def _other_zip(package: Package) -> Refused:
    names = [name.lower() for name in package.parts]
    if "mimetype" in names:
        return Refused("E_ODS", value="ODF")
    for start, label in ZIP_PARTS:
        if any(name.startswith(start) for name in names):
            return _wrong_kind("xlsx", label)
    if any(name.startswith("xl/") for name in names):
        return Refused("E_CORRUPT_PACKAGE", part="[Content_Types].xml")
    return _wrong_kind("xlsx", "zip（圧縮ファイル）")


def _refuse_active(package: Package, types: dict[str, str]) -> None:
    """Refuse what can run: macros, old macro sheets, ActiveX; by name, by type and by content."""
    for name in package.parts:
        low = name.lower()
        kind = types.get(low, "")
        # Some writers declare a macro type for every ".bin" there might be; only the part counts.
        default = types.get("." + low.rpartition(".")[2], "")
        if (
            any(
                word in low for word in ("vbaproject", "vbadata", "/macrosheets/", "/dialogsheets/")
            )
            or any(word in kind for word in ("macro", "vba", "dialogsheet"))
            or "vbaproject" in default
        ):
            raise Refused("E_MACRO", part=name)
        if "/activex/" in low or "activex" in kind:
            raise Refused("E_ACTIVE_X", part=name)
    for name, kind in types.items():
        if not name.startswith(".") and ("macroenabled" in kind or "vbaproject" in kind):
            raise Refused("E_MACRO", part=name)


def _find_workbook(package: Package, types: dict[str, str]) -> str:
    targets = [r for r in package.relations("").values() if r.kind == "officeDocument"]
    if len(targets) != 1 or targets[0].external:
        raise _other_zip(package) if not targets else Refused("E_CORRUPT_PACKAGE", part="_rels")
    name = package.find(targets[0].target)
    if not name:
        raise Refused("E_CORRUPT_PACKAGE", part=targets[0].target or "_rels")
    kind = types.get(name.lower(), types.get("." + name.rpartition(".")[2].lower(), ""))
    if kind == _WORKBOOK_TYPE:
        return name
    for word, label in (
        ("spreadsheetml.template", "Excel テンプレート（.xltx）"),
        ("wordprocessingml", "文書（Word）"),
        ("presentationml", "スライド（PowerPoint）"),
        ("sheet.binary", "Excel バイナリブック（.xlsb）"),
        ("visio", "図面（Visio）"),
    ):
        if word in kind:
            raise _wrong_kind("xlsx", label)
    raise Refused("E_CORRUPT_PACKAGE", part=name)


def _read_workbook(
    package: Package, workbook: str, traits: set[str]
) -> list[tuple[str, str, bool]]:
    """Return (title, relation id, hidden) of every sheet, in order; add to the traits."""
    sheets: list[tuple[str, str, bool]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        space, _, local = tag.rpartition(" ")
        if space not in (MAIN, STRICT_MAIN):
            return
        if local == "workbook" and space == STRICT_MAIN:
            traits.add("strict")
        elif local == "workbookPr" and attributes.get("date1904") in ("1", "true", "on"):
            traits.add("date1904")
        elif local == "calcPr" and attributes.get("fullCalcOnLoad") in ("1", "true"):
            # The writer never worked its formulas out and left that to Excel.
            traits.add("recalculation_pending")
        elif local == "sheet" and len(sheets) >= MOST_SHEETS:
            raise Refused("E_TOO_MANY_SHEETS", limit=MOST_SHEETS)
        elif local == "sheet":
            key = next((attributes[name] for name in _OFFICE_ID if name in attributes), "")
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append((attributes.get("name", ""), key, hidden))

    read_xml(package, workbook, start)
    titles = [title.lower() for title, _, _ in sheets]
    if len(set(titles)) < len(titles):
        raise Refused("E_CORRUPT_PACKAGE", part=workbook)
    return sheets


def _only_part(package: Package, relations: dict[str, Relation], kind: str) -> str:
    """Return the part that holds the strings or the styles; "" if the workbook names none."""
    found = [relation for relation in relations.values() if relation.kind == kind]
    if not found:
        return ""
    name = package.find(found[0].target)
    # Without its strings a book may still hold numbers; without its styles dates are lost.
    if len(found) > 1 or found[0].external or (kind == "styles" and not name):
        raise Refused("E_CORRUPT_PACKAGE", part=kind)
    return name


def _sheet_parts(
    package: Package,
    entries: list[tuple[str, str, bool]],
    relations: dict[str, Relation],
    traits: set[str],
) -> list[tuple[str, str, bool]]:
    """Return (title, part, hidden) of the sheets that hold cells."""
    cells: list[tuple[str, str, bool]] = []
    for title, key, hidden in entries:
        relation = relations.get(key)
        if relation is None:
            raise Refused("E_CORRUPT_PACKAGE", sheet=title, part=key or title)
        if relation.kind in ("xlMacrosheet", "xlIntlMacrosheet", "dialogsheet"):
            raise Refused("E_MACRO", sheet=title, part=title)
        if relation.kind == "chartsheet":
            traits.add("chartsheet")
            continue
        name = "" if relation.external else package.find(relation.target)
        if relation.kind != "worksheet" or not name or name in (part for _, part, _ in cells):
            raise Refused("E_CORRUPT_PACKAGE", sheet=title, part=relation.target or title)
        for arrow in package.relations(name).values():
            if arrow.kind in ("oleObject", "package"):
                raise Refused("E_EMBEDDED_OBJECT", sheet=title, part=arrow.target or title)
            if arrow.kind in ("control", "activeXControlBinary"):
                raise Refused("E_ACTIVE_X", sheet=title, part=arrow.target or title)
            if arrow.kind in _TRAITS:
                traits.add(_TRAITS[arrow.kind])
        cells.append((title, name, hidden))
    return cells


def _look_at(package: Package, name: str, is_counted: bool) -> Counter[str]:
    """Unpack one part that holds no cells and refuse what must not travel in a workbook.

    is_counted : whether its elements say what lies over the cells of a sheet.
    """
    low = name.lower()
    chunks = package.chunks(name)
    head = b"".join(chunks) if package.parts[name].size <= CHUNK else next(chunks, b"")
    tail = low.rpartition(".")[2]
    # A picture is never opened, and a drawing saved as SVG may well begin with a DOCTYPE.
    if tail != "svg" and (tail in ("xml", "rels", "vml") or _begins_like_xml(head)):
        try:
            if not is_counted and _is_shallow(package, name, head):
                return Counter()
            counts = read_xml(package, name)
        except Refused as refused:
            # Excel itself writes drawings of comments that are no sound XML; nobody reads them.
            if tail == "vml" and refused.code == "E_CORRUPT_XML":
                return Counter()
            raise
        if counts["ddeLink"] or counts["oleLink"]:
            raise Refused("E_DDE", part=name)
        return counts
    if head.startswith((OLE_MAGIC, b"PK\x03\x04", b"MZ", b"\x7fELF", b"%PDF", b"#!", b"Rar!")):
        body = head + b"".join(chunks)
        if "_VBA_PROJECT".encode("utf-16-le") in body or "VBA\0".encode("utf-16-le") in body:
            raise Refused("E_MACRO", part=name)
        raise Refused("E_EMBEDDED_OBJECT", part=name)
    if "/embeddings/" in low:
        raise Refused("E_EMBEDDED_OBJECT", part=name)
    for _ in chunks:
        pass
    return Counter()


def _begins_like_xml(head: bytes) -> bool:
    start = head[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    return start.startswith((b"<?xml", b"<\0?\0", b"<!", b"<\0!\0"))


def _is_shallow(package: Package, name: str, body: bytes) -> bool:
    """Is it a small sound part that can be neither deep nor a link to a program?

    Every element around another one has a closing tag of its own, so few of those are proof.
    """
    if len(body) < package.parts[name].size or b"\0" in body or body.count(b"</") > DEEPEST:
        return False
    if b"ddeLink" in body or b"oleLink" in body:
        return False
    feed(package, name, new_parser(name), [body])
    return True


def _describe(
    package: Package, title: str, part: str, hidden: bool, counts: dict[str, Counter[str]]
) -> SheetPart:
    """Return a sheet with what its arrows say lies over its cells."""
    comments = 0
    objects: set[str] = set()
    for relation in package.relations(part).values():
        if relation.kind in _OVER_CELLS_RELATIONS:
            objects.add(_OVER_CELLS_RELATIONS[relation.kind])
        if relation.external:
            continue
        seen = counts.get(package.find(relation.target), Counter())
        if relation.kind == "comments":
            comments += seen["comment"]
        elif relation.kind == "drawing":
            objects.update(label for local, label in _OVER_CELLS if seen[local])
    return SheetPart(title, part, hidden, comments, tuple(sorted(objects)))
