"""One cell → the value it means, and what had to be done to get there (値の読み取り).

Nothing is changed silently: a value is either the cell's own text or comes with the kinds of
repair that were made. What cannot be understood is a problem with a code, never a guess.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from domain.intake import form
from domain.intake.form import FormColumn
from domain.intake.grid import CellValue
from domain.periods import PeriodError, parse_period
from domain.places import CODES, Prefecture, compute_check_digit

# Kinds of repair, as the list of repairs names them (補正の種類).
MERGED = "結合セルを展開"
DITTO = "〃・同上を上の値に"
FILLED_DOWN = "空欄を上の値で補う"
FROM_COVER = "表紙から補う"
FROM_CODE = "団体コードから補う"
FROM_NAME = "都道府県名から補う"
TRIMMED = "前後の空白を除く"
LINE_ENDS = "改行コードをそろえる"
CONTROL = "制御文字を除く"
SPACED = "字間の空白を除く"
HALF_WIDTH = "全角を半角に"
LEADING_ZERO = "先頭の0を補う"
TO_TWO_DIGITS = "団体コードを2桁に"
FULL_NAME = "略称を正式名称に"
CHOICE_FORM = "選択肢の語に直す"
LISTED = "箇条書き・区切りを分割"
UNIT = "単位・記号を除く"
ABOUT = "「約」を除く"
ERA = "和暦を西暦に"
DATE_FORM = "年月の書き方をそろえる"
SERIAL = "日付の連番を日付に"
MONTH_CELL = "日付セルを年月に"
NO_VALUE = "記号・語を未入力に"
EXTRACTED = "文章から自動抽出"
# Repair → official rule that asks for what the repair had to do.
RULES = {
    MERGED: "L1-12", DITTO: "L2-02", FILLED_DOWN: "L2-02", FROM_COVER: "L2-02",
    TRIMMED: "L1-06", LINE_ENDS: "L1-06", CONTROL: "L1-08", SPACED: "L1-06",
    HALF_WIDTH: "L2-01", LEADING_ZERO: "L3-06", TO_TWO_DIGITS: "L3-06", FULL_NAME: "L3-06",
    FROM_CODE: "L3-06", FROM_NAME: "L3-06", CHOICE_FORM: "L2-04", LISTED: "L1-07",
    UNIT: "L2-01", ABOUT: "L2-01", ERA: "L3-05", DATE_FORM: "L3-05", SERIAL: "L3-05",
    MONTH_CELL: "L3-05", NO_VALUE: "L3-03", EXTRACTED: "L1-07",
}  # fmt: skip
# Repairs that leave something of the cell behind: a person has to look (確認).
LOSING = frozenset({ABOUT, NO_VALUE, SERIAL})


@dataclass(frozen=True)
class Normal:
    """What a cell means. kinds : repairs made.  problem : code of a finding, "" if none."""

    value: str
    kinds: tuple[str, ...] = ()
    problem: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def own_text(value: CellValue) -> str:
    """Return the cell's own text: what the value is before anybody interprets it."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


_SPACES = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028\u2029\ufeff]")


def clean_text(text: str) -> tuple[str, list[str]]:
    """Remove what nobody sees: control characters, mixed line ends, spaces around."""
    # Nearly every text is clean, and one look tells.
    if text.isprintable() and text == text.strip(" "):
        return text, []
    kinds = []
    cleaned = _CONTROL.sub("", text)
    if cleaned != text:
        kinds.append(CONTROL)
    lines = cleaned.replace("\r\n", "\n").replace("\r", "\n")
    if lines != cleaned:
        kinds.append(LINE_ENDS)
    stripped = lines.strip(" \t\n\u3000\xa0")
    if stripped != lines:
        kinds.append(TRIMMED)
    return stripped, kinds


def fold(text: str) -> str:
    """Return a text as it is compared: NFKC, without spaces and line breaks."""
    return _fold_word(text) if len(text) <= _LONGEST_WORD else _fold(text)


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


# The words of a table return in many cells; long texts do not.
_LONGEST_WORD = 80
_fold_word = lru_cache(maxsize=8192)(_fold)


def _narrow(text: str, kinds: list[str]) -> str:
    """Fold full-width signs and inner spaces of a short value, noting what was done."""
    narrow = unicodedata.normalize("NFKC", text)
    if narrow != text:
        kinds.append(HALF_WIDTH)
    tight = _SPACES.sub("", narrow)
    if tight != narrow:
        kinds.append(SPACED)
    return tight


