"""Is a body there, only planned, or not there? (設置状況)"""

from __future__ import annotations

import re

from domain import frameworks as fw
from domain.intake.narrative.around import Around
from domain.intake.narrative.names import BODY
from domain.intake.narrative.text import Text
from domain.intake.narrative.words import ENDED, MAKE_OR_HOLD, NOT_YET, PENDING, VERB

_DONE = re.compile(r"\s?\(?(?:済み?|ずみ)\)?")
_NEGATED = re.compile(
    r"(?:(?:を?し|され|でき|を?行っ)?て|に(?:は)?至って)は?(?:い?ない|いません|おらず|おりません|いず)"
    r"|せず|し(?:ない|ません)|(?:の|する)?予定(?:は|も|が)?(?:な[しい]|無|ありません)|(?:は|が|も)?(?:な[しい]|無し)"
)
_FILL = r"(?:する|される|こと|方向|について|早期|今後|[のをにがではともへ]|\s|令和|平成|[RH](?=\d)|年度?|[\d月末頃内中.])"
_PLANNED = re.compile(
    rf"(?:\(\s?{_FILL}{{0,8}}(?:{PENDING}|見込み?)\)?"
    rf"|{_FILL}{{0,12}}(?:予定|検討(?!会|の場|体制|組織)|見込|目指|準備|調整|計画|方針|向け|めど|目途)(?:中|して)?"
    r"|することと|したい)"
)
_FUTURE = re.compile(r"する(?:。|$)")
_UNDECIDED_IF = re.compile(r"要否|是非|必要性|可否|適否")
_NOT_MADE = re.compile(r"未設置")
# 「検討中」 alone is no plan to set one up: what is considered is not said.
_BARE_PLAN = re.compile(r"(?:準備|予定)(?:中|して)?")
_BODY_PLAN = re.compile(
    rf"(?:枠組み?|体制|会議体|協議体|協議の場|検討の場)[^。]{{0,20}}?(?:{PENDING}|準備中|検討し|を検討)"
)
_WORKS_IN = re.compile(
    r"(?:に?おいて|で|にて|を通じて?)[^。]{0,30}?(?:協議|検討|議論|意見交換|推進)"
)
_BEFORE_DONE = re.compile(
    rf"(?:{MAKE_OR_HOLD})(?:した|済みの?|済の|している|されている|された)\s?$"
)
_BEFORE_PLANNED = re.compile(rf"(?:{MAKE_OR_HOLD})(?:を|する)?(?:予定|検討中)の\s?$")
_BEFORE_STATE = re.compile(rf"(?:{MAKE_OR_HOLD})(?:済み?|予定)?[\s::】>〉》)、]{{0,4}}$")


def read_verb(text: Text, verb: re.Match[str], end: int) -> tuple[str, int]:
    """Return what a verb says (設置状況, "" for nothing) and where its words end."""
    norm, at = text.norm, verb.end()
    if done := _DONE.match(norm, at, end):
        return fw.ESTABLISHED, done.end()
    if negated := _NEGATED.match(norm, at, end):
        return fw.ABSENT, negated.end()
    if planned := _PLANNED.match(norm, at, end):
        if _UNDECIDED_IF.search(norm, at, min(end, planned.end() + 6)):
            return "", at
        return fw.PLANNED, planned.end()
    if _UNDECIDED_IF.match(norm, at + 1, end) or _FUTURE.match(norm, at, end):
        return "", at
    return fw.ESTABLISHED, at


def find_status(text: Text, around: Around) -> tuple[str, tuple[int, int], re.Match[str] | None]:
    """Return (設置状況, its place, the verb if it stands in brackets after the name)."""
    norm, tail = text.norm, around.tail
    start, end = around.before
    near = (max(start, end - 24), end)
    if match := _BEFORE_PLANNED.search(norm, *near):
        return fw.PLANNED, _trim(norm, *match.span()), None
    if match := _BEFORE_DONE.search(norm, *near):
        return fw.ESTABLISHED, _trim(norm, *match.span()), None
    for start, end in around.anchor.attached:
        own = VERB.search(norm, start, end)
        if own:
            status, stop = read_verb(text, own, end)
            if status:
                return status, (own.start(), stop), own
        if match := NOT_YET.search(norm, start, end):
            return fw.PLANNED, match.span(), None
    if tail.verb:
        return tail.status, (tail.verb.start(), tail.said[1]), None
    if match := _NOT_MADE.search(norm, *tail.span):
        return fw.ABSENT, match.span(), None
    if match := _BEFORE_STATE.search(norm, *near):
        status = fw.PLANNED if "予定" in match[0] else fw.ESTABLISHED
        return status, _trim(norm, *match.span()), None
    if match := _WORKS_IN.match(norm, *tail.span):
        rest = norm[match.end() : match.end() + 8]
        if "予定" not in rest and not rest.startswith("する"):
            return fw.ESTABLISHED, match.span(), None
    return "", (0, 0), None


def find_bare_status(text: Text, *, alone: bool) -> tuple[str, tuple[int, int], bool]:
    """Return (設置状況, its place, founds something) of a bullet that names no body.

    alone : it is the whole of its cell, or its heading.
    """
    norm = text.norm
    body = BODY.search(norm)
    seen: dict[str, tuple[tuple[int, int], bool]] = {}
    for count, verb in enumerate(VERB.finditer(norm)):
        if count >= 8:
            break
        if not verb["make"] and not body:
            continue
        status, end = read_verb(text, verb, len(norm))
        if status and status not in seen:
            seen[status] = ((verb.start(), end), bool(verb["make"]))
    if match := _NOT_MADE.search(norm):
        seen.setdefault(fw.ABSENT, (match.span(), False))
    if ENDED.search(norm):
        return "", (0, 0), False
    if fw.ABSENT in seen and fw.PLANNED in seen:
        place, made = seen[fw.PLANNED]
        return fw.PLANNED, place, made
    for status, (place, made) in seen.items():
        return status, place, made
    if _UNDECIDED_IF.search(norm):
        return "", (0, 0), False
    short = _BARE_PLAN.search(norm) if alone and len(norm) <= 20 else None
    match = _BODY_PLAN.search(norm) or short
    return (fw.PLANNED, match.span(), False) if match else ("", (0, 0), False)


def _trim(norm: str, start: int, end: int) -> tuple[int, int]:
    """Cut the signs around a state (設置済：) off its wording."""
    while end > start and norm[end - 1] in " :】>〉》)、の":
        end -= 1
    return start, end
