"""What does a bullet say that names no body? (名称のない文の読み取り)"""

from __future__ import annotations

import re
from dataclasses import replace

from domain import frameworks as fw
from domain.intake.narrative.coverage import find_coverage
from domain.intake.narrative.dates import find_dates
from domain.intake.narrative.found import UNNAMED, Found
from domain.intake.narrative.level import find_level
from domain.intake.narrative.names import ORGAN_WORDS
from domain.intake.narrative.origin import NEW, find_bare_origin, find_part_origin
from domain.intake.narrative.status import find_bare_status
from domain.intake.narrative.text import CIRCLED, Extract, Text
from domain.intake.narrative.timing import date_values, find_bare_when
from domain.intake.narrative.words import NOT_YET
from domain.periods import Period

_NUMERALS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
_NUMBER_OF_BODIES = re.compile(
    r"(?<![\d.,年月第A-Za-z])(?P<n>\d{1,2}|[一二三四五六七八九](?=つ))\s?(?:つ|個|種類)の\s?(?:[一-龯ァ-ヶー]{1,8}?)?"
    rf"(?:枠組み?|体制|{ORGAN_WORDS})"
    r"|(?<![\d.,年月第A-Za-z])(?P<n2>\d{1,2})\s?(?:会議体|協議体|体制)"
)
_OF_WHICH = re.compile(
    r"(?:うち|、|,)\s?(?P<n>\d{1,2}|[一二三四五六七八九])(?:つ|個|件|体制)は(?P<what>[^、。,()]{1,40})"
)


def read_nameless(text: Text, number: int, as_of: Period | None, *, alone: bool) -> Found:
    """Read a bullet that names no body; what it says may belong to another one's framework.

    number : of the bullet.  alone : it is the whole of its cell, or its heading.
    """
    bodies, count = _count_bodies(text.norm)
    split = text.norm.find("うち", bodies.end()) if bodies else -1
    base = text
    if split >= 0:
        # What is said of some of them is not said of all.
        base = replace(
            text, norm=text.norm[:split], starts=text.starts[:split], ends=text.ends[:split]
        )
    status, place, made = find_bare_status(base, alone=alone)
    values: dict[str, Extract] = {}
    if status:
        values["status"] = text.extract(status, *place)
    whole = (0, len(base.norm))
    if level := find_level(base, [whole]):
        values["level"] = level
    values |= find_coverage(base, [whole])
    if status in (fw.ESTABLISHED, fw.PLANNED):
        if when := find_bare_when(base, place, status, as_of):
            values |= date_values(text, when, planned=status == fw.PLANNED)
        if origin := find_bare_origin(base, place):
            values["origin"] = origin
    found = Found(values, text, number, made, nameless=True, absent=status == fw.ABSENT)
    if bodies:
        found.bodies = count
        found.mark = text.extract(UNNAMED, *bodies.span())
        found.parts = _read_parts(text, split, count, status, as_of) if split >= 0 else []
        if any("origin" in part for part in found.parts):
            values.pop("origin", None)
    return found


def _read_number(sign: str) -> int:
    return _NUMERALS.get(sign) or int(sign)


def _count_bodies(norm: str) -> tuple[re.Match[str] | None, int]:
    """Return the words that count bodies without naming them, and how many: (None, 1) for none."""
    bodies = _NUMBER_OF_BODIES.search(norm)
    count = _read_number(bodies["n"] or bodies["n2"]) if bodies else 1
    return (bodies, count) if 2 <= count <= len(CIRCLED) else (None, 1)


def _read_parts(
    text: Text, start: int, count: int, status: str, as_of: Period | None
) -> list[dict[str, Extract]]:
    """Return what is said of single ones of a number of bodies (うち2つは…), one dict each."""
    parts: list[dict[str, Extract]] = []
    for match in _OF_WHICH.finditer(text.norm, start):
        number = _read_number(match["n"])
        span = match.span("what")
        values: dict[str, Extract] = {}
        if origin := find_part_origin(text, span):
            values["origin"] = origin
        planned = NOT_YET.search(text.norm, *span)
        if planned:
            values["status"] = text.extract(fw.PLANNED, *planned.span())
        if NEW.search(text.norm, *span) and (planned or status == fw.ESTABLISHED):
            dates = find_dates(text, *span, as_of, deadline=bool(planned))
            if dates and (planned or not dates[0].until):
                values |= date_values(text, dates[0], planned=bool(planned))
        if level := find_level(text, [span]):
            values["level"] = level
        if number == 0 or len(parts) + number > count:
            return []
        parts.extend(dict(values) for _ in range(number))
    return parts