def normalise(
    column: FormColumn,
    value: CellValue,
    places: Mapping[str, Prefecture],
    *,
    number_format: str = "",
    date1904: bool = False,
) -> Normal:
    """What does a cell of this column mean?

    Parameters
    ----------
    places : the 47 prefectures by code.  number_format : of a date cell, where it is known.

    Returns
    -------
    Normal; its value is "" for an empty cell (未入力) and where there is a problem.
    """
    if value is None or (isinstance(value, str) and not clean_text(value)[0]):
        blank = own_text(value)
        return Normal("", (TRIMMED,) if blank else ())
    if isinstance(value, bool) and column.holds != form.TEXT:
        return Normal("", problem="E_BOOL")
    match column.holds:
        case form.TEXT:
            text, kinds = clean_text(own_text(value))
            return Normal(text, tuple(kinds))
        case form.CHOICE:
            return _choice(column, own_text(value))
        case form.CHOICES | form.WORDS:
            return _words(column, own_text(value))
        case form.INTEGER:
            return _integer(value)
        case form.PERIOD:
            return _period(value, number_format, date1904)
        case form.PREF_CODE:
            return _pref_code(value)
        case form.PREF_NAME:
            return _pref_name(own_text(value), places)
    raise ValueError(f"unknown kind of column: {column.holds}")


def _meaning(column: FormColumn, folded: str) -> str | None:
    for choice in column.choices:
        if fold(choice) == folded:
            return choice
    for written, choice in column.meanings:
        if fold(written) == folded:
            return choice
    return None


_OTHER = re.compile(r"(?:その他|他)[(:].*")


def _choice(column: FormColumn, raw: str) -> Normal:
    text, kinds = clean_text(raw)
    if text in column.choices:
        return Normal(text, tuple(kinds))
    folded = fold(text)
    chosen = _meaning(column, folded)
    if chosen is None and "その他" in column.choices and _OTHER.fullmatch(folded):
        return Normal("その他", (*kinds, CHOICE_FORM), details={"other": text})
    if chosen is None:
        return Normal("", problem="E_CHOICE", details=_choice_help(column, folded))
    return Normal(chosen, (*kinds, CHOICE_FORM))


def _choice_help(column: FormColumn, folded: str) -> dict[str, object]:
    near = difflib.get_close_matches(folded[:80], column.choices, 1, 0.5)
    return {
        "choices": "／".join(column.choices),
        "near": f"「{near[0]}」のことなら、そのとおりに書いてください。" if near else "",
    }


_BULLET = re.compile(
    r"^(?:[・●○◯◎■□◆◇▪▫•‣▶►*＊\-－‐–]|[①-⑳]|\(\d{1,2}\)|（\d{1,2}）|\d{1,2}[.)．）])\s*"
)
_OPEN, _CLOSE = "(（「『[【", ")）」』]】"
_SEPARATORS = "、,，;；／/\n・"


def split_list(text: str) -> list[str]:
    """Split a cell of several answers at 、 , ・ ; ／ and line breaks, not inside brackets."""
    parts, word, depth = [], "", 0
    for character in text:
        depth += (character in _OPEN) - (character in _CLOSE)
        if character == "\n":
            depth = 0
        if character in _SEPARATORS and depth <= 0:
            parts.append(word)
            word = ""
        else:
            word += character
    parts.append(word)
    words = []
    for part in parts:
        bare = _BULLET.sub("", part.strip(" \t\u3000")).strip(" \t\u3000")
        if bare:
            words.append(bare)
    return words


def _words(column: FormColumn, raw: str) -> Normal:
    text, kinds = clean_text(raw)
    if fold(text) in _NOTHING:
        return Normal("", (*kinds, NO_VALUE))
    words = split_list(text)
    joined = "、".join(words)
    if joined != text:
        kinds.append(LISTED)
    if column.holds == form.WORDS:
        return Normal(joined, tuple(kinds))
    chosen: list[str] = []
    for word in words:
        meaning = _meaning(column, fold(word))
        if meaning is None and _OTHER.fullmatch(fold(word)):
            meaning = "その他"
        if meaning is None:
            return Normal(
                "", problem="E_CHOICE", details=_choice_help(column, fold(word)) | {"word": word}
            )
        if meaning not in chosen:
            chosen.append(meaning)
    if "、".join(chosen) != joined:
        kinds.append(CHOICE_FORM)
    return Normal("、".join(chosen), tuple(kinds))


