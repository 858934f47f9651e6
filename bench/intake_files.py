"""Workbooks as prefectures send them, made for the benchmark of the intake (測定用の様式).

Runs in a process of its own whose working directory is the copy of the app that is measured:
`python -P intake_files.py FOLDER` writes them below FOLDER.
"""

from __future__ import annotations

import csv
import random
import struct
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from data.intake.template import build_template
from data.paths import data_root
from data.read import read_prefectures, read_table
from domain.intake import form
from domain.intake.official import HAMADORI, HAMADORI_CODE
from domain.places import Prefecture

AS_OF = "2026-10-01"
# What people write instead of the form's own words.
_SLOPPY = {
    "status": "設置済", "start": "R8.４", "municipalities": "10団体", "framework_kind": "横断",
    "fields": "・介護保険\n・道路", "measures": "水平連携；デジタル", "due": "令和9年3月31日",
}  # fmt: skip
# Every seventh prefecture made a table of its own, in one of these ways.
OWN_LAYOUTS = ("formulas", "merged", "merged", "titles", "merged", "hidden", "formulas")
LARGE_ROWS = 1741
_WARDS = (10, 5, 10, 6, 18, 7, 3, 8, 3, 7, 16, 11, 24, 7, 9, 4, 8, 7, 7, 5)
_YEARS = range(2020, 2051, 5)


def framework(place: Prefecture, number: int, sloppy: bool = False) -> dict[str, str]:
    """Return one filled row of 枠組み設置状況."""
    row = {
        "pref_code": place.code, "pref_name": place.name, "status": "設置済み",
        "name": f"{place.name}広域連携検討会 第{number + 1}部会", "framework_kind": "分野横断",
        "origin": "新設", "level": "課長級", "start": "2026-04", "coverage": "一部",
        "municipalities": "10", "fields": "介護保険、道路、上下水道",
        "measures": "水平連携、デジタル活用", "plan": f"令和8年度中に第{number + 1}部会の中間とりまとめを行う。",
        "due": "2027-03-31", "note": "事務局は市町村課に置く。",
    }  # fmt: skip
    return row | _SLOPPY if sloppy else row


