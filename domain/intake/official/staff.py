"""How many staff does each body have, and in which year? (定員管理調査の団体別データ)"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from domain.intake.findings import shorten
from domain.intake.grid import Workbook, to_address
from domain.intake.normalise import fold, own_text
from domain.intake.official.cells import folded, is_blank, read_count, read_digits
from domain.intake.official.places import (
    CODE_FROM_NAME,
    REGION,
    WARD,
    Places,
    classify_code,
    name_key,
    uses_six_digits,
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
from domain.intake.official.sheets import (
    ENTERPRISE,
    GENERAL,
    SPECIAL,
    STAFF,
    STAFF_COLUMNS,
    STAFF_SHEET,
)
from domain.intake.official.staff_header import StaffHead, find_staff
from domain.intake.official.teller import Teller

_STAFF_LABELS = {name: label for name, label, _ in STAFF_COLUMNS}
# Subtotal → ways to add it up; the first whose columns are all there is checked.
_ROW_SUMS = (
    ("general_administration", (GENERAL, ("general_management", "welfare_related"))),
    ("special_administration", (SPECIAL,)),
    (
        "ordinary_account",
        (
            ("general_administration", "special_administration"),
            ("general_administration", *SPECIAL),
        ),
    ),
    ("public_enterprise", (ENTERPRISE,)),
    (
        "total",
        (
            ("ordinary_account", "public_enterprise"),
            ("general_administration", "special_administration", "public_enterprise"),
            ("general_administration", *SPECIAL, "public_enterprise"),
        ),
    ),
)
_ASSOCIATION = re.compile(r"組合|広域連合|企業団|事務委託|協議会|財産区")
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
_SURVEY_DAY = re.compile(
    r"(?:(令和|平成|R|H)(元|\d{1,2})(?:年|\.)(?:\(\d{4}年?\))?|((?:19|20)\d\d)(?:年|[./-])(?:\([^)]*\))?)"
    r"0?4(?:月|[./-])0?1(?!\d)日?"
)
_SURVEY_YEAR = re.compile(r"(?:(令和|平成)(元|\d{1,2})|(?<!\d)((?:19|20)\d\d))年")


def _survey_years(texts: Iterable[str]) -> tuple[set[str], str]:
    """Return the years named and the first naming of one; a day beats a mere year."""
    texts = list(texts)
    for pattern in (_SURVEY_DAY, _SURVEY_YEAR):
        years, first = set(), ""
        for text in texts:
            for match in pattern.finditer(text):
                era, number, western = match.groups()[:3]
                years.add(western or str(_ERAS[era] + (1 if number == "元" else int(number))))
                first = first or match[0]
        if years:
            return years, first
    return set(), ""


def read_staff(workbook: Workbook, places: Places, teller: Teller) -> None:
    """Read the tables of staff by body with the most columns, all of one year."""
    heads = [head for sheet in workbook.sheets if (head := find_staff(sheet))]
    fitting = [head for head in heads if _has_needed(head)]
    if not fitting:
        head = heads[0]
        missing = [] if {"code5", "name"} & head.ids.keys() else ["団体名又は団体コード"]
        if "general_administration" not in head.columns:
            missing.append(_STAFF_LABELS["general_administration"])
        teller.tell("E_LAYOUT_STAFF", head.sheet.title, to_address(head.row, 0),
                    missing="、".join(missing), found="、".join(head.labels))  # fmt: skip
        return
    # Of several tables of the same bodies the one with the most columns says it all.
    most = max(len(head.columns) for head in fitting)
    chosen = [head for head in fitting if len(head.columns) == most]
    read = {id(head.sheet) for head in chosen}
    for sheet in workbook.sheets:
        if id(sheet) not in read and not is_blank(sheet):
            reason = (
                "列の多い表を読んだ"
                if any(head.sheet is sheet for head in heads)
                else "団体別の表の見出しが無い"
            )
            teller.tell("N_OFFICIAL_SHEET", sheet.title, reason=reason)
    years, text = _survey_years(
        text for head in chosen for row in range(head.data_row) for text in folded(head.sheet, row)
    )
    if not years:
        years, text = _survey_years(fold(head.sheet.title) for head in chosen)
    faults = len(teller.reading.findings)
    if len(years) != 1:
        teller.tell("E_LAYOUT_STAFF_YEAR", chosen[0].sheet.title, "A1",
                    found="、".join(sorted(years)) or "なし")  # fmt: skip
    for head in chosen:
        for name, (first, second) in head.double.items():
            teller.tell(
                "E_LAYOUT_STAFF_DOUBLE", head.sheet.title, to_address(head.data_row - 1, second),
                name=_STAFF_LABELS[name], other=to_address(head.data_row - 1, first),
            )  # fmt: skip
    if len(teller.reading.findings) > faults:
        return
    teller.reading.as_of_text = text
    _read_staff_sheets(chosen, years.pop(), places, teller)


def _has_needed(head: StaffHead) -> bool:
    return "general_administration" in head.columns and bool({"code5", "name"} & head.ids.keys())


def _read_staff_sheets(
    heads: Sequence[StaffHead], year: str, places: Places, teller: Teller
) -> None:
    first = heads[0]
    parts = [label for name, label, _ in STAFF_COLUMNS if name not in first.columns]
    # The coarse table has two columns where the fine one has nine; neither lacks the other's.
    spare = {_STAFF_LABELS[name] for name in ("general_management", "welfare_related")}
    if set(GENERAL) <= first.columns.keys():
        parts = [label for label in parts if label not in spare]
    if parts:
        teller.tell("N_OFFICIAL_STAFF_PARTS", first.sheet.title, to_address(first.row, 0),
                    missing="、".join(parts))  # fmt: skip
    seen, wrong = Seen(), []
    for head in heads:
        wrong += _read_staff_sheet(head, year, seen, places, teller)
    tell_names(wrong, teller)
    found = seen.rows.keys() & places.municipalities.keys()
    if found:
        tell_missing(found, places, first.sheet.title, teller)
    else:
        teller.tell("E_OFFICIAL_ROWS", first.sheet.title, count=len(seen.rows))
    teller.reading.found[STAFF] = "、".join(head.sheet.title for head in heads)


def _read_staff_sheet(head: StaffHead, year: str, seen: Seen, places: Places,
                      teller: Teller) -> list[tuple[Row, str, str, str]]:  # fmt: skip
    sheet, ids = head.sheet, head.ids
    counts = Counts(sheet, STAFF_SHEET, head.columns, teller)
    words = Texts(sheet, ids)
    numbers = range(head.data_row, len(sheet.rows))
    code_column = ids.get("code5")
    six_digits = code_column is not None and uses_six_digits(
        filter(None, (read_digits(sheet.cell(number, code_column))[0] for number in numbers)),
        places,
    )
    pref = places.pref_by_name.get(name_key(sheet.title), "")
    wrong: list[tuple[Row, str, str, str]] = []
    totals: list[tuple[int, str]] = []
    associations: list[tuple[int, str]] = []
    for number in numbers:
        row = Row(sheet, number, STAFF_SHEET, teller)
        texts = {name: fold(own_text(sheet.cell(number, column))) for name, column in ids.items()}
        digits = read_digits(sheet.cell(number, code_column))[0] if code_column is not None else ""
        name = texts.get("name") or texts.get("pref_name", "")
        # A prefecture's name stands over its municipalities, or in its own column.
        pref = places.pref_by_name.get(name_key(texts.get("pref_name") or name), pref)
        if not digits and not counts.has_any(number):
            continue
        if not digits.strip("0"):
            if any(TOTAL_ROW.search(text) for text in texts.values() if text):
                totals.append((number, name))
                continue
            if not any(texts.values()) and _is_numbering(head, number):
                continue
            if texts.get("code5") and code_column is not None:
                put_code(row, code_column, six_digits, places)
                continue
        if digits:
            if not put_code(row, code_column or 0, six_digits, places):
                continue
        else:
            sure = bool(texts.get("name") and texts.get("pref_name"))
            code, count = _code_of_name(name, pref, sure, places)
            if not code and not count and _ASSOCIATION.search(name):
                associations.append((number, name))
                continue
            column = ids.get("name", ids.get("pref_name", 0))
            if not code:
                row.cells["name"] = to_address(number, column)
                row.raw["name"] = own_text(sheet.cell(number, column))
                if count:
                    row.tell("E_OFFICIAL_AMBIGUOUS", "name", count=count)
                else:
                    row.tell("C_OFFICIAL_NO_BODY", "name")
                continue
            row.put("code5", column, code, (CODE_FROM_NAME,), (number, column))
        for column_name in ("kind", "pref_name", "name"):
            words.read(row, column_name)
        counts.read(row)
        if not seen.add(row):
            continue
        code = row.values["code5"]
        if code[:2] not in places.prefectures or classify_code(code, places.municipalities) in (
            "", WARD, REGION,
        ):  # fmt: skip
            row.tell("C_OFFICIAL_UNKNOWN", "code5")
        wrong += check_names(row, places)
        _check_row_sums(row, head.columns)
        teller.reading.records.append(row.record(year))
    counts.close()
    for code, passed in (("N_OFFICIAL_TOTALS", totals), ("N_OFFICIAL_ASSOCIATIONS", associations)):
        if passed:
            teller.tell(code, sheet.title, to_address(passed[0][0], 0), count=len(passed),
                        names=_some([shorten(name, 20) for _, name in passed]))  # fmt: skip
    return wrong


def _is_numbering(head: StaffHead, number: int) -> bool:
    """Is this the row that numbers the columns, 1 2 3 …?"""
    steps = set()
    for column in head.columns.values():
        digits = read_count(head.sheet.cell(number, column))[0]
        steps.add(int(digits) - column if digits else None)
    return len(steps) == 1 and None not in steps


def _code_of_name(name: str, pref: str, sure: bool, places: Places) -> tuple[str, int]:
    """Return the code of a body by its name, and how many bodies bear it ("", n: not settled).

    pref : code of the prefecture the row seems to stand under.  sure : the row itself says so.
    """
    key = name_key(name)
    if key in places.pref_by_name:
        return places.pref_by_name[key] + "000", 1
    own = next((p for p in places.pref_by_name if key.startswith(p)), "")
    if own:
        key, pref, sure = key.removeprefix(own), places.pref_by_name[own], True
    codes = places.by_name.get(key) or places.by_name.get(re.sub(r"^.{1,6}?郡", "", key), [])
    under = [code for code in codes if code.startswith(pref)]
    if under or sure:
        codes = under
    return (codes[0], 1) if len(codes) == 1 else ("", len(codes))


def _check_row_sums(row: Row, columns: Mapping[str, int]) -> None:
    for name, ways in _ROW_SUMS:
        own = row.count(name)
        parts = next((way for way in ways if all(part in columns for part in way)), None)
        if own is None or parts is None:
            continue
        total = sum(row.count(part) or 0 for part in parts)
        if total != own:
            row.tell(
                "C_OFFICIAL_ROW_SUM", name, subtotal=_STAFF_LABELS[name],
                parts="＋".join(_STAFF_LABELS[part] for part in parts),
                own=own, total=total, difference=own - total,
            )  # fmt: skip


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:5]) + ("ほか" if len(names) > 5 else "")
