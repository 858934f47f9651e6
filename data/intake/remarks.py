"""The received workbook with its remarks in it: comments at the cells and a list (指摘入りExcel).

The file is not saved again through a spreadsheet library, which would lose what the library
does not know. The zip package itself is edited: a part that needs no change keeps its bytes,
and of a worksheet only the pointer to its comments is added, so every `<sheetData>` stays as
it was sent. Text goes in at byte offsets that expat reports; nothing is serialised again.

Only .xlsx can be marked. A CSV has no place for comments: its findings are offered as a list.
"""

from __future__ import annotations

import io
import math
import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.parsers import expat

from data.intake.template import FONT, count_lines
from domain.intake.findings import SEVERITIES, Finding
from domain.intake.form import REMARKS_TITLE
from domain.intake.grid import from_address, to_address

AUTHOR = "点検"
HEADER = ("重大度", "規則", "シート", "セル", "項目", "見た値", "内容", "直し方", "コード")
# More would make the file slow to open; the list names every cell all the same.
MOST_COMMENTS = 2_000
_LONGEST_COMMENT, _LONGEST_CELL, _MOST_ROWS = 4_000, 32_767, 1_048_576
_MOST_BYTES = 512 * 1024 * 1024
# Around our words in a comment, so that they can be taken out again: LibreOffice drops the
# author, and a cell may have somebody else's comment.
_BEGIN, _END = "【点検】", "【点検ここまで】"
_OURS = re.compile(rf"(?:_x000D_|\r)?\n?{_BEGIN}.*?{_END}", re.DOTALL)

_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_CONTENT_TYPES = "[Content_Types].xml"
# What follows legacyDrawing in a worksheet; Excel refuses elements out of order.
_AFTER_LEGACY_DRAWING = frozenset(
    {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
     "tableParts", "extLst"}
)  # fmt: skip
_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383


class RemarksError(Exception):
    """The file cannot be marked; the message says why, in Japanese, for the user."""


def write_remarks(content: bytes, findings: Sequence[Finding]) -> bytes:
    """What does the received workbook look like with its remarks (指摘入りExcel)?

    Parameters
    ----------
    content : the .xlsx as it was received; it has passed the guard.
    findings : every finding; those at a cell become comments (all findings of a cell in one),
        at most MOST_COMMENTS, the graver first. All of them stand in the list, in their order.

    Returns the .xlsx. Values, formats and the comments of others are kept. Remarks of an
    earlier marking (between 【点検】 and 【点検ここまで】, sheet 指摘一覧) are replaced. A cell with a threaded comment
    is only named in the list. Raises RemarksError for anything but a sound workbook.
    """
    try:
        package = _Package(content)
        book = _Book(package)
        marks = _marks_by_sheet(findings)
        for sheet in book.sheets:
            if sheet.title != REMARKS_TITLE:
                _mark_sheet(package, book, sheet.part, marks.get(sheet.title, {}))
        _write_list(package, book, findings)
        return package.to_bytes()
    except RemarksError:
        raise
    except Exception as error:  # whatever is odd about a stranger's file, the answer is one
        raise RemarksError(
            "ファイルの作りが通常のExcelと違うため、指摘を書き込めません。指摘の一覧をご利用ください。"
        ) from error


# --- XML with byte offsets ------------------------------------------------------------------------


@dataclass
class _Node:
    """An element and where it stands in its bytes. name : local name without namespace."""

    name: str
    namespace: str
    attributes: Mapping[str, str]
    start: int
    open_end: int
    empty: bool
    parent: _Node | None = None
    close_start: int = 0
    end: int = 0
    text: str = ""
    children: list[_Node] = field(default_factory=list)

    def child(self, name: str) -> _Node | None:
        return next((node for node in self.children if node.name == name), None)

    def all(self, name: str) -> Iterable[_Node]:
        for node in self.children:
            if node.name == name:
                yield node
            yield from node.all(name)