def write_batch(folder: Path, places: Sequence[Prefecture]) -> None:
    """Write one workbook for each prefecture, 1 to 3 frameworks in each, half of them sloppy."""
    fields = list(read_table("fields", data_root())["name"])
    for number, place in enumerate(places):
        rows = [framework(place, k, number % 2 == 1) for k in range(1 + number % 3)]
        file = folder / f"{place.code}{place.name}.xlsx"
        if number % 7 == 3:
            write_own_layout(file, rows, OWN_LAYOUTS[number // 7])
            continue
        content = build_template(
            [place], rows={"frameworks": rows}, cover={"as_of": AS_OF, "release": form.FINAL},
            fields=fields, all_places=places,
        )  # fmt: skip
        file.write_bytes(content)


def write_own_layout(file: Path, rows: Sequence[dict[str, str]], how: str) -> None:
    """Write a table under two lines of title, with merged or hidden rows or formulas."""
    columns = form.FRAMEWORKS.columns
    with xlsxwriter.Workbook(str(file)) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#C5D7FB", "border": 1, "text_wrap": True}
        )
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        cover = book.add_worksheet(form.COVER.title)
        cover.set_column(0, 1, 24)
        for at, (label, text) in enumerate(
            (("団体コード", rows[0]["pref_code"]), ("都道府県", rows[0]["pref_name"]),
             ("時点", AS_OF), ("暫定／確定", form.FINAL))
        ):  # fmt: skip
            cover.write_row(at, 0, (label, text), cell)
        sheet = book.add_worksheet(form.FRAMEWORKS.title)
        sheet.set_column(0, len(columns) - 1, 16)
        sheet.merge_range(
            0, 0, 0, 5, "枠組みの設置状況（都道府県別）", book.add_format({"bold": True})
        )
        sheet.write(1, 0, "※ 記入上の注意は別紙のとおり")
        sheet.write_row(2, 0, [column.label for column in columns], head)
        for at, row in enumerate(rows, start=3):
            for position, column in enumerate(columns):
                text = row.get(column.name, "")
                if column.name == "municipalities" and how == "formulas":
                    sheet.write_formula(at, position, "=5+5", cell, 10)
                elif text:
                    sheet.write(at, position, text, cell)
        if how == "merged" and len(rows) > 1:
            for position in (0, 1):
                text = rows[0][columns[position].name]
                sheet.merge_range(3, position, 2 + len(rows), position, text, cell)
        if how == "hidden":
            sheet.set_row(2 + len(rows), None, None, {"hidden": True})
        codes = book.add_worksheet(form.CODES_TITLE)
        codes.write_row(0, 0, ("項目", "コード", "値", "説明"), head)
        choices = [(c.label, c.name, word) for c in columns for word in c.choices]
        for at, line in enumerate(choices, start=1):
            codes.write_row(at, 0, line, cell)


def write_large(file: Path, places: Sequence[Prefecture]) -> None:
    """Write 枠組み設置状況 with LARGE_ROWS rows, every fifth of them sloppy."""
    columns = form.FRAMEWORKS.columns
    with xlsxwriter.Workbook(str(file)) as book:
        cell = book.add_format({"border": 1, "text_wrap": True})
        cover = book.add_worksheet(form.COVER.title)
        cover.write_row(0, 0, ("時点", AS_OF))
        cover.write_row(1, 0, ("暫定／確定", form.FINAL))
        sheet = book.add_worksheet(form.FRAMEWORKS.title)
        sheet.write_row(0, 0, [column.label for column in columns], cell)
        for at in range(LARGE_ROWS):
            row = framework(places[at % len(places)], at // len(places), at % 5 == 0)
            sheet.write_row(at + 1, 0, [row.get(column.name, "") for column in columns], cell)


def write_projection(file: Path) -> None:
    """Write the layout of 結果表1 of the projection: 1,951 rows, persons and index of 7 years."""
    source = data_root() / "sources/local_government_codes"
    with (source / "municipalities.csv").open(encoding="utf-8-sig", newline="") as text:
        places = [row for row in csv.DictReader(text) if row["northern_territories"] != "1"]
    wards = iter(_WARDS)
    kinds = {"designated_city": 1, "city": 2, "special_ward": 0}
    rows: list[list[object]] = []
    for pref in read_prefectures(data_root()):
        first = len(rows)
        counted = [
            (int(row["code5"]), kinds.get(row["kind"], 3), row["name"])
            for row in places
            if row["pref_code"] == pref.code and row["code5"] not in HAMADORI
        ]
        if pref.code == HAMADORI_CODE[:2]:
            counted.append((int(HAMADORI_CODE), 9, "浜通り地域"))
        totals = [0] * len(_YEARS)
        for code, kind, name in counted:
            persons = [code * 37 % 90_000 + 500 - 10 * step for step in range(len(_YEARS))]
            totals = [a + b for a, b in zip(totals, persons, strict=True)]
            rows.append([code, kind, pref.name, name, *persons])
            for ward in range(1, next(wards) + 1 if kind == 1 else 1):
                rows.append([code + ward, 0, pref.name, f"{name}第{ward}区", *range(900, 907)])
        rows.insert(first, [int(pref.code) * 1000, "a", pref.name, None, *totals])
    labels = ["コード", "市などの別", "都道府県", "市区町村", "総人口（人）"]
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet("Sheet1")
        number = book.add_format({"num_format": "#,##0"})
        sheet.write(0, 0, "結果表1　総人口および指数\n（令和2（2020）年=100とした場合）")
        sheet.write_row(3, 0, labels)
        sheet.write(3, 4 + len(_YEARS), "指数（令和2（2020）年=100）")
        sheet.write_row(4, 4, [f"{year}年" for year in _YEARS] * 2)
        for at, row in enumerate(rows, start=5):
            sheet.write_row(at, 0, [*row, *(100.0 for _ in _YEARS)], number)


def write_with_picture(file: Path, place: Prefecture, size: int) -> None:
    """Write a report whose size is that of a picture on it, as a scanned letter would be."""
    noise = random.Random(1).randbytes(size)
    width = 512
    lines = b"".join(
        b"\0" + noise[at : at + 3 * width] for at in range(0, len(noise) - 3 * width, 3 * width)
    )
    height = len(lines) // (3 * width + 1)
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(lines, 0)),
            (b"IEND", b""),
        )
    )
    scan = file.with_suffix(".png")
    scan.write_bytes(picture)
    row = framework(place, 0)
    with xlsxwriter.Workbook(str(file)) as book:
        cover = book.add_worksheet(form.COVER.title)
        cover.write_row(0, 0, ("時点", AS_OF))
        cover.insert_image(5, 0, str(scan))
        sheet = book.add_worksheet(form.FRAMEWORKS.title)
        sheet.write_row(0, 0, [column.label for column in form.FRAMEWORKS.columns])
        sheet.write_row(1, 0, [row.get(column.name, "") for column in form.FRAMEWORKS.columns])


def main() -> None:
    """Write every workbook below the folder named on the command line."""
    folder = Path(sys.argv[1])
    places = read_prefectures(data_root())
    (folder / "batch").mkdir(parents=True)
    write_batch(folder / "batch", places)
    write_large(folder / "large.xlsx", places)
    write_projection(folder / "projection.xlsx")
    write_with_picture(folder / "picture.xlsx", places[0], 1_000_000)


if __name__ == "__main__":
    main()
