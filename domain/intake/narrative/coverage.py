"""Which municipalities take part: all, some, how many? (参加の範囲と市町村数)"""

from __future__ import annotations

import re
from collections.abc import Iterable

from domain import frameworks as fw
from domain.intake.narrative.limits import LONGEST_NAME, MOST_MUNICIPALITIES
from domain.intake.narrative.text import Extract, Text

_TOWNS = r"市区町村|市町村|市町"
_UNIT = rf"(?:{_TOWNS}|区市町村|町村|特別区|中核市|政令市|指定都市|市|町|村|自治体)"
_NOT_UNIT = r"(?![会議役民営立])"
_COUNT_RUN = re.compile(
    rf"(?<![\d第年月/-])(?<!\d[.,])\d{{1,3}}\s?{_UNIT}{_NOT_UNIT}"
    rf"(?:\s?(?:[・、,と+]|及び)?\s?\d{{1,3}}\s?{_UNIT}{_NOT_UNIT}){{0,9}}"
)
_COUNT_ONE = re.compile(rf"(\d{{1,3}})\s?{_UNIT}")
_EVERY = re.compile(
    r"(?:[県府道都]内|[県府道都]下)?の?(?<![安健保])(?:全(?:て|部)?の?|すべての)\s?(?P<n>\d{1,3})?\s?"
    rf"(?:{_TOWNS}|区市町村|団体|自治体)(?:\((?:[県府道都]内)?全?(?P<n2>\d{{1,3}})(?:{_TOWNS}|団体|自治体)?\))?"
    rf"|(?:[県府道都]内)?(?P<n3>\d{{1,3}})\s?(?:{_TOWNS})の?(?:全て|すべて|全部)"
    r"|[県府道都](?:内)?全域|全[県道府](?![内外])"
)
_LOCAL_BEFORE = re.compile(r"(?:管内|圏域|地域|ブロック|圏|エリア|郡)(?:内)?の?$")
_SOME = re.compile(
    rf"(?<![全各])管内(?!全域)(?:の?市町村|の?市町)?|(?:[県府道都]内の?)?一部の?(?:{_TOWNS}|地域|自治体|団体|圏域)|[県府道都]内の?一部"
    r"|(?<![全\d])(?:[県府道都]内の?)?(?<![全\d.])\d{1,2}\s?(?:地域|圏域|ブロック|エリア)"
    r"(?![^、。]{0,12}(?:ごと|毎に|別に|各|分け))"
)
_ASKED = re.compile(r"[^、。]{0,6}(?:照会|アンケート|調査|ヒアリング|周知|通知|募集|訪問)")
_INEXACT_BEFORE = re.compile(r"(?:約|およそ|概ね|おおむね|最大|ほか|他|外|延べ|のべ)\s?$")
_INEXACT_AFTER = re.compile(r"\s?(?:以上|程度|余|前後|強|弱|等|など|[~〜])")
_OUT_OF = re.compile(r"の?うち")


def find_coverage(text: Text, spans: Iterable[tuple[int, int]]) -> dict[str, Extract]:
    """Return coverage and municipalities as the first span that speaks of them does."""
    for start, end in spans:
        asked: list[tuple[int, int]] = []
        found = _find_every(text, start, end, asked) or _find_some(text, start, end, asked)
        if found:
            return found
    return {}


def _find_every(
    text: Text, start: int, end: int, asked: list[tuple[int, int]]
) -> dict[str, Extract]:
    """Return what 全市町村 says. asked : gets the places where all are only asked something."""
    norm = text.norm
    for match in _EVERY.finditer(norm, start, end):
        if _ASKED.match(norm, match.end(), end):
            asked.append(match.span())
            continue
        local = _LOCAL_BEFORE.search(norm, max(start, match.start() - 6), match.start())
        number = match["n"] or match["n2"] or match["n3"]
        value = fw.PARTIAL if local else fw.WHOLE
        values = {"coverage": text.extract(value, *match.span())}
        if number and 0 < int(number) <= MOST_MUNICIPALITIES:
            values["municipalities"] = text.extract(str(int(number)), *match.span())
        return values
    return {}


def _find_some(
    text: Text, start: int, end: int, asked: list[tuple[int, int]]
) -> dict[str, Extract]:
    """Return what 一部の市町村 and 5市町 say, outside the places where all are asked."""
    norm = text.norm
    values: dict[str, Extract] = {}
    runs, exact = _count_runs(text, start, end, asked)
    some = next(_SOME.finditer(norm, start, end), None)
    if some and _ASKED.match(norm, some.end(), end):
        some = None
    if some:
        values["coverage"] = text.extract(fw.PARTIAL, *some.span())
    elif runs:
        values["coverage"] = text.extract(fw.PARTIAL, *runs[0].span())
    if len(runs) == 1 and exact:
        number = sum(int(count) for count in _COUNT_ONE.findall(runs[0][0]))
        if 0 < number <= MOST_MUNICIPALITIES:
            values["municipalities"] = text.extract(str(number), *runs[0].span())
    return values


def _count_runs(
    text: Text, start: int, end: int, asked: list[tuple[int, int]]
) -> tuple[list[re.Match[str]], bool]:
    """Return the numbers of municipalities that count, and whether all found are exact.

    Numbers in brackets count only where none stands outside.
    """
    norm = text.norm
    outside, within, depth, at = [], [], 0, start
    exact, whole_of = True, -LONGEST_NAME
    for match in _COUNT_RUN.finditer(norm, start, end):
        if _ASKED.match(norm, match.end(), end) or any(
            match.start() < stop and begin < match.end() for begin, stop in asked
        ):
            continue
        before = norm[max(start, match.start() - 4) : match.start()]
        # 15市町村のうち8市町村: the 8 count; (うち5市町): a part of what was counted.
        if _OUT_OF.match(norm, match.end(), end):
            whole_of = match.end()
            continue
        if before.rstrip().endswith("うち") and not 0 <= match.start() - whole_of <= 6:
            continue
        depth += norm.count("(", at, match.start()) - norm.count(")", at, match.start())
        at = match.start()
        if _INEXACT_BEFORE.search(before) or _INEXACT_AFTER.match(norm, match.end(), end):
            exact = False
        (within if depth > 0 else outside).append(match)
    return outside or within, exact
