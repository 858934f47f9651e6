"""The form 都道府県報告様式 as a workbook, empty or filled with the published data.

Everything on its sheets comes from `domain.intake.form`, so that form, reading and checks
cannot drift apart. The file holds no macro, drawing, external link or hidden mark; what it
means is written in its cells only, because a sanitising gateway may strip the rest.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from domain.intake import form
from domain.places import Prefecture, compute_check_digit

FONT = "BIZ UDPゴシック"  # named, never embedded: Windows 10 and later bring it
# Rows below the data that still have drop-downs and input messages.
EMPTY_ROWS = 300
# What Excel accepts at most.
_LONGEST_MESSAGE_TITLE, _LONGEST_MESSAGE, _LONGEST_CELL = 32, 255, 32_767
_LONGEST_INTEGER = 15

CODES_HEADER = ("項目", "コード", "値", "説明")
# Two columns only: reading takes the first text beside a word of the cover for its value.
COVER_HEADER = ("項目", "記入欄")
# 様式の更新履歴; the last entry is the version of the form as it is now.
HISTORY = (("1.0", "最初の版。"),)

ALWAYS, ESTABLISHED_ONLY, OPTIONAL = "必須", "設置済みのとき必須", "任意"
_NEEDED_WORDS = {"always": ALWAYS, "established": ESTABLISHED_ONLY, "": OPTIONAL}
_HEAD_COLOURS = {
    ALWAYS: {"bg_color": "#0017C1", "font_color": "#FFFFFF"},
    ESTABLISHED_ONLY: {"bg_color": "#C5D7FB", "font_color": "#000060"},
    OPTIONAL: {"bg_color": "#F2F2F2", "font_color": "#1A1A1A"},
}
_COLOUR_WORDS = {
    ALWAYS: "濃い青の見出し（白い字）",
    ESTABLISHED_ONLY: "薄い青の見出し",
    OPTIONAL: "灰色の見出し",
}
# Either of the two identifies the prefecture or the task.
_EITHER = {
    "pref_code": "都道府県",
    "pref_name": "団体コード",
    "task_id": "事務名",
    "task": "事務ID",
}

_WIDTHS = {
    form.TEXT: 24, form.CHOICE: 11, form.CHOICES: 16, form.WORDS: 20, form.INTEGER: 10,
    form.PERIOD: 12, form.PREF_CODE: 11, form.PREF_NAME: 11,
}  # fmt: skip
_WIDTH_BY_NAME = {
    "name": 26, "plan": 30, "task_id": 8, "task": 28, "field": 16, "size": 16, "evidence": 30,
}  # fmt: skip
# Points; what BIZ UDPゴシック 11 wants.
_LINE_HEIGHT, _ROW_PADDING, _HIGHEST_ROW = 14.0, 4.5, 409.0

_AS_OF = form.COVER.column("as_of")
_ROW_AS_OF = replace(_AS_OF, needed="", help="この行の内容がいつの状態か。空欄なら表紙の時点。")

# What a choice means, where its own words leave a doubt.
_CHOICE_NOTES = {
    ("status", "設置済み"): "枠組みが既に設けられている。",
    ("status", "設置予定"): "まだ無いが、設ける予定がある。",
    ("status", "未設置"): "枠組みが無く、設ける予定も決まっていない。",
    ("status", "未回答"): "この報告では答えない。未設置とは数えない。",
    ("framework_kind", "分野横断"): "複数の行政分野を扱う。",
    ("framework_kind", "単一分野"): "一つの行政分野だけを扱う。",
    ("origin", "新設"): "新しくつくった場。",
    ("origin", "既存活用"): "既にある会議や協議の場を使う。",
    ("origin", "意見交換"): "会議体を置かず、意見交換として行う。",
    ("coverage", "全域"): "都道府県内の全ての市区町村が対象。",
    ("coverage", "一部"): "一部の地域・市区町村が対象。",
    ("release", form.PROVISIONAL): "後で直す見込みがある。",
    ("release", form.FINAL): "この内容で確定している。",
    ("evaluator", "国の整理"): "国の資料にある整理。",
    ("evaluator", "県の回答"): "都道府県が自ら評価した結果。",
    ("evaluator", "下書き"): "まだ確かめていない案。",
}
_UNKNOWN_NOTE = "分からない、又は決まっていない。空欄（未入力）とは区別する。"
# Units, notations and signs (L3-03, L3-04, L3-05): item, code, value, description.
_DEFINITIONS = (
    ("単位", "municipalities", "団体", "参加市町村数の単位。市・町・村・特別区を1団体ずつ数える。"),
    ("単位", "frameworks", "件", "枠組み設置状況の1行が枠組み1件。団体の数とは別に数える。"),
    ("単位", "tasks", "事務", "事務の課題分析の1行が1事務。"),
    ("時点の書き方", "日", "2025-10-01", "年月日まで分かるとき。令和7年10月1日、R7.10.1 も同じ意味に読む。"),
    ("時点の書き方", "月", "2025-02", "月まで分かるとき。令和7年2月、R7.2、2025/2 も同じ意味に読む。"),
    ("時点の書き方", "年", "2025", "西暦の年だけ分かるとき（1月から12月まで）。"),
    ("時点の書き方", "年度", "FY2025", "年度だけ分かるとき（4月から翌年3月まで）。令和7年度、R7年度 も同じ意味に読む。"),
    ("記号", "", "（空欄）", "未入力。0 とも未設置とも読まない。"),
    ("記号", "0", "0", "数がゼロ。分からないときは 0 と書かず空欄にする。"),
    ("記号", "、", "、", "一つのセルに複数の語を書くときの区切り。"),
)  # fmt: skip


def build_template(
    places: Sequence[Prefecture],
    *,
    rows: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    cover: Mapping[str, str] | None = None,
    tasks_reference: Sequence[Mapping[str, str]] = (),
    fields: Sequence[str] = (),
    scope_name: str = "",
    data_version: str = "",
    all_places: Sequence[Prefecture] = (),
) -> bytes:
    """What does the form look like for these prefectures (都道府県報告様式)?

    Parameters
    ----------
    places : one prefecture, or several in code order; each gets a row with its code and name,
        unless `rows` holds rows of 枠組み設置状況.
    rows : published data, dataset → rows by column name, as in `Record.values`. They are
        written as given and in their order; an empty name of a prefecture is filled in. One
        時点 for all goes to 表紙; several (as_of) get a column of their own.
    cover : column name → text for 表紙; for one prefecture its code and name are added.
    tasks_reference : task_id, task and field of every task for コード表.
    fields : names of the ten fields in their order.
    scope_name : whom the form is for; the prefecture's name, or the number of prefectures.
    data_version : version of the published data, e.g. 「第12版」.
    all_places : prefectures of コード表; `places` if empty.

    Returns the .xlsx. Equal input gives equal bytes. Raises ValueError for a text that Excel
    cannot hold (beyond 32,767 characters) and for a column the form does not have.
    """
    import xlsxwriter  # late: wanted on a click only

    rows, cover = dict(rows or {}), dict(cover or {})
    _check_columns(rows, cover)
    filled = any(rows.values())
    if len(places) == 1:
        cover = {"pref_code": places[0].code, "pref_name": places[0].name} | cover
    rows[form.FRAMEWORKS.dataset] = _framework_rows(places, rows.get(form.FRAMEWORKS.dataset, ()))
    sheets = [form.FRAMEWORKS, *form.RECORD_SHEETS[1:]]
    days = {row.get(_AS_OF.name, "") for row in rows[form.FRAMEWORKS.dataset]}
    if len(days) == 1 and cover.get(_AS_OF.name, "") in ("", *days):
        cover[_AS_OF.name] = days.pop()
    elif any(days):
        sheets[0] = replace(form.FRAMEWORKS, columns=(*form.FRAMEWORKS.columns, _ROW_AS_OF))
    codes = _CodeList(all_places or places, fields, tasks_reference)

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        # A fixed date: equal data gives equal bytes.
        book.set_properties({"title": form.FORM_TITLE, "created": datetime(1980, 1, 1, tzinfo=UTC)})
        formats = _Formats(book)
        scope_name = scope_name or _scope_name(places)
        _write_guide(book, formats, scope_name, data_version, cover.get("as_of", ""), filled)
        _write_cover(book, formats, codes, cover)
        limit = places[0].municipalities if len(places) == 1 else None
        for sheet in sheets:
            _write_records(book, formats, codes, sheet, rows.get(sheet.dataset, ()), limit)
        _write_codes(book, formats, codes)
    return _let_rows_grow(buffer.getvalue())


def build_all_templates(
    places: Sequence[Prefecture],
    *,
    rows: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    cover: Mapping[str, str] | None = None,
    tasks_reference: Sequence[Mapping[str, str]] = (),
    fields: Sequence[str] = (),
    data_version: str = "",
) -> dict[str, bytes]:
    """What does the form of each prefecture look like (47都道府県分)?

    Returns file name → .xlsx, in the order of `places`. Rows of 枠組み設置状況 go to the
    prefecture they belong to; rows without a prefecture (事務の課題分析) go to all.
    Parameters and errors as in `build_template`.
    """
    files = {}
    for place in places:
        own = {
            dataset: [row for row in some if row.get("pref_code", place.code) == place.code]
            for dataset, some in (rows or {}).items()
        }
        files[template_file_name(place)] = build_template(
            [place], rows=own, cover=cover, tasks_reference=tasks_reference, fields=fields,
            data_version=data_version, all_places=places,
        )  # fmt: skip
    return files


def template_file_name(place: Prefecture | None = None) -> str:
    """What is the file called, for a prefecture or for all (様式のファイル名)?"""
    return f"{form.FORM_TITLE}_{f'{place.code}{place.name}' if place else '全国'}.xlsx"


def _check_columns(
    rows: Mapping[str, Sequence[Mapping[str, str]]], cover: Mapping[str, str]
) -> None:
    # A value that has no column would be lost without a word.
    given = [(form.COVER, [cover])]
    for dataset, some in rows.items():
        if dataset not in form.SHEET_BY_DATASET:
            raise ValueError(f"様式にない表です：{dataset}")
        given.append((form.SHEET_BY_DATASET[dataset], list(some)))
    for sheet, some in given:
        known = {column.name for column in sheet.columns}
        known |= {_AS_OF.name} if sheet is form.FRAMEWORKS else set()
        unknown = sorted({name for row in some for name in row} - known)
        if unknown:
            raise ValueError(f"シート「{sheet.title}」にない項目です：{'、'.join(unknown)}")


def _framework_rows(
    places: Sequence[Prefecture], rows: Sequence[Mapping[str, str]]
) -> list[Mapping[str, str]]:
    names = {place.code: place.name for place in places}
    if not rows:
        return [{"pref_code": code, "pref_name": name} for code, name in names.items()]
    return [
        dict(row) | {"pref_name": row.get("pref_name") or names.get(row.get("pref_code", ""), "")}
        for row in rows
    ]


def _scope_name(places: Sequence[Prefecture]) -> str:
    return places[0].name if len(places) == 1 else f"{len(places)}都道府県"


class _Formats:
    """The formats of the workbook, made once each."""

    def __init__(self, book) -> None:
        self._book = book
        self.title = self._make(
            {"bold": True, "font_size": 18, "font_color": "#0017C1", "valign": "vcenter"}
        )
        self.section = self._make(
            {"bold": True, "font_size": 13, "font_color": "#0017C1", "bottom": 2,
             "bottom_color": "#0017C1", "valign": "vcenter"}
        )  # fmt: skip
        self.key = self._make({"bold": True, "valign": "vcenter", "text_wrap": True})
        self.plain = self._make({"valign": "vcenter", "text_wrap": True, "indent": 1})
        self.entry = self._make(
            {"valign": "vcenter", "text_wrap": True, "border": 1, "border_color": "#767676",
             "num_format": "@"}
        )  # fmt: skip
        self.row_head = {
            word: self._make({"bold": True, "valign": "vcenter", "border": 1, "border_color": "#767676"} | colours)
            for word, colours in _HEAD_COLOURS.items()
        }  # fmt: skip
        self.head = {
            word: self._make(
                {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center",
                 "border": 1, "border_color": "#767676"} | colours
            )
            for word, colours in _HEAD_COLOURS.items()
        }  # fmt: skip
        cell = {"valign": "top", "text_wrap": True}
        frame = {"border": 1, "border_color": "#B3B3B3"}
        self.text_column = self._make(cell | {"num_format": "@"})
        number = {"num_format": "0", "align": "center"}
        self.number_column = self._make(cell | number)
        self.text = self._make(cell | frame | {"num_format": "@"})
        self.number = self._make(cell | frame | number)

    def _make(self, properties: dict):
        return self._book.add_format({"font_name": FONT, "font_size": 11} | properties)


class _CodeList:
    """The rows of コード表 and where each list stands in it (コード表)."""

    def __init__(
        self,
        places: Sequence[Prefecture],
        fields: Sequence[str],
        tasks: Sequence[Mapping[str, str]],
    ) -> None:
        self.rows: list[tuple[str, str, str, str]] = []
        self._spans: dict[str, tuple[int, int]] = {}
        self.words: dict[str, tuple[str, ...]] = {}
        self._add("prefectures", (("団体コード（2桁）", p.code, p.name, "") for p in places))
        self._add(
            "prefectures6",
            (("団体コード（6桁）", _code6(p.code), p.name, "6桁目は検査数字。") for p in places),
        )
        for sheet in (form.COVER, *form.RECORD_SHEETS):
            for column in sheet.columns:
                if column.choices:
                    self._add(column.name, _choice_rows(column))
        named = enumerate(fields, start=1)
        self._add("fields", (("行政分野", f"F{n:02d}", name, "") for n, name in named))
        self._add(
            "tasks",
            (("事務", t["task_id"], t.get("task", ""), t.get("field", "")) for t in tasks),
        )
        self._add("definitions", _DEFINITIONS)

    def _add(self, key: str, rows: Iterable[tuple[str, str, str, str]]) -> None:
        first = len(self.rows) + 1
        self.rows += rows
        if len(self.rows) >= first:
            self._spans[key] = (first, len(self.rows))
            self.words[key] = tuple(row[2] for row in self.rows[first - 1 :])

    def reference(self, key: str, letter: str = "C") -> str:
        """Return the range of a list as a drop-down refers to it, "" for a list not given."""
        if key not in self._spans:
            return ""
        first, last = self._spans[key]
        return f"='{form.CODES_TITLE}'!${letter}${first + 1}:${letter}${last + 1}"


def _code6(code: str) -> str:
    return f"{code}000{compute_check_digit(code + '000')}"


def _choice_rows(column: form.FormColumn) -> list[tuple[str, str, str, str]]:
    rows = []
    for number, choice in enumerate(column.choices, start=1):
        note = _CHOICE_NOTES.get((column.name, choice), _UNKNOWN_NOTE if choice == "不明" else "")
        others = "".join(
            f"「{said}」" for said, meant in column.meanings if meant == choice and said != choice
        )
        read = f"{others}もこの値に読む。" if others else ""
        rows.append((column.label, str(number), choice, note + read))
    return rows


def _needed_word(column: form.FormColumn) -> str:
    return _NEEDED_WORDS[column.needed]


def _describe(column: form.FormColumn, codes: _CodeList | None = None) -> str:
    """Return 必須／任意, how to write and the choices, as a note says it."""
    needed = _needed_word(column)
    if column.name in _EITHER:
        needed += f"（「{_EITHER[column.name]}」があれば省略可）"
    lines = [needed, column.help.removeprefix(f"{needed}。")]
    if column.choices and column.help != "・".join(column.choices):
        lines.append("選択肢：" + "、".join(column.choices))
    if codes and column.holds == form.WORDS and "fields" in codes.words:
        lines.append("10分野：" + "、".join(codes.words["fields"]))
    return "\n".join(line for line in lines if line)


def _describe_in_line(column: form.FormColumn) -> str:
    return "".join(
        line if line.endswith("。") else f"{line}。" for line in _describe(column).split("\n")
    )


def _write_guide(
    book, formats: _Formats, scope_name: str, data_version: str, as_of: str, filled: bool
) -> None:
    sheet = book.add_worksheet(form.GUIDE_TITLE)
    sheet.hide_gridlines(2)
    widths = (36, 100)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    _set_print(sheet, header_row=False)
    state = "、".join(part for part in (data_version, f"時点 {as_of}" if as_of else "") if part)
    if filled:
        content = f"公表中のデータが入っています{f'（{state}）' if state else ''}。変わったところだけ直してください。"
    else:
        content = "団体コードと都道府県の名称だけが入っています。"
    head = [
        ("様式の版", form.FORM_VERSION),
        ("対象", scope_name),
        ("入っている内容", content),
        ("問い合わせ先", "（都道府県の担当部局で記入：部局名、電話、メール）"),
    ]
    sheet.set_row(0, 32)
    sheet.write_string(0, 0, form.FORM_TITLE, formats.title)
    row = 0
    for heading, lines in [("", head), *_guide_sections()]:
        row += 1
        if heading:
            row += 1
            sheet.set_row(row, 24)
            sheet.write_string(row, 0, heading, formats.section)
            sheet.write_blank(row, 1, None, formats.section)
            row += 1
        for key, text in lines:
            _set_height(sheet, row, zip((key, text), widths, strict=True))
            sheet.write_string(row, 0, key, formats.row_head.get(key, formats.key))
            sheet.write_string(row, 1, text, formats.plain)
            row += 1
        row -= 1


def _guide_sections() -> list[tuple[str, list[tuple[str, str]]]]:
    records = "、".join(f"「{sheet.title}」" for sheet in form.RECORD_SHEETS)
    sections = [
        ("書き方", [
            ("① 表紙", f"「{form.COVER.title}」に、この報告がいつの状態か（時点）と、暫定か確定かを書きます。"),
            ("② 枠組み", f"「{form.FRAMEWORKS.title}」に、1つの枠組みを1行で書きます。枠組みが無い団体も1行を残し、設置状況だけを選びます。"),
            ("③ 事務", f"「{form.TASKS.title}」は任意です。書くときは1つの事務を1行で書きます。"),
            ("④ 分からないとき", "空欄（未入力）のままにします。0 や「なし」と書くと、分からないのではなく「無い」という意味になります。"),
            ("行と列", f"{records}は、行の並べ替え、行や列の追加をしても読み取れます。1行目の見出しの文字だけは変えないでください。"),
            ("セル", "セルの結合、図形、色や太字による区別は使わず、言葉で書いてください。選択肢のある欄はセルの▼から選べます。"),
            ("日付", "R7.2、令和7年2月、2025-02 のどれでも読めます。日・月・年度のうち、分かっている細かさで書いてください。"),
            ("複数の語", "対象分野と重点的な対応方策は、一つのセルに「、」で区切って並べます。"),
        ]),
        ("見出しの色", [(word, f"{text}。") for word, text in _COLOUR_WORDS.items()]),
        ("提出した後", [
            ("1 点検", "内容を自動で点検し、直していただく箇所をセルの番地で示します。指摘をセルのコメントに入れたこの様式も受け取れます。"),
            ("2 差分の確認", "今の公表内容との違い（追加・変更・削除）を一覧で示します。提出しただけでは公表されません。"),
            ("3 公表", "担当者が確かめてから公表します。公表した内容は版として残り、取り消すこともできます。"),
        ]),
    ]  # fmt: skip
    # With its sheet before it no label stands alone here: reading must not take this page for
    # a cover, whatever the page is called by then.
    definitions = []
    for sheet in (form.COVER, *form.RECORD_SHEETS):
        definitions.append((f"{sheet.title}の1行", f"{sheet.one_row}。"))
        definitions += [
            (f"{sheet.title}／{column.label}", _describe_in_line(column))
            for column in sheet.columns
        ]
    sections.append(("項目の定義", definitions))
    sections.append((
        "値の定義", [("コード・単位・記号", f"「{form.CODES_TITLE}」にあります。")],
    ))  # fmt: skip
    sections.append(("更新履歴", [(f"版 {version}", text) for version, text in HISTORY]))
    return sections


def _write_cover(book, formats: _Formats, codes: _CodeList, cover: Mapping[str, str]) -> None:
    sheet = book.add_worksheet(form.COVER.title)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 60, formats.text_column)
    _set_print(sheet, header_row=True)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 24)
    for column, text in enumerate(COVER_HEADER):
        sheet.write_string(0, column, text, formats.head[OPTIONAL])
    for row, column in enumerate(form.COVER.columns, start=1):
        text = cover.get(column.name, "")
        _set_height(sheet, row, [(text, 60)], least=24)
        sheet.write_string(row, 0, column.label, formats.row_head[_needed_word(column)])
        note = _describe(column)
        sheet.write_comment(row, 0, note, _note_box(note))
        _write_cell(sheet, row, 1, column, text, formats, formats.entry)
        sheet.data_validation(row, 1, row, 1, _validation(column, codes, None))
    _ignore_numbers_as_text(sheet, 1, 1, len(form.COVER.columns), 1)


def _write_records(
    book, formats: _Formats, codes: _CodeList, form_sheet: form.FormSheet,
    rows: Sequence[Mapping[str, str]], limit: int | None,
) -> None:  # fmt: skip
    sheet = book.add_worksheet(form_sheet.title)
    _set_print(sheet, header_row=True)
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 48)
    last = len(rows) + EMPTY_ROWS
    widths = [_WIDTH_BY_NAME.get(c.name, _WIDTHS[c.holds]) for c in form_sheet.columns]
    for row, values in enumerate(rows, start=1):
        texts = [values.get(column.name, "") for column in form_sheet.columns]
        _set_height(sheet, row, zip(texts, widths, strict=True))
    for index, (column, width) in enumerate(zip(form_sheet.columns, widths, strict=True)):
        number = column.holds == form.INTEGER
        sheet.set_column(
            index, index, width, formats.number_column if number else formats.text_column
        )
        sheet.write_string(0, index, column.label, formats.head[_needed_word(column)])
        note = _describe(column, codes)
        sheet.write_comment(0, index, note, _note_box(note))
        sheet.data_validation(1, index, last, index, _validation(column, codes, limit))
        for row, values in enumerate(rows, start=1):
            style = formats.number if number else formats.text
            _write_cell(sheet, row, index, column, values.get(column.name, ""), formats, style)
    sheet.autofilter(0, 0, last, len(form_sheet.columns) - 1)
    _ignore_numbers_as_text(sheet, 1, 0, last, len(form_sheet.columns) - 1)


def _write_codes(book, formats: _Formats, codes: _CodeList) -> None:
    sheet = book.add_worksheet(form.CODES_TITLE)
    _set_print(sheet, header_row=True)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 24)
    widths = (26, 16, 30, 84)
    for column, (text, width) in enumerate(zip(CODES_HEADER, widths, strict=True)):
        sheet.set_column(column, column, width, formats.text_column)
        sheet.write_string(0, column, text, formats.head[OPTIONAL])
    for row, cells in enumerate(codes.rows, start=1):
        _set_height(sheet, row, zip(cells, widths, strict=True))
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text, formats.text)
    sheet.autofilter(0, 0, len(codes.rows), len(CODES_HEADER) - 1)
    _ignore_numbers_as_text(sheet, 1, 0, len(codes.rows), len(CODES_HEADER) - 1)


def _write_cell(
    sheet, row: int, index: int, column: form.FormColumn, text: str, formats: _Formats, style
) -> None:
    if len(text) > _LONGEST_CELL:
        raise ValueError(
            f"{column.label}の文字が{_LONGEST_CELL:,}字を超えています（{len(text):,}字）"
        )
    if not text:
        sheet.write_blank(row, index, None, style)
    elif column.holds == form.INTEGER and _is_plain_integer(text):
        sheet.write_number(row, index, int(text), style)
    else:
        sheet.write_string(row, index, text, formats.text if style is formats.number else style)


def _is_plain_integer(text: str) -> bool:
    # Only what a number gives back unchanged: 007 or 20 digits would not.
    return (
        text.isascii() and text.isdigit() and len(text) <= _LONGEST_INTEGER
        and str(int(text)) == text
    )  # fmt: skip


def _validation(column: form.FormColumn, codes: _CodeList, limit: int | None) -> dict:
    """Return the drop-down or check of a column with its input message."""
    rule: dict = {"validate": "any"}
    if column.holds == form.CHOICE:
        rule = {
            "validate": "list", "source": codes.reference(column.name),
            "error_title": "選択肢にない値です",
            "error_message": f"「{column.label}」はセルの▼から選んでください。使える値はシート「{form.CODES_TITLE}」にあります。",
        }  # fmt: skip
    elif column.holds == form.INTEGER:
        rule = _integer_rule(column, limit)
    elif suggestions := _suggestions(column, codes):
        # A help only: other spellings are read too.
        rule = {"validate": "list", "source": suggestions, "show_error": False}
    # The words of the drop-down need no second list.
    shown = replace(column, choices=()) if column.holds == form.CHOICE else column
    text = _describe(shown, codes)
    return rule | {
        "input_title": column.label[:_LONGEST_MESSAGE_TITLE],
        "input_message": text[:_LONGEST_MESSAGE],
    }


def _integer_rule(column: form.FormColumn, limit: int | None) -> dict:
    rule = {
        "validate": "integer", "criteria": ">=", "value": 0,
        "error_title": "整数ではありません",
        "error_message": f"「{column.label}」には、0以上の整数を単位を付けずに書いてください。",
    }  # fmt: skip
    if limit is None:
        return rule
    # A warning, not a stop: who is sure may go on, and the checks ask again.
    return rule | {
        "criteria": "between", "minimum": 0, "maximum": limit, "error_type": "warning",
        "error_title": "市区町村の数と合いません",
        "error_message": f"「{column.label}」は0から{limit}（県内の市区町村の数）までの整数です。このまま入力しますか。",
    }  # fmt: skip


def _suggestions(column: form.FormColumn, codes: _CodeList) -> str:
    if column.holds == form.PREF_NAME:
        return codes.reference("prefectures")
    if column.name == "task_id":
        return codes.reference("tasks", "B")
    if column.name == "task":
        return codes.reference("tasks")
    if column.name == "field":
        return codes.reference("fields")
    return ""


def _note_box(text: str) -> dict:
    return {
        "author": form.FORM_TITLE, "font_name": FONT, "font_size": 9, "width": 260,
        "height": 20 + 17 * count_lines(text, 38), "color": "#FFFFFF",
    }  # fmt: skip


def count_lines(text: str, width: float) -> int:
    """How many lines does a text take, `width` digits each (行数の見積り)?"""
    return sum(max(1, math.ceil(_width(line) / width)) for line in text.split("\n"))


def _width(text: str) -> float:
    # In digits. Kana and punctuation of a proportional font are narrower than kanji.
    return sum(
        1.1 if ord(c) < 256 else 1.8 if "\u3000" <= c <= "\u30ff" or c in "（）：／" else 2.1
        for c in text
    )


def _set_height(sheet, row: int, cells: Iterable[tuple[str, float]], least: float = 0) -> None:
    """Make the row high enough for its texts in columns of these widths."""
    lines = max(count_lines(text, width - 1) for text, width in cells)
    height = max(lines * _LINE_HEIGHT + _ROW_PADDING, least)
    sheet.set_row(row, min(height, _HIGHEST_ROW))


def _let_rows_grow(content: bytes) -> bytes:
    # XlsxWriter marks every height as chosen by hand, and such a row no longer grows with
    # what is typed into it. Without the mark the height is where growing starts from.
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.startswith("xl/worksheets/sheet"):
                part = part.replace(b' customHeight="1"', b"")
            target.writestr(entry, part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _ignore_numbers_as_text(sheet, first_row: int, first: int, last_row: int, last: int) -> None:
    from xlsxwriter.utility import xl_range

    # Codes are texts on purpose; without this Excel marks every one with a green corner.
    sheet.ignore_errors({"number_stored_as_text": xl_range(first_row, first, last_row, last)})


def _set_print(sheet, *, header_row: bool) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
    if header_row:
        sheet.repeat_rows(0)
