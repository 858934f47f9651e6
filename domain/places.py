"""Prefectures and municipal codes (都道府県・団体コード, JIS X 0401 / 0402)."""

from __future__ import annotations

from dataclasses import dataclass

PREFECTURE_COUNT = 47
CODES = tuple(f"{number:02d}" for number in range(1, PREFECTURE_COUNT + 1))


@dataclass(frozen=True)
class Prefecture:
    """One prefecture (都道府県). code : 2 digits as text.  municipalities : 市区町村数."""

    code: str
    name: str
    short_name: str
    region: str
    municipalities: int


def compute_check_digit(code5: str) -> str:
    """Which digit closes a 5-digit 団体コード?

    Source: 全国地方公共団体コード仕様 — weights 6,5,4,3,2, modulus 11, last digit of 11−r.
    Raises ValueError if the code is not five digits.
    """
    if len(code5) != 5 or not code5.isdigit():
        raise ValueError(f"団体コードは5桁の数字です：{code5!r}")
    total = sum(int(digit) * weight for digit, weight in zip(code5, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def neighbours_in_order(code: str, codes: tuple[str, ...] = CODES) -> tuple[str, str]:
    """Which codes come before and after, in a ring (前の県・次の県)?"""
    place = codes.index(code)
    return codes[place - 1], codes[(place + 1) % len(codes)]
