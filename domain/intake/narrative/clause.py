"""What does a clause say of the bodies it names? (名称のある文の読み取り)"""

from __future__ import annotations

import re

from domain import frameworks as fw
from domain.intake.narrative.around import Around, Tail
from domain.intake.narrative.coverage import find_coverage
from domain.intake.narrative.found import Found
from domain.intake.narrative.level import find_level, find_shared_level
from domain.intake.narrative.limits import FAR
from domain.intake.narrative.names import Anchor
from domain.intake.narrative.origin import find_origin
from domain.intake.narrative.status import find_status, read_verb
from domain.intake.narrative.text import Extract, Text
from domain.intake.narrative.timing import date_values, find_when
from domain.intake.narrative.words import ENDED, FOUNDED, VERB
from domain.periods import Period

_REFERENCE = re.compile(
    r"の(?:下|もと|傘下)|内に|を(?:改組|発展|再編|母体|踏まえ|受け)|に(?:基づ|代わ|代え)|の(?:議論|提言|結果|決定|報告)"
)


def read_clause(
    text: Text, start: int, end: int, anchors: list[Anchor], number: int, as_of: Period | None
) -> list[Found]:
    """Return a framework for every name that a clause speaks of.

    anchors : the names of the clause, at least one.  number : of the bullet.
    """
    kept = [
        anchor
        for index, anchor in enumerate(anchors)
        if index == len(anchors) - 1 or not _REFERENCE.match(text.norm, anchor.after, end)
    ]
    tail = _read_tail(text, anchors[-1].after, end)
    ended = bool(ENDED.search(text.norm, start, end))
    found: list[Found] = []
    first: tuple[int, int] | None = None
    previous_end = start
    for anchor in anchors:
        before = (max(previous_end, anchor.start - FAR), anchor.start)
        previous_end = anchor.after
        if anchor not in kept:
            continue
        first = first or before
        around = Around(anchor, before, first, tail)
        shared = kept[-1].attached if len(kept) > 1 else []
        found.append(_read_name(text, around, shared, number, as_of, ended=ended))
    return found


def _read_tail(text: Text, start: int, end: int) -> Tail:
    stop = min(end, start + FAR)
    verb = VERB.search(text.norm, start, stop)
    if not verb:
        return Tail((start, stop), None, "", (start, stop))
    status, said = read_verb(text, verb, stop)
    return Tail((start, stop), verb, status, (start, said))


def _read_name(
    text: Text, around: Around, shared: list[tuple[int, int]], number: int,
    as_of: Period | None, *, ended: bool,
) -> Found:  # fmt: skip
    """Return what is said of one name. shared : spans that may speak of all names.

    ended : the clause speaks of an end, so what it says of a founding no longer holds.
    """
    anchor, tail = around.anchor, around.tail
    values: dict[str, Extract] = {}
    if name := text.source(anchor.name_start, anchor.name_end):
        values["name"] = text.extract(name, anchor.name_start, anchor.name_end)
    status, place, own = find_status(text, around)
    if status and not ended:
        values["status"] = text.extract(status, *place)
    origin = find_origin(text, around)
    if origin:
        values["origin"] = origin
    level = find_level(text, [*anchor.attached, around.before, tail.span])
    if level := level or find_shared_level(text, shared):
        values["level"] = level
    values |= find_coverage(text, [*anchor.attached, around.before, around.first, tail.said])
    if when := find_when(text, around, own or tail.verb, status, origin, as_of):
        values |= date_values(text, when, planned=status == fw.PLANNED)
    founded = FOUNDED.search(text.norm, anchor.end, anchor.after)
    made = bool((tail.verb and tail.verb["make"]) or founded)
    return Found(values, text, number, made)