_OPEN_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)""")


def _parse(part: bytes, skip: str = "") -> _Node:
    """Return the tree of a part. skip : below this element only its children are kept."""
    declared = _DECLARED.match(part)
    if part[:2] in (b"\xff\xfe", b"\xfe\xff") or (
        declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    ):
        raise RemarksError("UTF-8以外の文字コードで保存されたExcelには、指摘を書き込めません。")
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    top = _Node("", "", {}, 0, 0, False)
    open_nodes = [top]
    skipped = 0  # how deep below the children of `skip`

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal skipped
        if skipped or (len(open_nodes) > 2 and open_nodes[-2].name == skip):
            skipped += 1
            return
        namespace, _, local = name.rpartition("\n")
        at = parser.CurrentByteIndex
        tag = _OPEN_TAG.match(part, at)
        if tag is None:
            raise ValueError("no tag where expat saw one")
        node = _Node(
            local, namespace, attributes, at, tag.end(), tag[0].endswith(b"/>"), open_nodes[-1]
        )
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_name: str) -> None:
        nonlocal skipped
        if skipped:
            skipped -= 1
            return
        node = open_nodes.pop()
        if node.empty:
            node.close_start = node.end = node.open_end
        else:
            node.close_start = parser.CurrentByteIndex
            node.end = part.index(b">", node.close_start) + 1

    def text(data: str) -> None:
        if not skipped:
            open_nodes[-1].text += data

    def refuse(*_: object) -> None:
        raise RemarksError("文書型宣言（DTD）のあるファイルには、指摘を書き込めません。")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    parser.CharacterDataHandler = text
    parser.Parse(part, True)
    return top.children[0]


def _prefix(part: bytes, node: _Node) -> bytes:
    """Return the prefix of an element with its colon, b"" for the default namespace."""
    name = re.match(rb"<([^\s/>]+)", part[node.start : node.open_end])[1]
    return name.rpartition(b":")[0] + b":" if b":" in name else b""


class _Edits:
    """Changes at byte offsets of a part, carried out together."""

    def __init__(self, part: bytes) -> None:
        self._part = part
        self._changes: list[tuple[int, int, bytes]] = []

    def replace(self, start: int, end: int, new: bytes = b"") -> None:
        self._changes.append((start, end, new))

    def append_to(self, node: _Node, new: bytes) -> None:
        """Put something at the end of an element, also of one that is closed at once."""
        if not node.empty:
            self.replace(node.close_start, node.close_start, new)
            return
        tag = self._part[node.start : node.open_end]
        name = re.match(rb"<([^\s/>]+)", tag)[1]
        opened = tag[:-2].rstrip() + b">"
        self.replace(node.start, node.end, opened + new + b"</" + name + b">")

    def to_bytes(self) -> bytes:
        pieces, at = [], 0
        # Insertions at one place keep the order in which they were asked for.
        for start, end, new in sorted(self._changes, key=lambda change: change[:1]):
            if start < at:
                raise ValueError("changes overlap")
            pieces += [self._part[at:start], new]
            at = end
        return b"".join([*pieces, self._part[at:]])


_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x0041_ as a letter; a text that looks so is protected.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def _clean(text: str, limit: int) -> str:
    text = _FORBIDDEN.sub("", text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _escape(text: str) -> bytes:
    text = _ESCAPE_LIKE.sub("_x005F_", text)
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, entity)
    return text.encode()


# --- the package ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Relation:
    """One relationship of a part. kind : last word of its type.  part : "" for a link outside."""

    id: str
    kind: str
    part: str


class _Package:
    """The zip of a workbook with the changes to its parts."""

    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._entries = self._zip.infolist()
        # Names of parts are equal without regard to case.
        self._names = {entry.filename.lower(): entry.filename for entry in self._entries}
        if len(self._names) != len(self._entries):
            raise RemarksError("同じ名前の部品が二つあるファイルには、指摘を書き込めません。")
        if sum(entry.file_size for entry in self._entries) > _MOST_BYTES:
            raise RemarksError("展開後の大きさが上限を超えるファイルには、指摘を書き込めません。")
        self._changed: dict[str, bytes | None] = {}

    def has(self, name: str) -> bool:
        """Is there such a part now?"""
        name = self._names.get(name.lower(), name)
        return self._changed.get(name, b"") is not None and name.lower() in self._names

    def read(self, name: str) -> bytes:
        """Return a part as it is now; KeyError if there is none."""
        if not self.has(name):
            raise KeyError(name)
        name = self._names[name.lower()]
        if name in self._changed:
            return self._changed[name]
        return self._zip.read(name)

    def write(self, name: str, part: bytes) -> None:
        """Change or add a part."""
        self._changed[self._names.setdefault(name.lower(), name)] = part

    def remove(self, name: str) -> None:
        """Take a part out, with its relationships and its content type."""
        for gone in (name, _rels_name(name)):
            if self.has(gone):
                self._changed[self._names[gone.lower()]] = None
        types = self.read(_CONTENT_TYPES)
        edits = _Edits(types)
        for node in _parse(types).children:
            if node.attributes.get("PartName", "").lower() == f"/{name}".lower():
                edits.replace(node.start, node.end)
        self.write(_CONTENT_TYPES, edits.to_bytes())

    def new_name(self, pattern: str) -> str:
        """Return a name nobody has: pattern with a number for {}."""
        number = 1
        while pattern.format(number).lower() in self._names:
            number += 1
        return pattern.format(number)

    def names(self, ending: str) -> list[str]:
        """Return the names of the parts there are now that end so."""
        return [n for n in self._names.values() if n.lower().endswith(ending) and self.has(n)]

    def relations(self, name: str) -> list[_Relation]:
        """Return the relationships of a part, of the package for ""."""
        rels = _rels_name(name)
        if not self.has(rels):
            return []
        found = []
        for node in _parse(self.read(rels)).children:
            target = node.attributes.get("Target", "")
            inside = node.attributes.get("TargetMode", "Internal") == "Internal"
            part = self._resolve(name, target) if inside else ""
            kind = node.attributes.get("Type", "").rpartition("/")[2]
            found.append(_Relation(node.attributes.get("Id", ""), kind, part))
        return found

    def _resolve(self, source: str, target: str) -> str:
        joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target))
        plain = joined.lstrip("/")
        return plain if plain.lower() in self._names else unquote(plain)

    def relate(self, source: str, base: str, kind: str, target: str) -> str:
        """Add a relationship to a part; returns its id."""
        rels = _rels_name(source)
        if not self.has(rels):
            empty = (
                b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns='
                b'"http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
            )
            self.write(rels, empty)
        part = self.read(rels)
        root = _parse(part)
        taken = {node.attributes.get("Id", "").lower() for node in root.children}
        number = len(taken) + 1
        while f"rid{number}" in taken:
            number += 1
        edits = _Edits(part)
        edits.append_to(
            root,
            b'<%sRelationship Id="rId%d" Type="%s/%s" Target="/%s"/>'
            % (_prefix(part, root), number, base.encode(), kind.encode(), _escape(target)),
        )
        self.write(rels, edits.to_bytes())
        return f"rId{number}"

    def unrelate(self, source: str, relation: _Relation) -> None:
        """Take a relationship out, and the part it leads to if nothing else does."""
        rels = _rels_name(source)
        part = self.read(rels)
        edits, root = _Edits(part), _parse(part)
        for node in root.children:
            if node.attributes.get("Id") == relation.id:
                edits.replace(node.start, node.end)
        if len(root.children) > 1:
            self.write(rels, edits.to_bytes())
        else:
            self._changed[self._names[rels.lower()]] = None
        if relation.part and self.has(relation.part) and not self._is_used(relation.part):
            self.remove(relation.part)

    def _is_used(self, part: str) -> bool:
        for rels in self.names(".rels"):
            folder, name = posixpath.split(rels)
            source = posixpath.join(posixpath.dirname(folder), name[: -len(".rels")])
            if any(r.part.lower() == part.lower() for r in self.relations(source)):
                return True
        return False

    def declare(self, name: str, content_type: str) -> None:
        """Say what a new part is."""
        part = self.read(_CONTENT_TYPES)
        root = _parse(part)
        extension = posixpath.splitext(name)[1][1:].lower()
        defaults = {
            node.attributes.get("Extension", "").lower(): node.attributes.get("ContentType", "")
            for node in root.children
            if node.name == "Default"
        }
        prefix, edits = _prefix(part, root), _Edits(part)
        if extension == "vml" and extension not in defaults:
            new = b'<%sDefault Extension="vml" ContentType="%s"/>'
            # Before the others: some readers want the defaults first.
            at = root.open_end
            edits.replace(at, at, new % (prefix, content_type.encode()))
        elif defaults.get(extension) != content_type:
            new = b'<%sOverride PartName="/%s" ContentType="%s"/>'
            edits.append_to(root, new % (prefix, _escape(name), content_type.encode()))
        self.write(_CONTENT_TYPES, edits.to_bytes())

    def to_bytes(self) -> bytes:
        """Return the package: parts in their old order, new ones behind them."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in self._entries:
                part = self._changed.pop(entry.filename, b"")
                if part is None:
                    continue
                copy = zipfile.ZipInfo(entry.filename, entry.date_time)
                copy.external_attr, copy.create_system = entry.external_attr, entry.create_system
                stored = entry.compress_type == zipfile.ZIP_STORED
                copy.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                target.writestr(copy, part or self._zip.read(entry))
            for name, part in self._changed.items():
                if part is not None:
                    new = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                    new.compress_type = zipfile.ZIP_DEFLATED
                    target.writestr(new, part)
        return packed.getvalue()


