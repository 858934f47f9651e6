"""Which dates does a text name, and which year does a month or 年度末 mean? (時期の読み取り)"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.intake.narrative.text import Extract, Text
from domain.periods import FISCAL_YEAR, YEAR, Period, PeriodError, parse_period

_ERA_NAME = r"令和|平成|昭和|大正|(?<![A-Za-z])[RHSrhs]"
DATE = re.compile(
    rf"""
    (?: (?P<era>{_ERA_NAME})\ ?(?P<ey>元|\d{{1,2}})(?!\d)
      | (?<![\d.,/])(?P<y>(?:19|20)\d\d)(?!\d)
      | FY\ ?(?P<fy>(?:19|20)\d\d)(?!\d) )
    (?: \ ?(?:\([^()]{{1,8}}\))?\ ?年度(?P<fiscal>[末内中])?
      | \ ?(?:年?\ ?\([^()]{{1,8}}\)\ ?年?|年)\ ?(?P<m1>\d{{1,2}})\ ?月
        (?:(?P<end1>末)|\ ?(?P<d1>\d{{1,2}})\ ?日)?
      | \ ?[./-]\ ?(?P<m2>\d{{1,2}})(?!\d)(?!\ ?(?:市|町|村|区|団体|自治体|回|か|カ|ヶ|つ))
        (?:\ ?月?(?P<end2>末)|\ ?月|[./-](?P<d2>\d{{1,2}})(?!\d))?
      | \ ?年(?!\d)(?P<year>[末内中])?
      | (?P<bare>(?=に|から|~|〜|末|、|,|\)|より|設置|新設|立))
    )?
    | (?<![翌前同毎各初単隔過次来今本当昨\d元年])(?P<near>今|本|当|来|次|昨)?年度(?P<nfiscal>[末内中])?
    | (?P<next>今|本|来)年(?P<nm>\d{{1,2}})月(?P<nend>末)?
    | (?<![翌同毎各初\d元年新周近長])年(?P<nyear>[末内])
    | (?<![\d年.,/度-])(?P<m3>\d{{1,2}})月(?!\d)
        (?:(?P<end3>末)|(?=[のに上中下まか以頃、。,~〜議定開設実立よ)\ ]|$))
    | (?<![\d年.,/度-])(?P<m4>\d{{1,2}})月(?P<d4>\d{{1,2}})日
    """,
    re.VERBOSE,
)
# A fiscal year that only names a thing (R8年度プラン, 次年度の取組) says no when.
_NAMES_A_THING = re.compile(
    r"\s?(?:プラン|計画|当初予算|補正|予算|決算|事業|版|分|調査|実績|取組|"
    r"の(?!早|前半|後半|上半|下半|第|初|設置|策定|開始|立|とりまとめ|取りまとめ|取り|実施|中|夏|秋|春|冬|できるだけ|なるべく|末))"
)
_NOT_THEN = re.compile(r"\s?(?:時点|現在|以前|比)")
_UNTIL = re.compile(r"\s?(?:頃|ごろ|中|上旬|中旬|下旬|末)?\s?まで")
_SINCE = re.compile(r"\s?(?:頃|ごろ|当初|初め|はじめ)?\s?(?:から|以降|以後|より|の?後)")
_RANGE = re.compile(r"\s?(?:に?から|~|〜|–|—)\s?")
_NEAR_YEARS = {None: 0, "今": 0, "本": 0, "当": 0, "来": 1, "次": 1, "昨": -1}


@dataclass(frozen=True)
class When:
    """A date of a text and its place. until, since : まで or から stands behind it."""

    start: int
    end: int
    period: Period
    until: bool
    since: bool


def _fiscal_year_of(as_of: Period | None) -> int | None:
    """Return the one fiscal year a period lies in, None if it may lie in two."""
    if as_of is None:
        return None
    years = {day.year - (day.month < 4) for day in (as_of.first, as_of.last)}
    return years.pop() if len(years) == 1 else None


def _calendar_year_of(as_of: Period | None) -> int | None:
    return as_of.first.year if as_of and as_of.first.year == as_of.last.year else None


def _month_text(year: object, month: object, *, last_day: bool) -> str:
    return f"{year}年{int(str(month))}月{'末' if last_day else ''}"


def _date_text(match: re.Match[str], as_of: Period | None, *, deadline: bool) -> str:
    """Return the date as `parse_period` reads it; "" if the year is not known."""
    fiscal, calendar = _fiscal_year_of(as_of), _calendar_year_of(as_of)
    if match["era"] or match["y"] or match["fy"]:
        era = match["era"] or ""
        year = f"{era.upper()}{match['ey']}" if era else (match["y"] or match["fy"])
        month, day = match["m1"] or match["m2"], match["d1"] or match["d2"]
        if month:
            if day:
                return f"{year}年{int(month)}月{int(day)}日"
            return _month_text(year, month, last_day=bool(match["end1"] or match["end2"]))
        whole = match[0]
        if match["fy"]:
            return f"{year}年度"
        if "年度" in whole:
            ends = match["fiscal"] == "末" or (deadline and match["fiscal"])
            return f"{year}年度{'末' if ends else ''}"
        if "年" in whole:
            ends = match["year"] == "末" or (deadline and match["year"])
            return _month_text(year, 12, last_day=True) if ends else f"{year}年"
        return f"{year}年" if era and match["bare"] is not None else ""
    if "年度" in match[0]:
        if fiscal is None or not (match["near"] or match["nfiscal"]):
            return ""
        ends = match["nfiscal"] == "末" or (deadline and match["nfiscal"])
        return f"{fiscal + _NEAR_YEARS[match['near']]}年度{'末' if ends else ''}"
    if match["nm"]:
        if calendar is None:
            return ""
        year = calendar + (match["next"] == "来")
        return _month_text(year, match["nm"], last_day=bool(match["nend"]))
    if match["nyear"]:
        return _month_text(calendar, 12, last_day=True) if calendar is not None else ""
    month = match["m3"] or match["m4"]
    if fiscal is None or not month:
        return ""
    year = fiscal + (int(month) < 4)
    if match["d4"]:
        return f"{year}年{int(month)}月{int(match['d4'])}日"
    return _month_text(year, month, last_day=bool(match["end3"]))


def find_dates(
    text: Text, start: int, end: int, as_of: Period | None, *, deadline: bool
) -> list[When]:
    """Return the dates from start to end, in order.

    as_of : gives a month or 年度末 its year; without it they are left out.  deadline : the date
    is the end of something, so a year in which it falls means that year's last day.
    """
    found = []
    for match in DATE.finditer(text.norm, start, end):
        written = _date_text(match, as_of, deadline=deadline)
        if not written:
            continue
        try:
            period = parse_period(written)
        except PeriodError:
            continue
        relative = not (match["era"] or match["y"] or match["fy"])
        if relative and as_of is not None and not match["near"]:
            # 9月まで, said in October: it is not the September of this fiscal year.
            wrong = period.last < as_of.first if deadline else period.first > as_of.last
            if wrong:
                continue
        if period.precision in (FISCAL_YEAR, YEAR) and _NAMES_A_THING.match(
            text.norm, match.end(), end
        ):
            continue
        if _NOT_THEN.match(text.norm, match.end(), end):
            continue
        until = _UNTIL.match(text.norm, match.end(), end)
        since = _SINCE.match(text.norm, match.end(), end)
        stop = until.end() if until else match.end()
        found.append(When(match.start(), stop, period, bool(until), bool(since)))
    return found


def join_ranges(text: Text, dates: list[When]) -> list[When]:
    """Leave the end of every range: a deadline is its last day."""
    joined: list[When] = []
    for when in dates:
        if joined and _RANGE.fullmatch(text.norm, joined[-1].end, when.start):
            joined.pop()
        joined.append(when)
    return joined


def extract_date(text: Text, when: When) -> Extract:
    """Return a date as the form writes it, with its words."""
    return text.extract(when.period.to_text(), when.start, when.end)
