"""Which body is meant by a code or a name? (団体コード・団体名)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from domain.intake.normalise import LEADING_ZERO, fold
from domain.places import compute_check_digit

HAMADORI_CODE = "07999"
# The 13 municipalities the projection treats as one (浜通り地域の13市町村).
HAMADORI = (
    "07204", "07209", "07212", "07541", "07542", "07543", "07544", "07545", "07546", "07547",
    "07548", "07561", "07564",
)  # fmt: skip
# Kinds of repair beside those of domain.intake.normalise.
CHECK_DIGIT_DROPPED, CODE_FROM_NAME = "検査数字を除く", "団体名から団体コードを補う"
TO_FIVE_DIGITS = "2桁の都道府県コードを5桁に"
# What a code stands for.
PREFECTURE, MUNICIPALITY, WARD, REGION, ASSOCIATION = (
    "都道府県", "市区町村", "区", "浜通り地域", "一部事務組合等",
)  # fmt: skip
_VARIANTS = str.maketrans("ヶ檮龍檜曾鰺餠澤邊條籠", "ケ梼竜桧曽鯵餅沢辺条篭")


def classify_code(code5: str, municipalities: Mapping[str, str]) -> str:
    """What does a 5-digit code stand for? PREFECTURE … ASSOCIATION, "" if for nothing known."""
    if code5 in municipalities:
        return MUNICIPALITY
    if code5 == HAMADORI_CODE:
        return REGION
    if code5.endswith("000"):
        return PREFECTURE
    if code5[2] == "1" and not code5.endswith("00"):
        return WARD
    return ASSOCIATION if code5[2] in "89" else ""


class Places:
    """The official bodies, by code and by name."""

    def __init__(self, municipalities: Mapping[str, str], prefectures: Mapping[str, str]) -> None:
        self.municipalities, self.prefectures = municipalities, prefectures
        self.prefecture_codes = {code + "000": name for code, name in prefectures.items()}
        self.known = municipalities.keys() | self.prefecture_codes.keys() | {HAMADORI_CODE}
        self.pref_by_name = {name_key(name): code for code, name in prefectures.items()}
        self.by_name: dict[str, list[str]] = defaultdict(list)
        for code, name in municipalities.items():
            self.by_name[name_key(name)].append(code)


def name_key(name: str) -> str:
    """Return a name as it is compared, variants of its characters made one."""
    return fold(name).translate(_VARIANTS)


def same_name(written: str, official: str) -> bool:
    """Is it the same name, perhaps with 郡 or prefecture before it?"""
    return name_key(written).endswith(name_key(official))


def _has_check_digit(six: str) -> bool:
    return compute_check_digit(six[:5]) == six[5]


def uses_six_digits(codes: Iterable[str], places: Places) -> bool:
    """Do the codes of a column carry a check digit? One cell alone cannot tell: 11002 may
    be 01100 with its check digit and without its zero."""
    five = six = 0
    for digits in codes:
        five += len(digits) <= 5 and digits.zfill(5) in places.known
        padded = digits.zfill(6)
        six += len(digits) >= 5 and padded[:5] in places.known and _has_check_digit(padded)
    return six > five


def read_code(digits: str, six_digits: bool, places: Places) -> tuple[str, tuple[str, ...], str]:
    """Return the 5-digit code, repairs and problem ("", "code" or "check") of a code's digits."""
    if len(digits) <= 2 and digits.zfill(2) in places.prefectures:
        padded = (LEADING_ZERO,) if len(digits) < 2 else ()
        return digits.zfill(2) + "000", (*padded, TO_FIVE_DIGITS), ""
    if len(digits) == 6 or (six_digits and len(digits) == 5):
        six = digits.zfill(6)
        if _has_check_digit(six):
            padded = (LEADING_ZERO,) if len(digits) < 6 else ()
            return six[:5], (*padded, CHECK_DIGIT_DROPPED), ""
        if len(digits) == 6:
            return six[:5], (), "check"
    if len(digits) in (4, 5):
        return digits.zfill(5), (LEADING_ZERO,) if len(digits) < 5 else (), ""
    return "", (), "code"
