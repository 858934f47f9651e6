"""What was read, mended and found in an official workbook, and how much of it is told?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from domain.intake.findings import Repair, make_finding
from domain.intake.form import FormColumn
from domain.intake.grid import Sheet
from domain.intake.official.templates import TEMPLATES
from domain.intake.records import Reading

# So many findings of one code are told one by one; a list of missing bodies is always whole.
_TOLD = 200
_WHOLE = frozenset(("C_OFFICIAL_MISSING", "C_OFFICIAL_PREFECTURE"))


class Teller:
    """Collects records, repairs and findings; keeps a flood of equal findings short."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._told: dict[str, int] = defaultdict(int)

    def tell(
        self, code: str, sheet: str = "", cell: str = "", value: object = "", label: str = "",
        **details: object,
    ) -> None:  # fmt: skip
        self._told[code] += 1
        if code in _WHOLE or self._told[code] <= _TOLD:
            finding = make_finding(TEMPLATES, code, sheet, cell, value, label, **details)
            self.reading.findings.append(finding)

    def repair(
        self, sheet: Sheet, cell: str, column: FormColumn, kinds: Sequence[str], before: str,
        after: str, source_cell: str = "",
    ) -> None:  # fmt: skip
        repair = Repair(
            sheet.title, cell, column.name, column.label, tuple(kinds), before, after,
            source_cell=source_cell,
        )  # fmt: skip
        self.reading.repairs.append(repair)

    def close(self) -> Reading:
        for code, count in sorted(self._told.items()):
            if count > _TOLD and code not in _WHOLE:
                more = make_finding(TEMPLATES, "N_OFFICIAL_MORE", told=code, count=count - _TOLD)
                self.reading.findings.append(more)
        return self.reading
