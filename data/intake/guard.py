"""Is this file what its name says, and safe to read? Nothing but the standard library (検疫).

The guard looks at the container and at every part that holds no cells; `parse` reads the parts
that do, through the same functions and under the same limits, so that no part is unpacked twice
and nothing is ever read by a reader that sees less than the guard did. All of it is streaming:
what a file claims about itself is checked, what is really unpacked is counted.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from domain.intake.findings import Refused

MEGA = 1 << 20
LARGEST_FILE = 10 * MEGA
LARGEST_PART, LARGEST_TOTAL = 64 * MEGA, 128 * MEGA
# A part above RATIO_FROM that unpacks to more than HIGHEST_RATIO times its size is no table.
HIGHEST_RATIO, RATIO_FROM = 200, MEGA
# Caps on what has a value; styled empty cells are free, however many a person coloured.
MOST_ROWS, MOST_COLUMNS, MOST_CELLS, LONGEST_TEXT = 20_000, 200, 500_000, 40_000
MOST_PARTS = 2_000
MOST_SHEETS = 255
# Excel allows 65,530 hyperlinks on a sheet, each with a relation of its own.
MOST_RELATIONS = 70_000
DEEPEST = 200
# A sheet coloured down to its last row has 2 million elements; more than this is no table.
MOST_ELEMENTS = 4_000_000
# No tag, comment or attribute of a real workbook is longer; a parser would keep it in memory.
LONGEST_TAG = 2 * MEGA
CHUNK = 1 << 17
# What a parser knows by itself; all others are translated, some of them wrongly.
ENCODINGS = ("utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1")

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

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
# Relationship types: transitional, strict, and Microsoft's own.
_KINDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
    "http://schemas.microsoft.com/office/2006/relationships/",
    "http://schemas.microsoft.com/office/2017/10/relationships/",
)
_OFFICE_ID = tuple(f"{kind.rstrip('/')} id" for kind in _KINDS[:2])
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
# Elements outside the cells that say what lies over them; by local name.
_COUNTED = frozenset(
    ("comment", "pic", "sp", "cxnSp", "graphicFrame", "contentPart", "ddeLink", "oleLink")
)
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
_CONTROL_NAME = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Part:
    """One file inside the container. start : of its packed bytes in the received bytes."""

    name: str
    start: int
    packed: int
    size: int
    method: int
    crc: int


@dataclass(frozen=True)
class Relation:
    """One arrow from a part to another. kind : last word of its type.  external : leads outside."""

    kind: str
    target: str
    external: bool


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


def _split_name(file_name: str) -> tuple[str, str]:
    """Return (name without extension, extension in lower case) of whatever a browser sent."""
    last = re.split(r"[/\\]", file_name)[-1].strip().rstrip(".")
    stem, dot, extension = last.rpartition(".")
    if not dot or not stem:
        return last or "CSV", ""
    return stem, extension.lower()


def _wrong_kind(extension: str, actual: str) -> Refused:
    advice = {
        "zip": "Excel で開き、「Excel ブック（.xlsx）」で保存し直してください",
        "text": "CSVなら名前の末尾を .csv に、表なら Excel で開いて .xlsx で保存してください",
    }.get(actual, "表を Excel で開き、「Excel ブック（.xlsx）」で保存し直してください")
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


# ---------------------------------------------------------------- the container


class Package:
    """The parts of a zip whose every claim about itself has been checked.

    Raises Refused. Parts are found by name whatever their letters' case, as the standard says.
    """

    def __init__(self, content: bytes) -> None:
        """Read the directory of the container; nothing is unpacked yet."""
        self._content = memoryview(content)
        self.parts: dict[str, Part] = {}
        self._names: dict[str, str] = {}
        self._relations: dict[str, dict[str, Relation]] = {}
        self.elements = 0
        self._read_directory(content)

    def find(self, name: str) -> str:
        """Return the name of a part as it is spelt in the container, "" if it is not there."""
        return self._names.get(name.lower(), "")

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the unpacked bytes of a part, never more of them than it declares."""
        part = self.parts[name]
        packed = self._content[part.start : part.start + part.packed]
        crc = count = 0
        for chunk in _inflate(packed) if part.method else _slices(packed):
            count += len(chunk)
            if count > part.size:
                raise Refused("E_CORRUPT_ZIP", part=name)
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if count != part.size or crc != part.crc:
            raise Refused("E_CORRUPT_ZIP", part=name)

    def count_elements(self, number: int, name: str) -> None:
        """Add to the number of XML elements seen in the whole file."""
        self.elements += number
        if self.elements > MOST_ELEMENTS:
            raise Refused("E_TOO_MANY_ELEMENTS", part=name, limit=f"{MOST_ELEMENTS:,}")

    def relations(self, name: str) -> dict[str, Relation]:
        """Return where the arrows of a part lead: id → relation ("" means the whole package)."""
        if name in self._relations:
            return self._relations[name]
        folder, _, last = name.rpartition("/")
        part = self.find(posixpath.join(folder, "_rels", f"{last}.rels"))
        found: dict[str, Relation] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag != f"{_RELATIONS} Relationship":
                return
            external = attributes.get("TargetMode", "").lower() == "external"
            target = attributes.get("Target", "")
            if not external:
                target = _resolve(folder, target)
            kind = _relation_kind(attributes.get("Type", ""))
            key = attributes.get("Id", "")
            if key in found or len(found) >= MOST_RELATIONS:
                raise Refused("E_CORRUPT_PACKAGE", part=part)
            found[key] = Relation(kind, target, external)

        if part:
            read_xml(self, part, start)
        self._relations[name] = found
        return found

    def _read_directory(self, content: bytes) -> None:
        count, size, offset, end = _find_directory(content)
        # The smallest entry has 46 bytes: what claims more entries than fit is lying.
        if count > MOST_PARTS:
            raise Refused("E_TOO_MANY_PARTS", count=f"{count:,}", limit=f"{MOST_PARTS:,}")
        if offset + size != end:
            raise Refused("E_ZIP_STRUCTURE", why="目録の位置が合いません")
        spans: list[tuple[int, int, bool]] = []
        total = 0
        position = offset
        for _ in range(count):
            part, after, header, flags = _read_entry(content, position, end)
            position = after
            self._check_name(part)
            spans.append((header, part.start + part.packed, bool(flags & 8)))
            _check_local_header(content, part, header, flags)
            total += part.size
            if part.size > LARGEST_PART or total > LARGEST_TOTAL:
                raise Refused("E_ZIP_BOMB", part=part.name, size=max(part.size, total) // MEGA)
            if part.size > RATIO_FROM and part.size > HIGHEST_RATIO * max(part.packed, 1):
                raise Refused("E_ZIP_BOMB", part=part.name, size=part.size // MEGA)
            if not part.name.endswith("/"):
                self.parts[part.name] = part
        if position != end:
            raise Refused("E_ZIP_STRUCTURE", why="目録に余計なデータがあります")
        _check_spans(spans, offset)

    def _check_name(self, part: Part) -> None:
        name = part.name
        pieces = name.removesuffix("/").split("/")
        if (
            _CONTROL_NAME.search(name)
            or any(sign in name for sign in "\\:")
            or any(piece in ("", ".", "..") for piece in pieces)
            or (name.endswith("/") and part.size)
        ):
            raise Refused("E_ZIP_STRUCTURE", value=name, why="中に危険な名前の部品があります")
        if name.lower() in self._names:
            raise Refused("E_ZIP_STRUCTURE", value=name, why="同じ名前の部品が2つあります")
        self._names[name.lower()] = name


def _find_directory(content: bytes) -> tuple[int, int, int, int]:
    """Return (entries, size, offset, where it must end) of the central directory."""
    at = len(content) - 22
    if at < 0 or content[at : at + 4] != b"PK\x05\x06":
        # Whether something was added behind or the end is missing decides what to advise.
        if content.rfind(b"PK\x05\x06") >= 0:
            raise Refused("E_ZIP_STRUCTURE", why="後ろに別のデータが付いています")
        raise Refused("E_CORRUPT_ZIP", part="目録")
    disk, disk_cd, here, count, size, offset, comment = struct.unpack_from(
        "<4H2IH", content, at + 4
    )
    if comment:
        raise Refused("E_CORRUPT_ZIP", part="目録")
    end = at
    locator = at - 20
    if locator >= 0 and content[locator : locator + 4] == b"PK\x06\x07":
        record = struct.unpack_from("<Q", content, locator + 8)[0]
        if record + 56 != locator or content[record : record + 4] != b"PK\x06\x06":
            raise Refused("E_ZIP_STRUCTURE", why="64ビットの目録が合いません")
        count64, size64, offset64 = struct.unpack_from("<3Q", content, record + 32)
        for short, long, full in (
            (count, count64, 0xFFFF),
            (size, size64, 0xFFFFFFFF),
            (offset, offset64, 0xFFFFFFFF),
        ):
            if short not in (long, full):
                raise Refused("E_ZIP_STRUCTURE", why="64ビットの目録が合いません")
        count, size, offset, end = count64, size64, offset64, record
    elif disk or disk_cd or here != count:
        raise Refused("E_ZIP_STRUCTURE", why="分割された圧縮ファイルです")
    return count, size, offset, end


def _read_entry(content: bytes, at: int, end: int) -> tuple[Part, int, int, int]:
    """Return (part, position behind its entry, offset of its local header, flags)."""
    if at + 46 > end or content[at : at + 4] != b"PK\x01\x02":
        raise Refused("E_CORRUPT_ZIP", part="目録")
    flags, method, _, _, crc, packed, size, long_name, long_extra, long_comment, disk = (
        struct.unpack_from("<4H3I4H", content, at + 8)
    )
    offset = struct.unpack_from("<I", content, at + 42)[0]
    after = at + 46 + long_name + long_extra + long_comment
    if after > end:
        raise Refused("E_CORRUPT_ZIP", part="目録")
    raw = content[at + 46 : at + 46 + long_name]
    extra = content[at + 46 + long_name : at + 46 + long_name + long_extra]
    size, packed, offset = _widen(extra, [size, packed, offset])
    name = _decode_name(raw)
    if flags & 0x2041:
        raise Refused("E_ENCRYPTED", value=name)
    if method not in (0, 8):
        raise Refused("E_ZIP_STRUCTURE", value=name, why="Excel が使わない圧縮の仕方です")
    if disk not in (0, 0xFFFF) or content[offset : offset + 4] != b"PK\x03\x04":
        raise Refused("E_CORRUPT_ZIP", part=name)
    if offset + 30 > len(content):
        raise Refused("E_CORRUPT_ZIP", part=name)
    local_name, local_extra = struct.unpack_from("<2H", content, offset + 26)
    if content[offset + 30 : offset + 30 + local_name] != raw:
        raise Refused("E_ZIP_STRUCTURE", value=name, why="部品の名前が2か所で違います")
    start = offset + 30 + local_name + local_extra
    return Part(name, start, packed, size, method, crc), after, offset, flags


def _widen(extra: bytes, values: list[int]) -> list[int]:
    """Replace values of 0xFFFFFFFF by what the 64-bit field says, in the order of the format."""
    wanted = [index for index, value in enumerate(values) if value == 0xFFFFFFFF]
    at = 0
    while wanted and at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == 1 and at + 4 + size <= len(extra):
            for place, index in enumerate(wanted[: size // 8]):
                values[index] = struct.unpack_from("<Q", extra, at + 4 + 8 * place)[0]
            break
        at += 4 + size
    return values


def _decode_name(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _check_local_header(content: bytes, part: Part, header: int, flags: int) -> None:
    """Refuse a part that tells a different story at its own place than in the directory."""
    local_flags, method, _, _, crc, packed, size, name, extra = struct.unpack_from(
        "<2H2H3I2H", content, header + 6
    )
    end = part.start + part.packed
    if end > len(content):
        raise Refused("E_CORRUPT_ZIP", part=part.name)
    if method != part.method or (local_flags ^ flags) & 0x2049:
        raise Refused("E_ZIP_STRUCTURE", value=part.name, why="部品の説明が2か所で違います")
    if part.method == 0 and part.packed != part.size:
        raise Refused("E_CORRUPT_ZIP", part=part.name)
    if flags & 8:
        return
    at = header + 30 + name
    size, packed = _widen(content[at : at + extra], [size, packed])
    if (crc, packed, size) != (part.crc, part.packed, part.size):
        raise Refused("E_CORRUPT_ZIP", part=part.name)


def _check_spans(spans: list[tuple[int, int, bool]], directory: int) -> None:
    """Refuse bytes before, between or shared by the parts."""
    spans.sort()
    if not spans:
        return
    if spans[0][0] != 0:
        raise Refused("E_ZIP_STRUCTURE", why="前に別のデータが付いています")
    starts = [span[0] for span in spans[1:]] + [directory]
    for (_, end, described), following in zip(spans, starts, strict=True):
        gap = following - end
        # A part written as a stream is followed by its sizes: 12 to 24 bytes.
        if gap and not (described and gap in (12, 16, 20, 24)):
            raise Refused("E_ZIP_STRUCTURE", why="部品の間に別のデータがあるか、重なっています")


def _slices(data: memoryview) -> Iterator[bytes]:
    for at in range(0, len(data), CHUNK):
        yield bytes(data[at : at + CHUNK])


def _inflate(data: memoryview) -> Iterator[bytes]:
    machine = zlib.decompressobj(-15)
    try:
        for at in range(0, len(data), CHUNK):
            waiting: bytes | memoryview = data[at : at + CHUNK]
            while waiting:
                chunk = machine.decompress(waiting, CHUNK)
                waiting = machine.unconsumed_tail
                if chunk:
                    yield chunk
                if machine.eof and (waiting or machine.unused_data):
                    raise zlib.error("data behind the end")
        while not machine.eof:
            chunk = machine.decompress(b"", CHUNK)
            if not chunk:
                raise zlib.error("end missing")
            yield chunk
    except zlib.error:
        raise Refused("E_CORRUPT_ZIP", part="圧縮された部分") from None


def _resolve(folder: str, target: str) -> str:
    """Return the part a target means; "" if it leads out of the container."""
    path = target if target.startswith("/") else posixpath.join("/", folder, target)
    pieces: list[str] = []
    for piece in path.split("/"):
        if piece == "..":
            if not pieces:
                return ""
            pieces.pop()
        elif piece not in ("", "."):
            pieces.append(piece)
    return "/".join(pieces)


def _relation_kind(kind: str) -> str:
    for prefix in _KINDS:
        if kind.startswith(prefix):
            return kind.removeprefix(prefix)
    return ""


# ---------------------------------------------------------------- XML


def new_parser(name: str) -> expat.XMLParserType:
    """Return a parser that refuses any DOCTYPE, so that no entity can be declared at all."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16

    def refuse(*_: object) -> None:
        raise Refused("E_XML_DTD", part=name)

    def check_encoding(_: str, encoding: str | None, __: int) -> None:
        if encoding and encoding.lower() not in ENCODINGS:
            raise Refused("E_CORRUPT_XML", value=encoding, part=name, line=1)

    parser.StartDoctypeDeclHandler = refuse
    parser.XmlDeclHandler = check_encoding
    return parser


def feed(
    package: Package,
    name: str,
    parser: expat.XMLParserType,
    chunks: Iterable[bytes] | None = None,
) -> None:
    """Run a part through a parser. Raises Refused if it is no sound XML or never lets go.

    chunks : the bytes of the part, if something was left out of them.
    """
    fed = 0
    try:
        for chunk in package.chunks(name) if chunks is None else chunks:
            parser.Parse(chunk, False)
            fed += len(chunk)
            # Whatever the parser cannot hand on yet it keeps, and looks at again each time.
            if fed - parser.CurrentByteIndex > LONGEST_TAG:
                raise Refused("E_CORRUPT_XML", part=name, line=parser.CurrentLineNumber)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from error
        raise Refused("E_CORRUPT_XML", part=name, line=error.lineno) from None


def read_xml(
    package: Package,
    name: str,
    start: Callable[[str, dict[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Counter[str]:
    """Read a small part and count the elements that lie over cells, under all limits."""
    parser = new_parser(name)
    counts: Counter[str] = Counter()
    depth = elements = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > DEEPEST:
            raise Refused("E_XML_DEPTH", part=name, limit=DEEPEST)
        if not elements & 0xFFFF:
            package.count_elements(0x10000, name)
        local = tag.rpartition(" ")[2]
        if local in _COUNTED:
            counts[local] += 1
        if start:
            start(tag, attributes)

    def finish(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end:
            end(tag)

    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    if text:
        parser.CharacterDataHandler = text
    feed(package, name, parser)
    package.count_elements(elements & 0xFFFF, name)
    return counts


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
    own = {part for _, part, _ in cells} | {strings, styles}
    counts = {name: _look_at(package, name) for name in package.parts if name not in own}
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


def _look_at(package: Package, name: str) -> Counter[str]:
    """Unpack one part that holds no cells and refuse what must not travel in a workbook."""
    low = name.lower()
    chunks = package.chunks(name)
    head = next(chunks, b"")
    tail = low.rpartition(".")[2]
    # A picture is never opened, and a drawing saved as SVG may well begin with a DOCTYPE.
    if tail != "svg" and (tail in ("xml", "rels", "vml") or _begins_like_xml(head)):
        return _look_at_xml(package, name, tail)
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


def _look_at_xml(package: Package, name: str, tail: str) -> Counter[str]:
    try:
        counts = read_xml(package, name)
    except Refused as refused:
        # Excel itself writes drawings of comments that are no sound XML; nobody reads them here.
        if tail == "vml" and refused.code == "E_CORRUPT_XML":
            return Counter()
        raise
    if counts["ddeLink"] or counts["oleLink"]:
        raise Refused("E_DDE", part=name)
    return counts


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
