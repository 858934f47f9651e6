"""What a sentence about a framework says, value by value (文章からの自動抽出).

Prefectures send a table of sentences: 都道府県／枠組みの立上げ状況／今後の予定／対象分野. Here
one row of it becomes the columns of our form. Everything found is a proposal that a person
confirms, so each value keeps the words it was taken from; what the words do not say is left
out, never guessed. Every search is bounded, so the time grows with the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from domain import frameworks as fw
from domain.intake import form
from domain.periods import FISCAL_YEAR, YEAR, Period, PeriodError, parse_period

SETUP, PLAN, FIELDS = "setup", "plan", "fields"
# A cell that names more than this is no list of frameworks; the rest is left to the reader.
MOST_FRAMEWORKS = 40
LONGEST_NAME, LONGEST_FIELD = 100, 40
# What stands further from a name than this does not speak of it.
FAR = 300
LONGEST_BULLET = 2000
# The most municipalities a prefecture has is 179 (北海道, without 北方領土).
MOST_MUNICIPALITIES = 179
UNNAMED = "（名称の記載なし）"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# Several bullets in one value.
PLAN_JOIN = "／"


@dataclass(frozen=True)
class Extract:
    """One value drawn from a sentence (自動抽出). wording : the part of the cell it stands in.

    column : "setup", "plan" or "fields" — which cell of the row.
    """

    value: str
    wording: str
    column: str


# --- text that knows where it came from --------------------------------------------------------
_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u2060\ufeff]")
_VOICED = frozenset("\uff9e\uff9f\u3099\u309a")
_HALF_KANA = re.compile(r"[\uff61-\uff9f]")
_WIDE_SIGN = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_ROUND = str.maketrans("〔〕[]{}〘〙", "()()()()")


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
class _Text:
    """A folded text whose every character knows its place in the cell.

    norm : what is searched.  starts, ends : of each character of norm, in raw.
    """

    raw: str
    norm: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def read(cls, raw: str) -> _Text:
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
        return cls(raw, "".join(norm), starts, ends)

    def part(self, start: int, end: int) -> _Text:
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
        return _Text(
            self.raw,
            "".join(sign for _, sign in keep),
            [self.starts[index] for index, _ in keep],
            [self.ends[index] for index, _ in keep],
        )

    def wording(self, start: int, end: int) -> str:
        """Return the cell's own characters from start to end."""
        return self.raw[self.starts[start] : self.ends[end - 1]] if start < end else ""

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


# --- bullets -----------------------------------------------------------------------------------
_DOTS = "・○〇◯●◎■□◆◇▪▫•‣◦▶►➢➤✓✔☑*※\\-–—―−‐\uf06c\uf06e\uf0a7\uf0b7\uf0d8\uf0fc"
_MARK = re.compile(
    rf" ?(?:(?P<circled>[{CIRCLED}])|\(?(?P<number>\d{{1,2}})[).](?!\d)"
    rf"|(?P<dot>[○〇◯●](?![○〇◯●])|(?![○〇◯●])[{_DOTS}])) ?"
)
_HEADING = re.compile(r"[【<〈《]")
_GOES_ON = re.compile(r"[、,・(「『にでとをのはがやへも]$")
_CARRIES_ON = re.compile(r"[、。,)」』を]")
_BRACKETS = {"「": "」", "『": "』", "(": ")", "“": "”", "《": "》", "〈": "〉", "【": "】"}
_CLOSERS = {close: opening for opening, close in _BRACKETS.items()}


@dataclass(frozen=True)
class _Bullet:
    text: _Text
    number: int = 0
    note: bool = False


def _pair_brackets(norm: str) -> dict[int, int]:
    """Return the place of every opening bracket → the place of the one that closes it."""
    stacks: dict[str, list[int]] = {}
    pairs = {}
    for at, sign in enumerate(norm):
        if sign in _BRACKETS:
            stacks.setdefault(sign, []).append(at)
        elif sign in _CLOSERS and stacks.get(_CLOSERS[sign]):
            pairs[stacks[_CLOSERS[sign]].pop()] = at
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
        depth = max(0, depth + (sign in _BRACKETS) - (sign in _CLOSERS))
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


def _list_pieces(text: _Text) -> Iterator[tuple[int, int, re.Match[str] | None]]:
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
        for opening, close in _BRACKETS.items()
        if norm.count(opening, start, end) > norm.count(close, start, end)
    )


def _list_bullets(text: _Text) -> list[_Bullet]:
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
                (unclosed and any(_BRACKETS[sign] in line for sign in unclosed))
                or (marked and marks[-1] and not _HEADING.match(line))
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
            bullets.append(_Bullet(part, number, note))
    return bullets


def split_bullets(text: str) -> list[str]:
    """Which items does a cell of bullets hold? In order, without their marks (箇条書きの分割).

    Items begin at a mark (・ ○ ● - * • ① 1. (1) …) or on a new line; a line that only goes on
    the one before belongs to it, so an item may hold a line break. Each item is a part of
    `text`. Items without a letter or a digit are left out.
    """
    return [
        bullet.text.wording(0, len(bullet.text.norm))
        for bullet in _list_bullets(_Text.read(str(text or "")))
    ]