def _rels_name(name: str) -> str:
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


# --- the workbook ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _SheetEntry:
    """A worksheet as the workbook lists it."""

    title: str
    part: str


class _Book:
    """Where the sheets are, and in which of the two dialects of the format."""

    def __init__(self, package: _Package) -> None:
        start = next((r for r in package.relations("") if r.kind == "officeDocument"), None)
        if start is None or not package.has(start.part):
            raise RemarksError("Excelのブックが見つからないため、指摘を書き込めません。")
        self.part = start.part
        content = package.read(self.part)
        self.root = _parse(content)
        strict = self.root.namespace == _STRICT_MAIN
        if self.root.name != "workbook" or self.root.namespace not in (_MAIN, _STRICT_MAIN):
            raise RemarksError("Excelのブックが見つからないため、指摘を書き込めません。")
        self.base = _STRICT if strict else _TRANSITIONAL
        self.main = self.root.namespace
        listed = self.root.child("sheets")
        if listed is None:
            raise RemarksError("シートが見つからないため、指摘を書き込めません。")
        self.listed: list[_Node] = listed.children
        self.list_node = listed
        worksheets = {
            r.id: r.part for r in package.relations(self.part) if r.kind == "worksheet"
        }  # fmt: skip
        self.sheets = [
            _SheetEntry(node.attributes.get("name", ""), worksheets[self.relation_id(node)])
            for node in self.listed
            if self.relation_id(node) in worksheets
        ]
        if len({sheet.part.lower() for sheet in self.sheets}) != len(self.sheets):
            raise ValueError("two sheets share a part")

    def relation_id(self, node: _Node) -> str:
        """Return what r:id says."""
        return node.attributes.get(f"{self.base}\nid", "")


