"""Which items does a cell hold? (箇条書きの分割)"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.intake.narrative.limits import LONGEST_BULLET
from domain.intake.narrative.text import CIRCLED, Text

_DOTS = "・○〇◯●◎■□◆◇▪▫•‣◦▶►➢➤✓✔☑*※\\-–—―−‐\uf06c\uf06e\uf0a7\uf0b7\uf0d8\uf0fc"
_MARK = re.compile(
    rf" ?(?:(?P<circled>[{CIRCLED}])|\(?(?P<number>\d{{1,2}})[).](?!\d)"
    rf"|(?P<dot>[○〇◯●](?![○〇◯●])|(?![○〇◯●])[{_DOTS}])) ?"
)
HEADING = re.compile(r"[【<〈《]")
_GOES_ON = re.compile(r"[、,・(「『にでとをのはがやへも]$")
_CARRIES_ON = re.compile(r"[、。,)」』を]")
BRACKETS = {"「": "」", "『": "』", "(": ")", "“": "”", "《": "》", "〈": "〉", "【": "】"}
CLOSERS = {close: opening for opening, close in BRACKETS.items()}


@dataclass(frozen=True)
class Bullet:
    """One item of a cell. number : of its mark, 0 without.  note : it begins with ※."""

    text: Text
    number: int = 0
    note: bool = False


def pair_brackets(norm: str) -> dict[int, int]:
    """Return the place of every opening bracket → the place of the one that closes it."""
    stacks: dict[str, list[int]] = {}
    pairs = {}
    for at, sign in enumerate(norm):
        if sign in BRACKETS:
            stacks.setdefault(sign, []).append(at)
        elif sign in CLOSERS and stacks.get(CLOSERS[sign]):
            pairs[stacks[CLOSERS[sign]].pop()] = at
    return pairs


def _mark_number(match: re.Match[str]) -> int:
    if match["circled"]:
        return CIRCLED.index(match["circled"]) + 1
    return int(match["number"]) if match["number"] else 0


def _find_inner_marks(norm: str, start: int, end: int, first: re.Match[str]) -> list[int]:
    """Where do further bullets of the same kind begin on a line that begins with one?"""
    found, depth, number = [], 0, _mark_number(first)
    for at in range(first.end(), end):
        sign = norm[at]
        depth = max(0, depth + (sign in BRACKETS) - (sign in CLOSERS))
        if depth or at <= start:
            continue
        parted = norm[at - 1] in " 。"
        if first["circled"]:
            is_mark = number < len(CIRCLED) and sign == CIRCLED[number]
        elif first["number"]:
            match = _MARK.match(norm, at, end) if parted and sign in "(0123456789" else None
            is_mark = bool(match and match["number"] and _mark_number(match) == number + 1)
        else:
            is_mark = (
                parted and sign == first["dot"] and norm[at + 1 : at + 2] not in ("", " ", sign)
            )
        if is_mark:
            found.append(at)
            number += 1
    return found


def _list_pieces(text: Text) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """Yield (start, end, mark) of every line, and of every bullet within a line."""
    start = 0
    for line in text.norm.split("\n"):
        end = start + len(line)
        first = _MARK.match(text.norm, start, end)
        cuts = [start]
        if first:
            cuts += _find_inner_marks(text.norm, start, end, first)
        for at, stop in zip(cuts, [*cuts[1:], end], strict=True):
            yield at, stop, _MARK.match(text.norm, at, stop)
        start = end + 1


def _list_unclosed(norm: str, start: int, end: int) -> str:
    """Return the brackets that a bullet opens and does not close."""
    # A bullet as long as that has lost its way; counting again and again would cost time.
    if end - start > LONGEST_BULLET:
        return ""
    return "".join(
        opening
        for opening, close in BRACKETS.items()
        if norm.count(opening, start, end) > norm.count(close, start, end)
    )


def list_bullets(text: Text) -> list[Bullet]:
    """Return the items of a cell, each without its mark and its line breaks."""
    spans: list[list[int]] = []
    marks: list[re.Match[str] | None] = []
    pieces = [piece for piece in _list_pieces(text) if text.norm[piece[0] : piece[1]].strip()]
    marked = any(mark for _, _, mark in pieces)
    tail, unclosed = "", ""
    for start, end, mark in pieces:
        line = text.norm[start:end].strip()
        goes_on = False
        if spans and not mark:
            goes_on = bool(
                # The line closes a bracket that an earlier one opened.
                (unclosed and any(BRACKETS[sign] in line for sign in unclosed))
                or (marked and marks[-1] and not HEADING.match(line))
                or (len(tail) >= 8 and _GOES_ON.search(tail))
                or _CARRIES_ON.match(line)
            )
        if goes_on:
            spans[-1][1] = end
        else:
            spans.append([start, end])
            marks.append(mark)
            unclosed = ""
        tail = line
        unclosed = _list_unclosed(text.norm, *spans[-1])
    bullets = []
    for (start, end), mark in zip(spans, marks, strict=True):
        number, note = 0, False
        for _ in range(2):
            # 「・①」: a number may follow the mark.
            if mark:
                start, number = mark.end(), number or _mark_number(mark)
                note |= mark["dot"] == "※"
                mark = _MARK.match(text.norm, start, end)
        part = text.part(start, end)
        if any(sign.isalnum() for sign in part.norm):
            bullets.append(Bullet(part, number, note))
    return bullets


def split_bullets(text: str) -> list[str]:
    """Which items does a cell of bullets hold? In order, without their marks (箇条書きの分割).

    Items begin at a mark (・ ○ ● - * • ① 1. (1) …) or on a new line; a line that only goes on
    the one before belongs to it, so an item may hold a line break. Each item is a part of
    `text`. Items without a letter or a digit are left out.
    """
    return [
        bullet.text.wording(0, len(bullet.text.norm))
        for bullet in list_bullets(Text.read(str(text or "")))
    ]
