"""Where in its cell does each character of a folded text stand? (原文の位置)

A cell is searched in one spelling (half-width digits, one kind of brackets), but what is taken
from it is shown in the cell's own characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

SETUP, PLAN, FIELDS = "setup", "plan", "fields"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u2060\ufeff]")
_VOICED = frozenset("\uff9e\uff9f\u3099\u309a")
_HALF_KANA = re.compile(r"[\uff61-\uff9f]")
_WIDE_SIGN = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_ROUND = str.maketrans("〔〕[]{}〘〙", "()()()()")


@dataclass(frozen=True)
class Extract:
    """One value drawn from a sentence (自動抽出). wording : the part of the cell it stands in.

    column : "setup", "plan" or "fields" — which cell of the row.
    """

    value: str
    wording: str
    column: str


def _fold_character(cluster: str) -> str:
    if cluster in _BREAKS:
        return "\n"
    if cluster in CIRCLED or "㉑" <= cluster[0] <= "㊿":
        return cluster
    if _INVISIBLE.fullmatch(cluster):
        return ""
    folded = unicodedata.normalize("NFKC", cluster).translate(_ROUND)
    return " " if folded.isspace() else folded


@dataclass(frozen=True)
class Text:
    """A folded text whose every character knows its place in the cell.

    norm : what is searched.  starts, ends : of each character of norm, in raw.
    column : the cell, "setup", "plan" or "fields".
    """

    raw: str
    norm: str
    starts: Sequence[int]
    ends: Sequence[int]
    column: str = ""

    @classmethod
    def read(cls, raw: str, column: str = "") -> Text:
        """Return the text of a cell, folded."""
        norm, starts, ends = [], [], []
        at = 0
        while at < len(raw):
            end = at + 1
            # Half-width kana carry their voicing as a character of its own.
            voiced = end < len(raw) and raw[end] in _VOICED
            if voiced or raw.startswith("\r\n", at):
                end += 1
            folded = "\n" if raw[at:end] == "\r\n" else _fold_character(raw[at:end])
            norm.append(folded)
            starts.extend([at] * len(folded))
            ends.extend([end] * len(folded))
            at = end
        return cls(raw, "".join(norm), starts, ends, column)

    def part(self, start: int, end: int) -> Text:
        """Return the text from start to end without line breaks and the spaces at its edges."""
        keep = []
        norm = self.norm
        while start < end and norm[start] in " \n":
            start += 1
        while end > start and norm[end - 1] in " \n":
            end -= 1
        at = start
        while at < end:
            if norm[at] not in " \n":
                keep.append((at, norm[at]))
                at += 1
                continue
            stop = at
            while norm[stop] in " \n":
                stop += 1
            # A break inside Japanese is only the width of the cell; between Latin words it parts.
            latin = norm[at - 1].isascii() and norm[stop].isascii()
            if "\n" not in norm[at:stop] or latin:
                keep.append((at, " "))
            at = stop
        return Text(
            self.raw,
            "".join(sign for _, sign in keep),
            [self.starts[index] for index, _ in keep],
            [self.ends[index] for index, _ in keep],
            self.column,
        )

    def wording(self, start: int, end: int) -> str:
        """Return the cell's own characters from start to end."""
        return self.raw[self.starts[start] : self.ends[end - 1]] if start < end else ""

    def extract(self, value: str, start: int, end: int) -> Extract:
        """Return a value that the words from start to end say."""
        return Extract(value, self.wording(start, end), self.column)

    def source(self, start: int, end: int, *, narrow: bool = False) -> str:
        """Return the source's own signs as one line; half-width kana become whole ones.

        narrow : full-width letters and digits become half-width ones as well.
        """
        signs, last = [], -1
        for index in range(start, end):
            if self.starts[index] == last:
                continue
            last = self.starts[index]
            sign = self.raw[last : self.ends[index]]
            if self.norm[index] == " ":
                sign = " "
            elif _HALF_KANA.search(sign) or (narrow and _WIDE_SIGN.search(sign)):
                sign = unicodedata.normalize("NFKC", sign)
            signs.append(sign)
        return _INVISIBLE.sub("", "".join(signs)).strip()
