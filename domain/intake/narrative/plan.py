"""What is planned, and until when? (今後の予定と期限)"""

from __future__ import annotations

import re

from domain.intake.narrative.bullets import Bullet
from domain.intake.narrative.dates import When, extract_date, find_dates, join_ranges
from domain.intake.narrative.text import Extract, Text
from domain.periods import Period

# Several bullets in one value.
_PLAN_JOIN = "／"
_DITTO_PLAN = re.compile(r"(?:同上|同左|同右|〃|々)")


def plan_of(bullets: list[Bullet]) -> Extract | None:
    """Return the plan in the cell's own words, several bullets parted by ／."""
    texts = [b.text for b in bullets if not _DITTO_PLAN.fullmatch(b.text.norm)]
    if not texts:
        return None
    value = _PLAN_JOIN.join(filter(None, (text.source(0, len(text.norm)) for text in texts)))
    if not value:
        return None
    first, last = texts[0], texts[-1]
    return Extract(value, first.raw[first.starts[0] : last.ends[-1]], first.column)


def due_of(bullets: list[Bullet], as_of: Period | None) -> Extract | None:
    """Return the deadline of a plan: the first date with まで, else the first date."""
    best: tuple[Text, When] | None = None
    for bullet in bullets:
        text = bullet.text
        dates = find_dates(text, 0, len(text.norm), as_of, deadline=True)
        for when in join_ranges(text, dates):
            if when.since:
                continue
            if when.until:
                return extract_date(text, when)
            best = best or (text, when)
    return extract_date(*best) if best else None
