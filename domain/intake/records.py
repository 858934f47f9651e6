"""What reading a workbook yields: records, repairs and findings (読み取りの結果)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from domain.intake.findings import Finding, Repair

# Scope of a record that belongs to the nation, not to one prefecture.
NATION_SCOPE = "00"


@dataclass(frozen=True)
class Record:
    """One row of a table as it would be published.

    dataset : "frameworks", "tasks", …  scope : 2-digit prefecture code or NATION_SCOPE.
    values : column name → text, "" where the cell is empty (未入力); whole numbers as digits,
    periods in canonical text, several words joined by 、.
    cells : column name → A1 address.  raw : column name → the cell's own text.
    """

    dataset: str
    scope: str
    sheet: str
    row: int
    values: Mapping[str, str]
    cells: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)

    def cell(self, name: str) -> str:
        """Return the address of a column's cell, or of the row's first cell."""
        return self.cells.get(name) or next(iter(self.cells.values()), f"A{self.row + 1}")

    def to_dict(self) -> dict[str, object]:
        """Return the record for JSON."""
        return asdict(self)


@dataclass
class Reading:
    """Everything read from one file.

    cover : what the cover sheet says, column name → text.  found : dataset → title of the sheet
    it was read from.  as_of_text : a date written above a table, taken when there is no cover.
    """

    records: list[Record] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    cover: dict[str, str] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    as_of_text: str = ""
