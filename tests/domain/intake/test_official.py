"""The two official workbooks: recognised, read, refused with a reason."""

from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.intake import findings as fd
from domain.intake import form, normalise, official
from domain.intake.grid import Sheet, Workbook, from_address
from domain.places import compute_check_digit

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "data/sources/local_government_codes"


def read_csv(name: str) -> list[dict[str, str]]:
    with (SOURCES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


PREFECTURES = {row["pref_code"]: row["name"] for row in read_csv("prefectures.csv")}
_ROWS = [row for row in read_csv("municipalities.csv") if row["northern_territories"] == "0"]
MUNICIPALITIES = {row["code5"]: row["name"] for row in _ROWS}
CITIES = {row["code5"] for row in _ROWS if row["kind"] == "designated_city"}
KIND = {
    row["code5"]: {"designated_city": 1, "city": 2, "special_ward": 0}.get(row["kind"], 3)
    for row in _ROWS
}
# Wards of each 政令市 in 2020; 浜松市 had seven.
WARDS = dict(
    zip(
        sorted(CITIES),
        (10, 5, 10, 6, 18, 7, 3, 8, 3, 7, 16, 11, 24, 7, 9, 4, 8, 7, 7, 5),
        strict=True,
    )
)
YEARS = range(2020, 2051, 5)
TITLES = {
    "total": ("結果表1　総人口および指数\n（令和2（2020）年=100とした場合）", "総人口（人）"),
    "0-14": ("結果表2-1　0～14歳人口および指数", "0～14歳人口（人）"),
    "15-64": ("結果表2-2　15〜64歳人口および指数", "15～64歳人口（人）"),
    "65+": ("結果表2-3　65歳以上人口および指数", "65歳以上人口（人）"),
    "75+": ("結果表2-4　75歳以上人口および指数", "75歳以上人口（人）"),
}  # fmt: skip
# The prefectures most tests make do with.
FEW = ("01", "07", "22")


def persons(code: str) -> list[int]:
    return [(int(code) * 37) % 90_000 + 500 - 10 * step for step in range(7)]


def body_rows(prefectures=tuple(PREFECTURES)) -> list[list]:
    """Return the rows of the projection as it is published: numbers as codes."""
    rows = []
    for pref in prefectures:
        codes = [code for code in MUNICIPALITIES if code[:2] == pref]
        counted = [code for code in codes if code not in official.HAMADORI]
        if pref == "07":
            counted.append(official.HAMADORI_CODE)
        total = [sum(persons(code)[step] for code in counted) for step in range(7)]
        name = PREFECTURES[pref]
        rows.append([int(pref) * 1000, "a", name, None, *total])
        for code in counted:
            kind = KIND.get(code, 9)
            place = MUNICIPALITIES.get(code, "浜通り地域")
            rows.append([int(code), kind, name, place, *persons(code)])
            for ward in range(1, WARDS.get(code, 0) + 1):
                rows.append([int(code) + ward, 0, name, f"{place}第{ward}区", *range(900, 907)])
    return [[*row, *(100.0 for _ in YEARS)] for row in rows]


def header(age: str = "total", years=YEARS) -> list[list]:
    title, over = TITLES[age]
    labels = ["コード", "市などの別", "都道府県", "市区町村"]
    blank = [None] * (len(years) - 1)
    return [
        [title],
        ["市などの別：a：都道府県　0：区　1：政令市　2：その他の市　3：町村　9：浜通り地域"],
        [],
        [*labels, over, *blank, "指数（令和2（2020）年=100）", *blank],
        [None] * 4 + [f"{year}年" for year in years] * 2,
    ]


def workbook(*sheets: Sheet | list[list]) -> Workbook:
    made = [
        sheet if isinstance(sheet, Sheet) else Sheet(f"Sheet{number}", sheet)
        for number, sheet in enumerate(sheets, 1)
    ]
    return Workbook("xlsx", tuple(made))


def population(age="total", prefectures=FEW, years=YEARS) -> list[list]:
    return [*header(age, years), *body_rows(prefectures)]


def official_of(prefectures=FEW) -> dict[str, str]:
    return {code: name for code, name in MUNICIPALITIES.items() if code[:2] in prefectures}


reached: set[str] = set()


def read(book: Workbook, municipalities=None, prefectures=None):
    """Read with the few prefectures' lists; check what holds for every reading."""
    reading = official.read_official(
        book,
        official_of() if municipalities is None else municipalities,
        {code: PREFECTURES[code] for code in FEW} if prefectures is None else prefectures,
    )
    reached.update(finding.code for finding in reading.findings)
    check_nothing_silent(reading)
    return reading


def check_nothing_silent(reading) -> None:
    """Every value is the cell's own text or has its repair, or a finding says why it is blank."""
    repaired = {repair.key(): repair for repair in reading.repairs}
    refused = {(f.sheet, f.cell) for f in reading.findings if f.severity == fd.MUST_MEND}
    told_short = any(f.code == "N_OFFICIAL_MORE" for f in reading.findings)
    for record in reading.records:
        for name, cell in record.cells.items():
            value, raw = record.values[name], record.raw[name]
            if value == raw:
                continue
            repair = repaired.get(f"{record.sheet}!{cell}#{name}")
            if repair:
                assert (repair.before, repair.after) == (raw, value)
                assert repair.kinds
            else:
                assert value == "" and (told_short or (record.sheet, cell) in refused)
        assert not set(record.raw) ^ set(record.cells)
    for finding in reading.findings:
        assert finding.why and finding.mend
        if finding.cell:
            from_address(finding.cell)


def codes_of(reading) -> Counter:
    return Counter(finding.code for finding in reading.findings)


def found(reading, code):
    return [finding for finding in reading.findings if finding.code == code]


def must_mend(reading) -> set[str]:
    return {f.code for f in reading.findings if f.severity == fd.MUST_MEND}


# --- definitions ------------------------------------------------------------------------------


def test_sheets_label_every_value():
    datasets = [sheet.dataset for sheet in official.OFFICIAL_SHEETS]
    assert datasets == [official.POPULATION, official.STAFF]
    for sheet in official.OFFICIAL_SHEETS:
        names = [column.name for column in sheet.columns]
        assert len(set(names)) == len(names)
        assert names[:4] == ["code5", "kind", "pref_name", "name"]
        assert sheet.title and sheet.one_row and all(column.label for column in sheet.columns)
    assert official.POPULATION_SHEET.column("2050").label == "2050年"
    assert official.STAFF_SHEET.column("general_administration").label == "一般行政計"


@pytest.mark.parametrize("template", official.TEMPLATES.values(), ids=official.TEMPLATES)
def test_templates_speak_japanese_and_have_a_way_out(template):
    assert template.severity in fd.SEVERITIES
    assert len(template.why) > 4 and len(template.mend) > 8 and template.mend.endswith("。")


@pytest.mark.parametrize(
    ("code", "what"),
    [("01000", "都道府県"), ("01202", "市区町村"), ("13101", "市区町村"), ("22131", "区"),
     ("07999", "浜通り地域"), ("13801", "一部事務組合等"), ("01299", "")],
)  # fmt: skip
def test_what_a_code_stands_for(code, what):
    assert official.classify_code(code, MUNICIPALITIES) == what


# --- recognising ------------------------------------------------------------------------------


def test_the_prefectural_form_is_something_else():
    for sheet in form.RECORD_SHEETS:
        labels = [column.label for column in sheet.columns]
        rows = [[sheet.title], labels, ["01", "北海道", "設置済み", 2024, 2025, "2026年", "2027年"]]
        assert official.recognise(workbook(rows)) is None


@pytest.mark.parametrize("rows", [[], [[None]], [["総人口"], ["2020年", "2025年", "2030年"]]])
def test_other_sheets_are_something_else(rows):
    book = workbook(rows)
    assert official.recognise(book) is None
    reading = read(book)
    assert must_mend(reading) == {"E_OFFICIAL_NONE"} and not reading.records


# --- population: as published -----------------------------------------------------------------


def test_the_whole_workbook_as_published():
    book = workbook(population("0-14", tuple(PREFECTURES)))
    assert len(book.sheets[0].rows) == 5 + 1951
    start = time.perf_counter()
    assert official.recognise(book) == official.POPULATION
    reading = official.read_official(book, MUNICIPALITIES, PREFECTURES)
    assert time.perf_counter() - start < 1.0
    check_nothing_silent(reading)
    assert len(reading.records) == 1951
    assert reading.found == {official.POPULATION: "Sheet1"}
    assert {record.scope for record in reading.records} == {"0-14"}
    kinds = Counter(record.values["kind"] for record in reading.records)
    assert kinds == {"a": 47, "0": 175 + 23, "1": 20, "2": 769, "3": 916, "9": 1}
    # Nothing to confirm: only what is as published and worth knowing.
    assert codes_of(reading) == {"N_OFFICIAL_WARDS": 1, "N_OFFICIAL_HAMADORI": 1}
    assert "175行" in found(reading, "N_OFFICIAL_WARDS")[0].why
    assert "13市町村" in found(reading, "N_OFFICIAL_HAMADORI")[0].why
    # Codes as numbers lose their zero; every one put back is listed.
    padded = sum(int(record.values["code5"]) < 10_000 for record in reading.records)
    assert Counter(repair.kinds for repair in reading.repairs) == {
        (normalise.LEADING_ZERO,): padded
    }


def test_a_record_tells_values_places_and_what_the_cells_say():
    reading = read(workbook(population("65+")))
    record = next(r for r in reading.records if r.values["code5"] == "01202")
    assert record.dataset == official.POPULATION and record.scope == "65+"
    assert record.values["name"] == "函館市" and record.values["pref_name"] == "北海道"
    assert record.values["kind"] == "2"
    assert [record.values[str(year)] for year in YEARS] == [str(n) for n in persons("01202")]
    assert record.cells["2020"] == f"E{record.row + 1}" and record.cells["2050"].startswith("K")
    assert record.raw["code5"] == "1202" and record.raw["2020"] == record.values["2020"]
    assert list(record.values) == [column.name for column in official.POPULATION_SHEET.columns]


@pytest.mark.parametrize("age", official.AGE_GROUPS)
def test_the_sheet_says_which_age_it_is(age):
    assert {record.scope for record in read(workbook(population(age))).records} == {age}


def test_wards_of_tokyo_count_and_wards_of_cities_do_not():
    book = workbook(population("total", ("13", "22")))
    lists = official_of(("13", "22"))
    reading = read(book, lists, {"13": "東京都", "22": "静岡県"})
    assert "C_OFFICIAL_SUM" not in codes_of(reading)
    wards = found(reading, "N_OFFICIAL_WARDS")[0]
    assert "10行" in wards.why  # 静岡市 3, 浜松市 7 as before 2024
    assert {r.values["kind"] for r in reading.records if r.values["code5"] == "13101"} == {"0"}


# --- population: other layouts that are still the same table ----------------------------------


def without_titles(rows):
    return rows[3:]


def shifted(rows):
    return [[], ["参考資料"], [], *rows]


def extra_columns(rows):
    return [["", *row[:4], "メモ" if row[:1] == ["コード"] else None, *row[4:]] for row in rows]


def codes_as_text(rows):
    return [[f"{row[0]:05d}", *row[1:]] if isinstance(row[0:1], list) and row[:1]
            and isinstance(row[0], int) else row for row in rows]  # fmt: skip


def six_digits(rows):
    def six(number: int) -> str:
        return f"{number:05d}" + compute_check_digit(f"{number:05d}")

    return [[six(row[0]), *row[1:]] if row and isinstance(row[0], int) else row for row in rows]


def six_digits_as_numbers(rows):
    return [[int(row[0]), *row[1:]] if row and str(row[0]).isdigit() else row
            for row in six_digits(rows)]  # fmt: skip


def full_width(rows):
    wide = str.maketrans("0123456789a", "０１２３４５６７８９ａ")
    return [
        [*(str(cell).translate(wide) for cell in row[:2]), *row[2:4],
         *(str(cell).translate(wide) for cell in row[4:11])]
        if row and isinstance(row[0], int) else row
        for row in rows
    ]  # fmt: skip


def floats(rows):
    return [[float(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]


def no_index(rows):
    return [row[:11] for row in rows]


def one_header_row(rows):
    joined = [above or below for above, below in zip(rows[3], rows[4], strict=False)]
    joined[4:11] = rows[4][4:11]
    return [*rows[:3], joined[:11], *[row[:11] for row in rows[5:]]]


def notes_below(rows):
    return [
        *rows,
        [],
        ["注：2020年は国勢調査による実績値"],
        [None, None, "出典：国立社会保障・人口問題研究所"],
    ]


LAYOUTS = (
    without_titles, shifted, extra_columns, codes_as_text, six_digits, six_digits_as_numbers,
    full_width, floats, no_index, one_header_row, notes_below,
)  # fmt: skip


@pytest.mark.parametrize("change", LAYOUTS, ids=lambda change: change.__name__)
def test_the_same_table_in_another_guise(change):
    plain = read(workbook(population("15-64")))
    other = read(workbook(change(population("15-64"))))
    assert [r.values for r in other.records] == [r.values for r in plain.records]
    assert codes_of(other) == codes_of(plain)


def test_repairs_of_six_digits_and_full_width_are_listed():
    kinds = {repair.kinds for repair in read(workbook(six_digits(population()))).repairs}
    assert kinds == {(official.CHECK_DIGIT_DROPPED,)}
    reading = read(workbook(six_digits_as_numbers(population())))
    assert (normalise.LEADING_ZERO, official.CHECK_DIGIT_DROPPED) in {
        repair.kinds for repair in reading.repairs
    }
    wide = read(workbook(full_width(population())))
    assert any(normalise.HALF_WIDTH in repair.kinds for repair in wide.repairs)


def test_a_code_marked_as_text():
    reading = read(workbook(changed("函館市", 0, "'01202")))
    assert not must_mend(reading) and "01202" in {r.values["code5"] for r in reading.records}


def test_two_digit_codes_of_prefectures():
    rows = population()
    for row in rows[5:]:
        if row[1] == "a":
            row[0] = row[0] // 1000
    reading = read(workbook(rows))
    assert not must_mend(reading) and "C_OFFICIAL_SUM" not in codes_of(reading)
    assert {"01000", "07000", "22000"} <= {r.values["code5"] for r in reading.records}


def test_spaces_variants_and_counties_in_names_are_no_faults():
    rows = population()
    hakodate = next(row for row in rows if row[3:4] == ["函館市"])
    town = next(row for row in rows if row[3:4] == ["当別町"])
    hakodate[3], town[3] = "　函館市 ", "石狩郡当別町"
    reading = read(workbook(rows))
    assert "C_OFFICIAL_NAME" not in codes_of(reading)
    record = next(r for r in reading.records if r.values["code5"] == "01202")
    assert record.values["name"] == "函館市"


def test_numbers_people_write():
    rows = population()
    row = next(row for row in rows if row[3:4] == ["函館市"])
    row[4], row[5], row[6] = f"{row[4]:,}", f"{row[5]}人", f" {row[6]}.0 "
    reading = read(workbook(rows))
    record = next(r for r in reading.records if r.values["code5"] == "01202")
    assert [record.values[str(year)] for year in YEARS] == [str(n) for n in persons("01202")]
    assert not must_mend(reading)


def test_five_tables_in_one_workbook_stay_apart():
    book = workbook(*(population(age) for age in official.AGE_GROUPS))
    reading = read(book)
    assert {record.scope for record in reading.records} == set(official.AGE_GROUPS)
    assert reading.found[official.POPULATION] == "、".join(sheet.title for sheet in book.sheets)


def test_a_merged_prefecture_is_filled_in_and_listed():
    rows = population("total", ("22",))
    for row in rows[6:]:
        row[2] = None
    sheet = Sheet("Sheet1", rows, merges=((5, 2, len(rows) - 1, 2),))
    reading = read(workbook(sheet), official_of(("22",)), {"22": "静岡県"})
    assert {record.values["pref_name"] for record in reading.records} == {"静岡県"}
    assert {repair.source_cell for repair in reading.repairs} == {"C6"}


# --- population: layouts that are refused -----------------------------------------------------


@pytest.mark.parametrize(
    ("years", "edition"),
    [(range(2015, 2046, 5), "平成30（2018）年推計"), (range(2010, 2041, 5), "平成25（2013）年推計"),
     (range(2025, 2056, 5), ""), (range(2020, 2071, 5), ""), (range(2020, 2027), ""),
     (range(2020, 2046, 5), "")],
)  # fmt: skip
def test_another_years_layout_names_the_years(years, edition):
    book = workbook(population(years=years))
    assert official.recognise(book) == official.POPULATION
    reading = read(book)
    assert must_mend(reading) == {"E_LAYOUT_YEAR"} and not reading.records
    finding = found(reading, "E_LAYOUT_YEAR")[0]
    assert (
        str(years[0]) in finding.why and "2020、2025、2030、2035、2040、2045、2050" in finding.why
    )
    assert edition in finding.why and finding.place() == "Sheet1!E5"


@pytest.mark.parametrize("label", ["コード", "市などの別", "都道府県", "市区町村"])
def test_a_missing_label_is_named(label):
    rows = population()
    rows[3][rows[3].index(label)] = None
    reading = read(workbook(rows))
    assert must_mend(reading) == {"E_LAYOUT_HEADER"} and not reading.records
    assert f"「{label}」" in found(reading, "E_LAYOUT_HEADER")[0].why


def test_missing_years_and_missing_labels_are_named():
    rows = population()
    reading = read(workbook([*rows[:4], *rows[5:]]))
    assert "2020年～2050年" in found(reading, "E_LAYOUT_HEADER")[0].why
    bare = read(workbook([*rows[:3], *rows[4:]]))
    assert "コード、市などの別、都道府県、市区町村" in found(bare, "E_LAYOUT_HEADER")[0].why
    assert not reading.records and not bare.records


def test_an_age_nobody_names_is_asked_for():
    rows = population()
    rows[0], rows[3][4] = ["結果表2-3"], "人口（人）"
    reading = read(workbook(rows))
    assert must_mend(reading) == {"E_LAYOUT_AGE"} and not reading.records
    assert "ファイル名では決めません" in found(reading, "E_LAYOUT_AGE")[0].mend


@pytest.mark.parametrize("title", ["20～39歳女性人口", "10～14歳人口", "60～64歳人口", "165歳以上"])
def test_other_ages_are_not_taken_for_known_ones(title):
    rows = population()
    rows[0], rows[3][4] = [title], "人口（人）"
    assert must_mend(read(workbook(rows))) == {"E_LAYOUT_AGE"}


def test_title_and_label_that_contradict_each_other():
    rows = population("65+")
    rows[3][4] = TITLES["75+"][1]
    reading = read(workbook(rows))
    assert must_mend(reading) == {"E_LAYOUT_AGE_CONFLICT"} and not reading.records
    assert "65歳以上と75歳以上" in found(reading, "E_LAYOUT_AGE_CONFLICT")[0].why


def test_title_alone_or_label_alone_is_enough():
    rows = population("65+")
    rows[3][4] = "人口（人）"
    assert {record.scope for record in read(workbook(rows)).records} == {"65+"}
    rows = population("65+")
    rows[0] = ["将来推計人口"]
    assert {record.scope for record in read(workbook(rows)).records} == {"65+"}


def test_tables_of_shares_and_indices_are_refused():
    share = population("65+")
    share[0] = ["結果表3-3　65歳以上人口割合"]
    index = population()
    for row in index[3:]:
        del row[4:11]
    hundred = no_index(population())
    for row in hundred[5:]:
        row[4] = 100.0
    for rows in (share, index, hundred):
        reading = read(workbook(rows))
        assert must_mend(reading) == {"E_LAYOUT_NOT_PERSONS"} and not reading.records


def test_two_sheets_of_one_table_and_a_sheet_of_something_else():
    book = workbook(
        Sheet("表", population()), Sheet("写し", population()), Sheet("説明", [["この表は"]]),
        Sheet("空", [[None]]),
    )  # fmt: skip
    reading = read(book)
    assert must_mend(reading) == {"E_LAYOUT_TWICE"}
    twice = found(reading, "E_LAYOUT_TWICE")[0]
    assert twice.sheet == "写し" and "「表」" in twice.why
    assert [finding.sheet for finding in found(reading, "N_OFFICIAL_SHEET")] == ["説明"]


# --- population: rows -------------------------------------------------------------------------


def changed(name: str, column: int, value) -> list[list]:
    rows = population()
    next(row for row in rows if row[3:4] == [name])[column] = value
    return rows


def test_a_sum_that_differs_names_the_difference():
    rows = changed("函館市", 6, persons("01202")[2] + 7)
    reading = read(workbook(rows))
    finding = found(reading, "C_OFFICIAL_SUM")[0]
    assert finding.severity == fd.CONFIRM and finding.value == "北海道"
    assert finding.place() == "Sheet1!G6"
    assert "2030年" in finding.why and "差が-7人" in finding.why and "1か年" in finding.why


def test_a_prefecture_without_a_row_is_told():
    rows = [row for row in population() if row[:1] != [22000]]
    reading = read(workbook(rows))
    assert [f.value for f in found(reading, "C_OFFICIAL_PREFECTURE")] == ["静岡県"]
    assert not must_mend(reading)


def test_the_row_of_the_nation_is_checked_and_no_record():
    rows = population()
    prefectures = [row for row in rows[5:] if row[1] == "a"]
    total = [sum(row[column] for row in prefectures) for column in range(4, 11)]
    reading = read(workbook([*rows, [0, None, "全国", None, *total]]))
    assert codes_of(reading)["N_OFFICIAL_TOTALS"] == 1
    assert "C_OFFICIAL_TOTAL" not in codes_of(reading) and not must_mend(reading)
    total[0] += 1_000
    wrong = read(workbook([*rows, [None, None, "合計", None, *total]]))
    assert "差が+1,000人" in found(wrong, "C_OFFICIAL_TOTAL")[0].why
    assert len(wrong.records) == len(reading.records)


def test_every_missing_municipality_is_named():
    rows = [row for row in population() if row[3:4] not in (["函館市"], ["小樽市"])]
    reading = read(workbook(rows))
    missing = found(reading, "C_OFFICIAL_MISSING")
    assert [finding.value for finding in missing] == ["01202 北海道函館市", "01203 北海道小樽市"]
    assert len({finding.question() for finding in missing}) == 1  # one tick for all of them
    assert "2団体が無い" in missing[0].why and missing[0].severity == fd.CONFIRM
    assert codes_of(reading)["C_OFFICIAL_SUM"] == 1


def test_the_thirteen_are_missing_when_their_region_is_missing_too():
    rows = [row for row in population() if row[3:4] != ["浜通り地域"]]
    reading = read(workbook(rows))
    assert "N_OFFICIAL_HAMADORI" not in codes_of(reading)
    assert codes_of(reading)["C_OFFICIAL_MISSING"] == 13


def test_the_region_may_have_another_code():
    reading = read(workbook(changed("浜通り地域", 0, 7990)))
    assert codes_of(reading) == {"N_OFFICIAL_WARDS": 1, "N_OFFICIAL_HAMADORI": 1}


def test_a_table_of_prefectures_only_has_nothing_to_publish():
    rows = population()
    reading = read(workbook([*rows[:5], *(row for row in rows[5:] if row[1] == "a")]))
    assert must_mend(reading) == {"E_OFFICIAL_ROWS"}
    assert "C_OFFICIAL_MISSING" not in codes_of(reading)


def test_a_body_with_two_rows():
    rows = population()
    hakodate = next(row for row in rows if row[3:4] == ["函館市"])
    reading = read(workbook([*rows, list(hakodate)]))
    finding = found(reading, "E_OFFICIAL_DUPLICATE")[0]
    assert finding.cell == f"A{len(rows) + 1}"
    assert f"A{rows.index(hakodate) + 1}" in finding.why
    assert "C_OFFICIAL_SUM" not in codes_of(reading)


@pytest.mark.parametrize("code", ["函館", "１２３４５６７", 12.5, True, 123, date(2020, 1, 1)])
def test_codes_that_are_none(code):
    rows = changed("函館市", 0, code)
    reading = read(workbook(rows))
    assert "E_OFFICIAL_CODE" in must_mend(reading)
    assert found(reading, "E_OFFICIAL_CODE")[0].value
    assert "01202" not in {record.values["code5"] for record in reading.records}


def test_a_wrong_check_digit_names_the_right_one():
    rows = six_digits(population())
    row = next(row for row in rows if row[3:4] == ["函館市"])
    right, row[0] = row[0], row[0][:5] + str((int(row[0][5]) + 1) % 10)
    reading = read(workbook(rows))
    finding = found(reading, "E_OFFICIAL_CHECK_DIGIT")[0]
    assert finding.value == row[0] and right in finding.why


@pytest.mark.parametrize(("code", "kind"), [(1299, 3), (99202, 2), (1801, 3), (1250, 9)])
def test_unknown_codes_are_kept_and_warned_about(code, kind):
    rows = population()
    rows.append([code, kind, None, "新しい町", *[0] * 7])
    reading = read(workbook(rows))
    assert [f.value for f in found(reading, "C_OFFICIAL_UNKNOWN")] == [str(code)]
    assert found(reading, "C_OFFICIAL_UNKNOWN")[0].severity == fd.CONFIRM
    assert reading.records[-1].values["name"] == "新しい町"


@pytest.mark.parametrize(
    ("name", "kind"), [("函館市", "a"), ("函館市", 9), ("函館市", None), ("函館市", 7)]
)
def test_a_kind_that_does_not_fit_the_code(name, kind):
    reading = read(workbook(changed(name, 1, kind)))
    assert codes_of(reading)["C_OFFICIAL_KIND"] == 1
    assert not must_mend(reading)


def test_names_that_do_not_fit_their_codes():
    reading = read(workbook(changed("函館市", 3, "小樽市")))
    finding = found(reading, "C_OFFICIAL_NAME")[0]
    assert finding.value == "小樽市" and "「函館市」" in finding.why
    rows = population()
    for above, below in zip(rows[5:], rows[6:], strict=False):
        above[3] = below[3]
    moved = read(workbook(rows))
    assert "E_OFFICIAL_SHIFTED" in must_mend(moved)
    assert "C_OFFICIAL_NAME" not in codes_of(moved)


def test_a_wrong_prefecture_is_told():
    reading = read(workbook(changed("函館市", 2, "青森県")))
    assert "都道府県は「北海道」" in found(reading, "C_OFFICIAL_NAME")[0].why


@pytest.mark.parametrize(
    ("value", "code"),
    [("不明", "E_OFFICIAL_NUMBER"), (12.5, "E_OFFICIAL_NUMBER"), ("12.5", "E_OFFICIAL_NUMBER"),
     (float("nan"), "E_OFFICIAL_NUMBER"), (1e300, "E_OFFICIAL_NUMBER"), (True, "E_OFFICIAL_NUMBER"),
     ("9" * 9, "E_OFFICIAL_NUMBER"), ("9" * 5000, "E_OFFICIAL_NUMBER"),
     (date(2020, 1, 1), "E_OFFICIAL_NUMBER"), ("1,2,3", "E_OFFICIAL_NUMBER"),
     (-5, "E_OFFICIAL_NEGATIVE"), ("△5", "E_OFFICIAL_NEGATIVE"), ("▲1,234", "E_OFFICIAL_NEGATIVE")],
)  # fmt: skip
def test_numbers_that_are_none(value, code):
    reading = read(workbook(changed("函館市", 4, value)))
    assert must_mend(reading) == {code}
    assert found(reading, code)[0].label == "2020年"
    record = next(r for r in reading.records if r.values["code5"] == "01202")
    assert record.values["2020"] == ""


def test_an_error_cell_is_named():
    rows = changed("函館市", 4, None)
    number = next(n for n, row in enumerate(rows) if row[3:4] == ["函館市"])
    reading = read(workbook(Sheet("Sheet1", rows, errors={(number, 4): "#REF!"})))
    assert found(reading, "E_OFFICIAL_NUMBER")[0].value == "#REF!"


@pytest.mark.parametrize("value", [None, "", "－", "…", "***", "　"])
def test_what_is_no_number_is_missing_and_never_zero(value):
    reading = read(workbook(changed("函館市", 4, value)))
    record = next(r for r in reading.records if r.values["code5"] == "01202")
    assert record.values["2020"] == "" and not must_mend(reading)
    finding = found(reading, "C_OFFICIAL_EMPTY")[0]
    assert finding.severity == fd.CONFIRM and "1行" in finding.why and finding.label == "2020年"


def test_a_flood_of_equal_faults_is_cut_short_and_counted():
    rows = population()
    for row in rows[5:]:
        row[4:11] = [-1] * 7
    reading = read(workbook(rows))
    assert codes_of(reading)["E_OFFICIAL_NEGATIVE"] == 200
    assert f"{7 * (len(rows) - 5) - 200}件" in found(reading, "N_OFFICIAL_MORE")[0].why


# --- staff ------------------------------------------------------------------------------------

GENERAL = ["議会", "総務企画", "税務", "民生", "衛生", "労働", "農林水産", "商工", "土木"]
SPECIAL = ["教育", "警察", "消防"]
ENTERPRISE = ["病院", "水道", "交通", "下水道", "その他"]
FLAT = [
    *GENERAL, "一般行政計", *SPECIAL, "特別行政計", "普通会計計", *ENTERPRISE, "公営企業等会計計", "合計",
]  # fmt: skip
TITLE = "令和6年地方公共団体定員管理調査結果　第5表　団体別・部門別職員数（令和6年4月1日現在）"
STAFF_LISTS = {code: MUNICIPALITIES[code] for code in MUNICIPALITIES if code[:2] in ("22", "47")}
STAFF_PREFECTURES = {"22": "静岡県", "47": "沖縄県"}


def staff_of(code: str) -> list[int]:
    base = int(code) % 89 + 3
    general = [base + step for step in range(9)]
    special, firms = [base, 0, base + 4], [base, base + 1, 0, 2, 1]
    ordinary = sum(general) + sum(special)
    return [
        *general, sum(general), *special, sum(special), ordinary, *firms, sum(firms),
        ordinary + sum(firms),
    ]  # fmt: skip


def six(code: str) -> str:
    return code + compute_check_digit(code)


def staff_bodies() -> list[tuple[str, str, str]]:
    """Return (code, prefecture, name): prefectures, municipalities, a 一部事務組合."""
    rows = []
    for pref, name in STAFF_PREFECTURES.items():
        rows.append((pref + "000", name, name))
        rows += [(c, name, n) for c, n in STAFF_LISTS.items() if c[:2] == pref]
    return [*rows, ("47801", "沖縄県", "南部広域行政組合")]


def staff(columns=FLAT, coded=True) -> list[list]:
    """Return a table with one header row, a total above and notes below."""
    heads = ["団体コード", "都道府県名", "団体名", *columns]
    rows = [
        [TITLE],
        ["（単位：人）"],
        heads,
        [None, None, "合計", *range(1000, 1000 + len(columns))],
    ]
    rows += [
        [six(code), pref, name, *staff_of(code)[: len(columns)]]
        for code, pref, name in staff_bodies()
    ]
    rows += [[], ["（注）一般行政は、福祉関係を含む。"]]
    return [row[0:] if coded or len(row) < 4 else [None, *row[1:]] for row in rows]


def read_staff(*sheets):
    return read(workbook(*sheets), STAFF_LISTS, STAFF_PREFECTURES)


def test_staff_by_body_and_sector():
    book = workbook(staff())
    assert official.recognise(book) == official.STAFF
    reading = read_staff(staff())
    assert not must_mend(reading)
    assert codes_of(reading) == {"N_OFFICIAL_TOTALS": 1}
    assert len(reading.records) == len(staff_bodies())
    assert {record.scope for record in reading.records} == {"2024"}
    assert reading.as_of_text == "令和6年4月1日"
    assert reading.found == {official.STAFF: "Sheet1"}
    naha = next(r for r in reading.records if r.values["code5"] == "47201")
    assert naha.values["name"] == "那覇市" and naha.values["pref_name"] == "沖縄県"
    names = [column.name for column in official.STAFF_SHEET.columns[4:]]
    kept = [naha.values[n] for n in names if n not in ("general_management", "welfare_related")]
    assert kept == [str(number) for number in staff_of("47201")]
    assert {r.values["code5"] for r in reading.records} >= {"22000", "47801"}


def two_levels(blank: bool, merged: bool) -> Sheet:
    """Return the table with groups over the sectors, repeated, blank or merged."""
    groups = [
        ("一般行政部門", 10),
        ("特別行政部門", 4),
        ("普通会計計", 1),
        ("公営企業等会計部門", 6),
        ("合計", 1),
    ]
    over: list = ["団体コード", "都道府県名", "団体名"]
    merges = [(2, column, 3, column) for column in range(3)]
    for name, width in groups:
        if width > 1:
            merges.append((2, len(over), 2, len(over) + width - 1))
        else:
            merges.append((2, len(over), 3, len(over)))
        over += [name, *([None] if blank else [name]) * (width - 1)]
    under = [
        None, None, None, "議会", "総務・\n企画", "税　務", "民生", "衛生", "労働", "農林水産", "商工", "土木",
        "計", *SPECIAL, "小計", None, *ENTERPRISE, "計", None,
    ]  # fmt: skip
    rows = staff()
    rows[2:3] = [over, under, [None] * 3 + ["人"] * 22]
    return Sheet("団体別", rows, merges=tuple(merges) if merged else ())


@pytest.mark.parametrize(("blank", "merged"), [(True, True), (True, False), (False, False)])
def test_two_header_rows_mean_the_same(blank, merged):
    flat, two = read_staff(staff()), read_staff(two_levels(blank, merged))
    assert [r.values for r in two.records] == [r.values for r in flat.records]
    assert codes_of(two) == codes_of(flat)


def test_columns_stand_anywhere_and_others_are_passed_over():
    rows = staff()
    order = [2, 24, 0, 1, *range(23, 2, -1)]
    moved = [[*(row[c] for c in order), "備考"] if len(row) > 3 else row for row in rows]
    flat, other = read_staff(staff()), read_staff(moved)
    # その他 is only known beside the enterprises; the rest has its label.
    for a, b in zip(other.records, flat.records, strict=True):
        differing = {name for name in a.values if a.values[name] != b.values[name]}
        assert differing <= {"other_enterprise"}


def test_row_sums_that_differ_are_told():
    rows = staff()
    row = next(row for row in rows if row[2:3] == ["那覇市"])
    row[12] += 5
    reading = read_staff(rows)
    told = found(reading, "C_OFFICIAL_ROW_SUM")
    assert [finding.label for finding in told] == ["一般行政計", "普通会計計"]
    assert "差が+5人" in told[0].why and told[0].severity == fd.CONFIRM


COARSE = [
    "一般管理",
    "福祉関係",
    "一般行政計",
    "教育",
    "警察",
    "消防",
    "普通会計計",
    "公営企業等会計",
    "合計",
]


def coarse(names=None) -> list[list]:
    rows = [["第1表　部門別職員一覧"], ["令和６年４月１日現在"], ["団体名", *COARSE]]
    for name in names or ["静岡市", "浜松市"]:
        rows.append([name, 60, 40, 100, 30, 0, 20, 150, 50, 200])
    return [*rows, ["合計", 120, 80, 200, 60, 0, 40, 300, 100, 400]]


def test_bodies_without_codes_are_known_by_their_names():
    reading = read_staff(coarse())
    assert [record.values["code5"] for record in reading.records] == ["22100", "22130"]
    assert {record.scope for record in reading.records} == {"2024"}
    repairs = [repair for repair in reading.repairs if repair.name == "code5"]
    assert [(repair.before, repair.after) for repair in repairs] == [
        ("静岡市", "22100"), ("浜松市", "22130"),
    ]  # fmt: skip
    assert reading.records[0].values["general_management"] == "60"
    assert reading.records[0].values["assembly"] == ""
    assert "議会" in found(reading, "N_OFFICIAL_STAFF_PARTS")[0].why
    assert codes_of(reading)["C_OFFICIAL_MISSING"] == len(STAFF_LISTS) - 2
    assert "C_OFFICIAL_ROW_SUM" not in codes_of(reading)


def test_of_two_tables_the_finer_one_is_read():
    reading = read_staff(Sheet("第1表", coarse()), Sheet("第2表", staff()))
    assert reading.found[official.STAFF] == "第2表"
    assert [finding.sheet for finding in found(reading, "N_OFFICIAL_SHEET")] == ["第1表"]


def test_sheets_by_prefecture_are_read_together():
    both = [
        [row for row in staff() if len(row) < 4 or row[2] in ("団体名", "合計") or row[1] == name]
        for name in STAFF_PREFECTURES.values()
    ]
    reading = read_staff(Sheet("静岡", both[0]), Sheet("沖縄", both[1]))
    assert len(reading.records) == len(staff_bodies()) and not must_mend(reading)
    again = read_staff(Sheet("静岡", both[0]), Sheet("写し", both[0]))
    assert "静岡!A5" in found(again, "E_OFFICIAL_DUPLICATE")[0].why


NAMESAKE_PREFECTURES = {"01": "北海道", "07": "福島県"}


def test_namesakes_need_their_prefecture():
    lists = {"01233": "伊達市", "07213": "伊達市", "01202": "函館市"}
    reading = read(workbook(coarse(["伊達市", "函館市"])), lists, NAMESAKE_PREFECTURES)
    assert must_mend(reading) == {"E_OFFICIAL_AMBIGUOUS"}
    assert "2団体あり" in found(reading, "E_OFFICIAL_AMBIGUOUS")[0].why
    rows = coarse(["福島県", "伊達市"])
    under = read(workbook(rows), lists, NAMESAKE_PREFECTURES)
    assert [record.values["code5"] for record in under.records] == ["07000", "07213"]
    whole = read(workbook(coarse(["福島県伊達市"])), lists, NAMESAKE_PREFECTURES)
    assert [record.values["code5"] for record in whole.records] == ["07213"]
    titled = read(workbook(Sheet("北海道", coarse(["伊達市"]))), lists, NAMESAKE_PREFECTURES)
    assert [record.values["code5"] for record in titled.records] == ["01233"]
    column = [[None if n < 2 else "都道府県名" if n == 2 else "福島県", *row] if n > 1 else row
              for n, row in enumerate(coarse(["伊達市"]))]  # fmt: skip
    assert read(workbook(column[:-1]), lists, NAMESAKE_PREFECTURES).records[0].values[
        "code5"
    ] == "07213"  # fmt: skip


def test_a_name_borne_once_needs_no_prefecture():
    reading = read_staff(coarse(["静岡県", "那覇市"]))
    assert [record.values["code5"] for record in reading.records] == ["22000", "47201"]
    wrong = [["静岡県" if row[0] == "那覇市" else None, *row] for row in coarse(["那覇市"])]
    wrong[2][0] = "都道府県名"
    told = found(read_staff(wrong), "C_OFFICIAL_NO_BODY")
    assert [finding.value for finding in told] == ["那覇市"]


def test_associations_without_a_code_and_unknown_bodies_are_told():
    rows = coarse(["静岡市", "浜松市", "駿東伊豆消防組合", "どこかの団体", "政令市計"])
    reading = read_staff(rows)
    assert "駿東伊豆消防組合" in found(reading, "N_OFFICIAL_ASSOCIATIONS")[0].why
    assert [f.value for f in found(reading, "C_OFFICIAL_NO_BODY")] == ["どこかの団体"]
    assert "政令市計" in found(reading, "N_OFFICIAL_TOTALS")[0].why
    assert len(reading.records) == 2


@pytest.mark.parametrize(
    ("text", "year"),
    [("令和6年4月1日現在", "2024"), ("令和元年（2019年）４月１日", "2019"), ("平成31年4月1日現在", "2019"),
     ("2023年4月1日時点", "2023"), ("R5.4.1現在", "2023"), ("令和7年地方公共団体定員管理調査", "2025"),
     (date(2022, 4, 1), "2022")],
)  # fmt: skip
def test_the_survey_year_is_read_from_the_title(text, year):
    rows = staff()
    rows[0] = [text]
    assert {record.scope for record in read_staff(rows).records} == {year}


@pytest.mark.parametrize(
    "text", ["団体別職員数", "令和5年と令和6年の比較", "令和5年4月1日、令和6年4月1日"]
)
def test_no_year_or_two_years_are_asked_about(text):
    rows = staff()
    rows[0] = [text]
    reading = read_staff(rows)
    assert must_mend(reading) == {"E_LAYOUT_STAFF_YEAR"} and not reading.records


def test_the_year_may_stand_in_the_sheets_name():
    rows = staff()
    rows[0] = ["団体別職員数"]
    assert {r.scope for r in read_staff(Sheet("令和6年", rows)).records} == {"2024"}


def test_what_is_missing_from_a_staff_table_is_named():
    rows = staff([label for label in FLAT if label != "一般行政計"])
    reading = read_staff(rows)
    assert must_mend(reading) == {"E_LAYOUT_STAFF"} and not reading.records
    finding = found(reading, "E_LAYOUT_STAFF")[0]
    assert "「一般行政計」" in finding.why and "議会" in finding.why
    nameless = staff()
    nameless[2][0] = nameless[2][2] = None
    assert "団体名又は団体コード" in found(read_staff(nameless), "E_LAYOUT_STAFF")[0].why


def test_a_column_that_stands_twice_is_not_chosen_between():
    rows = [[*row, *row[3:13]] if len(row) > 3 else row for row in staff()]
    reading = read_staff(rows)
    assert must_mend(reading) == {"E_LAYOUT_STAFF_DOUBLE"} and not reading.records
    assert len(found(reading, "E_LAYOUT_STAFF_DOUBLE")) == 10


def test_columns_of_increase_are_passed_over():
    rows = [[*row, *row[3:]] if len(row) > 3 else row for row in staff()]
    over = [None] * 3 + ["職員数", *[None] * 21, "対前年増減", *[None] * 21]
    reading = read_staff([*rows[:2], over, *rows[2:]])
    assert [r.values for r in reading.records] == [r.values for r in read_staff(staff()).records]


def test_parts_of_a_sector_are_no_sectors():
    rows = [
        [TITLE], ["団体名", "一般行政", None, None, None, None, None, "教育", "警察", "消防", "合計"],
        [None, "議会", "総務企画", None, None, "税務", "計"],
        [None, None, "総務一般", "税務", "計"],
        ["那覇市", 1, 2, 3, 5, 4, 10, 6, 0, 7, 23],
    ]  # fmt: skip
    record = read_staff(rows).records[0]
    assert record.values["general_affairs"] == "5" and record.values["tax"] == "4"
    assert record.values["general_administration"] == "10" and record.values["total"] == "23"


def test_numbering_and_unit_rows_are_no_bodies():
    rows = staff()
    rows[3:3] = [[None, None, None, *["人"] * 22], [None, None, None, *range(1, 23)]]
    reading = read_staff(rows)
    assert len(reading.records) == len(staff_bodies()) and not must_mend(reading)
    assert "C_OFFICIAL_NO_BODY" not in codes_of(reading)


def test_staff_rows_with_faults():
    rows = staff()
    naha = next(row for row in rows if row[2:3] == ["那覇市"])
    naha[3], naha[4], naha[5] = "－", -1, "多い"
    rows.append(["あいう", "沖縄県", "宜野湾市", *[1] * 22])
    rows.append(["472019" if six("47201") != "472019" else "472010", "沖縄県", "", *[1] * 22])
    rows.append([six("47299"), "沖縄県", "どこか市", *[1] * 22])
    reading = read_staff(rows)
    assert must_mend(reading) == {
        "E_OFFICIAL_NEGATIVE", "E_OFFICIAL_NUMBER", "E_OFFICIAL_CODE", "E_OFFICIAL_CHECK_DIGIT",
    }  # fmt: skip
    assert codes_of(reading)["C_OFFICIAL_UNKNOWN"] == codes_of(reading)["C_OFFICIAL_EMPTY"] == 1
    record = next(r for r in reading.records if r.values["code5"] == "47201")
    assert record.values["assembly"] == "" and record.raw["assembly"] == "－"


def test_a_staff_table_of_prefectures_only():
    rows = staff()
    reading = read_staff(
        [row for row in rows if len(row) < 4 or row[1] in (None, "都道府県名", row[2])]
    )
    assert "E_OFFICIAL_ROWS" in must_mend(reading)


# --- any cells at all -------------------------------------------------------------------------

CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=12),
    st.sampled_from(["１，２３４", "△5", "－", "2020年", "全国", "浜松市", "1202", "012025", "a", "=1+1"]),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_cell_is_read_or_refused_and_nothing_is_silent(data):
    rows = [list(row) for row in population("total", ("22",))]
    for _ in range(data.draw(st.integers(1, 6))):
        row = data.draw(st.integers(0, len(rows) - 1))
        if rows[row]:
            rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(CELLS)
    read(workbook(rows), official_of(("22",)), {"22": "静岡県"})


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_cell_of_a_staff_table(data):
    rows = [list(row) for row in staff()]
    for _ in range(data.draw(st.integers(1, 6))):
        row = data.draw(st.integers(0, len(rows) - 1))
        if rows[row]:
            rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(CELLS)
    read_staff(rows)


def test_every_template_is_reached():
    """Runs last in this file; the tests above have made each finding at least once."""
    if len(reached) < 5:
        pytest.skip("run with the whole file")
    assert set(official.TEMPLATES) == reached