def _marks_by_sheet(
    findings: Sequence[Finding],
) -> dict[str, dict[tuple[int, int], list[Finding]]]:
    """Return sheet → cell → findings, graver first, at most MOST_COMMENTS cells."""
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    marks: dict[str, dict[tuple[int, int], list[Finding]]] = {}
    cells = 0
    for finding in sorted(findings, key=lambda f: order.get(f.severity, len(order))):
        place = _first_cell(finding.cell)
        if place is None or not finding.sheet:
            continue
        on_sheet = marks.setdefault(finding.sheet, {})
        if place not in on_sheet:
            if cells >= MOST_COMMENTS:
                continue
            cells += 1
        on_sheet.setdefault(place, []).append(finding)
    return marks


def _first_cell(address: str) -> tuple[int, int] | None:
    first = address.replace("$", "").partition(":")[0]
    if ":" in address:  # whole rows (2:4) and whole columns (B:C)
        first = f"A{first}" if first.isdigit() else f"{first}1" if first.isalpha() else first
    try:
        row, column = from_address(first)
    except ValueError:
        return None
    return (row, column) if row <= _LAST_ROW and column <= _LAST_COLUMN else None


# --- comments -------------------------------------------------------------------------------------


def _comment_text(findings: Sequence[Finding]) -> str:
    texts = []
    for finding in findings:
        code = f"{finding.code}｜{finding.rule}" if finding.rule else finding.code
        area = f"（{finding.cell}）" if ":" in finding.cell else ""
        texts.append(f"{finding.severity}{area}：{finding.why}\n→ {finding.mend}\n[{code}]")
    text = "\n\n".join(dict.fromkeys(texts)).replace("【点検", "［点検")
    return f"{_BEGIN}\n{_clean(text, _LONGEST_COMMENT)}\n{_END}"


def _mark_sheet(
    package: _Package, book: _Book, name: str, marks: Mapping[tuple[int, int], list[Finding]]
) -> None:
    """Put the comments of one sheet in, and those of an earlier marking out."""
    relations = package.relations(name)
    comments_at = next((r for r in relations if r.kind == "comments"), None)
    if comments_at is None and not marks:
        return
    texts = {place: _comment_text(found) for place, found in marks.items()}
    comments = _CommentsPart(
        package.read(comments_at.part) if comments_at else _empty_comments(book.main)
    )
    threads = _threaded_cells(package, relations)
    comments.take_out_ours()
    for place, text in texts.items():
        if place not in threads:
            comments.say(place, text)
    if comments_at and not comments.is_changed():
        return
    sheet = _SheetPart(package.read(name), book.base)
    drawing_at = next((r for r in relations if r.id and r.id == sheet.drawing_id()), None)
    if sheet.drawing_id() and drawing_at is None:
        raise ValueError("legacyDrawing leads nowhere")

    drawing = package.read(drawing_at.part) if drawing_at else _empty_drawing(package)
    drawing = _take_out_shapes(drawing, comments.removed | comments.added)
    wanted = comments.added if drawing_at else comments.places()
    shapes = [
        (place, sheet.anchor(place, *_box_size(comments.text_of(place))))
        for place in sorted(wanted)
    ]
    drawing = _add_shapes(drawing, shapes)
    for place in comments.extended:
        size = _box_size(comments.text_of(place))
        drawing = _resize_shape(drawing, place, sheet.anchor(place, *size))

    if comments.places():
        part = comments_at.part if comments_at else package.new_name("xl/comments{}.xml")
        package.write(part, comments.to_bytes())
        if comments_at is None:
            package.declare(part, f"{_TYPES}.comments+xml")
            package.relate(name, book.base, "comments", part)
    elif comments_at:
        package.unrelate(name, comments_at)
    if drawing_at and not _has_shapes(drawing):
        package.unrelate(name, drawing_at)
        package.write(name, sheet.without_drawing())
    elif drawing_at:
        package.write(drawing_at.part, drawing)
    elif comments.places():
        part = package.new_name("xl/drawings/vmlDrawing{}.vml")
        package.write(part, drawing)
        package.declare(part, _VML_TYPE)
        relation_id = package.relate(name, book.base, "vmlDrawing", part)
        package.write(name, sheet.with_drawing(relation_id))


def _threaded_cells(package: _Package, relations: Iterable[_Relation]) -> set[tuple[int, int]]:
    """Return the cells whose comment is only the shadow of a thread, which Excel rewrites."""
    cells = set()
    for relation in relations:
        if relation.kind == "threadedComment" and package.has(relation.part):
            for node in _parse(package.read(relation.part)).all("threadedComment"):
                place = _first_cell(node.attributes.get("ref", ""))
                if place:
                    cells.add(place)
    return cells


def _empty_comments(main: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<comments xmlns="{main}"><authors></authors><commentList></commentList></comments>'
    ).encode()


