"""When did a body begin, or when is it to begin? (設置の時期)"""

from __future__ import annotations

import re

from domain import frameworks as fw
from domain.intake.narrative.around import Around
from domain.intake.narrative.dates import When, extract_date, find_dates
from domain.intake.narrative.text import Extract, Text
from domain.intake.narrative.words import FOUNDED
from domain.periods import Period

_AGAIN = re.compile(r"第\s?(?:[2-9]|\d\d)\s?回")


def date_values(text: Text, when: When, *, planned: bool) -> dict[str, Extract]:
    """Return a day in the column it belongs to: the start, or the due day of a plan."""
    return {"due" if planned else "start": extract_date(text, when)}


def find_when(
    text: Text, around: Around, verb: re.Match[str] | None, status: str, origin: Extract | None,
    as_of: Period | None,
) -> When | None:  # fmt: skip
    """Return the day a named body began, or is to begin when it is only planned.

    verb : the verb that tells its status.
    """
    if status not in (fw.ESTABLISHED, fw.PLANNED):
        return None
    norm, anchor, said = text.norm, around.anchor, around.tail.said
    deadline = status == fw.PLANNED

    def dates(span: tuple[int, int]) -> list[When]:
        return _list_days(text, span, as_of, deadline=deadline)

    if origin and origin.value == "既存活用" and not deadline:
        for span in (*anchor.attached, around.before):
            for when in dates(span):
                if FOUNDED.match(norm, when.end, span[1]):
                    return when
        return None
    for span in anchor.attached:
        if found := dates(span):
            return found[0]
    after_verb: tuple[int, int] | None = None
    if verb and said[1] < len(norm) and norm[said[1]] == "(":
        close = norm.find(")", said[1], said[1] + 40)
        after_verb = (said[1], close) if close > 0 else None
    tail_dates = dates(said) if verb else []
    if tail_dates:
        chosen = tail_dates[0]
    elif found := dates(around.before) or dates(around.first):
        chosen = _first_of_last_list(norm, found)
    elif after_verb and (found := dates(after_verb)):
        chosen = found[0]
    else:
        return None
    if not deadline and _AGAIN.search(norm, min(chosen.start, anchor.start), said[1]):
        return None
    return chosen


def find_bare_when(
    text: Text, place: tuple[int, int], status: str, as_of: Period | None
) -> When | None:
    """Return the day of a bullet without a name. place : of its status.

    The date nearest before the verb, else the first after it.
    """
    dates = _list_days(text, (0, len(text.norm)), as_of, deadline=status == fw.PLANNED)
    before = [when for when in dates if when.end <= place[0]]
    after = [when for when in dates if when.start <= place[1] + 3 and when.end > place[0]]
    chosen = before[-1:] or after[:1]
    return chosen[0] if chosen and not _AGAIN.search(text.norm) else None


def _list_days(
    text: Text, span: tuple[int, int], as_of: Period | None, *, deadline: bool
) -> list[When]:
    """Return the dates of a span; what goes on until a day did not begin on it."""
    return [
        when
        for when in find_dates(text, *span, as_of, deadline=deadline)
        if deadline or not when.until
    ]


def _first_of_last_list(norm: str, dates: list[When]) -> When:
    """Return the date nearest before a name; of several in a row (R7.4、R7.7に) the first."""
    chosen = dates[-1]
    for earlier in reversed(dates[:-1]):
        if norm[earlier.end : chosen.start].strip(" 、,・") or earlier.end == chosen.start:
            break
        chosen = earlier
    return chosen
