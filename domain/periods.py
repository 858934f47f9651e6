"""Dates as the sources write them: a span of days with a precision (時点の精度).

The ministry's document mixes 「R7.2」, 「令和7年10月1日」, 「R7年度末」 and 「12月まで」. A bare
date would claim a precision that the source does not have, so a period keeps the first and
the last day it may mean and says how exact it is.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

DAY, MONTH, YEAR, FISCAL_YEAR, UNKNOWN = "日", "月", "年", "年度", "不明"
PRECISIONS = (DAY, MONTH, YEAR, FISCAL_YEAR, UNKNOWN)

# First day of each era (元号). Source: 元号を改める政令 (昭和64年政令第1号, 平成31年政令第143号).
ERAS = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
)
_ERA_START = {key: start for name, letter, start in ERAS for key in (name, letter)}


class PeriodError(ValueError):
    """The text is not a period; the message says why, in Japanese, for the user."""


@dataclass(frozen=True)
class Period:
    """A span of days with the precision of its source (時点).

    first, last : date — the earliest and the latest day the text may mean, both included.
    precision : one of PRECISIONS.
    """

    first: date
    last: date
    precision: str

    def certainly_by(self, day: date) -> bool:
        """Is the whole period over on or before `day`?"""
        return self.last <= day

    def possibly_by(self, day: date) -> bool:
        """May the period lie on or before `day`?"""
        return self.first <= day

    def to_text(self) -> str:
        """Return the canonical text, which `parse_period` reads back unchanged."""
        if self.precision == DAY:
            return self.first.isoformat()
        if self.precision == MONTH:
            return f"{self.first:%Y-%m}"
        if self.precision == YEAR:
            return f"{self.first:%Y}"
        if self.precision == FISCAL_YEAR:
            return f"FY{self.first:%Y}"
        return ""


def day_period(year: int, month: int, day: int) -> Period:
    """Return the one-day period; raises PeriodError for a day that does not exist."""
    try:
        exact = date(year, month, day)
    except ValueError:
        raise PeriodError(f"{year}年{month}月{day}日という日はありません") from None
    return Period(exact, exact, DAY)


def month_period(year: int, month: int) -> Period:
    """Return the month as a period; raises PeriodError for month 0 or 13."""
    if not 1 <= month <= 12:
        raise PeriodError(f"{month}月はありません")
    last = calendar.monthrange(year, month)[1]
    return Period(date(year, month, 1), date(year, month, last), MONTH)


def year_period(year: int) -> Period:
    """Return the calendar year as a period."""
    return Period(date(year, 1, 1), date(year, 12, 31), YEAR)


def fiscal_year_period(year: int) -> Period:
    """Return the fiscal year (4月–翌年3月) that starts in `year`."""
    return Period(date(year, 4, 1), date(year + 1, 3, 31), FISCAL_YEAR)


_CANONICAL_FISCAL = re.compile(r"FY(\d{4})")
_WESTERN = re.compile(
    r"(?P<y>\d{4})\s*(?:年|[-/.])?\s*"
    r"(?:(?P<m>\d{1,2})\s*(?:月|[-/.])?\s*(?:(?P<d>\d{1,2})\s*日?)?)?"
)
_JAPANESE = re.compile(
    r"(?P<era>令和|平成|昭和|大正|[RHST])\s*(?P<y>元|\d{1,2})\s*(?:年|[./-])?\s*"
    r"(?:(?P<m>\d{1,2})\s*(?:月|[./-])?\s*(?:(?P<d>\d{1,2})\s*日?)?)?",
    re.IGNORECASE,
)
_FISCAL = re.compile(
    r"(?:(?P<era>令和|平成|昭和|大正|[RHST])\s*(?P<ey>元|\d{1,2})|(?P<y>\d{4}))\s*年度\s*"
    r"(?P<end>末)?",
    re.IGNORECASE,
)
_MONTH_END = re.compile(r"^(?P<rest>.*\d)\s*月\s*末$")
_TRAILER = re.compile(r"(?:時点|現在|頃|ごろ)$")


def _era_year(era: str, number: str) -> int:
    start = _ERA_START[era.upper() if len(era) == 1 else era]
    value = 1 if number == "元" else int(number)
    if value == 0:
        raise PeriodError(f"{era}0年はありません")
    return start.year + value - 1


def parse_period(text: str) -> Period:
    """Read a date as people write it (和暦・西暦・年度・月末).

    Accepts R7.2, Ｒ７．２, 令和7年2月, 令和元年, 2025-02, 2025/2, 2025-10-01, R7年度, FY2025,
    R7年度末 (the last day of the fiscal year), 令和7年10月末 (the last day of the month).

    Raises
    ------
    PeriodError with a Japanese reason if the text is none of these or names a day that
    does not exist. An era year past the era's end (平成31年5月) is read as the calendar year.
    """
    cleaned = unicodedata.normalize("NFKC", str(text)).strip()
    cleaned = _TRAILER.sub("", cleaned).strip()
    if not cleaned:
        raise PeriodError("空欄です")
    if match := _CANONICAL_FISCAL.fullmatch(cleaned):
        return fiscal_year_period(int(match[1]))
    if match := _FISCAL.fullmatch(cleaned):
        year = int(match["y"]) if match["y"] else _era_year(match["era"], match["ey"])
        fiscal = fiscal_year_period(year)
        return Period(fiscal.last, fiscal.last, DAY) if match["end"] else fiscal
    if match := _MONTH_END.fullmatch(cleaned):
        month = parse_period(match["rest"] + "月")
        if month.precision != MONTH:
            raise PeriodError(f"「{text}」は年月として読めません")
        return Period(month.last, month.last, DAY)
    if match := _JAPANESE.fullmatch(cleaned):
        return _build(_era_year(match["era"], match["y"]), match["m"], match["d"])
    if match := _WESTERN.fullmatch(cleaned):
        return _build(int(match["y"]), match["m"], match["d"])
    raise PeriodError(f"「{text}」は年月として読めません")


def _build(year: int, month: str | None, day: str | None) -> Period:
    if not 1868 <= year <= 2200:
        raise PeriodError(f"{year}年は扱える範囲（1868～2200年）の外です")
    if month is None:
        return year_period(year)
    if day is None:
        return month_period(year, int(month))
    return day_period(year, int(month), int(day))


def era_of(day: date) -> tuple[str, str, int]:
    """Return (era name, era letter, year in the era) of a day from 1912-07-30 on."""
    for name, letter, start in ERAS:
        if day >= start:
            return name, letter, day.year - start.year + 1
    raise PeriodError(f"{day.isoformat()} は和暦に直せる範囲より前です")


def _wareki_year(day: date) -> str:
    name, _, number = era_of(day)
    return f"{name}{'元' if number == 1 else number}年"


def format_period(period: Period, *, with_western: bool = True) -> str:
    """Write a period for the screen: 令和7年10月1日（2025年10月1日）."""
    first = period.first
    if period.precision == FISCAL_YEAR:
        return _wareki_year(first) + "度" + (f"（{first.year}年度）" if with_western else "")
    if period.precision == UNKNOWN:
        return "時期の記載なし"
    tail = {DAY: f"{first.month}月{first.day}日", MONTH: f"{first.month}月", YEAR: ""}
    suffix = tail[period.precision]
    western = f"（{first.year}年{suffix}）" if with_western else ""
    return f"{_wareki_year(first)}{suffix}{western}"


def format_short(period: Period) -> str:
    """Write a period for a table or an axis: R7.10.1, R7.2, R7年度."""
    first = period.first
    _, letter, number = era_of(first)
    if period.precision == FISCAL_YEAR:
        return f"{letter}{number}年度"
    if period.precision == UNKNOWN:
        return "不明"
    parts = {DAY: f".{first.month}.{first.day}", MONTH: f".{first.month}", YEAR: "年"}
    return f"{letter}{number}{parts[period.precision]}"


def describe_as_of(text: str) -> str:
    """Write a canonical as-of text for the screen; an empty one says so."""
    return format_period(parse_period(text)) + "時点" if text else "時点の記載なし"