class _CommentsPart:
    """The comments of a sheet and the changes to them (コメント).

    removed, added, extended : cells whose comment goes, comes, or is somebody else's with our
    words behind theirs.
    """

    def __init__(self, part: bytes) -> None:
        self._part, self._edits = part, _Edits(part)
        root = _parse(part)
        self._authors, self._list = root.child("authors"), root.child("commentList")
        if root.name != "comments" or self._authors is None or self._list is None:
            raise ValueError("not a part of comments")
        self._prefix = _prefix(part, root)
        names = [node.text for node in self._authors.children]
        self._is_author = AUTHOR in names
        self._our_id = names.index(AUTHOR) if self._is_author else len(names)
        self._comments: dict[tuple[int, int], _Node] = {}
        for node in self._list.children:
            place = _first_cell(node.attributes.get("ref", ""))
            if place is not None and node.name == "comment":
                self._comments[place] = node
        self._texts = {place: self._read(node) for place, node in self._comments.items()}
        self.removed: set[tuple[int, int]] = set()
        self.added: set[tuple[int, int]] = set()
        self.extended: set[tuple[int, int]] = set()
        self._stripped: set[tuple[int, int]] = set()
        self._new: list[bytes] = []

    @staticmethod
    def _read(comment: _Node) -> str:
        body = comment.child("text")
        return "".join(node.text for node in body.all("t")) if body else ""

    def take_out_ours(self) -> None:
        """Remove the comments of an earlier marking and our words behind those of others."""
        for place, node in list(self._comments.items()):
            if not _OURS.search(self._texts[place]):
                continue
            if _OURS.sub("", self._texts[place]).strip():
                self._strip(place, node)
            else:
                self._edits.replace(node.start, node.end)
                self.removed.add(place)
                del self._comments[place], self._texts[place]

    def _strip(self, place: tuple[int, int], comment: _Node) -> None:
        whole = self._texts[place]
        gone = [match.span() for match in _OURS.finditer(whole)]
        at = 0
        for node in comment.child("text").all("t"):
            kept = "".join(
                sign
                for offset, sign in enumerate(node.text, start=at)
                if not any(first <= offset < last for first, last in gone)
            )
            at += len(node.text)
            if kept == node.text:
                continue
            run = node.parent if node.parent and node.parent.name == "r" else None
            if not kept and run:
                self._edits.replace(run.start, run.end)
            else:
                self._edits.replace(node.open_end, node.close_start, _escape_again(kept))
        self._texts[place] = _OURS.sub("", whole)
        self._stripped.add(place)

    def say(self, place: tuple[int, int], text: str) -> None:
        """Put a text at a cell, behind what somebody else says there."""
        comment = self._comments.get(place)
        if comment is None:
            self._new.append(self._comment(place, text))
            self._texts[place] = text
            self.added.add(place)
            return
        body = comment.child("text")
        if body is None:
            return  # nothing to put it behind; the list has it
        text = f"\n{text}" if self._texts[place] else text
        for node in body.children:
            if node.name == "t":
                # A plain text beside runs is not shown by every program: make it a run.
                self._edits.replace(node.start, node.start, b"<%sr>" % self._prefix)
                self._edits.replace(node.end, node.end, b"</%sr>" % self._prefix)
        self._edits.append_to(body, self._run(text))
        self._texts[place] += text
        self.extended.add(place)

    def _run(self, text: str) -> bytes:
        p = self._prefix
        look = b'<%(p)ssz val="9"/><%(p)srFont val="%(f)s"/><%(p)sfamily val="3"/>' % {
            b"p": p, b"f": FONT.encode(),
        }  # fmt: skip
        return b'<%sr><%srPr>%s</%srPr><%st xml:space="preserve">%s</%st></%sr>' % (
            p, p, look, p, p, _escape(text), p, p,
        )  # fmt: skip

    def _comment(self, place: tuple[int, int], text: str) -> bytes:
        p = self._prefix
        return b'<%scomment ref="%s" authorId="%s"><%stext>%s</%stext></%scomment>' % (
            p, to_address(*place).encode(), b"%d" % self._our_id, p, self._run(text), p, p,
        )  # fmt: skip

    def is_changed(self) -> bool:
        """Is there anything to write?"""
        return bool(self.removed or self.added or self.extended or self._stripped)

    def places(self) -> set[tuple[int, int]]:
        """Return the cells that have a comment in the end."""
        return set(self._comments) | self.added

    def text_of(self, place: tuple[int, int]) -> str:
        """Return what the comment of a cell says in the end."""
        return self._texts[place]

    def to_bytes(self) -> bytes:
        """Return the part with its changes."""
        if self._new:
            if not self._is_author:
                name = b"<%sauthor>%s</%sauthor>" % (self._prefix, AUTHOR.encode(), self._prefix)
                self._edits.append_to(self._authors, name)
            self._edits.append_to(self._list, b"".join(self._new))
        return self._edits.to_bytes()


def _escape_again(text: str) -> bytes:
    # As it was read: _x005F_ is still in it.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


# --- the boxes of the comments --------------------------------------------------------------------

