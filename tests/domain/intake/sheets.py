"""Workbooks built in memory for the tests of reading."""

from __future__ import annotations

from pathlib import Path

from data.read import read_prefectures
from domain.intake.grid import Sheet, Workbook
from domain.intake.reading import Options, read_workbook
from domain.intake.records import Reading

ROOT = Path(__file__).resolve().parents[3]
PLACES = {place.code: place for place in read_prefectures(ROOT / "data")}
HEADER = [
    "団体コード",
    "都道府県",
    "設置状況",
    "枠組みの名称",
    "区分",
    "設置年月",
    "参加市町村数",
    "対象分野",
]
ROW = [
    "20",
    "長野県",
    "設置済み",
    "県と市町村の検討会",
    "分野横断",
    "2026-04",
    12,
    "介護保険、道路",
]


def book(*sheets: Sheet, kind: str = "xlsx", **options) -> Workbook:
    """Return a workbook of sheets."""
    return Workbook(kind, sheets, **options)


def sheet(rows, title: str = "枠組み設置状況", **options) -> Sheet:
    """Return a sheet of rows."""
    return Sheet(title, rows, **options)


COVER_SHEET = Sheet("表紙", [["団体コード", "20"], ["都道府県", "長野県"], ["時点", "2026-10-01"]])


def read(*sheets: Sheet, declined=(), as_of: str = "", **options) -> Reading:
    """Read sheets as one workbook."""
    return read_workbook(book(*sheets, **options), Options(PLACES, {}, frozenset(declined), as_of))


def codes(reading: Reading) -> set[str]:
    """Return the codes of the findings."""
    return {finding.code for finding in reading.findings}
