"""Which official workbook is it, and what does it say? (公的統計の取込)

Two are read from cells to records: the population projection (population_header, population)
and the staff by body (staff_header, staff). The headers say what is known of each layout and
what is assumed. Both share the columns of their records (sheets), the words of what is told
(templates, teller), the bodies (places) and the reading of cells and rows (cells, rows).
"""

from __future__ import annotations

from collections.abc import Mapping

from domain.intake.grid import Workbook
from domain.intake.official.places import (
    CHECK_DIGIT_DROPPED,
    HAMADORI,
    HAMADORI_CODE,
    Places,
    classify_code,
)
from domain.intake.official.population import read_population
from domain.intake.official.population_header import find_population
from domain.intake.official.sheets import (
    AGE_GROUPS,
    OFFICIAL_SHEETS,
    POPULATION,
    POPULATION_SHEET,
    STAFF,
    STAFF_SHEET,
)
from domain.intake.official.staff import read_staff
from domain.intake.official.staff_header import find_staff
from domain.intake.official.teller import Teller
from domain.intake.official.templates import TEMPLATES
from domain.intake.records import Reading

__all__ = [
    "AGE_GROUPS", "CHECK_DIGIT_DROPPED", "HAMADORI", "HAMADORI_CODE", "OFFICIAL_SHEETS",
    "POPULATION", "POPULATION_SHEET", "STAFF", "STAFF_SHEET", "TEMPLATES", "classify_code",
    "read_official", "recognise",
]  # fmt: skip


def recognise(workbook: Workbook) -> str | None:
    """Which official workbook is this? A dataset, or None when it is something else.

    Another year's edition and a damaged header are recognised too, so that read_official can
    say what is wrong with them. The name of the file plays no part.
    """
    if any(find_population(sheet) for sheet in workbook.sheets):
        return POPULATION
    if any(find_staff(sheet) for sheet in workbook.sheets):
        return STAFF
    return None


def read_official(
    workbook: Workbook, municipalities: Mapping[str, str], prefectures: Mapping[str, str]
) -> Reading:
    """What does an official workbook say, and what is wrong with it?

    Parameters
    ----------
    municipalities : 5-digit code → name of the 1,741 official ones.  prefectures : 2-digit code
        → name of the 47.

    Returns
    -------
    Reading; one record a body. Its scope is the age group (a key of AGE_GROUPS) for POPULATION
    and the calendar year of the survey, e.g. "2024", for STAFF; persons as digits, "" where
    there is no number (未入力). Nothing is read from a sheet whose layout is not the known one.
    """
    teller = Teller()
    places = Places(municipalities, prefectures)
    dataset = recognise(workbook)
    if dataset == POPULATION:
        read_population(workbook, places, teller)
    elif dataset == STAFF:
        read_staff(workbook, places, teller)
    else:
        titles = "、".join(sheet.title for sheet in workbook.sheets)
        teller.tell("E_OFFICIAL_NONE", value=f"シート：{titles}")
    return teller.close()