# --- dates -------------------------------------------------------------------------------------
_ERA_NAME = r"令和|平成|昭和|大正|(?<![A-Za-z])[RHSrhs]"
_DATE = re.compile(
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


@dataclass(frozen=True)
class _When:
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


_NEAR_YEARS = {None: 0, "今": 0, "本": 0, "当": 0, "来": 1, "次": 1, "昨": -1}


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


def _find_dates(
    text: _Text, start: int, end: int, as_of: Period | None, *, deadline: bool
) -> list[_When]:
    found = []
    for match in _DATE.finditer(text.norm, start, end):
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
        found.append(_When(match.start(), stop, period, bool(until), bool(since)))
    return found


def _join_ranges(text: _Text, dates: list[_When]) -> list[_When]:
    """Leave the end of every range: a deadline is its last day."""
    joined: list[_When] = []
    for when in dates:
        if joined and _RANGE.fullmatch(text.norm, joined[-1].end, when.start):
            joined.pop()
        joined.append(when)
    return joined


# --- words of the sentences --------------------------------------------------------------------
_MAKE = r"立ち?上[げが]|立上|(?<![未共同])設置|新設|創設|設立|発足|設け|結成"
_HOLD = r"開催|実施|開始|スタート"
_NOUNS = r"(?!要綱|要領|規約|根拠|目的|状況|時期|場所|主体|計画|者|率|方針|例)"
_VERB = re.compile(rf"(?P<make>{_MAKE}){_NOUNS}|(?P<hold>{_HOLD}){_NOUNS}|(?P<use>活用)")
_DONE = re.compile(r"\s?\(?(?:済み?|ずみ)\)?")
_NEGATED = re.compile(
    r"(?:(?:を?し|され|でき|を?行っ)?て|に(?:は)?至って)は?(?:い?ない|いません|おらず|おりません|いず)"
    r"|せず|し(?:ない|ません)|(?:の|する)?予定(?:は|も|が)?(?:な[しい]|無|ありません)|(?:は|が|も)?(?:な[しい]|無し)"
)
_FILL = r"(?:する|される|こと|方向|について|早期|今後|[のをにがではともへ]|\s|令和|平成|[RH](?=\d)|年度?|[\d月末頃内中.])"
_PLANNED = re.compile(
    rf"(?:\(\s?{_FILL}{{0,8}}(?:予定|検討中|調整中|見込み?)\)?"
    rf"|{_FILL}{{0,12}}(?:予定|検討(?!会|の場|体制|組織)|見込|目指|準備|調整|計画|方針|向け|めど|目途)(?:中|して)?"
    r"|することと|したい)"
)
_FUTURE = re.compile(r"する(?:。|$)")
_UNDECIDED_IF = re.compile(r"要否|是非|必要性|可否|適否")
_ENDED = re.compile(r"廃止|解散|(?:活動|設置)を?終了")
_ABSENT_CELL = re.compile(r"(?:未設置|なし|無し?|該当なし|設置なし|設置無し)[。.]?")
_NOT_MADE = re.compile(r"未設置")
# 「検討中」 alone is no plan to set one up: what is considered is not said.
_BARE_PLAN = re.compile(r"(?:準備|予定)(?:中|して)?")
_BODY_PLAN = re.compile(
    r"(?:枠組み?|体制|会議体|協議体|協議の場|検討の場)[^。]{0,20}?(?:検討中|予定|調整中|準備中|検討し|を検討)"
)
_WORKS_IN = re.compile(
    r"(?:に?おいて|で|にて|を通じて?)[^。]{0,30}?(?:協議|検討|議論|意見交換|推進)"
)
_NEW = re.compile(r"新たに|新規に|新しく|新設|立ち?上[げが]|立上|創設|設立|発足|結成")
_NEW_BEFORE = re.compile(r"新たに|新規に|新しく|新設(?:の|した|する)|新たな")
_EXISTING = re.compile(r"既存の?|既設の?|従来(?:から)?の")
_BEFORE_DONE = re.compile(
    rf"(?:{_MAKE}|{_HOLD})(?:した|済みの?|済の|している|されている|された)\s?$"
)
_BEFORE_PLANNED = re.compile(rf"(?:{_MAKE}|{_HOLD})(?:を|する)?(?:予定|検討中)の\s?$")
_BEFORE_STATE = re.compile(rf"(?:{_MAKE}|{_HOLD})(?:済み?|予定)?[\s::】>〉》)、]{{0,4}}$")
_USED = re.compile(r"(?:等|など)?を(?:引き続き|継続して)?活用")
_NOT_YET = re.compile(r"予定|検討中|調整中")
_AGAIN = re.compile(r"第\s?(?:[2-9]|\d\d)\s?回")
_FOUNDED = re.compile(rf"に?(?:{_MAKE}|開始|スタート)")

_LEVEL = re.compile(r"(?P<who>[一-龯々・、と及び]{1,16})(?:級|クラス|レベル)")
# A mixture (部課長級) is no one level: "" makes it count as two.
_LEVEL_OF = {
    "首長": "首長級", "市町村長": "首長級", "市町長": "首長級", "市長": "首長級", "町村長": "首長級",
    "知事": "首長級", "部長": "部長級", "部局長": "部長級", "課長": "課長級", "課長補佐": "課長補佐級",
    "補佐": "課長補佐級", "副知事": "その他", "副市長": "その他", "副市町長": "その他", "副市町村長": "その他",
    "副町村長": "その他", "副首長": "その他", "局長": "その他", "次長": "その他", "室長": "その他", "係長": "その他",
    "担当": "その他", "担当者": "その他", "実務者": "その他", "主査": "その他", "副部長": "その他", "副課長": "その他",
    "部課長": "", "部次長": "", "課長係長": "",
}  # fmt: skip
# The end of the words before 級 tells who: 市町村担当課長 is a 課長, a 副知事 is no 知事.
_WHO = re.compile(rf"(?:{'|'.join(sorted(_LEVEL_OF, key=len, reverse=True))})$")
_AND_WHO = re.compile(r"[・、と]|及び")
_ALL_OF_THEM = re.compile(r"いずれも|ともに|全て|すべて|各")

_UNIT = r"(?:市区町村|区市町村|市町村|市町|町村|特別区|中核市|政令市|指定都市|市|町|村|自治体)"
_NOT_UNIT = r"(?![会議役民営立])"
_COUNT_RUN = re.compile(
    rf"(?<![\d第年月/-])(?<!\d[.,])\d{{1,3}}\s?{_UNIT}{_NOT_UNIT}"
    rf"(?:\s?(?:[・、,と+]|及び)?\s?\d{{1,3}}\s?{_UNIT}{_NOT_UNIT}){{0,9}}"
)
_COUNT_ONE = re.compile(rf"(\d{{1,3}})\s?{_UNIT}")
_EVERY = re.compile(
    r"(?:[県府道都]内|[県府道都]下)?の?(?<![安健保])(?:全(?:て|部)?の?|すべての)\s?(?P<n>\d{1,3})?\s?"
    r"(?:市区町村|区市町村|市町村|市町|団体|自治体)(?:\((?:[県府道都]内)?全?(?P<n2>\d{1,3})(?:市区町村|市町村|市町|団体|自治体)?\))?"
    r"|(?:[県府道都]内)?(?P<n3>\d{1,3})\s?(?:市区町村|市町村|市町)の?(?:全て|すべて|全部)"
    r"|[県府道都](?:内)?全域|全[県道府](?![内外])"
)
_LOCAL_BEFORE = re.compile(r"(?:管内|圏域|地域|ブロック|圏|エリア|郡)(?:内)?の?$")
_SOME = re.compile(
    r"(?<![全各])管内(?!全域)(?:の?市町村|の?市町)?|(?:[県府道都]内の?)?一部の?(?:市区町村|市町村|市町|地域|自治体|団体|圏域)|[県府道都]内の?一部"
    r"|(?<![全\d])(?:[県府道都]内の?)?(?<![全\d.])\d{1,2}\s?(?:地域|圏域|ブロック|エリア)"
    r"(?![^、。]{0,12}(?:ごと|毎に|別に|各|分け))"
)
_ASKED = re.compile(r"[^、。]{0,6}(?:照会|アンケート|調査|ヒアリング|周知|通知|募集|訪問)")
_INEXACT_BEFORE = re.compile(r"(?:約|およそ|概ね|おおむね|最大|ほか|他|外|延べ|のべ)\s?$")
_INEXACT_AFTER = re.compile(r"\s?(?:以上|程度|余|前後|強|弱|等|など|[~〜])")
_OUT_OF = re.compile(r"の?うち")
_TAKES_PART = re.compile(r"構成|参加|参画|加入|メンバー|対象")

_KINDS = re.compile(r"(?P<cross>分野横断)|(?P<single>単一分野)")
_KIND_DENIED = re.compile(r"(?:的)?(?:では|で)(?:は)?な")
_MEASURE_LEAD = re.compile(r"方策\s?(?:は|:|として(?:は)?|について(?:は)?)[\s、]?")
_MEASURE = re.compile("|".join(form.MEASURES[:-1]))

# --- names -------------------------------------------------------------------------------------
_ORGANS = (
    "協議会", "協議の場", "検討の場", "の場", "協議体", "会議体", "会議", "研究会", "検討会", "検討委員会", "委員会",
    "連絡会", "懇談会", "懇話会", "勉強会", "意見交換会", "審議会", "幹事会", "分科会", "部会", "推進本部", "本部",
    "ワーキンググループ", "ワーキングチーム", "ワーキング", "WG", "プロジェクトチーム", "タスクフォース",
    "プラットフォーム", "ラウンドテーブル", "PT", "TF", "準備会", "推進会", "推進体制", "検討体制",
)  # fmt: skip
_ORGAN_WORDS = "|".join(sorted(_ORGANS, key=len, reverse=True))
_ORGAN_END = re.compile(
    rf"(?:{_ORGAN_WORDS}|(?<![議社機大長])会|チーム|ネットワーク|フォーラム|機構|組織|サミット)$"
)
_NO_ORGAN_END = re.compile(
    r"(?:(?<![協審評])議会|町村会|市長会|社会|機会|大会|計画|プラン|報告書|方針|戦略|ビジョン|条例|要綱|大綱|アンケート|調査|事業|基金|ガイドライン|提言|資料)$"
)
_FOLLOWS = (
    r"(?=\s?(?:を|\(|に?おいて|で|が|は|に|の(?:設置|立|開催|新設|創設|下|もと|活用)"
    r"|、|。|,|等|など|へ|と|も|及び|並びに|:|$|「|・))"
)
_PLAIN_ORGAN = re.compile(rf"(?:{_ORGAN_WORDS}){_FOLLOWS}")
_EXTENDED = re.compile(rf"[一-龯々ァ-ヶーA-Za-z・]{{0,12}}?(?:{_ORGAN_WORDS}){_FOLLOWS}")
_PLAIN_START = re.compile(
    r"[、。,;:!?「」『』()【】《》〈〉\s]|及び|並びに|ならびに|又は|または|既存の|既設の|従来の|新たに|新たな|新しい|新規に|"
    r"する|した|される|された|して|なる|成る|により|による|として|ため|参加の|"
    r"(?<=[一-龯\d])(?:[はが]|で|に(?!関|係|向|つ|お|よ|対))|(?<=[月年度日末旬頃])(?:に|から|より|の)|(?P<object>を)"
)
_TRIM = re.compile(
    r"^(?:[のとにで、・]|また|併せて|あわせて|さらに|このほか|その他|ほか|等の|などの|年?\d+回の)+"
)
_LEVEL_LEAD = re.compile(r"^[一-龯々・]{1,10}(?:級|クラス|レベル)(?:職員)?(?:の|による)?")
# 「同会議」 speaks of a body named before; 「以下の会議」 and 「各協議会」 are no names either.
_REFERS = re.compile(r"(?:同|当該|その|この|上記|両|本)(?:会|協|研|検|枠|場|体|下|委|懇|部)")
_NEW_BODY = re.compile(r"枠組み?|体制")
_POINTING = re.compile(
    rf"{_REFERS.pattern}|他の|別の|複数の|以下の|次の|下記の|各|[\d一二三四五六七八九]+つの|分野別|圏域ごと|地域ごと"
)
_GENERIC = re.compile(
    r"検討|推進|協議|連絡|調整|研究|連携|意見交換|新たな|合同|定例|実務者|担当者|準備|庁内|関係者|関係|体制|のための|ための|の"
    r"|会議体|会議|委員会|懇談会|懇話会|勉強会|研究会|部会|分科会|幹事会|審議会|本部|会|場|体"
    r"|ワーキング|グループ|チーム|WG|プロジェクト|タスクフォース|プラットフォーム|ラウンドテーブル|PT|TF"
)
_SUB_ORGAN = re.compile(r"(?:部会|分科会|幹事会|ワーキング|WG)")
_BODY = re.compile(rf"枠組み?|体制|{_ORGAN_WORDS}|意見交換")
_SHORT_FOR = re.compile(r"(?:以下|通称|略称|愛称|いわゆる)[、,]?\s?$")
_REFERENCE = re.compile(
    r"の(?:下|もと|傘下)|内に|を(?:改組|発展|再編|母体|踏まえ|受け)|に(?:基づ|代わ|代え)|の(?:議論|提言|結果|決定|報告)"
)
_BAD_NAME = re.compile(r"[<>|=@`$\\{}]")
_TAKEN_UP = re.compile(rf"(?:等|など)?[をの](?:新たに|新規に|共同で)?(?:{_MAKE}|{_HOLD}|活用)")
_NUMERALS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
_NUMBER_OF_BODIES = re.compile(
    r"(?<![\d.,年月第A-Za-z])(?P<n>\d{1,2}|[一二三四五六七八九](?=つ))\s?(?:つ|個|種類)の\s?(?:[一-龯ァ-ヶー]{1,8}?)?"
    rf"(?:枠組み?|体制|{_ORGAN_WORDS})"
    r"|(?<![\d.,年月第A-Za-z])(?P<n2>\d{1,2})\s?(?:会議体|協議体|体制)"
)
_OF_WHICH = re.compile(
    r"(?:うち|、|,)\s?(?P<n>\d{1,2}|[一二三四五六七八九])(?:つ|個|件|体制)は(?P<what>[^、。,()]{1,40})"
)


@dataclass
class _Anchor:
    """A name in a bullet. start, end : with its brackets.  attached : spans of （…） after it."""

    start: int
    end: int
    name_start: int
    name_end: int
    attached: list[tuple[int, int]] = field(default_factory=list)
    after: int = 0


@dataclass
class _Found:
    """A framework on its way. made : its verb founds something.  nameless : no name was given."""

    values: dict[str, Extract]
    text: _Text
    number: int = 0
    made: bool = False
    nameless: bool = False
    bodies: int = 1
    mark: Extract | None = None
    parts: list[dict[str, Extract]] = field(default_factory=list)
    absent: bool = False


def _collect_attached(
    norm: str, pairs: dict[int, int], end: int
) -> tuple[list[tuple[int, int]], int]:
    spans, at = [], end
    while True:
        opening = at + (norm[at : at + 1] == " ")
        if norm[opening : opening + 1] != "(" or opening not in pairs:
            return spans, at
        spans.append((opening + 1, pairs[opening]))
        at = pairs[opening] + 1


def _find_bracketed(text: _Text, pairs: dict[int, int]) -> list[_Anchor]:
    """Which names stand in brackets?"""
    norm, anchors, passed = text.norm, [], 0
    for opening in sorted(pairs):
        close = pairs[opening]
        sign = norm[opening]
        if opening < passed or sign == "(" or not 3 <= close - opening - 1 <= LONGEST_NAME:
            continue
        if _SHORT_FOR.search(norm, max(0, opening - 8), opening):
            passed = close + 1
            continue
        content = norm[opening + 1 : close]
        inner: list[tuple[int, int]] = []
        name_end = close
        core = content.rstrip()
        while core.endswith(")") and "(" in core:
            cut = core.rindex("(")
            inside = core[cut + 1 : -1]
            if _LEVEL.search(inside) or inside in _LEVEL_OF:
                inner.append((opening + 2 + cut, opening + len(core)))
                name_end = opening + 1 + cut
            core = core[:cut].rstrip()
        attached, after = _collect_attached(norm, pairs, close + 1)
        anchor = _Anchor(opening, close + 1, opening + 1, name_end, inner + attached, after)
        organ = _ORGAN_END.search(core) and not _NO_ORGAN_END.search(core)
        if _BAD_NAME.search(content):
            continue
        if not organ and sign in "「『“":
            longer = _EXTENDED.match(norm, close + 1)
            if longer and not _NO_ORGAN_END.search(longer[0]) and longer[0] != "の場":
                attached, after = _collect_attached(norm, pairs, longer.end())
                anchor = _Anchor(opening, longer.end(), opening, longer.end(), attached, after)
                organ = True
            elif sign != "“" and not _NO_ORGAN_END.search(core):
                organ = _TAKEN_UP.match(norm, after)
        if organ and norm[anchor.name_start : anchor.name_end].strip():
            anchors.append(anchor)
            passed = anchor.after
    return anchors


def _is_generic(name: str) -> bool:
    return not re.sub(r"[\s・、]", "", _GENERIC.sub("", name))


def _find_plain(text: _Text, pairs: dict[int, int], start: int, end: int) -> list[_Anchor]:
    """Which names stand without brackets in a clause?"""
    norm, anchors, passed = text.norm, [], start
    for match in _PLAIN_ORGAN.finditer(norm, start, end):
        if match.start() < passed:
            continue
        left, from_object = max(passed, match.start() - LONGEST_FIELD), False
        cut = max(passed, match.start() - LONGEST_FIELD) > passed
        for boundary in _PLAIN_START.finditer(norm, left, match.start()):
            left, from_object, cut = boundary.end(), bool(boundary["object"]), False
        # Too long to be a name, or the verb of a clause (…を考える会議).
        if cut or from_object:
            continue
        moved = True
        while moved and left < match.start():
            moved = False
            for lead in (_TRIM, _LEVEL_LEAD):
                found = lead.match(norm[left : match.end()])
                if found and left + found.end() <= match.start():
                    left += found.end()
                    moved = True
        name = norm[left : match.end()]
        if len(name) < 4 or _is_generic(name) or _POINTING.match(name) or _BAD_NAME.search(name):
            continue
        attached, after = _collect_attached(norm, pairs, match.end())
        anchors.append(_Anchor(left, match.end(), left, match.end(), attached, after))
        passed = after
    return anchors


_CLAUSE_END = re.compile(
    rf"。|(?:{_MAKE}|{_HOLD}|活用)[^、。,;「」『』()]{{0,8}}(?:\([^()]{{0,120}}\))?\s?"
    r"(?:[、,;。]|とともに|(?<=し)(?=[「『]|新たに|令和|R\d))"
)


def _list_clauses(norm: str) -> list[tuple[int, int]]:
    depth, inside = 0, bytearray(len(norm) + 1)
    for at, sign in enumerate(norm):
        depth = max(0, depth - (sign in _CLOSERS))
        inside[at] = depth > 0
        depth += sign in _BRACKETS
    spans, start = [], 0
    for match in _CLAUSE_END.finditer(norm):
        if not inside[match.start()]:
            spans.append((start, match.end()))
            start = match.end()
    if start < len(norm):
        spans.append((start, len(norm)))
    return spans


class _Reader:
    """Reads the bullets of one cell into frameworks."""

    def __init__(self, column: str, as_of: Period | None):
        self.column = column
        self.as_of = as_of

    def extract(self, text: _Text, value: str, start: int, end: int) -> Extract:
        return Extract(value, text.wording(start, end), self.column)

    # --- one value from some spans of a bullet -------------------------------------------------
    def level(self, text: _Text, spans: Iterable[tuple[int, int]]) -> Extract | None:
        """Return the one level the first span with a level gives; two levels give none."""
        for start, end in spans:
            found: dict[str, tuple[int, int]] = {}
            for match in _LEVEL.finditer(text.norm, start, end):
                at = match.start("who")
                for part in _AND_WHO.split(match["who"]):
                    at = text.norm.index(part, at)
                    if who := _WHO.search(part):
                        found.setdefault(_LEVEL_OF[who[0]], (at + who.start(), match.end()))
                    at += len(part)
            bare = text.norm[start:end].strip()
            if not found and bare in ("首長", "部長", "課長", "課長補佐"):
                found[bare + "級"] = (start, end)
            if len(found) == 1 and "" not in found:
                ((value, place),) = found.items()
                return self.extract(text, value, *place)
            if found:
                return None
        return None

    def shared_level(self, text: _Text, anchor: _Anchor) -> Extract | None:
        spans = [span for span in anchor.attached if _ALL_OF_THEM.search(text.norm, *span)]
        return self.level(text, spans)

    def coverage(self, text: _Text, spans: Iterable[tuple[int, int]]) -> dict[str, Extract]:
        """Return coverage and municipalities as the first span that speaks of them does."""
        for start, end in spans:
            found = self._coverage_of(text, start, end)
            if found:
                return found
        return {}

    def _coverage_of(self, text: _Text, start: int, end: int) -> dict[str, Extract]:
        norm = text.norm
        values: dict[str, Extract] = {}
        taken: list[tuple[int, int]] = []
        for match in _EVERY.finditer(norm, start, end):
            if _ASKED.match(norm, match.end(), end):
                taken.append(match.span())
                continue
            local = _LOCAL_BEFORE.search(norm, max(start, match.start() - 6), match.start())
            number = match["n"] or match["n2"] or match["n3"]
            value = fw.PARTIAL if local else fw.WHOLE
            values["coverage"] = self.extract(text, value, *match.span())
            if number and 0 < int(number) <= MOST_MUNICIPALITIES:
                values["municipalities"] = self.extract(text, str(int(number)), *match.span())
            return values
        outside, within, depth, at = [], [], 0, start
        vague, whole_of = False, -LONGEST_NAME
        for match in _COUNT_RUN.finditer(norm, start, end):
            if _ASKED.match(norm, match.end(), end) or any(
                match.start() < stop and begin < match.end() for begin, stop in taken
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
            exact = not (
                _INEXACT_BEFORE.search(before) or _INEXACT_AFTER.match(norm, match.end(), end)
            )
            vague |= not exact
            (within if depth > 0 else outside).append((match, exact))
        runs = outside or within
        some = next(_SOME.finditer(norm, start, end), None)
        if some and _ASKED.match(norm, some.end(), end):
            some = None
        if some:
            values["coverage"] = self.extract(text, fw.PARTIAL, *some.span())
        elif runs:
            values["coverage"] = self.extract(text, fw.PARTIAL, *runs[0][0].span())
        if len(runs) == 1 and runs[0][1] and not vague:
            match = runs[0][0]
            number = sum(int(count) for count in _COUNT_ONE.findall(match[0]))
            if 0 < number <= MOST_MUNICIPALITIES:
                values["municipalities"] = self.extract(text, str(number), *match.span())
        return values

    def kind(self, text: _Text, start: int, end: int) -> Extract | None:
        """Return 区分 where 分野横断 or 単一分野 stands there."""
        found = {}
        for match in _KINDS.finditer(text.norm, start, end):
            if not _KIND_DENIED.match(text.norm, match.end()):
                found.setdefault(fw.CROSS_FIELD if match["cross"] else fw.SINGLE_FIELD, match)
        if len(found) != 1:
            return None
        ((value, match),) = found.items()
        return self.extract(text, value, *match.span())

    def measures(self, text: _Text) -> Extract | None:
        """Return the measures where the text says that it lists them (…方策：…)."""
        lead = _MEASURE_LEAD.search(text.norm)
        if not lead:
            return None
        stop = text.norm.find("。", lead.end())
        end = min(stop if stop >= 0 else len(text.norm), lead.end() + 100)
        found = list(_MEASURE.finditer(text.norm, lead.end(), end))
        if not found:
            return None
        words = dict.fromkeys(match[0] for match in found)
        return self.extract(text, "、".join(words), found[0].start(), found[-1].end())

    def verb_status(self, text: _Text, verb: re.Match[str], end: int) -> tuple[str, int]:
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

    # --- a clause with names -------------------------------------------------------------------
    def clause(
        self, text: _Text, start: int, end: int, anchors: list[_Anchor], number: int
    ) -> list[_Found]:
        norm = text.norm
        if len(anchors) > 1:
            kept = [
                anchor
                for index, anchor in enumerate(anchors)
                if index == len(anchors) - 1 or not _REFERENCE.match(norm, anchor.after, end)
            ]
        else:
            kept = anchors
        tail = (anchors[-1].after, min(end, anchors[-1].after + FAR))
        verb = _VERB.search(norm, *tail)
        verb_status, verb_end = self.verb_status(text, verb, tail[1]) if verb else ("", tail[0])
        upto = (tail[0], verb_end if verb else tail[1])
        ended = _ENDED.search(norm, start, end)
        found = []
        first_before: tuple[int, int] | None = None
        previous_end = start
        for anchor in anchors:
            before = (max(previous_end, anchor.start - FAR), anchor.start)
            previous_end = anchor.after
            if anchor not in kept:
                continue
            first_before = first_before or before
            values: dict[str, Extract] = {}
            name = text.source(anchor.name_start, anchor.name_end)
            if name:
                values["name"] = self.extract(text, name, anchor.name_start, anchor.name_end)
            status, place, own = self._status(
                text, anchor, before, tail, verb, verb_status, verb_end
            )
            if status and not ended:
                values["status"] = self.extract(text, status, *place)
            origin = self._origin(text, anchor, before, tail, verb)
            if origin:
                values["origin"] = origin
            level = self.level(text, [*anchor.attached, before, tail]) or (
                self.shared_level(text, kept[-1]) if len(kept) > 1 else None
            )
            if level:
                values["level"] = level
            spans = [*anchor.attached, before, first_before, upto]
            values |= self.coverage(text, spans)
            when = self._when(text, anchor, before, first_before, upto, own or verb, status, origin)
            if when:
                key = "start" if status == fw.ESTABLISHED else "due"
                values[key] = self.extract(text, when.period.to_text(), when.start, when.end)
            made = bool(verb and verb["make"]) or bool(
                _FOUNDED.search(norm, anchor.end, anchor.after)
            )
            found.append(_Found(values, text, number, made))
        return found

    def _status(
        self, text: _Text, anchor: _Anchor, before: tuple[int, int], tail: tuple[int, int],
        verb: re.Match[str] | None, verb_status: str, verb_end: int,
    ) -> tuple[str, tuple[int, int], re.Match[str] | None]:  # fmt: skip
        """Return (設置状況, its place, the verb if it stands in brackets after the name)."""
        norm = text.norm
        near = (max(before[0], before[1] - 24), before[1])
        if match := _BEFORE_PLANNED.search(norm, *near):
            return fw.PLANNED, _trim(norm, *match.span()), None
        if match := _BEFORE_DONE.search(norm, *near):
            return fw.ESTABLISHED, _trim(norm, *match.span()), None
        for start, end in anchor.attached:
            own = _VERB.search(norm, start, end)
            if own:
                status, stop = self.verb_status(text, own, end)
                if status:
                    return status, (own.start(), stop), own
            if match := _NOT_YET.search(norm, start, end):
                return fw.PLANNED, match.span(), None
        if verb:
            return verb_status, (verb.start(), verb_end), None
        if match := _NOT_MADE.search(norm, *tail):
            return fw.ABSENT, match.span(), None
        if match := _BEFORE_STATE.search(norm, *near):
            status = fw.PLANNED if "予定" in match[0] else fw.ESTABLISHED
            return status, _trim(norm, *match.span()), None
        if match := _WORKS_IN.match(norm, *tail):
            rest = norm[match.end() : match.end() + 8]
            if "予定" not in rest and not rest.startswith("する"):
                return fw.ESTABLISHED, match.span(), None
        return "", (0, 0), None

    def _origin(
        self, text: _Text, anchor: _Anchor, before: tuple[int, int], tail: tuple[int, int],
        verb: re.Match[str] | None,
    ) -> Extract | None:  # fmt: skip
        norm = text.norm
        used = _USED.match(norm, *tail)
        existing = _last(_EXISTING, norm, before)
        if used:
            place = existing.span() if existing else (used.end() - 2, used.end())
            return self.extract(text, "既存活用", *place)
        new = next(
            (match for start, end in anchor.attached if (match := _NEW.search(norm, start, end))),
            None,
        )
        if not new and verb:
            new = _NEW.search(norm, tail[0], verb.end())
        new = new or _NEW_BEFORE.search(norm, *before)
        if new:
            return self.extract(text, "新設", *new.span())
        if existing:
            return self.extract(text, "既存活用", *existing.span())
        talk = norm.find("意見交換", anchor.name_start, anchor.name_end)
        if talk >= 0 and verb and verb["hold"] in ("実施", "開催"):
            return self.extract(text, "意見交換", talk, anchor.name_end)
        return None

    def _when(
        self, text: _Text, anchor: _Anchor, before: tuple[int, int], first: tuple[int, int],
        upto: tuple[int, int], verb: re.Match[str] | None, status: str, origin: Extract | None,
    ) -> _When | None:  # fmt: skip
        """Return the day a framework began, or is to begin when it is only planned."""
        if status not in (fw.ESTABLISHED, fw.PLANNED):
            return None
        norm = text.norm
        deadline = status == fw.PLANNED

        def dates(span: tuple[int, int]) -> list[_When]:
            return [
                when
                for when in _find_dates(text, *span, self.as_of, deadline=deadline)
                if deadline or not when.until
            ]

        if origin and origin.value == "既存活用" and not deadline:
            for span in (*anchor.attached, before):
                for when in dates(span):
                    if _FOUNDED.match(norm, when.end, span[1]):
                        return when
            return None
        for span in anchor.attached:
            if found := dates(span):
                return found[0]
        after_verb: tuple[int, int] | None = None
        if verb and upto[1] < len(norm) and norm[upto[1]] == "(":
            close = norm.find(")", upto[1], upto[1] + 40)
            after_verb = (upto[1], close) if close > 0 else None
        tail_dates = dates(upto) if verb else []
        if tail_dates:
            chosen = tail_dates[0]
        elif found := dates(before) or dates(first):
            chosen = _first_of_last_list(norm, found)
        elif after_verb and (found := dates(after_verb)):
            chosen = found[0]
        else:
            return None
        if not deadline and _AGAIN.search(norm, min(chosen.start, anchor.start), upto[1]):
            return None
        return chosen

    # --- a bullet without a name ---------------------------------------------------------------
    def bare_status(self, text: _Text, *, alone: bool) -> tuple[str, tuple[int, int], bool]:
        """Return (設置状況, its place, founds something) of a bullet that names no body."""
        norm = text.norm
        body = _BODY.search(norm)
        seen: dict[str, tuple[tuple[int, int], bool]] = {}
        for count, verb in enumerate(_VERB.finditer(norm)):
            if count >= 8:
                break
            if not verb["make"] and not body:
                continue
            status, end = self.verb_status(text, verb, len(norm))
            if status and status not in seen:
                seen[status] = ((verb.start(), end), bool(verb["make"]))
        if match := _NOT_MADE.search(norm):
            seen.setdefault(fw.ABSENT, (match.span(), False))
        if _ENDED.search(norm):
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

    def bare(self, text: _Text, number: int, *, alone: bool) -> _Found:
        """Read a bullet that names no body; what it says may belong to another one's framework."""
        norm = text.norm
        whole = (0, len(norm))
        base = text
        bodies = _NUMBER_OF_BODIES.search(norm)
        count = 1
        if bodies:
            sign = bodies["n"] or bodies["n2"]
            count = _NUMERALS.get(sign) or int(sign)
            if not 2 <= count <= len(CIRCLED):
                bodies, count = None, 1
        split = norm.find("うち", bodies.end()) if bodies else -1
        if split >= 0:
            # What is said of some of them is not said of all.
            base = replace(
                text, norm=norm[:split], starts=text.starts[:split], ends=text.ends[:split]
            )
            whole = (0, split)
        status, place, made = self.bare_status(base, alone=alone)
        values: dict[str, Extract] = {}
        if status:
            values["status"] = self.extract(text, status, *place)
        spans = [whole]
        if level := self.level(base, spans):
            values["level"] = level
        values |= self.coverage(base, spans)
        if status in (fw.ESTABLISHED, fw.PLANNED):
            deadline = status == fw.PLANNED
            dates = _find_dates(base, *whole, self.as_of, deadline=deadline)
            dates = [when for when in dates if deadline or not when.until]
            # The date nearest before the verb, else the first after it.
            before = [when for when in dates if when.end <= place[0]]
            after = [when for when in dates if when.start <= place[1] + 3 and when.end > place[0]]
            if (chosen := (before[-1:] or after[:1])) and not _AGAIN.search(base.norm):
                values["due" if deadline else "start"] = self.extract(
                    text, chosen[0].period.to_text(), chosen[0].start, chosen[0].end
                )
            new, existing = _NEW.search(base.norm), _EXISTING.search(base.norm)
            talk = base.norm.find("意見交換")
            if existing and "活用" in base.norm:
                values["origin"] = self.extract(text, "既存活用", *existing.span())
            elif new and not existing:
                values["origin"] = self.extract(text, "新設", *new.span())
            elif talk >= 0 and any(word in norm[place[0] : place[1]] for word in ("実施", "開催")):
                values["origin"] = self.extract(text, "意見交換", talk, talk + 4)
        found = _Found(values, text, number, made, nameless=True, absent=status == fw.ABSENT)
        if bodies:
            found.bodies = count
            found.mark = self.extract(text, UNNAMED, *bodies.span())
            found.parts = self._parts(text, split, count, status) if split >= 0 else []
            if any("origin" in part for part in found.parts):
                values.pop("origin", None)
        return found

    def _parts(self, text: _Text, start: int, count: int, status: str) -> list[dict[str, Extract]]:
        """Return what is said of single ones of a number of bodies (うち2つは…), one dict each."""
        parts: list[dict[str, Extract]] = []
        for match in _OF_WHICH.finditer(text.norm, start):
            sign = match["n"]
            number = _NUMERALS.get(sign) or int(sign)
            span = match.span("what")
            values: dict[str, Extract] = {}
            new = _NEW.search(text.norm, *span)
            existing = _EXISTING.search(text.norm, *span)
            if new and not existing:
                values["origin"] = self.extract(text, "新設", *new.span())
            elif existing and not new:
                values["origin"] = self.extract(text, "既存活用", *existing.span())
            planned = _NOT_YET.search(text.norm, *span)
            if planned:
                values["status"] = self.extract(text, fw.PLANNED, *planned.span())
            if new and (planned or status == fw.ESTABLISHED):
                dates = _find_dates(text, *span, self.as_of, deadline=bool(planned))
                if dates and (planned or not dates[0].until):
                    when = dates[0]
                    values["due" if planned else "start"] = self.extract(
                        text, when.period.to_text(), when.start, when.end
                    )
            if level := self.level(text, [span]):
                values["level"] = level
            if number == 0 or len(parts) + number > count:
                return []
            parts.extend(dict(values) for _ in range(number))
        return parts

    # --- a cell --------------------------------------------------------------------------------
    def cell(self, text: _Text) -> list[_Found]:
        found: list[_Found] = []
        waiting: list[dict[str, Extract]] = []
        bullets = [bullet for bullet in _list_bullets(text) if not bullet.note]
        for bullet in bullets:
            if len(found) >= MOST_FRAMEWORKS:
                break
            self._bullet(bullet, found, waiting, alone=len(bullets) == 1)
        return _settle_headings(found)[:MOST_FRAMEWORKS]

    def _bullet(
        self,
        bullet: _Bullet,
        found: list[_Found],
        waiting: list[dict[str, Extract]],
        *,
        alone: bool,
    ) -> None:
        text = bullet.text
        norm = text.norm
        pairs = _pair_brackets(norm)
        bracketed = _find_bracketed(text, pairs)
        here: list[_Found] = []
        named = False
        side: list[tuple[int, int]] = []
        position = 0
        for start, end in _list_clauses(norm):
            anchors = []
            while position < len(bracketed) and bracketed[position].start < end:
                if bracketed[position].start >= start:
                    anchors.append(bracketed[position])
                position += 1
            anchors = anchors or _find_plain(text, pairs, start, end)
            if anchors:
                named = True
                here += self.clause(
                    text,
                    start,
                    max(end, anchors[-1].after),
                    anchors[:MOST_FRAMEWORKS],
                    bullet.number,
                )
            else:
                side.append((start, end))
            if len(here) > MOST_FRAMEWORKS:
                break
        if not named:
            self._nameless(bullet, found, waiting, alone=alone)
            return
        for start, end in side:
            if len(here) == 1 and _TAKES_PART.search(norm, start, end):
                extra = self.coverage(text, [(start, end)])
                if level := self.level(text, [(start, end)]):
                    extra["level"] = level
                _supplement(here[0], extra)
        if len(here) == 1 and (kind := self.kind(text, 0, len(norm))):
            here[0].values.setdefault("framework_kind", kind)
        if len(here) == 1 and (measures := self.measures(text)):
            here[0].values.setdefault("measures", measures)
        for one in here:
            known = next((other for other in found if _same_name(other, one)), None)
            if known:
                _supplement(known, one.values)
            else:
                found.append(one)
        if len(here) == 1:
            for extra in waiting:
                _supplement(here[0], extra)
        waiting.clear()

    def _nameless(
        self,
        bullet: _Bullet,
        found: list[_Found],
        waiting: list[dict[str, Extract]],
        *,
        alone: bool,
    ) -> None:
        text = bullet.text
        norm = text.norm
        one = self.bare(text, bullet.number, alone=alone or bool(_HEADING.match(norm)))
        pointing = bool(_REFERS.match(norm)) and not _NEW_BODY.search(norm)
        body = _BODY.search(norm)
        if kind := self.kind(text, 0, len(norm)):
            one.values.setdefault("framework_kind", kind)
        last = found[-1] if found else None
        if one.values.get("status") and not pointing:
            sub = last and _SUB_ORGAN.search(norm)
            if sub:
                return
            heading = bool(_HEADING.match(norm))
            if (
                body
                or one.bodies > 1
                or last is None
                or heading
                or (last.absent and not one.absent)
            ):
                if last is not None and last.absent and not one.absent:
                    found.pop()
                for extra in waiting:
                    _supplement(one, extra)
                waiting.clear()
                found.append(one)
                return
        elif body and last is not None and not pointing:
            return
        if last is None:
            if not body:
                waiting.append(one.values)
        elif last.bodies == 1:
            _supplement(last, one.values)


def _last(pattern: re.Pattern[str], norm: str, span: tuple[int, int]) -> re.Match[str] | None:
    """Return the last match within a span: what stands nearest before a name."""
    match = None
    for found in pattern.finditer(norm, *span):
        match = found
    return match


def _first_of_last_list(norm: str, dates: list[_When]) -> _When:
    """Return the date nearest before a name; of several in a row (R7.4、R7.7に) the first."""
    chosen = dates[-1]
    for earlier in reversed(dates[:-1]):
        if norm[earlier.end : chosen.start].strip(" 、,・") or earlier.end == chosen.start:
            break
        chosen = earlier
    return chosen


def _trim(norm: str, start: int, end: int) -> tuple[int, int]:
    """Cut the signs around a state (設置済：) off its wording."""
    while end > start and norm[end - 1] in " :】>〉》)、の":
        end -= 1
    return start, end


def _fold_name(name: str) -> str:
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    return re.sub(r"\((?:仮称|仮)\)", "", folded)


def _same_name(one: _Found, other: _Found) -> bool:
    if "name" not in one.values or "name" not in other.values:
        return False
    return _fold_name(one.values["name"].value) == _fold_name(other.values["name"].value)


def _supplement(found: _Found, extra: dict[str, Extract]) -> None:
    """Add what another bullet says of the same framework, never replacing anything."""
    status = extra.get("status")
    if status and "status" not in found.values and status.value != fw.ABSENT:
        found.values["status"] = status
    same = status is not None and found.values.get("status", status).value == status.value
    for key, value in extra.items():
        if key in ("status", "name"):
            continue
        if key in ("start", "due", "origin") and not same:
            continue
        found.values.setdefault(key, value)


def _settle_headings(found: list[_Found]) -> list[_Found]:
    """Turn a line that only announces the names below it into values of those names."""
    settled: list[_Found] = []
    index = 0
    while index < len(found):
        head = found[index]
        index += 1
        if not head.nameless or head.absent:
            settled.append(head)
            continue
        children = []
        while (
            index < len(found) and not found[index].nameless and "status" not in found[index].values
        ):
            children.append(found[index])
            index += 1
        for child in children:
            for key, value in head.values.items():
                if key not in ("name", "coverage", "municipalities") or head.bodies == 1:
                    child.values.setdefault(key, value)
            child.made |= head.made
        if head.bodies > 1:
            settled += _unfold(head, head.bodies - len(children))
        elif not children:
            settled.append(head)
        settled += children
    return settled


def _unfold(head: _Found, count: int) -> list[_Found]:
    """Make as many frameworks as a sentence counts without naming them."""
    ones = []
    for index in range(max(0, count)):
        values = dict(head.values)
        if index < len(head.parts):
            values |= head.parts[index]
        if head.mark:
            values["name"] = replace(head.mark, value=f"{UNNAMED}{CIRCLED[index]}")
        ones.append(_Found(values, head.text, head.number, head.made, nameless=True))
    return ones


# --- the other two cells -----------------------------------------------------------------------
def _share_out(bullets: list[_Bullet], found: list[_Found]) -> list[list[_Bullet]]:
    """Which bullets speak of which framework? One list of bullets per framework.

    By their numbers (①…②…) where both cells carry them, else by the names they name, else all
    bullets belong to all frameworks.
    """
    if len(found) <= 1:
        return [bullets for _ in found]
    numbers = [one.number for one in found]
    if all(numbers) and len(set(numbers)) == len(numbers):
        by_number = [[b for b in bullets if b.number == number] for number in numbers]
        if sum(map(len, by_number)) == len(bullets) and bullets:
            return by_number
    named: list[set[int]] = []
    folded = [re.sub(r"\s", "", bullet.text.norm) for bullet in bullets]
    names = [
        _fold_name(one.values["name"].value) if "name" in one.values and not one.nameless else ""
        for one in found
    ]
    for text in folded:
        named.append({index for index, name in enumerate(names) if name and name in text})
    kinds = [match[0] if (match := _ORGAN_END.search(name)) else "" for name in names]
    for index, text in enumerate(folded):
        if not named[index]:
            # 「研究会では…」 is enough where only one of them is a 研究会.
            named[index] = {
                at for at, kind in enumerate(kinds)
                if len(kind) > 1 and kinds.count(kind) == 1 and kind in text
            }  # fmt: skip
            if len(named[index]) > 1:
                named[index] = set()
    if not any(named):
        return [bullets for _ in found]
    return [
        [b for b, who in zip(bullets, named, strict=True) if at in who] for at in range(len(found))
    ]


_DITTO_PLAN = re.compile(r"(?:同上|同左|同右|〃|々)")


def _plan_of(bullets: list[_Bullet], column: str) -> Extract | None:
    texts = [b.text for b in bullets if not _DITTO_PLAN.fullmatch(b.text.norm)]
    if not texts:
        return None
    value = PLAN_JOIN.join(filter(None, (text.source(0, len(text.norm)) for text in texts)))
    first, last = texts[0], texts[-1]
    return Extract(value, first.raw[first.starts[0] : last.ends[-1]], column) if value else None


def _due_of(bullets: list[_Bullet], as_of: Period | None, column: str) -> Extract | None:
    """Return the deadline of a plan: the first date with まで, else the first date."""
    best: tuple[_Text, _When] | None = None
    for bullet in bullets:
        text = bullet.text
        dates = _find_dates(text, 0, len(text.norm), as_of, deadline=True)
        for when in _join_ranges(text, dates):
            if when.since:
                continue
            if when.until:
                return Extract(when.period.to_text(), text.wording(when.start, when.end), column)
            best = best or (text, when)
    if not best:
        return None
    text, when = best
    return Extract(when.period.to_text(), text.wording(when.start, when.end), column)


_UNDECIDED = r"(?:現在|現時点では)?、?(?:検討中|未定|調整中|精査中|協議中|今後検討|検討予定|選定中|要検討|検討)"
_UNDECIDED_HEAD = re.compile(
    rf"(?:^|.{{0,40}}?(?:は|が|、)){_UNDECIDED}$|(?:分野横断|単一分野)(?:的|型)?(?:な枠組み)?"
)
_UNDECIDED_WORD = re.compile(
    rf"{_UNDECIDED}|なし|無し|無|特になし|不明|未回答|非公表|秘匿|同上|同左"
    r"|その他|その他の?分野.*|他の?分野.*|未入力|記載なし|分野横断(?:的)?|単一分野|(?:等|など)"
)
_FIELD_LEAD = re.compile(
    r"(?:(?:主な|当面の|検討)?(?:対象)?分野(?:は|:)|(?:例えば|主に|当面|まずは?)、?)\s?"
)
_TOPIC = re.compile(r"[^、]{1,24}(?:では|として(?:は)?|については)、")
_FIELD_CUT = re.compile(
    r"(?:など)?(?:の分野|の事務)?(?:を|について)[^、。を]{0,14}(?:想定|提示|例示|予定|検討|対象|念頭|議論|協議|テーマ)[^、。を]{0,8}。?$"
)
_WORK_CUT = re.compile(r"(?:など)?の取組。?$")
_SENTENCE_END = re.compile(
    r"(?:予定|検討|検討中|展開|想定|目指す|する|した|して|ている|ます|追加|拡大|決定|抽出|選定|策定中|進める|行う|ため)$"
)
_FIELD_SIGNS = re.compile(r"[\w・ー〆々\s()&'’.+~〜–-]+")
_FIELD_SEPARATORS = frozenset("、,;/・「」『』。")
_AND = re.compile(r"及び|並びに|ならびに")


def _field_spans(text: _Text) -> list[tuple[int, int]]:
    """Where do the fields stand in one bullet of 対象分野?"""
    norm = text.norm
    pairs = _pair_brackets(norm)
    start, end = 0, len(norm.rstrip("。 "))
    opening = norm.find("(")
    last = norm[end - 1 : end] == ")" and next((o for o, c in pairs.items() if c == end - 1), -1)
    if (
        opening >= 0
        and pairs.get(opening) == end - 1
        and _UNDECIDED_HEAD.fullmatch(norm[:opening].strip()[-60:])
    ):
        start, end = opening + 1, end - 1
        if topic := _TOPIC.match(norm, start, end):
            start = topic.end()
    elif last is not False and last >= 0 and re.match(_UNDECIDED, norm[last + 1 : end - 1]):
        end = last
    if lead := _FIELD_LEAD.match(norm, start, end):
        start = lead.end()
    for cut in (_FIELD_CUT, _WORK_CUT):
        # Only the last words can hold the verb; looking there keeps the time linear.
        if match := cut.search(norm, max(start, end - 60), end):
            end = match.start()
    if "を" in norm[start:end]:
        return []
    spans, depth, at = [], 0, start
    index = start
    while index < end:
        sign = norm[index]
        depth = max(0, depth + (sign == "(" and index in pairs) - (sign == ")" and depth > 0))
        width = 1 if sign in _FIELD_SEPARATORS else 0
        if not width and (both := _AND.match(norm, index, end)):
            width = len(both[0])
        if width and depth == 0:
            spans.append((at, index))
            at = index + width
            index += width - 1
        index += 1
    spans.append((at, end))
    return spans


def _field_word(text: _Text, start: int, end: int) -> tuple[str, int, int] | None:
    norm = text.norm
    while start < end and norm[start] in " 。":
        start += 1
    while end > start and norm[end - 1] in " 。":
        end -= 1
    # A bracket that lists what belongs to the word would fall apart in a list of words.
    if norm[end - 1 : end] == ")" and "(" in norm[start:end]:
        opening = norm.rindex("(", start, end)
        inside = norm[opening + 1 : end - 1]
        if any(sign in inside for sign in "、,;/・「」。") or re.fullmatch(_UNDECIDED, inside):
            end = opening
    word = norm[start:end]
    if (
        not 1 <= len(word) <= LONGEST_FIELD
        or not word[0].isalnum()
        or word[0] in CIRCLED
        or _DATE.fullmatch(word)
        or (len(word) == 1 and (word.isascii() or word in "等他"))
        or not any(sign.isalpha() for sign in word)
        or not _FIELD_SIGNS.fullmatch(word)
        or _UNDECIDED_WORD.fullmatch(word)
        or _SENTENCE_END.search(word)
        or word.count("(") != word.count(")")
        or re.match(r"\d{1,2}[.)]", word)
        or word.lower() == "n/a"
    ):
        return None
    value = text.source(start, end, narrow=True)
    if any(sign in value for sign in "、，,;；／/・\n") or not value:
        return None
    return value, start, end


def _label_end(text: _Text, found: Sequence[_Found]) -> int:
    """Return where the fields begin in 「…研究会」：地方税."""
    colon = text.norm.find(":", 0, LONGEST_NAME + 10)
    if colon < 0:
        return 0
    label = re.sub(r"\s", "", text.norm[:colon])
    names = (_fold_name(one.values["name"].value) for one in found if "name" in one.values)
    return colon + 1 if any(name in label for name in names) else 0


def _words_of(bullet: _Bullet, found: Sequence[_Found]) -> list[tuple[str, int, int]]:
    """Return (word, its start, its end in the cell) of every field in a bullet."""
    text = bullet.text
    cut = _label_end(text, found)
    if cut:
        text = text.part(cut, len(text.norm))
    words = []
    for span in _field_spans(text):
        word = _field_word(text, *span)
        if word:
            value, start, end = word
            words.append((value, text.starts[start], text.ends[end - 1]))
    return words


def _fields_for(found: list[_Found], shares: list[list[_Bullet]], raw: str) -> list[Extract | None]:
    """Which fields belong to each framework?

    A word that stands in the name of one of several frameworks is a field of that one
    (地方税 → 地方税業務のあり方研究会); the other words belong to those without such a word.
    """
    cache: dict[int, list[tuple[str, int, int]]] = {}
    per_framework = []
    for share in shares:
        words = []
        for bullet in share:
            if id(bullet) not in cache:
                cache[id(bullet)] = _words_of(bullet, found)
            words += cache[id(bullet)]
        per_framework.append(words)
    if len(found) > 1:
        every = {word for words in per_framework for word, _, _ in words}
        names = [
            "" if one.nameless or "name" not in one.values else _fold_name(one.values["name"].value)
            for one in found
        ]
        own = [
            {w for w in every if len(bare := _fold_name(w).rstrip("等")) > 1 and bare in name}
            if name else set()
            for name in names
        ]  # fmt: skip
        claimed = set().union(*own)
        split = any(own) and not all(words == own[0] for words in own)
        if split:
            per_framework = [
                [item for item in words if item[0] in mine]
                if mine
                else [item for item in words if item[0] not in claimed]
                for words, mine in zip(per_framework, own, strict=True)
            ]
    extracts: list[Extract | None] = []
    for words in per_framework:
        unique = list(dict.fromkeys(word for word, _, _ in words))
        if not unique:
            extracts.append(None)
            continue
        extracts.append(
            Extract("、".join(unique), raw[words[0][1] : max(end for _, _, end in words)], FIELDS)
        )
    return extracts


def _say_of_all(bullets: list[_Bullet], column: str, as_of: Period | None) -> dict[str, Extract]:
    """Return what some bullets of 今後の予定 or 対象分野 say besides the fields."""
    reader = _Reader(column, as_of)
    values: dict[str, Extract] = {}
    if column == PLAN:
        if plan := _plan_of(bullets, column):
            values["plan"] = plan
        if due := _due_of(bullets, as_of, column):
            values["due"] = due
    for bullet in bullets:
        if "measures" not in values and (measures := reader.measures(bullet.text)):
            values["measures"] = measures
        if column == FIELDS and (kind := reader.kind(bullet.text, 0, len(bullet.text.norm))):
            values.setdefault("framework_kind", kind)
    return values


def _is_silent(text: str) -> bool:
    return not any(sign.isalnum() for sign in text)


def extract_frameworks(
    setup: str, plan: str, fields: str, as_of: Period | None
) -> list[dict[str, Extract]]:
    """Which frameworks does one row of the narrative table speak of? (文章からの自動抽出)

    Parameters
    ----------
    setup, plan, fields : the cells 枠組みの立上げ状況, 今後の予定, 対象分野.
    as_of : the day the table describes, by whose fiscal year 年度末 or 12月 get their year;
        without it they are left out.

    Returns
    -------
    One dict per framework, column name of form.FRAMEWORKS → Extract, only of what the text
    says. A prefecture without a framework yields one dict with status 未設置. Never raises.
    """
    texts = {
        SETUP: _Text.read(str(setup or "")),
        PLAN: _Text.read(str(plan or "")),
        FIELDS: _Text.read(str(fields or "")),
    }
    bare = re.sub(r"\s", "", texts[SETUP].norm[:40])
    bare = bare.strip("・-()")
    found: list[_Found] = []
    if len(texts[SETUP].norm) <= 40 and _ABSENT_CELL.fullmatch(bare):
        whole = texts[SETUP].part(0, len(texts[SETUP].norm))
        absent = Extract(fw.ABSENT, whole.wording(0, len(whole.norm)), SETUP)
        found = [_Found({"status": absent}, whole, absent=True, nameless=True)]
    else:
        found = _Reader(SETUP, as_of).cell(texts[SETUP])
        # 未設置 is the answer of a prefecture, not of one bullet among others.
        others = [one for one in found if not one.absent]
        found = others or found[:1]
    if all(one.absent for one in found) and (found or _is_silent(texts[SETUP].norm)):
        coming = [
            one
            for one in _Reader(PLAN, as_of).cell(texts[PLAN])
            if one.made and one.values.get("status") and one.values["status"].value == fw.PLANNED
        ]
        found = coming or found
    found = [one for one in found if "status" in one.values or "name" in one.values]
    if not found:
        return []
    plan_bullets = _list_bullets(texts[PLAN])
    field_bullets = [b for b in _list_bullets(texts[FIELDS]) if not b.note]
    plan_shares, field_shares = _share_out(plan_bullets, found), _share_out(field_bullets, found)
    field_extracts = _fields_for(found, field_shares, texts[FIELDS].raw)
    columns = {column.name: place for place, column in enumerate(form.FRAMEWORKS.columns)}
    # Frameworks that share their bullets share what those say; read it once.
    known: dict[tuple[str, tuple[int, ...]], dict[str, Extract]] = {}

    def shared(column: str, bullets: list[_Bullet]) -> dict[str, Extract]:
        key = (column, tuple(id(bullet) for bullet in bullets))
        if key not in known:
            known[key] = _say_of_all(bullets, column, as_of)
        return known[key]

    rows = []
    for index, one in enumerate(found):
        values = dict(one.values)
        if fields_found := field_extracts[index]:
            values.setdefault("fields", fields_found)
        for column, shares in ((FIELDS, field_shares), (PLAN, plan_shares)):
            for key, extract in shared(column, shares[index]).items():
                values.setdefault(key, extract)
        rows.append({key: values[key] for key in sorted(values, key=columns.__getitem__)})
    return rows


# --- the header --------------------------------------------------------------------------------
_SPACE = re.compile(r"\s+")
_LEADING_MARK = re.compile(rf"^(?:[{CIRCLED}]|\(?\d{{1,2}}[).]|[※*★☆●○■・]+)")
_ROUND_BRACKET = re.compile(r"\([^()]{0,40}\)")
_SETUP_LABEL = re.compile(
    r"(?:検討(?:を行う)?)?(?:の)?(?:枠組み?|検討体制|体制|会議体)?(?:等)?の?(?:立ち?上げ|設置)(?:等)?の?状況(?:等)?"
    r"|枠組み?(?:等)?の状況(?:等)?|(?:枠組み?の?)?取組状況(?:等)?"
)
_PLAN_LABEL = re.compile(r"今後の(?:予定|取組予定|取組み?|進め方|スケジュール|方針)(?:等)?|予定")
_FIELDS_LABEL = re.compile(
    r"(?:主な)?(?:検討)?(?:対象)?(?:とする)?(?:行政)?分野(?:等)?|取組分野|検討対象分野"
)
_PREF_LABEL = re.compile(r"都道府県(?:名|等)?|県名|団体名?|自治体名?|都道府県・団体名?")
# Columns that only the form has: with them the row is its header, not the narrative table's.
_FORM_ONLY = frozenset(
    label
    for name in ("name", "framework_kind", "origin", "level", "start", "coverage", "municipalities")
    for label in (form.FRAMEWORKS.column(name).label, *form.FRAMEWORKS.column(name).aliases)
)
_NAME_LABELS = frozenset(
    (form.FRAMEWORKS.column("name").label, *form.FRAMEWORKS.column("name").aliases)
)


def is_narrative_header(labels: Sequence[str]) -> dict[str, int] | None:
    """Is this row the header of the narrative table? Returns where its four columns stand.

    labels : the texts of a row, empty ones included. Any order, other columns allowed; spaces,
    line breaks, numbers and words in brackets do not matter. Keys of the result: "pref",
    "setup", "plan", "fields". A row with 枠組みの名称 is the header of the form: None.
    """
    found: dict[str, int] = {}
    clean = set()
    plain_setup = False
    for position, label in enumerate(labels):
        bare = _LEADING_MARK.sub("", str(label or "")[:80].strip())
        folded = _SPACE.sub("", unicodedata.normalize("NFKC", bare))
        folded = _LEADING_MARK.sub("", folded)
        base = _ROUND_BRACKET.sub("", folded).strip("※*:")
        if not base:
            continue
        clean.add(base)
        for key, pattern in (
            ("pref", _PREF_LABEL), ("setup", _SETUP_LABEL),
            ("plan", _PLAN_LABEL), ("fields", _FIELDS_LABEL),
        ):  # fmt: skip
            if key not in found and pattern.fullmatch(base):
                found[key] = position
                if key == "setup":
                    # The form has a column 設置状況 too.
                    plain_setup = "上げ" not in base and "等" not in base and "記述" not in folded
    if len(found) < 4 or clean & _NAME_LABELS or (plain_setup and clean & _FORM_ONLY):
        return None
    return found
