"""What is wrong with a file, said so that its owner can mend it (指摘)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Issue:
    """One fault: place · value seen · why · how to mend, all in Japanese.

    file : path relative to the data folder.  row : row as Excel counts it, header = 1, or
    None for the whole file.  column : header text or "".
    """

    file: str
    message: str
    mend: str = ""
    row: int | None = None
    column: str = ""

    def place(self) -> str:
        """Return the place as the reader finds it: file, row and column."""
        parts = [self.file]
        if self.row is not None:
            parts.append(f"{self.row}行目")
        if self.column:
            parts.append(f"列「{self.column}」")
        return " ".join(parts)

    def to_text(self) -> str:
        """Return the whole finding as one line."""
        return f"{self.place()}：{self.message}" + (f" → {self.mend}" if self.mend else "")


class Refusal(Exception):
    """Something was not done, for a reason that is told to the user as it is, in Japanese."""


class DataFileError(Exception):
    """A bundled data file cannot be used; `issues` says why."""

    def __init__(self, issues: Sequence[Issue]):
        super().__init__("\n".join(issue.to_text() for issue in issues))
        self.issues = tuple(issues)
