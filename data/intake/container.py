"""The parts of a received workbook, none of whose claims about itself is believed (容れ物の検査).

A zip and the XML in it, read as streams by the standard library: what is declared is checked,
what is really unpacked is counted.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
# Elements that go through the parser, some seconds of them.
MOST_ELEMENTS = 2_000_000
# No tag, comment or attribute of a real workbook is longer; a parser would keep it in memory.
LONGEST_TAG = 2 * MEGA
CHUNK = 1 << 17
# What a parser knows by itself; all others are translated, some of them wrongly.
ENCODINGS = ("utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1")

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
# Relationship types: transitional, strict, and Microsoft's own.
RELATION_KINDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
    "http://schemas.microsoft.com/office/2006/relationships/",
    "http://schemas.microsoft.com/office/2017/10/relationships/",
)
# Elements outside the cells that say what lies over them; by local name.
COUNTED = frozenset(
    ("comment", "pic", "sp", "cxnSp", "graphicFrame", "contentPart", "ddeLink", "oleLink")
)
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
        # Parts that have been read as XML from end to end.
        self.sound: set[str] = set()
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
        last = content.rfind(b"PK\x05\x06")
        if 0 <= last < at:
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
    for prefix in RELATION_KINDS:
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
    known: dict[str, str] = {}
    depth = elements = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > DEEPEST:
            raise Refused("E_XML_DEPTH", part=name, limit=DEEPEST)
        if not elements & 0xFFFF:
            package.count_elements(0x10000, name)
        local = known.get(tag)
        if local is None:
            local = tag.rpartition(" ")[2]
            local = known[tag] = local if local in COUNTED else ""
        if local:
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
    package.sound.add(name)
    return counts
