"""Where a figure's numbers come from (出典)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceRef:
    """A source and the place in it. title, publisher, credit : from the source's card."""

    source_id: str
    title: str
    publisher: str
    credit: str
    locator: str = ""

    def to_text(self) -> str:
        """Return the reference as one line for the foot of a figure."""
        place = f"（{self.locator}）" if self.locator else ""
        return f"{self.credit or self.title}{place}"
