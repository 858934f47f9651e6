"""Where does the table of the population projection stand, and of which age is it?

国立社会保障・人口問題研究所「日本の地域別将来推計人口（令和5（2023）年推計）」結果表1 and 2-1…2-4.
Known, from the project's own notes and from programs of others that read the same files:
one sheet; a title in A1 (結果表2-1　0～14歳人口および指数…); the labels コード, 市などの別, 都道府県,
市区町村 in row 4 with 総人口（人） or 0～14歳人口（人） over the persons and 指数 over the index; the
years 2020年…2050年 in row 5, once for persons and once for the index; data from row 6; 1,951
rows. 市などの別: a 都道府県, 0 区 (of a 政令市 and of Tokyo alike), 1 政令市, 2 その他の市, 3 町村,
9 浜通り地域 (07999, instead of 13 municipalities). Municipalities add up exactly to their
prefecture. Table 1 is everybody, 2-1 0～14歳, 2-2 15～64歳, 2-3 65歳以上, 2-4 75歳以上.
Assumed: the wording of the titles other than 1 and 2-1 (an age and 人口); what stands in
rows 2-3. Which age it is decides the sheet, never the name of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.intake.grid import Sheet, to_address
from domain.intake.official.cells import DASHES, HEADER_ROWS, folded, spaced
from domain.intake.official.sheets import AGE_GROUPS, YEARS
from domain.intake.official.teller import Teller

_YEAR = re.compile(r"(?:令和\d{1,2}年?\()?((?:19|20|21)\d\d)年?\)?(?:年|\([^)]*\))?")
_YEAR_BEGINS = ("令", "1", "2")
_AGES = (
    ("0-14", re.compile(r"(?<![\d-])0 ?(?:歳)? ?- ?14 ?歳")),
    ("15-64", re.compile(r"(?<![\d-])15 ?(?:歳)? ?- ?64 ?歳")),
    ("65+", re.compile(r"(?<![\d-])65 ?歳以上")),
    ("75+", re.compile(r"(?<![\d-])75 ?歳以上")),
)
_TOTAL_AGE = re.compile("総 ?人 ?口|総 ?数")
_PROJECTION = re.compile(r"将来推計人口|人口(?:および|及び)指数")
_NOT_PERSONS = re.compile(r"割合|指数|構成比|増減|%")
_ID_LABELS = {
    "code5": ("コード", "団体コード", "地域コード", "市区町村コード"),
    "kind": ("市などの別",),
    "pref_name": ("都道府県", "都道府県名"),
    "name": ("市区町村", "市区町村名"),
}
_LABEL_NAMES = {word: name for name, words in _ID_LABELS.items() for word in words}
ID_NAMES = {"code5": "コード", "kind": "市などの別", "pref_name": "都道府県", "name": "市区町村"}
_EDITIONS = {
    tuple(range(2015, 2046, 5)): "平成30（2018）年推計の年です。",
    tuple(range(2010, 2041, 5)): "平成25（2013）年推計の年です。",
}


@dataclass(frozen=True)
class PopulationHead:
    """Where the population table of a sheet stands. years : of persons, not of the index."""

    sheet: Sheet
    row: int
    labels: Mapping[str, int]
    years: tuple[tuple[int, int], ...]
    groups: tuple[str, ...]
    titles: tuple[str, ...]
    data_row: int
    only_index: bool


def _years_in(texts: Sequence[str]) -> list[tuple[int, int]]:
    years = []
    for column, text in enumerate(texts):
        match = _YEAR.fullmatch(text) if text[:1] in _YEAR_BEGINS and len(text) <= 20 else None
        if match:
            years.append((column, int(match[1])))
    return years


def _labels_in(texts: Sequence[str]) -> dict[str, int]:
    labels: dict[str, int] = {}
    for column, text in enumerate(texts):
        if text in _LABEL_NAMES:
            labels.setdefault(_LABEL_NAMES[text], column)
    return labels


def find_population(sheet: Sheet) -> PopulationHead | None:
    """Where is the table of the projection, however damaged its header?"""
    titled = False
    texts = [folded(sheet, row) for row in range(min(len(sheet.rows), HEADER_ROWS + 2))]
    years_of = [_years_in(row) for row in texts]
    for row, words in enumerate(texts[:HEADER_ROWS]):
        labels = _labels_in(words)
        own = labels.keys() & {"kind", "name"}
        years_at = {at: found for at, found in enumerate(years_of[row : row + 3], row) if found}
        year_row = next((at for at, found in years_at.items() if len(found) >= 3), row)
        years = years_at.get(year_row, [])
        headed = len(labels) >= 2 and own and len(years) >= 3
        if headed or ("kind" in labels and len(labels) >= 3):
            return _population_head(sheet, row, labels, year_row, years)
        if titled and len(years_at.get(row, [])) >= 5:
            return _population_head(sheet, row, labels, row, years_at[row])
        titled = titled or any(map(_PROJECTION.search, words))
    return None


def _population_head(sheet: Sheet, row: int, labels: Mapping[str, int], year_row: int,
                     years: list[tuple[int, int]]) -> PopulationHead:  # fmt: skip
    # The labels over the years stand in the rows between コード and the years, or one above.
    group_rows = range(row, year_row) if year_row > row else range(row - 1, row)
    first = max(labels.values(), default=-1) + 1

    def group_of(column: int) -> str:
        for number in group_rows if labels else ():
            texts = spaced(sheet, number) if number >= 0 else []
            for place in range(min(column, len(texts) - 1), first - 1, -1):
                if texts[place]:
                    return texts[place]
        return ""

    grouped = [(column, year, group_of(column)) for column, year in years]
    persons = [item for item in grouped if not _NOT_PERSONS.search(item[2])]
    # Without labels over them, the first round of years is that of persons.
    rounds: list[tuple[int, int]] = []
    for column, year, _ in persons:
        if rounds and year == rounds[0][1]:
            break
        rounds.append((column, year))
    titles = [text for number in range(row) for text in spaced(sheet, number) if text]
    groups = dict.fromkeys(group for _, _, group in (persons or grouped) if group)
    return PopulationHead(
        sheet, row, labels, tuple(rounds), tuple(groups),
        tuple(text for text in titles if text not in groups),
        max(row, year_row if years else row) + 1, bool(grouped) and not persons,
    )  # fmt: skip


def _ages_in(text: str) -> set[str]:
    """Which age groups does a title name?"""
    plain = text.translate(DASHES)
    ages = {age for age, pattern in _AGES if pattern.search(plain)}
    return ages or ({"total"} if _TOTAL_AGE.search(plain) else set())


def _age_of(head: PopulationHead) -> tuple[str, set[str]]:
    """Return the age group ("" if not said) and what contradicts itself.

    The label over the persons and the first line of the title that names an age count.
    """
    over = set().union(*(_ages_in(group) for group in head.groups))
    title = next((ages for text in head.titles if (ages := _ages_in(text))), set())
    said = over | title
    if len(said) == 1:
        return said.pop(), set()
    return "", said


def check_population_layout(head: PopulationHead, teller: Teller) -> str:
    """Is it the known layout, and of which age? Return the age group, "" if it is not."""
    sheet, faults = head.sheet, len(teller.reading.findings)
    place = to_address(head.row, 0)
    missing = [word for name, word in ID_NAMES.items() if name not in head.labels]
    if not head.years and not head.only_index:
        missing.append("2020年～2050年")
    if missing:
        found = "、".join(text for text in folded(sheet, head.row) if text)
        teller.tell("E_LAYOUT_HEADER", sheet.title, place,
                    missing="、".join(missing), found=found or "なし")  # fmt: skip
    odd = next((text for text in head.titles[:1] if re.search("割合|構成比", text)), "")
    if head.only_index or odd:
        teller.tell("E_LAYOUT_NOT_PERSONS", sheet.title, place,
                    reason=odd or "、".join(head.groups))  # fmt: skip
    elif head.years:
        found_years = tuple(year for _, year in head.years)
        if sorted(found_years) != [int(year) for year in YEARS]:
            teller.tell(
                "E_LAYOUT_YEAR", sheet.title, to_address(head.data_row - 1, head.years[0][0]),
                found="、".join(map(str, found_years)), expected="、".join(YEARS),
                edition=_EDITIONS.get(found_years, ""),
            )  # fmt: skip
        elif _is_index(head):
            teller.tell("E_LAYOUT_NOT_PERSONS", sheet.title, place, reason="2020年がどの行も100")
    age, said = _age_of(head)
    if len(said) > 1:
        ages = "と".join(AGE_GROUPS[key] for key in AGE_GROUPS if key in said)
        teller.tell("E_LAYOUT_AGE_CONFLICT", sheet.title, "A1", ages=ages)
    elif not age:
        teller.tell("E_LAYOUT_AGE", sheet.title, "A1", value=(head.titles or ("",))[0])
    return age if len(teller.reading.findings) == faults else ""


def _is_index(head: PopulationHead) -> bool:
    column = next(column for column, year in head.years if year == 2020)
    values = [head.sheet.cell(row, column) for row in range(head.data_row, len(head.sheet.rows))]
    numbers = [value for value in values if isinstance(value, (int, float))]
    return len(numbers) > 2 and all(value == 100 for value in numbers)