# Signs and words that say 「値が無い」; 「なし」 is not among them: it may mean zero.
_NOTHING = frozenset(
    fold(sign)
    for sign in ("-", "－", "―", "ー", "‐", "–", "—", "…", "...", "・・・", "*", "＊", "×", "x", "X",
                 "不明", "未定", "未回答", "非公表", "秘匿", "N/A", "n/a", "/", "／", "?", "？", "未入力", "記載なし")
)  # fmt: skip
_ZERO_OR_BLANK = frozenset(("なし", "無し", "無", "ナシ"))
_NO_PERIOD = _NOTHING | _ZERO_OR_BLANK
_NUMBER = re.compile(
    r"(?P<about>約|およそ|概ね)?(?P<minus>[▲△\-−])?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<rest>\.\d+)?"
    r"(?P<unit>市区町村|市町村|市町|町村|団体|自治体|市|町|村|区|か所|ヶ所|箇所|件|名|人|程度|\(.*\))*"
)


def _integer(value: CellValue) -> Normal:
    if isinstance(value, (int, float)):
        if isinstance(value, float) and not value.is_integer():
            return Normal("", problem="E_NOT_INTEGER")
        if value < 0:
            return Normal("", problem="E_NEGATIVE")
        return Normal(own_text(value))
    if not isinstance(value, str):
        return Normal("", problem="E_NUMBER")
    text, kinds = clean_text(value)
    if fold(text) in _ZERO_OR_BLANK:
        return Normal("", problem="E_ZERO_OR_BLANK")
    if fold(text) in _NOTHING:
        return Normal("", (*kinds, NO_VALUE))
    narrow = _narrow(text, kinds)
    match = _NUMBER.fullmatch(narrow) if len(narrow) < 40 else None
    if not match:
        return Normal("", problem="E_NUMBER")
    if match["minus"]:
        return Normal("", problem="E_NEGATIVE")
    if match["rest"] and match["rest"].strip(".0"):
        return Normal("", problem="E_NOT_INTEGER")
    digits = str(int(match["digits"].replace(",", "")))
    if match["about"]:
        kinds.append(ABOUT)
    if digits != narrow.removeprefix(match["about"] or ""):
        kinds.append(UNIT)
    return Normal(digits, tuple(kinds))


def _period(value: CellValue, number_format: str, date1904: bool) -> Normal:
    if isinstance(value, time):
        return Normal("", problem="E_DATE", details={"reason": "時刻だけで、日付がありません"})
    if isinstance(value, (date, datetime)):
        day = value.date() if isinstance(value, datetime) else value
        if not 1868 <= day.year <= 2200:
            reason = f"{day.year}年は扱える範囲（1868～2200年）の外です"
            return Normal("", problem="E_DATE", details={"reason": reason})
        if day.day == 1 and shows_month_only(number_format):
            return Normal(f"{day:%Y-%m}", (MONTH_CELL,))
        return Normal(day.isoformat())
    if isinstance(value, (int, float)):
        return _period_of_number(value, date1904)
    text, kinds = clean_text(str(value))
    if fold(text) in _NO_PERIOD:
        return Normal("", (*kinds, NO_VALUE))
    try:
        canonical = parse_period(text).to_text()
    except PeriodError as error:
        return Normal("", problem="E_DATE", details={"reason": str(error)})
    if canonical != text:
        kinds.append(ERA if _ERA_NAME.search(text) else DATE_FORM)
    return Normal(canonical, tuple(kinds))


_ERA_NAME = re.compile(r"令和|平成|昭和|大正|[RHSTＲＨＳＴｒｈｓｔrhst]")
# Serial numbers of 1982-2091; smaller ones are years or typing errors.
_SERIALS = range(30000, 70000)


