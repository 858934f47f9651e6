"""Was a body newly made, or is one used that was there before? (新設・既存活用・意見交換)"""

from __future__ import annotations

import re

from domain.intake.narrative.around import Around
from domain.intake.narrative.text import Extract, Text
from domain.intake.narrative.words import FOUNDING

_ANEW = r"新たに|新規に|新しく"
NEW = re.compile(rf"{_ANEW}|{FOUNDING}")
_NEW_BEFORE = re.compile(rf"{_ANEW}|新設(?:の|した|する)|新たな")
_EXISTING = re.compile(r"既存の?|既設の?|従来(?:から)?の")
_USED = re.compile(r"(?:等|など)?を(?:引き続き|継続して)?活用")


def find_origin(text: Text, around: Around) -> Extract | None:
    """Return where a named body comes from."""
    norm, anchor, verb = text.norm, around.anchor, around.tail.verb
    used = _USED.match(norm, *around.tail.span)
    existing = _last(_EXISTING, norm, around.before)
    if used:
        place = existing.span() if existing else (used.end() - 2, used.end())
        return text.extract("既存活用", *place)
    new = next(
        (match for start, end in anchor.attached if (match := NEW.search(norm, start, end))),
        None,
    )
    if not new and verb:
        new = NEW.search(norm, around.tail.span[0], verb.end())
    new = new or _NEW_BEFORE.search(norm, *around.before)
    if new:
        return text.extract("新設", *new.span())
    if existing:
        return text.extract("既存活用", *existing.span())
    talk = norm.find("意見交換", anchor.name_start, anchor.name_end)
    if talk >= 0 and verb and verb["hold"] in ("実施", "開催"):
        return text.extract("意見交換", talk, anchor.name_end)
    return None


def find_bare_origin(text: Text, place: tuple[int, int]) -> Extract | None:
    """Return where the body of a bullet without a name comes from. place : of its status."""
    new, existing = NEW.search(text.norm), _EXISTING.search(text.norm)
    if existing and "活用" in text.norm:
        return text.extract("既存活用", *existing.span())
    if new and not existing:
        return text.extract("新設", *new.span())
    talk = text.norm.find("意見交換")
    said = text.norm[place[0] : place[1]]
    if talk >= 0 and any(word in said for word in ("実施", "開催")):
        return text.extract("意見交換", talk, talk + 4)
    return None


def find_part_origin(text: Text, span: tuple[int, int]) -> Extract | None:
    """Return where the bodies of うち2つは… come from; None where it says both."""
    new, existing = NEW.search(text.norm, *span), _EXISTING.search(text.norm, *span)
    if new and not existing:
        return text.extract("新設", *new.span())
    if existing and not new:
        return text.extract("既存活用", *existing.span())
    return None


def _last(pattern: re.Pattern[str], norm: str, span: tuple[int, int]) -> re.Match[str] | None:
    """Return the last match within a span: what stands nearest before a name."""
    match = None
    for found in pattern.finditer(norm, *span):
        match = found
    return match
