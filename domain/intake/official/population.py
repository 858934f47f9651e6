"""What does the population projection say of each body, and does it add up? (将来推計人口)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from domain.intake.grid import Sheet, Workbook, to_address
from domain.intake.normalise import CHOICE_FORM, fold, own_text
from domain.intake.official.cells import is_blank, read_count, read_digits
from domain.intake.official.places import (
    HAMADORI,
    HAMADORI_CODE,
    MUNICIPALITY,
    PREFECTURE,
    REGION,
    WARD,
    Places,
    classify_code,
    uses_six_digits,
)
from domain.intake.official.population_header import (
    ID_NAMES,
    PopulationHead,
    check_population_layout,
    find_population,
)
from domain.intake.official.rows import (
    TOTAL_ROW,
    Counts,
    Row,
    Seen,
    Texts,
    check_names,
    put_code,
    tell_missing,
    tell_names,
)
from domain.intake.official.sheets import AGE_GROUPS, POPULATION, POPULATION_SHEET, YEARS
from domain.intake.official.teller import Teller


def read_population(workbook: Workbook, places: Places, teller: Teller) -> None:
    """Read every table of the projection in a workbook; each age group stands there once."""
    done: dict[str, str] = {}
    for sheet in workbook.sheets:
        head = find_population(sheet)
        if not head:
            if not is_blank(sheet):
                teller.tell("N_OFFICIAL_SHEET", sheet.title, reason="将来推計人口の見出しが無い")
            continue
        age = check_population_layout(head, teller)
        if not age:
            continue
        if age in done:
            teller.tell("E_LAYOUT_TWICE", sheet.title, value=AGE_GROUPS[age], first=done[age])
            continue
        done[age] = sheet.title
        _read_population_sheet(head, age, places, teller)
    if done:
        teller.reading.found[POPULATION] = "、".join(done.values())


def _read_population_sheet(head: PopulationHead, age: str, places: Places, teller: Teller) -> None:
    sheet, labels = head.sheet, head.labels
    columns = {str(year): column for column, year in head.years}
    counts = Counts(sheet, POPULATION_SHEET, columns, teller)
    texts = Texts(sheet, labels)
    numbers = range(head.data_row, len(sheet.rows))
    codes = (read_digits(sheet.cell(number, labels["code5"]))[0] for number in numbers)
    six_digits = uses_six_digits((digits for digits in codes if digits), places)
    seen, wrong, totals = Seen(), [], []
    for number in numbers:
        row = Row(sheet, number, POPULATION_SHEET, teller)
        digits = read_digits(sheet.cell(number, labels["code5"]))[0]
        if not digits and not counts.has_any(number):
            continue  # A note under the table, or nothing.
        words = [fold(own_text(sheet.cell(number, labels[name]))) for name in ID_NAMES]
        if not digits.strip("0") and any(TOTAL_ROW.search(word) for word in words if word):
            totals.append(number)
            continue
        if not put_code(row, labels["code5"], six_digits, places):
            continue
        kind = fold(own_text(sheet.cell(number, labels["kind"]))).lower()
        row.put("kind", labels["kind"], kind, (CHOICE_FORM,))
        texts.read(row, "pref_name")
        texts.read(row, "name")
        counts.read(row)
        if not seen.add(row):
            continue
        wrong += check_names(row, places)
        _check_kind(row, places)
        teller.reading.records.append(row.record(age))
    counts.close()
    tell_names(wrong, teller)
    _check_population(sheet, seen.rows, totals, columns, places, teller)


def _is_region(row: Row, places: Places) -> bool:
    """Is it the row of the 13 municipalities together, whatever its code?"""
    code = row.values["code5"]
    return code == HAMADORI_CODE or (
        row.values["kind"] == "9" and code[:2] == HAMADORI_CODE[:2] and code not in places.known
    )


def _check_kind(row: Row, places: Places) -> None:
    code, kind = row.values["code5"], row.values["kind"]
    what = REGION if _is_region(row, places) else classify_code(code, places.municipalities)
    if code[:2] not in places.prefectures:
        row.tell("C_OFFICIAL_UNKNOWN", "code5")
        return
    fits = {
        PREFECTURE: "a", MUNICIPALITY: "0123", WARD: "0", REGION: "9",
    }.get(what)  # fmt: skip
    if fits is None or (what == WARD and kind in ("1", "2", "3")):
        row.tell("C_OFFICIAL_UNKNOWN", "code5")
    elif not kind or kind not in fits:
        row.tell("C_OFFICIAL_KIND", "kind", code5=code, what=what)


def _check_population(sheet: Sheet, rows: Mapping[str, Row], totals: Sequence[int],
                      columns: Mapping[str, int], places: Places,
                      teller: Teller) -> None:  # fmt: skip
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(YEARS, 0))
    wards = []
    for code, row in rows.items():
        what = classify_code(code, places.municipalities)
        if what == WARD and row.values["kind"] == "0":
            wards.append(row)
        elif what != PREFECTURE:
            for year in YEARS:
                sums[code[:2]][year] += row.count(year) or 0
    found = rows.keys() & places.municipalities.keys()
    if not found:
        teller.tell("E_OFFICIAL_ROWS", sheet.title, count=len(rows))
        return
    if wards:
        teller.tell("N_OFFICIAL_WARDS", sheet.title, wards[0].cells["code5"],
                    wards[0].raw["name"], count=len(wards))  # fmt: skip
    for code, name in places.prefectures.items():
        row = rows.get(code + "000")
        if code not in sums:
            continue  # None of its municipalities is there, which is told below.
        if row is None:
            teller.tell("C_OFFICIAL_PREFECTURE", sheet.title, value=name)
        else:
            _tell_sum("C_OFFICIAL_SUM", row, columns, sums[code], name)
    nation = dict.fromkeys(YEARS, 0)
    for code in places.prefecture_codes:
        for year in YEARS:
            nation[year] += (rows[code].count(year) or 0) if code in rows else sums[code[:2]][year]
    for number in totals:
        row = Row(sheet, number, POPULATION_SHEET, teller)
        for year, column in columns.items():
            row.values[year] = read_count(sheet.cell(number, column))[0]
            row.cells[year] = to_address(number, column)
        _tell_sum("C_OFFICIAL_TOTAL", row, columns, nation, "全国")
    if totals:
        teller.tell("N_OFFICIAL_TOTALS", sheet.title, to_address(totals[0], 0),
                    count=len(totals), names="全国")  # fmt: skip
    region = next((row for row in rows.values() if _is_region(row, places)), None)
    joined = [code for code in HAMADORI if code in places.municipalities and code not in found]
    if region and joined:
        teller.tell("N_OFFICIAL_HAMADORI", sheet.title, region.cells["code5"],
                    region.raw["name"], count=len(joined))  # fmt: skip
        found = found | set(joined)
    tell_missing(found, places, sheet.title, teller)


def _tell_sum(code: str, row: Row, columns: Mapping[str, int], sums: Mapping[str, int],
              name: str) -> None:  # fmt: skip
    """Tell once a row that its parts do not add up to, naming the first year."""
    off = [year for year in YEARS if (own := row.count(year)) is not None and own != sums[year]]
    if not off:
        return
    own, total = row.count(off[0]) or 0, sums[off[0]]
    cell = to_address(row.number, columns[off[0]])
    row.teller.tell(code, row.sheet.title, cell, name, count=len(off), year=off[0],
                    own=own, total=total, difference=own - total)  # fmt: skip
