"""Which frameworks does one cell speak of? (セルの読み取り)"""

from __future__ import annotations

import re

from domain.intake.narrative.bullets import HEADING, Bullet, list_bullets, pair_brackets
from domain.intake.narrative.clause import read_clause
from domain.intake.narrative.coverage import find_coverage
from domain.intake.narrative.found import Found, same_name, settle_headings, supplement
from domain.intake.narrative.kind import find_kind, find_measures
from domain.intake.narrative.level import find_level
from domain.intake.narrative.limits import MOST_FRAMEWORKS
from domain.intake.narrative.nameless import read_nameless
from domain.intake.narrative.names import BODY, REFERS, find_bracketed, find_plain, list_clauses
from domain.intake.narrative.text import Extract, Text
from domain.periods import Period

_TAKES_PART = re.compile(r"構成|参加|参画|加入|メンバー|対象")
_NEW_BODY = re.compile(r"枠組み?|体制")
_SUB_ORGAN = re.compile(r"(?:部会|分科会|幹事会|ワーキング|WG)")


def read_cell(text: Text, as_of: Period | None) -> list[Found]:
    """Return the frameworks of a cell, in its order, what several bullets say put together."""
    bullets = [bullet for bullet in list_bullets(text) if not bullet.note]
    cell = _Cell(as_of, alone=len(bullets) == 1)
    for bullet in bullets:
        if len(cell.found) >= MOST_FRAMEWORKS:
            break
        cell.take(bullet)
    return settle_headings(cell.found)[:MOST_FRAMEWORKS]


def _read_clauses(
    bullet: Bullet, as_of: Period | None
) -> tuple[list[Found], list[tuple[int, int]]]:
    """Return the frameworks that a bullet names, and its clauses without a name."""
    text = bullet.text
    pairs = pair_brackets(text.norm)
    bracketed = find_bracketed(text, pairs)
    found: list[Found] = []
    side: list[tuple[int, int]] = []
    position = 0
    for start, end in list_clauses(text.norm):
        anchors = []
        while position < len(bracketed) and bracketed[position].start < end:
            if bracketed[position].start >= start:
                anchors.append(bracketed[position])
            position += 1
        anchors = anchors or find_plain(text, pairs, start, end)
        if not anchors:
            side.append((start, end))
            continue
        stop = max(end, anchors[-1].after)
        found += read_clause(text, start, stop, anchors[:MOST_FRAMEWORKS], bullet.number, as_of)
        if len(found) > MOST_FRAMEWORKS:
            break
    return found, side


class _Cell:
    """What the bullets of a cell have said so far.

    found : the frameworks.  waiting : what was said before any of them was named.
    alone : the cell is one bullet.
    """

    def __init__(self, as_of: Period | None, *, alone: bool):
        self.as_of = as_of
        self.alone = alone
        self.found: list[Found] = []
        self.waiting: list[dict[str, Extract]] = []

    def take(self, bullet: Bullet) -> None:
        """Read one more bullet."""
        here, side = _read_clauses(bullet, self.as_of)
        if not here:
            self._take_nameless(bullet)
            return
        if len(here) == 1:
            self._complete(here[0], bullet.text, side)
        for one in here:
            known = next((other for other in self.found if same_name(other, one)), None)
            if known:
                supplement(known, one.values)
            else:
                self.found.append(one)
        if len(here) == 1:
            self._give_waiting(here[0])
        self.waiting.clear()

    def _complete(self, one: Found, text: Text, side: list[tuple[int, int]]) -> None:
        """Add what the rest of a bullet says of the only name in it."""
        for span in side:
            if _TAKES_PART.search(text.norm, *span):
                extra = find_coverage(text, [span])
                if level := find_level(text, [span]):
                    extra["level"] = level
                supplement(one, extra)
        if kind := find_kind(text):
            one.values.setdefault("framework_kind", kind)
        if measures := find_measures(text):
            one.values.setdefault("measures", measures)

    def _give_waiting(self, one: Found) -> None:
        for extra in self.waiting:
            supplement(one, extra)

    def _take_nameless(self, bullet: Bullet) -> None:
        text = bullet.text
        norm = text.norm
        heading = bool(HEADING.match(norm))
        one = read_nameless(text, bullet.number, self.as_of, alone=self.alone or heading)
        pointing = bool(REFERS.match(norm)) and not _NEW_BODY.search(norm)
        body = BODY.search(norm)
        if kind := find_kind(text):
            one.values.setdefault("framework_kind", kind)
        last = self.found[-1] if self.found else None
        if one.values.get("status") and not pointing:
            if last and _SUB_ORGAN.search(norm):
                return
            replaces = last is not None and last.absent and not one.absent
            if body or one.bodies > 1 or last is None or heading or replaces:
                if replaces:
                    self.found.pop()
                self._give_waiting(one)
                self.waiting.clear()
                self.found.append(one)
                return
        elif body and last is not None and not pointing:
            return
        if last is None:
            if not body:
                self.waiting.append(one.values)
        elif last.bodies == 1:
            supplement(last, one.values)
