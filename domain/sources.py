"""Where a figure's numbers come from (出典)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceRef:
    """A source and the place in it.

    title, publisher, short : from the source's card; short names it at the foot of a figure,
    the full credit stands on the page データ・出典・用語.
    """

    source_id: str
    title: str
    publisher: str
    short: str
    locator: str = ""

    def to_text(self) -> str:
        """Return the reference as one line for the foot of a figure."""
        place = f"（{self.locator}）" if self.locator else ""
        return f"{self.short or self.title}{place}"
