"""The marked workbook: remarks come in, nothing else changes, in whatever wrote the file."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from data.intake import remarks
from data.intake.remarks import AUTHOR, HEADER, RemarksError, write_remarks
from data.intake.template import build_template
from data.paths import data_root
from data.read import read_prefectures
from domain.intake.findings import CONFIRM, MUST_MEND, NOTE, Finding
from domain.intake.form import REMARKS_TITLE
from tests.data.intake import workbooks as w

DATA = "枠組み設置状況"
ROWS = [
    ["団体コード", "都道府県", "設置状況", "枠組みの名称", "設置年月"],
    ["01", "北海道", "設置済み", "=名前ではなく文字", "R7.13"],
    [2, "青森県", None, "  空白 ", 45688],
    ["03", "岩手県", "未設置", "一行目\n二行目", None],
]
SHEETS = {"表紙": [["項目", "記入欄"], ["時点", "2025-10-31"]], DATA: ROWS, "A & B's": [["x"]]}


def finding(cell: str, sheet: str = DATA, code: str = "E_DATE", **more: str) -> Finding:
    values = {
        "severity": MUST_MEND, "rule": "L3-05", "value": "R7.13", "label": "設置年月",
        "why": "「R7.13」は年月として読めません。", "mend": "R7.2 のように直してください。",
    } | more  # fmt: skip
    return Finding(code, sheet=sheet, cell=cell, **values)


FINDINGS = (
    finding("E2"),
    finding("E2", code="C_OTHER", severity=CONFIRM, rule="", why="=1+1 は <b>文字</b> & 記号",
            mend="そのままで\x00よい_x0041_"),
    finding("B2:B4", severity=NOTE, code="N_SAME", rule=""),
    finding("A1", sheet="A & B's", code="N_THERE"),
    finding("", code="N_SHEET", severity=NOTE, why="シート全体のこと"),
    finding("", sheet="", code="N_FILE", why="=HYPERLINK(\"http://example.jp\")", value="=1+1"),
    finding("A1", sheet="無いシート", code="N_NOWHERE"),
    finding("ZZZZ9", code="N_NO_ADDRESS"),
)  # fmt: skip
MARKED = {(DATA, "E2"), (DATA, "B2"), ("A & B's", "A1")}


def libreoffice(folder: Path) -> bytes:
    return w.convert(w.make_by_openpyxl(SHEETS, {DATA: {"C2": "前からのコメント"}}), "xlsx", folder)


def make(kind: str, folder: Path) -> bytes:
    """Return the same workbook as one program or another writes it."""
    if kind == "libreoffice":
        if not w.soffice:
            pytest.skip("LibreOffice (soffice) is not installed")
        return libreoffice(folder)
    notes = {DATA: {"C2": "前からのコメント", "E2": "ここにも前から"}}
    return {
        "xlsxwriter": lambda: w.make_by_xlsxwriter(SHEETS),
        "xlsxwriter with comments": lambda: w.make_by_xlsxwriter(SHEETS, notes),
        "openpyxl": lambda: w.make_by_openpyxl(SHEETS),
        "openpyxl with comments": lambda: w.make_by_openpyxl(SHEETS, notes),
        "by hand": lambda: w.make_by_hand(SHEETS),
        "prefixed": lambda: w.make_by_hand(SHEETS, prefix="x", absolute=True),
        "strict": lambda: w.make_by_hand(SHEETS, strict=True),
        "with a tail": lambda: w.make_by_hand(SHEETS, tail=TAIL),
        "template": lambda: build_template(
            read_prefectures(data_root())[:3], rows={"frameworks": [{"status": "設置済み"}]}
        ),
    }[kind]()


TAIL = (
    '<pageMargins left="1" right="1" top="1" bottom="1" header="0.3" footer="0.3"/>'
    '<!-- <tableParts/> in a comment --><extLst><ext uri="{X}"/></extLst>'
)
KINDS = (
    "xlsxwriter", "xlsxwriter with comments", "openpyxl", "openpyxl with comments", "by hand",
    "prefixed", "strict", "with a tail", "template", "libreoffice",
)  # fmt: skip
# Parts that say what is in the package or in the workbook.
INDEXES = re.compile(
    r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/_rels/.*|xl/.*comment.*\.xml|xl/.*\.vml"
)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_the_remarks_changes(kind, tmp_path):
    before = make(kind, tmp_path)
    after = write_remarks(before, FINDINGS)
    assert w.find_faults(after) == []
    old, new = w.parts_of(before), w.parts_of(after)
    assert list(new)[: len(old)] == list(old)
    for name, part in old.items():
        if name.startswith("xl/worksheets/sheet"):
            assert w.sheet_data(part) and w.sheet_data(part) in new[name]
            added = re.sub(rb"<(\w+:)?legacyDrawing [^>]*/>", b"", new[name])
            assert added == re.sub(rb"<(\w+:)?legacyDrawing [^>]*/>", b"", part)
        elif not INDEXES.fullmatch(name):
            assert new[name] == part, name
    values = w.read_values(after)
    assert {title: values[title] for title in w.read_values(before)} == w.read_values(before)
    assert list(values)[-1] == REMARKS_TITLE


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("strict", "template")])
def test_the_comments_stand_at_their_cells(kind, tmp_path):
    before = make(kind, tmp_path)
    theirs = w.read_comments(before)
    found = w.read_comments(write_remarks(before, FINDINGS))
    assert set(found) == MARKED | set(theirs)
    author, text = found[DATA, "E2"]
    assert (
        "要修正：「R7.13」は年月として読めません。\n→ R7.2 のように直してください。\n[E_DATE｜L3-05]"
        in text
    )
    assert "確認：=1+1 は <b>文字</b> & 記号\n→ そのままで" in text and "[C_OTHER]" in text
    assert text.index("E_DATE") < text.index("C_OTHER")
    for place, (name, words) in theirs.items():
        assert found[place][0] == name and found[place][1].startswith(words)
    for place in MARKED - set(theirs):
        assert found[place][0] == AUTHOR
    assert "（B2:B4）" in found[DATA, "B2"][1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_names_every_finding(kind, tmp_path):
    after = write_remarks(make(kind, tmp_path), FINDINGS)
    head, *rows = w.read_values(after)[REMARKS_TITLE]
    assert tuple(head) == HEADER
    assert [row[8] for row in rows] == [f.code for f in FINDINGS]
    assert rows[0] == [
        MUST_MEND, "L3-05", DATA, "E2", "設置年月", "R7.13", FINDINGS[0].why, FINDINGS[0].mend, "E_DATE"
    ]  # fmt: skip
    assert rows[5][5:7] == ["=1+1", '=HYPERLINK("http://example.jp")']
    part = w.parts_of(after)[sorted(n for n in w.parts_of(after) if "worksheets/sheet" in n)[-1]]
    assert not re.search(rb"<f[ >]", part) and b"inlineStr" in part


def test_the_list_leads_to_the_cells():
    after = write_remarks(w.make_by_openpyxl(SHEETS), FINDINGS)
    sheet = openpyxl.load_workbook(io.BytesIO(after))[REMARKS_TITLE]
    assert sheet.freeze_panes == "A2"
    links = {cell.value: cell.hyperlink.location for (cell,) in sheet["D2:D9"] if cell.hyperlink}
    assert links == {"E2": f"'{DATA}'!E2", "B2:B4": f"'{DATA}'!B2:B4", "A1": "'A & B''s'!A1"}


@pytest.mark.parametrize("kind", KINDS)
def test_marking_again_changes_nothing(kind, tmp_path):
    once = write_remarks(make(kind, tmp_path), FINDINGS)
    assert w.parts_of(write_remarks(once, FINDINGS)) == w.parts_of(once)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mended_file_loses_its_old_remarks(kind, tmp_path):
    before = make(kind, tmp_path)
    clean = write_remarks(write_remarks(before, FINDINGS), [])
    assert w.find_faults(clean) == []
    old, new = w.parts_of(before), w.parts_of(clean)
    for name, part in old.items():
        if name.startswith("xl/worksheets/sheet"):
            assert new[name] == part
    if kind not in ("strict", "template"):
        assert w.read_comments(clean) == w.read_comments(before)
    rows = w.read_values(clean)[REMARKS_TITLE]
    assert tuple(rows[0]) == HEADER and rows[1][6] == "指摘はありません。" and len(rows) == 2


def test_other_findings_take_the_place_of_the_old_ones():
    once = write_remarks(w.make_by_xlsxwriter(SHEETS), FINDINGS)
    again = write_remarks(once, [finding("D3", why="別の指摘。")])
    assert set(w.read_comments(again)) == {(DATA, "D3")}
    assert w.find_faults(again) == []
    book = openpyxl.load_workbook(io.BytesIO(again))
    assert book.sheetnames.count(REMARKS_TITLE) == 1 and book[REMARKS_TITLE].max_row == 2


def test_a_file_saved_by_another_program_in_between_is_still_recognised(tmp_path):
    """Marked, opened and saved elsewhere, mended, marked anew: no remark stands twice."""
    notes = {DATA: {"E2": "前から"}}
    once = write_remarks(w.make_by_openpyxl(SHEETS, notes), FINDINGS)
    book = openpyxl.load_workbook(io.BytesIO(once))
    buffer = io.BytesIO()
    book.save(buffer)
    again = write_remarks(buffer.getvalue(), FINDINGS)
    assert w.find_faults(again) == []
    assert w.read_comments(again) == w.read_comments(once)


def test_what_the_officer_wrote_into_our_comment_stays():
    once = write_remarks(w.make_by_openpyxl(SHEETS), [finding("E2")])
    book = openpyxl.load_workbook(io.BytesIO(once))
    comment = book[DATA]["E2"].comment
    comment.text += "\n→ 直しました（県）"
    book[DATA]["E2"].comment = comment
    buffer = io.BytesIO()
    book.save(buffer)
    clean = write_remarks(buffer.getvalue(), [])
    assert w.read_comments(clean)[DATA, "E2"][1].strip() == "→ 直しました（県）"
    again = w.read_comments(write_remarks(buffer.getvalue(), [finding("E2")]))[DATA, "E2"][1]
    assert again.count("E_DATE") == 1 and "直しました" in again


@w.needs_soffice
def test_a_file_saved_by_libreoffice_in_between_is_still_recognised(tmp_path):
    notes = {DATA: {"C2": "前から"}}
    once = write_remarks(w.make_by_xlsxwriter(SHEETS, notes), FINDINGS)
    again = write_remarks(w.convert(once, "xlsx", tmp_path), FINDINGS)
    assert w.find_faults(again) == []
    assert set(w.read_comments(again)) == MARKED | {(DATA, "C2")}
    text = w.read_comments(again)[DATA, "E2"][1]
    assert text.count("E_DATE") == 1


@w.needs_soffice
@pytest.mark.parametrize("kind", KINDS)
def test_libreoffice_shows_values_and_comments(kind, tmp_path):
    before = make(kind, tmp_path / "made")
    after = write_remarks(before, FINDINGS)
    shown = w.convert(after, "xlsx", tmp_path)
    values = w.read_values(shown)
    for title, rows in w.read_values(after).items():
        read = [row[: len(rows[0])] for row in values[title][: len(rows)]]
        assert [[_plain(c) for c in row] for row in read] == [[_plain(c) for c in r] for r in rows]
    comments = w.read_comments(shown)
    wanted = MARKED if kind != "template" else {(DATA, "E2"), (DATA, "B2")}
    assert wanted <= set(comments)
    assert "E_DATE" in comments[DATA, "E2"][1]


def _plain(cell: object) -> object:
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


# --- what is there already ------------------------------------------------------------------------


def sheet_with(before: bytes, part: str, old: bytes, new: bytes) -> bytes:
    changed = w.parts_of(before)[part]
    assert old in changed
    return w.change_parts(before, {part: changed.replace(old, new, 1)})


@pytest.mark.parametrize(
    "tail",
    [
        "<extLst><ext uri='{X}'/></extLst>",
        '<tableParts count="0"/>',
        '<legacyDrawingHF r:id="rId9"/>',
        '<picture r:id="rId9"/><tableParts count="0"/><extLst/>',
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
        '2006"><mc:Choice Requires="x14"><controls/></mc:Choice></mc:AlternateContent><extLst/>',
        '<drawing r:id="rId9"/><oleObjects/>',
        "",
    ],
)
def test_the_pointer_stands_where_excel_wants_it(tail):
    first = (
        '<printOptions/><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/>'
    )
    head = f'<drawing xmlns:r="{w.RELATIONS}" r:id="rId9"/>' if tail.startswith("<drawing") else ""
    rest = tail.replace('<drawing r:id="rId9"/>', "").replace(
        "r:id", f'xmlns:r="{w.RELATIONS}" r:id'
    )
    before = w.make_by_hand({DATA: ROWS}, tail=first + head + rest)
    after = w.parts_of(write_remarks(before, FINDINGS))["xl/worksheets/sheet1.xml"]
    names = [
        node.tag.rpartition("}")[2].replace("AlternateContent", "controls")
        for node in ElementTree.fromstring(after)
    ]
    places = [w.WORKSHEET_ORDER.index(name) for name in names]
    assert "legacyDrawing" in names and places == sorted(places)


THREAD = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
    'threadedcomments"><threadedComment ref="C2" dT="2025-01-01T00:00:00.00" personId="{A}" '
    'id="{B}"><text>議論</text></threadedComment></ThreadedComments>'
)


def test_a_thread_is_left_alone():
    before = w.make_by_xlsxwriter({DATA: ROWS}, {DATA: {"C2": "[Threaded comment] 議論"}})
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    before = sheet_with(
        before, rels, b"</Relationships>",
        b'<Relationship Id="rId77" Type="http://schemas.microsoft.com/office/2017/10/relationships/'
        b'threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>',
    )  # fmt: skip
    before = sheet_with(
        before, "[Content_Types].xml", b"</Types>",
        b'<Override PartName="/xl/threadedComments/threadedComment1.xml" ContentType='
        b'"application/vnd.ms-excel.threadedcomments+xml"/></Types>',
    )  # fmt: skip
    name = "xl/threadedComments/threadedComment1.xml"
    before = w.change_parts(before, {name: THREAD.encode()})
    after = write_remarks(before, [finding("C2"), finding("E2")])
    assert w.find_faults(after) == []
    assert w.parts_of(after)[name] == THREAD.encode()
    found = w.read_comments(after)
    assert found[DATA, "C2"] == ("県", "[Threaded comment] 議論")
    assert found[DATA, "E2"][0] == AUTHOR
    assert [row[3] for row in w.read_values(after)[REMARKS_TITLE][1:]] == ["C2", "E2"]


def test_comments_as_excel_writes_them_keep_their_marks():
    """Identifiers, extensions and prefixes stay; a comment of plain text becomes a run."""
    theirs = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<comments xmlns="'
        f'{w.MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'mc:Ignorable="xr" xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/'
        'revision"><authors><author>総務 &amp; 企画</author><author/></authors><commentList>'
        '<comment ref="C2" authorId="0" shapeId="0" xr:uid="{0A}"><text><r><rPr><b/><sz val="9"/>'
        "</rPr><t>太字 &lt;</t></r></text></comment>"
        '<comment ref="E2" authorId="1" shapeId="0" xr:uid="{0B}"><text><t>平文</t></text>'
        "</comment></commentList></comments>"
    ).encode()
    before = w.make_by_xlsxwriter({DATA: ROWS}, {DATA: {"C2": "x", "E2": "y"}})
    before = w.change_parts(before, {"xl/comments1.xml": theirs})
    after = write_remarks(before, [finding("E2"), finding("A1")])
    assert w.find_faults(after) == []
    part = w.parts_of(after)["xl/comments1.xml"]
    kept, changed, _ = re.split(rb'(?=<comment ref="[EA])', part)
    assert theirs.startswith(kept.replace("<author>点検</author>".encode(), b""))
    assert changed.startswith(
        '<comment ref="E2" authorId="1" shapeId="0" xr:uid="{0B}"><text><r><t>平文</t></r><r>'.encode()
    )
    clean = w.read_comments(write_remarks(after, []))
    assert clean == {(DATA, "C2"): ("総務 & 企画", "太字 <"), (DATA, "E2"): ("None", "平文")}


def test_boxes_of_buttons_stay():
    """A sheet with form controls has a drawing without comments."""
    before = w.make_by_hand(
        {DATA: ROWS}, tail=f'<legacyDrawing xmlns:r="{w.RELATIONS}" r:id="rId4"/>'
    )
    drawing = (
        b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
        b' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap '
        b'v:ext="edit" data="3"/></o:shapelayout><v:shape id="_x0000_s3073" type="#_x0000_t201">'
        b'<v:textbox><div>a<br>b</div></v:textbox><x:ClientData ObjectType="Button"><x:Row>1</x:Row>'
        b"<x:Column>4</x:Column></x:ClientData></v:shape></xml>"
    )
    before = w.change_parts(
        sheet_with(
            before, "[Content_Types].xml", b"<Override",
            b'<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument'
            b'.vmlDrawing"/><Override',
        ),
        {
            "xl/drawings/vmlDrawing1.vml": drawing,
            "xl/worksheets/_rels/sheet1.xml.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="rId4" Type="{w.RELATIONS}/vmlDrawing" '
                'Target="../drawings/vmlDrawing1.vml"/></Relationships>'
            ).encode(),
        },
    )  # fmt: skip
    after = write_remarks(before, FINDINGS)
    part = w.parts_of(after)["xl/drawings/vmlDrawing1.vml"]
    assert part.startswith(drawing.removesuffix(b"</xml>")) and b"_x0000_s3074" in part
    assert w.find_faults(after) == []
    sheet = "xl/worksheets/sheet1.xml"
    assert w.parts_of(after)[sheet] == w.parts_of(before)[sheet]
    clean = w.parts_of(write_remarks(after, []))
    assert clean["xl/drawings/vmlDrawing1.vml"].count(b"<v:shape ") == 1
    assert clean[sheet] == w.parts_of(before)[sheet]


def test_lost_boxes_are_made_again():
    """A gateway may drop the drawing and keep the comments."""
    before = w.make_by_xlsxwriter({DATA: ROWS}, {DATA: {"C2": "前から"}})
    parts = w.parts_of(before)
    del parts["xl/drawings/vmlDrawing1.vml"]
    for name, pattern in (
        ("xl/worksheets/_rels/sheet1.xml.rels", rb"<Relationship [^>]*vmlDrawing[^>]*/>"),
        ("xl/worksheets/sheet1.xml", rb"<legacyDrawing [^>]*/>"),
    ):
        parts[name] = re.sub(pattern, b"", parts[name])
    after = write_remarks(w.pack(parts), FINDINGS)
    assert w.find_faults(after) == []
    assert set(w.read_comments(after)) == {(DATA, "C2"), (DATA, "E2"), (DATA, "B2")}


def test_a_list_moved_hidden_and_worked_upon_is_replaced():
    before = w.make_by_xlsxwriter({REMARKS_TITLE: [["重大度"], ["古い指摘"]], DATA: ROWS})
    before = sheet_with(
        before, "xl/workbook.xml", f'name="{REMARKS_TITLE}"'.encode(),
        f'name="{REMARKS_TITLE}" state="hidden"'.encode(),
    )  # fmt: skip
    after = write_remarks(before, FINDINGS)
    assert w.find_faults(after) == []
    book = openpyxl.load_workbook(io.BytesIO(after))
    assert book.sheetnames == [REMARKS_TITLE, DATA]
    assert book[REMARKS_TITLE].sheet_state == "visible"
    assert "古い指摘" not in str(w.read_values(after)[REMARKS_TITLE])
    assert book[REMARKS_TITLE].max_row == len(FINDINGS) + 1


def test_names_and_other_sheets_of_the_workbook_stay(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(w.make_by_openpyxl(SHEETS)))
    from openpyxl.chart import BarChart, Reference
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.table import Table

    sheet = book[DATA]
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=5, min_row=1, max_row=4), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    sheet.add_table(Table(displayName="表1", ref="A1:E4"))
    sheet.auto_filter.ref = None
    book.create_chartsheet("グラフ").add_chart(BarChart())
    book.defined_names["範囲"] = DefinedName("範囲", attr_text=f"'{DATA}'!$A$1:$E$4")
    buffer = io.BytesIO()
    book.save(buffer)
    after = write_remarks(buffer.getvalue(), [*FINDINGS, finding("A1", sheet="グラフ")])
    assert w.find_faults(after) == []
    again = openpyxl.load_workbook(io.BytesIO(after))
    assert again.sheetnames == [*SHEETS, "グラフ", REMARKS_TITLE]
    assert "範囲" in again.defined_names and again[DATA].tables
    assert set(w.read_comments(after)) == MARKED


# --- sizes and refusals ---------------------------------------------------------------------------


def test_many_findings_are_cut_at_the_comments_only(monkeypatch):
    monkeypatch.setattr(remarks, "MOST_COMMENTS", 5)
    many = [finding(f"A{n}", severity=NOTE) for n in range(1, 50)] + [finding("E2")]
    after = write_remarks(w.make_by_openpyxl(SHEETS), many)
    assert len(w.read_comments(after)) == 5 and (DATA, "E2") in w.read_comments(after)
    assert len(w.read_values(after)[REMARKS_TITLE]) == 51


def test_a_box_is_as_high_as_its_text_whatever_the_rows_are():
    tall = w.make_by_hand({DATA: ROWS})
    tall = sheet_with(
        tall, "xl/worksheets/sheet1.xml", b'<row r="2">', b'<row r="2" ht="400" customHeight="1">'
    )
    for content, row in ((tall, 1), (w.make_by_hand({DATA: ROWS}), 3)):
        part = w.parts_of(write_remarks(content, [finding("E2")]))["xl/drawings/vmlDrawing1.vml"]
        anchor = [int(n) for n in re.search(rb"Anchor>([^<]*)<", part)[1].split(b",")]
        assert anchor[2] == 1 and (anchor[6] == 1) == (row == 1)


@pytest.mark.parametrize(
    ("cell", "at"),
    [("2:4", "A2"), ("$C$3", "C3"), ("B:D", "B1"), ("D3:E9", "D3"), ("XFD1048576", "XFD1048576")],
)
def test_rows_and_columns_are_marked_at_their_first_cell(cell, at):
    after = write_remarks(w.make_by_hand({DATA: ROWS}), [finding(cell)])
    part = w.parts_of(after)["xl/comments1.xml"]
    assert re.findall(rb'ref="([^"]*)"', part) == [at.encode()]
    assert w.find_faults(after) == []


def test_long_text_is_cut_in_the_comment_and_kept_in_the_list():
    after = write_remarks(w.make_by_openpyxl(SHEETS), [finding("E2", why="長" * 9_000)])
    assert len(w.read_comments(after)[DATA, "E2"][1]) <= 4_020
    assert w.read_values(after)[REMARKS_TITLE][1][6] == "長" * 9_000


def broken() -> dict[str, bytes]:
    sound = w.make_by_xlsxwriter({DATA: ROWS}, {DATA: {"C2": "前から"}})
    parts = w.parts_of(sound)
    twice = io.BytesIO(sound)
    with zipfile.ZipFile(twice, "a") as package, pytest.warns(UserWarning):
        package.writestr("xl/workbook.xml", b"<x/>")
    sheet = parts["xl/worksheets/sheet1.xml"]
    dtd = sheet.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)

    def without(name: str) -> bytes:
        return w.pack({key: part for key, part in parts.items() if key != name})

    return {
        "nothing": b"",
        "text": "団体コード,都道府県\n01,北海道\n".encode(),
        "cut": sound[: len(sound) // 2],
        "one part twice": twice.getvalue(),
        "a doctype": w.change_parts(sound, {"xl/worksheets/sheet1.xml": dtd}),
        "half a sheet": w.change_parts(sound, {"xl/worksheets/sheet1.xml": sheet[:300]}),
        "utf-16": w.change_parts(
            sound, {"xl/worksheets/sheet1.xml": sheet.decode().replace("UTF-8", "UTF-16").encode("utf-16")}
        ),
        "no workbook": without("xl/workbook.xml"),
        "no types": without("[Content_Types].xml"),
        "no drawing": without("xl/drawings/vmlDrawing1.vml"),
        "no comments": without("xl/comments1.xml"),
        "comments of another kind": w.change_parts(sound, {"xl/comments1.xml": b"<note/>"}),
        "a drawing without an end": w.change_parts(sound, {"xl/drawings/vmlDrawing1.vml": b"<xml"}),
    }  # fmt: skip


@pytest.mark.parametrize("case", list(broken()))
def test_what_cannot_be_marked_is_said_in_japanese(case):
    with pytest.raises(RemarksError, match="書き込めません"):
        write_remarks(broken()[case], FINDINGS)
