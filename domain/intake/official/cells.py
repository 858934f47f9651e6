"""What does one cell say: a text, a number of persons, the digits of a code?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from domain.intake.grid import CellValue, Sheet
from domain.intake.normalise import HALF_WIDTH, NO_VALUE, SPACED, UNIT, clean_text, fold, own_text

# No prefecture, and no staff, counts more persons.
_MOST_PERSONS = 200_000_000
# How far down a header may stand, and how many columns are looked at.
HEADER_ROWS, MOST_COLUMNS = 60, 400
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー〜～∼~", "-") | dict.fromkeys("△▲", "-"))
_MARKS = frozenset(("", "-", "--", "...", "・・・", "*", "**", "***", "x", "X", "×", "/"))
_COUNT = re.compile(
    r"(?P<minus>-)?(?P<whole>[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?P<rest>\.[0-9]{1,9})?"
)
NO_DIGITS = "数字ではありません"


def cells_of(sheet: Sheet, row: int) -> Sequence[CellValue]:
    """Return the cells of a row that are looked at; none below the sheet."""
    return sheet.rows[row][:MOST_COLUMNS] if row < len(sheet.rows) else ()


def folded(sheet: Sheet, row: int) -> list[str]:
    """Return the texts of a row as they are compared."""
    return [fold(own_text(value)) for value in cells_of(sheet, row)]


def spaced(sheet: Sheet, row: int) -> list[str]:
    """Return the texts of a row with their spaces: 「2-1　0～14歳」 must not read 10～14歳."""
    return [
        " ".join(unicodedata.normalize("NFKC", own_text(value)).split())
        for value in cells_of(sheet, row)
    ]


def is_blank(sheet: Sheet) -> bool:
    """Is there nothing at all on a sheet?"""
    return not any(value is not None for row in sheet.rows for value in row)


def _tighten(text: str) -> tuple[str, list[str]]:
    """Return a text in half width and without spaces, and the repairs that took."""
    clean, found = clean_text(text)
    kinds = list(found)
    narrow = unicodedata.normalize("NFKC", clean)
    if narrow != clean:
        kinds.append(HALF_WIDTH)
    tight = "".join(narrow.split())
    if tight != narrow:
        kinds.append(SPACED)
    return tight, kinds


def read_count(value: CellValue) -> tuple[str, tuple[str, ...], str]:
    """Return digits, repairs and problem ("empty", "negative" or a reason) of a number cell."""
    if value is None:
        return "", (), "empty"
    if isinstance(value, bool):
        return "", (), "真偽値です"
    if isinstance(value, (int, float)):
        if value != value or abs(value) > _MOST_PERSONS:
            return "", (), "数が大きすぎます"
        if value != int(value):
            return "", (), "小数です"
        return ("", (), "negative") if value < 0 else (str(int(value)), (), "")
    if not isinstance(value, str):
        return "", (), "日付や時刻です"
    tight, kinds = _tighten(value)
    if tight.translate(DASHES) in _MARKS:
        return "", (NO_VALUE,) if value else (), "empty"
    digits = tight.translate(DASHES).removesuffix("人")
    match = _COUNT.fullmatch(digits)
    if not match:
        return "", (), NO_DIGITS
    if match["minus"]:
        return "", (), "negative"
    if match["rest"] and match["rest"].strip(".0"):
        return "", (), "小数です"
    number = str(int(match["whole"].replace(",", "")))
    if int(number) > _MOST_PERSONS:
        return "", (), "数が大きすぎます"
    if number != tight:
        kinds.append(UNIT)
    return number, tuple(kinds), ""


def read_digits(value: CellValue) -> tuple[str, tuple[str, ...]]:
    """Return the digits of a code cell and the repairs that took, ("", ()) if it holds none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return "", ()
    tight, kinds = _tighten(own_text(value))
    if tight.startswith("'"):  # How Excel is told that digits are text.
        tight = tight[1:]
        kinds.append(UNIT)
    return (tight, tuple(kinds)) if re.fullmatch(r"[0-9]{1,6}", tight) else ("", ())
