"""What does the raw content of a cell mean: a text, a number, a moment, a colour? (セルの値)"""

from __future__ import annotations

import re
from collections.abc import Sized
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from data.intake.container import LONGEST_TEXT, Package, read_xml
from domain.intake.findings import Refused
from domain.intake.grid import CellValue

MOST_STYLES = 70_000
LONGEST_NUMBER = 64

# Date formats that Excel knows by number; 27 to 36 and 50 to 58 as a Japanese Excel shows them.
_ERA, _ERA_LONG = "[$-411]ge.m.d", '[$-411]ggge"年"m"月"d"日"'
_YMD, _YM, _MD = 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"', 'm"月"d"日"'
BUILTIN_FORMATS = {
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: _ERA, 28: _ERA_LONG, 29: _ERA_LONG, 30: "m/d/yy", 31: _YMD, 32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"', 34: _YM, 35: _MD, 36: _ERA, 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mmss.0", 50: _ERA, 51: _ERA_LONG, 52: _YM, 53: _MD, 54: _ERA_LONG, 55: _YM, 56: _MD,
    57: _ERA, 58: _ERA_LONG,
}  # fmt: skip

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What no text of a table holds; tab and line breaks stay.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LETTER_OF_DATE = re.compile(r"[ymdhsegYMDHSEG]").search
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_PLAIN_COLOURS = {"FF000000", "00000000", "FFFFFFFF", "00FFFFFF"}


class Style(NamedTuple):
    """How a cell is shown. kind : "", "date", "time" or "elapsed".

    code : the number format, if any reader might take it for one of a date.
    """

    kind: str = ""
    code: str = ""
    emphasised: bool = False


PLAIN = Style()


class Styles(NamedTuple):
    """The styles. by_number : number as it is written in a cell → style.

    special : numbers of those that make a moment of a number or set a cell apart.
    """

    by_number: dict[str, Style]
    special: frozenset[str]


# ---------------------------------------------------------------- texts, formats, numbers


def to_text(raw: str) -> str | None:
    """Return a text with Excel's escapes undone; None if it holds control characters."""
    if "_x" in raw:
        raw = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), raw)
        if re.search("[\ud800-\udfff]", raw):
            raw = raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            raw = raw.replace("\ufffd", "\ufffe")
    raw = mend_text(raw)
    return None if CONTROL.search(raw) else raw


def mend_text(text: str) -> str:
    """Return a text with every kind of line break as one, in the way Excel writes it."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # What other programs call a line break within a paragraph, and a page break.
    return text.replace("\x0b", "\n").replace("\x0c", "\n")


@lru_cache(maxsize=512)
def format_kind(code: str) -> str:
    """Return what a number format makes of a number: "", "date", "time" or "elapsed"."""
    bare = _LITERAL.sub("", code).partition(";")[0].lower()
    if re.search(r"\[(?:h+|m+|s+)\]", bare):
        return "elapsed"
    bare = re.sub(r"\[[^\]]*\]", "", bare).replace("general", "").replace("g/標準", "")
    bare = re.sub(r"am/pm|a/p", "h", bare)
    bare = re.sub(r"e[+-]", "", bare)
    # Digits belong to a number, unless they are the fraction of a second.
    if re.search(r"[#?@]|(?<![.0])0", bare):
        return ""
    if re.search(r"[ydeg]|aaa", bare):
        return "date"
    if re.search(r"[hs]", bare):
        return "time"
    return "date" if "m" in bare else ""


@lru_cache(maxsize=4096)
def to_moment(serial: float, kind: str, is_1904: bool) -> CellValue:
    """Return the date or time a number stands for; the number itself if it stands for none."""
    if kind == "elapsed":
        return to_elapsed(serial)
    last = 2_957_003 if is_1904 else 2_958_465
    if not 0 <= serial < last + 1:
        return serial
    days, milliseconds = divmod(round(serial * 86_400_000), 86_400_000)
    moment = timedelta(milliseconds=milliseconds)
    if days == 0 and (kind == "time" or not is_1904):
        # Day 0 is no day: with a format of a date it is a formula's 0 for an empty cell.
        return (datetime.min + moment).time() if kind == "time" else serial
    if is_1904:
        first = datetime(1904, 1, 1)
    elif days == 60:
        # Excel shows a day that never was; whoever reads on must not take it for a date.
        return "1900-02-29"
    else:
        first = datetime(1899, 12, 30 if days > 60 else 31)
    if days > last:
        return serial
    shown = first + timedelta(days=days) + moment
    return shown if moment else shown.date()


def to_elapsed(serial: float) -> CellValue:
    """Return a number of days as hours and minutes, 36:00; the number if it is out of range."""
    if not 0 <= serial < 1_000_000:
        return serial
    minutes, seconds = divmod(round(serial * 86_400), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def to_number(text: str) -> int | float | None:
    """Return the number a text stands for, whole ones as int; None if it is none or endless."""
    if len(text) <= 15 and text.isascii() and text.isdigit():
        return int(text)
    text = text.strip(" \t\r\n")
    if len(text) > LONGEST_NUMBER or not _NUMBER(text):
        return None
    number = float(text)
    if not isfinite(number):
        return None
    return whole(number)


def whole(number: float) -> int | float:
    """Return a whole number as int; beyond the digits that Excel holds it stays a float."""
    if abs(number) < 1e15:
        return int(number) if number == int(number) else number
    return float(number)


def to_column(letters: str) -> int:
    """Return the number of a column from its letters: A → 0."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def to_iso_moment(text: str) -> CellValue:
    """Return the date of a cell of the strict flavour; its text if it cannot be understood."""
    try:
        if len(text) <= 10 and "-" in text:
            return date.fromisoformat(text)
        if "T" not in text:
            return time.fromisoformat(text).replace(tzinfo=None)
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    return moment if moment.time() != time() else moment.date()