def _period_of_number(value: int | float, date1904: bool) -> Normal:
    def try_text(text: str) -> Normal:
        try:
            canonical = parse_period(text).to_text()
        except PeriodError as error:
            return Normal("", problem="E_DATE", details={"reason": str(error)})
        return Normal(canonical, () if canonical == own_text(value) else (DATE_FORM,))

    if isinstance(value, float) and not value.is_integer():
        hint = f"{value} は数として入っています。元号を付けた「R{value}」のことなら、そう書いてください"
        return Normal("", problem="E_DATE", details={"reason": hint})
    number = int(value)
    digits = str(number)
    if number in _SERIALS:
        start = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
        return Normal((start + timedelta(days=number)).isoformat(), (SERIAL,))
    if len(digits) == 4:
        return try_text(digits)
    if len(digits) == 6:
        return try_text(f"{digits[:4]}-{digits[4:]}")
    if len(digits) == 8:
        return try_text(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    return Normal("", problem="E_DATE", details={"reason": f"{digits} は年月として読めません"})


# Parts of a number format that show no part of the date.
_NOT_DATE = re.compile(r"\[[^\]]*\]|\"[^\"]*\"|\\.|_.")


def shows_month_only(number_format: str) -> bool:
    """Does a date format of Excel show year and month without the day?"""
    bare = _NOT_DATE.sub("", number_format.split(";")[0]).lower()
    return bool(bare) and "m" in bare and "d" not in bare and ("y" in bare or "e" in bare) and (
        "h" not in bare
    )  # fmt: skip


_DIGITS = re.compile(r"\d{1,6}")


def _pref_code(value: CellValue) -> Normal:
    if not isinstance(value, (str, int, float)):
        return Normal("", problem="E_CODE")
    raw = own_text(value)
    text, kinds = clean_text(raw)
    digits = _narrow(text, kinds).strip("'")
    if not _DIGITS.fullmatch(digits):
        return Normal("", problem="E_CODE")
    if len(digits) <= 2:
        code = digits.zfill(2)
        if code not in CODES:
            return Normal("", problem="E_CODE")
        return Normal(code, tuple(kinds) if code == digits else (*kinds, LEADING_ZERO))
    six, five = digits.zfill(6), digits.zfill(5)
    checked = len(digits) > 4 and compute_check_digit(six[:5]) == six[5]
    # With and without the check digit: whichever reading names a prefecture.
    for whole, right, length in ((six[:5], checked, 6), (five, len(digits) <= 5, 5)):
        if right and whole.endswith("000") and whole[:2] in CODES:
            padded = (LEADING_ZERO,) if len(digits) < length else ()
            return Normal(whole[:2], (*kinds, *padded, TO_TWO_DIGITS))
    if checked:
        return Normal("", problem="E_MUNICIPAL_CODE")
    if len(digits) == 6:
        right_code = six[:5] + compute_check_digit(six[:5])
        return Normal("", problem="E_CHECK_DIGIT", details={"right": right_code})
    return Normal("", problem="E_CODE")


_NUMBERED = re.compile(r"^(\d{1,2})[.:_\-]?(?=\D)")


def _pref_name(raw: str, places: Mapping[str, Prefecture]) -> Normal:
    text, kinds = clean_text(raw)
    if any(text == place.name for place in places.values()):
        return Normal(text, tuple(kinds))
    names = {place.name: place.name for place in places.values()}
    tight = _SPACES.sub("", unicodedata.normalize("NFKC", text))
    if tight in names:
        return Normal(tight, (*kinds, SPACED))
    short = {place.short_name: place.name for place in places.values()}
    bare = _NUMBERED.sub("", tight).removesuffix("庁")
    if bare in names or bare in short:
        return Normal(names.get(bare) or short[bare], (*kinds, FULL_NAME))
    near = difflib.get_close_matches(bare[:40], list(names), 1, 0.6)
    hint = f"「{near[0]}」のことなら、そのとおりに書いてください。" if near else ""
    return Normal("", problem="E_PREF", details={"near": hint})


def label_keys(texts: Sequence[str]) -> list[str]:
    """Return header texts as they are compared: no brackets, numbers, signs or spaces."""
    return [label_key(text) for text in texts]


_BRACKETED = re.compile(r"\([^()]*\)|【[^】]*】|\[[^\]]*\]|<[^>]*>")
_LEAD = re.compile(r"^(?:\(?\d{1,2}\)?[.．:]?|[※*★☆●○・]+)")


def label_key(text: str) -> str:
    """Return one header text as it is compared."""
    folded = fold(text)
    if folded.isalnum():
        # Neither brackets nor signs, as in most cells.
        return _LEAD.sub("", folded).lower()
    bare = _BRACKETED.sub("", folded)
    # A header that is all brackets keeps its words.
    bare = _LEAD.sub("", bare or folded.strip("()[]"))
    return bare.strip("※*★:").replace("／", "・").replace("/", "・").lower()