_SHAPE = re.compile(
    rb"""<((?:\w+:)?shape)\b(?:[^"'>]|"[^"]*"|'[^']*')*(?<!/)>.*?</\1\s*>""", re.DOTALL
)
_ANY_SHAPE = re.compile(rb"<(?:\w+:)?(?:shape|rect|oval|line|group|roundrect|polyline|image)[\s>]")
_SHAPE_NUMBER = re.compile(rb"_x0000_s(\d+)")
_BLOCKS = re.compile(rb"""idmap\b[^>]*\bdata\s*=\s*["']([\d,]+)""")
_ROW = re.compile(rb"<(?:\w+:)?Row>\s*(\d+)\s*<")
_COLUMN = re.compile(rb"<(?:\w+:)?Column>\s*(\d+)\s*<")
_ANCHOR = re.compile(rb"(<(?:\w+:)?Anchor>)[^<]*(<)")
_END_OF_DRAWING = re.compile(rb"</(?:\w+:)?xml\s*>\s*$")
_VML_NAMES = (
    b'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_BLOCK = 1024  # numbers of shapes come in blocks of this size


def _empty_drawing(package: _Package) -> bytes:
    blocks = [
        int(number)
        for name in package.names(".vml")
        for listed in _BLOCKS.findall(package.read(name))
        for number in listed.split(b",")
        if number
    ]
    return b'<xml %s><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%d"/></o:shapelayout></xml>' % (
        _VML_NAMES, max(blocks, default=0) + 1,
    )  # fmt: skip


def _cell_of_shape(shape: bytes) -> tuple[int, int] | None:
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    if not row or not column or not re.search(rb"""ObjectType\s*=\s*["']Note["']""", shape):
        return None
    return int(row[1]), int(column[1])


def _take_out_shapes(drawing: bytes, places: set[tuple[int, int]]) -> bytes:
    return _SHAPE.sub(lambda m: b"" if _cell_of_shape(m[0]) in places else m[0], drawing)


def _has_shapes(drawing: bytes) -> bool:
    return bool(_ANY_SHAPE.search(drawing))


def _add_shapes(drawing: bytes, shapes: Sequence[tuple[tuple[int, int], str]]) -> bytes:
    if not shapes:
        return drawing
    closing = _END_OF_DRAWING.search(drawing)
    if closing is None:
        raise ValueError("a drawing without an end")
    blocks = [int(n) for listed in _BLOCKS.findall(drawing) for n in listed.split(b",") if n]
    taken = [int(number) for number in _SHAPE_NUMBER.findall(drawing)]
    number = max([*taken, min(blocks, default=1) * _BLOCK]) + 1
    pieces = []
    if b'id="_x0000_t202"' not in drawing and b"id='_x0000_t202'" not in drawing:
        pieces.append(
            b'<v:shapetype %s id="_x0000_t202" coordsize="21600,21600" o:spt="202" path='
            b'"m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok='
            b'"t" o:connecttype="rect"/></v:shapetype>' % _VML_NAMES
        )
    for offset, ((row, column), anchor) in enumerate(shapes):
        pieces.append(
            b'<v:shape %s id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;'
            b'z-index:%d;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
            b'<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
            b'<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
            b'<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
            b"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%s</x:Anchor>"
            b"<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column>"
            b"</x:ClientData></v:shape>"
            % (_VML_NAMES, number + offset, offset + 1, anchor.encode(), row, column)
        )
    return drawing[: closing.start()] + b"".join(pieces) + drawing[closing.start() :]


def _resize_shape(drawing: bytes, place: tuple[int, int], anchor: str) -> bytes:
    def resize(match: re.Match[bytes]) -> bytes:
        if _cell_of_shape(match[0]) != place:
            return match[0]
        return _ANCHOR.sub(lambda found: found[1] + anchor.encode() + found[2], match[0])

    return _SHAPE.sub(resize, drawing)


_BOX_WIDTH, _BOX_LINE, _TALLEST_BOX = 300, 16, 560  # pixels
_BOX_DIGITS = 46  # how many digits stand in a line of the box


def _box_size(text: str) -> tuple[int, int]:
    return _BOX_WIDTH, min(count_lines(text, _BOX_DIGITS) * _BOX_LINE + 14, _TALLEST_BOX)


class _SheetPart:
    """A worksheet: the pointer to its comments, and how wide and high its cells are."""

    def __init__(self, part: bytes, base: str) -> None:
        self._part, self._base = part, base
        self._root = _parse(part, skip="sheetData")
        self._data = self._root.child("sheetData")
        if self._root.name != "worksheet" or self._data is None:
            raise ValueError("not a worksheet")
        self._drawing = self._root.child("legacyDrawing")
        look = self._root.child("sheetFormatPr")
        looks = look.attributes if look else {}
        self._width = _to_pixels(looks.get("defaultColWidth"), 7, 64)
        self._height = _to_pixels(looks.get("defaultRowHeight"), 4 / 3, 20)
        columns = self._root.child("cols")
        self._widths = [
            (int(a.get("min", 1)) - 1, int(a.get("max", 1)) - 1,
             0 if _is_true(a.get("hidden")) else _to_pixels(a.get("width"), 7, self._width))
            for a in ((node.attributes for node in columns.children) if columns else ())
        ]  # fmt: skip
        self._heights: dict[int, int] = {}
        row = -1
        for node in self._data.children:
            row = int(node.attributes.get("r", row + 2)) - 1
            if _is_true(node.attributes.get("hidden")):
                self._heights[row] = 0
            elif "ht" in node.attributes:
                self._heights[row] = _to_pixels(node.attributes["ht"], 4 / 3, self._height)

    def drawing_id(self) -> str:
        """Return the relationship of the boxes there are, "" if there are none."""
        return self._drawing.attributes.get(f"{self._base}\nid", "") if self._drawing else ""

    def with_drawing(self, relation_id: str) -> bytes:
        """Return the sheet with its pointer to the boxes."""
        edits = _Edits(self._part)
        new = b'<%slegacyDrawing xmlns:r="%s" r:id="%s"/>' % (
            _prefix(self._part, self._root), self._base.encode(), relation_id.encode(),
        )  # fmt: skip
        follower = next(
            (node for node in self._root.children
             if node.start > self._data.start and _follows_legacy_drawing(node)),
            None,
        )  # fmt: skip
        at = follower.start if follower else self._root.close_start
        edits.replace(at, at, new)
        return edits.to_bytes()

    def without_drawing(self) -> bytes:
        """Return the sheet without its pointer to the boxes."""
        edits = _Edits(self._part)
        edits.replace(self._drawing.start, self._drawing.end)
        return edits.to_bytes()

    def anchor(self, place: tuple[int, int], width: int, height: int) -> str:
        """Return where a box of this size stands beside a cell, as VML writes it."""
        row, column = place
        first = min(column + 1, _LAST_COLUMN)
        right, right_rest = _walk(first, 12 + width, self._column_width, _LAST_COLUMN)
        bottom, bottom_rest = _walk(row, 2 + height, self._row_height, _LAST_ROW)
        return f"{first}, 12, {row}, 2, {right}, {right_rest}, {bottom}, {bottom_rest}"

    def _column_width(self, column: int) -> int:
        for first, last, width in self._widths:
            if first <= column <= last:
                return width
        return self._width

    def _row_height(self, row: int) -> int:
        return self._heights.get(row, self._height)


def _walk(at: int, rest: int, size_of, last: int) -> tuple[int, int]:
    # Hidden cells have no size, so an end is set to the walk.
    for step in range(at, min(at + 5_000, last)):
        size = size_of(step)
        if rest < size:
            return step, rest
        rest -= size
    return min(at + 5_000, last), 0


def _to_pixels(text: str | None, factor: float, otherwise: int) -> int:
    try:
        size = float(text) * factor
    except (TypeError, ValueError):
        return otherwise
    return math.ceil(size) if 0 <= size < 5_000 else otherwise


def _is_true(text: str | None) -> bool:
    return text in ("1", "true")


def _follows_legacy_drawing(node: _Node) -> bool:
    if node.name == "AlternateContent":  # what it holds decides
        return any(
            inner.name in _AFTER_LEGACY_DRAWING for way in node.children for inner in way.children
        )
    return node.name in _AFTER_LEGACY_DRAWING


# --- the list -------------------------------------------------------------------------------------

_LIST_WIDTHS = (9, 9, 20, 10, 18, 26, 60, 60, 22)


def _write_list(package: _Package, book: _Book, findings: Sequence[Finding]) -> None:
    """Write the sheet 指摘一覧: in the place of an earlier one, else behind the others."""
    existing = next((n for n in book.listed if n.attributes.get("name") == REMARKS_TITLE), None)
    content = package.read(book.part)
    prefix, edits = _prefix(content, book.list_node), _Edits(content)
    titles = {sheet.title for sheet in book.sheets}
    part = _list_part(book, titles, findings, _wrapping_style(package, book))
    if existing is None:
        name = package.new_name("xl/worksheets/sheet{}.xml")
        package.write(name, part)
        package.declare(name, f"{_TYPES}.worksheet+xml")
        relation_id = package.relate(book.part, book.base, "worksheet", name)
        number = 1 + max(
            (int(node.attributes.get("sheetId", 0)) for node in book.listed), default=0
        )
        edits.append_to(
            book.list_node,
            b'<%ssheet xmlns:r="%s" name="%s" sheetId="%d" r:id="%s"/>'
            % (prefix, book.base.encode(), REMARKS_TITLE.encode(), number, relation_id.encode()),
        )
        package.write(book.part, edits.to_bytes())
        return
    name = next((sheet.part for sheet in book.sheets if sheet.title == REMARKS_TITLE), "")
    if not name:
        raise RemarksError(
            f"シート「{REMARKS_TITLE}」がグラフのシートのため、指摘を書き込めません。"
        )
    for relation in package.relations(name):
        package.unrelate(name, relation)
    # The chain of formulas may name cells of the old list; Excel builds it anew.
    for relation in package.relations(book.part):
        if relation.kind == "calcChain" and re.search(rb"<(?:\w+:)?f[\s/>]", package.read(name)):
            package.unrelate(book.part, relation)
    package.write(name, part)
    if "state" in existing.attributes:  # hidden, it would tell nobody anything
        tag = content[existing.start : existing.open_end]
        shown = re.sub(rb"""\sstate\s*=\s*(?:"[^"]*"|'[^']*')""", b"", tag)
        edits.replace(existing.start, existing.open_end, shown)
        package.write(book.part, edits.to_bytes())


def _list_part(
    book: _Book, titles: set[str], findings: Sequence[Finding], style: int | None
) -> bytes:
    attribute = b' s="%d"' % style if style is not None else b""
    rows = [_list_row(1, HEADER, attribute, _HEAD_LOOK)]
    links = []
    for number, finding in enumerate(findings[: _MOST_ROWS - 1], start=2):
        cells = (
            finding.severity, finding.rule, finding.sheet, finding.cell, finding.label,
            finding.value, finding.why, finding.mend, finding.code,
        )  # fmt: skip
        looks = {}
        if finding.sheet in titles and _first_cell(finding.cell):
            looks = {3: _LINK_LOOK}
            quoted = finding.sheet.replace("'", "''")
            target = _escape(f"'{quoted}'!{finding.cell.replace('$', '')}")
            links.append(b'<hyperlink ref="D%d" location="%s"/>' % (number, target))
        rows.append(_list_row(number, cells, attribute, b"", looks))
    if not findings:
        rows.append(_list_row(2, ("", "", "", "", "", "", "指摘はありません。"), attribute, b""))
    widths = b"".join(
        b'<col min="%d" max="%d" width="%d" customWidth="1"/>' % (n, n, width)
        for n, width in enumerate(_LIST_WIDTHS, start=1)
    )
    # A view of the sheet names a window of the workbook, which need not have one.
    view = b""
    if book.root.child("bookViews"):
        view = (
            b'<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
            b'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        )
    return b"".join((
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="',
        book.main.encode(),
        b'"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>', view,
        b'<sheetFormatPr defaultRowHeight="15"/><cols>', widths, b"</cols><sheetData>", *rows,
        b"</sheetData>",
        b"<hyperlinks>" + b"".join(links) + b"</hyperlinks>" if links else b"",
        b'<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>',
    ))  # fmt: skip


# Looks inside the text, so that the styles of the workbook stay as they are.
_HEAD_LOOK = b'<rPr><b/><sz val="11"/><rFont val="%s"/><family val="3"/></rPr>' % FONT.encode()
_LINK_LOOK = (
    b'<rPr><u/><sz val="11"/><color rgb="FF0017C1"/><rFont val="%s"/><family val="3"/></rPr>'
    % FONT.encode()
)


def _list_row(
    number: int, cells: Sequence[str], style: bytes, look: bytes, looks: Mapping[int, bytes] = {}
) -> bytes:
    # A height for programs that do not find it themselves; it may still grow.
    lines = max(
        count_lines(text, width - 1) for text, width in zip(cells, _LIST_WIDTHS, strict=False)
    )
    height = b' ht="%d"' % min(lines * 15 + 4, 400) if style else b""
    pieces = [b'<row r="%d"%s>' % (number, height)]
    for column, text in enumerate(cells):
        if text := _clean(text, _LONGEST_CELL):
            run = looks.get(column, look)
            inner = b'<t xml:space="preserve">%s</t>' % _escape(text)
            inner = b"<r>%s%s</r>" % (run, inner) if run else inner
            address = to_address(number - 1, column).encode()
            pieces.append(b'<c r="%s"%s t="inlineStr"><is>%s</is></c>' % (address, style, inner))
    return b"".join([*pieces, b"</row>"])


def _wrapping_style(package: _Package, book: _Book) -> int | None:
    """Return a plain style of the workbook that wraps its text, None if it has none."""
    at = next((r for r in package.relations(book.part) if r.kind == "styles"), None)
    if at is None or not package.has(at.part):
        return None
    root = _parse(package.read(at.part))
    fonts, styles = root.child("fonts"), root.child("cellXfs")
    plain = [
        not any(_is_striking(node) for node in font.children)
        for font in (fonts.children if fonts else ())
    ]
    for number, style in enumerate(styles.children if styles else ()):
        a, alignment = style.attributes, style.child("alignment")
        if alignment is None or not _is_true(alignment.attributes.get("wrapText")):
            continue
        font = int(a.get("fontId", 0))
        if (
            a.get("numFmtId", "0") in ("0", "49")
            and a.get("fillId", "0") == "0"
            and (font >= len(plain) or plain[font])
            and alignment.attributes.get("horizontal", "general") in ("general", "left")
            and not {"textRotation", "indent"} & set(alignment.attributes)
        ):
            return number
    return None


def _is_striking(node: _Node) -> bool:
    if node.name in ("b", "i", "u", "strike"):
        return node.attributes.get("val") not in ("0", "false", "none")
    if node.name == "sz":
        return not 8 <= float(node.attributes.get("val", 11)) <= 12
    if node.name == "color":
        a = node.attributes
        return not (
            a.get("theme") == "1" or a.get("indexed") in ("8", "64") or a.get("auto") == "1"
            or a.get("rgb", "").endswith("000000")
        )  # fmt: skip
    return False