# ---------------------------------------------------------------- styles


def read_styles(package: Package, name: str) -> Styles:
    """Return how cells are shown."""
    codes: dict[int, str] = dict(BUILTIN_FORMATS)
    fonts: list[bool] = []
    fills: list[bool] = []
    formats: list[tuple[int, int, int]] = []
    section = ""
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, section
        depth += 1
        if depth < 3:
            section = tag.rpartition(" ")[2]
        elif section == "cellXfs":
            if depth == 3:
                keys = map(attributes.get, ("numFmtId", "fontId", "fillId"))
                formats.append(tuple(map(to_index, keys)))
                limit(formats)
        elif section == "fonts":
            if depth == 3:
                fonts.append(False)
                limit(fonts)
            elif not fonts[-1]:
                fonts[-1] = marks_font(tag.rpartition(" ")[2], attributes)
        elif section == "fills":
            if depth == 3:
                fills.append(False)
                limit(fills)
            else:
                fills[-1] = _marks_fill(tag.rpartition(" ")[2], attributes, fills[-1])
        elif section == "numFmts" and depth == 3:
            codes[to_index(attributes.get("numFmtId"), -1)] = attributes.get("formatCode", "")
            limit(codes)

    def limit(found: Sized) -> None:
        if len(found) > MOST_STYLES:
            raise Refused("E_TOO_MANY_ELEMENTS", part=name, limit=f"{MOST_STYLES:,}")

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1

    if not name:
        return Styles({}, frozenset())
    read_xml(package, name, start, end)
    kinds = {number: format_kind(code) for number, code in codes.items()}
    styles = {}
    for index, (number, font, fill) in enumerate(formats):
        marked = (font < len(fonts) and fonts[font]) or (fill < len(fills) and fills[fill])
        kind = kinds.get(number, "")
        code = codes.get(number, "")
        may_be = kind or _LETTER_OF_DATE(code.replace("General", ""))
        styles[str(index)] = Style(kind, code if may_be else "", marked)
    special = (number for number, style in styles.items() if style.code or style.emphasised)
    return Styles(styles, frozenset(special))


def to_index(text: str | None, otherwise: int = 0) -> int:
    """Return a number of up to nine plain digits; otherwise : what is returned for all else."""
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else otherwise


def marks_font(local: str, attributes: dict[str, str]) -> bool:
    """Does this part of a font set a word apart: underlined, struck through, coloured?"""
    value = attributes.get("val", "")
    if local == "u":
        return value != "none"
    if local == "strike":
        return value not in ("0", "false")
    return local == "color" and _is_colour(attributes)


def _marks_fill(local: str, attributes: dict[str, str], so_far: bool) -> bool:
    if local == "patternFill":
        return attributes.get("patternType", "none") not in ("none", "gray125")
    if local == "gradientFill":
        return True
    return so_far and (local != "fgColor" or _is_colour(attributes))


def _is_colour(attributes: dict[str, str]) -> bool:
    """Is it a colour that anybody would notice, not black, white or the default?"""
    if "rgb" in attributes:
        return attributes["rgb"].upper() not in _PLAIN_COLOURS
    if "theme" in attributes:
        return attributes["theme"] not in ("0", "1") or "tint" in attributes
    return attributes.get("indexed", "64") not in ("0", "1", "8", "9", "64", "65")


def check_text(text: str, sheet: str = "", cell: str = "") -> None:
    """Raise Refused if a text is longer than any cell can be."""
    if len(text) > LONGEST_TEXT:
        raise Refused(
            "E_CELL_TOO_LONG", sheet, cell, text[:100],
            size=f"{len(text):,}", limit=f"{LONGEST_TEXT:,}",
        )  # fmt: skip
