"""What a value must carry: 値・単位・時点・出典・区分."""

from __future__ import annotations

import math
from dataclasses import dataclass

# 区分: how far a value may be trusted, from the source's own figure to a draft.
ORIGINAL, DERIVED, ESTIMATE, ASSUMPTION, DRAFT = "原典", "算出", "推計", "仮定", "下書き"
KINDS = (ORIGINAL, DERIVED, ESTIMATE, ASSUMPTION, DRAFT)
KIND_MEANINGS = {
    ORIGINAL: "資料・統計に書かれている値をそのまま写したもの",
    DERIVED: "原典の値から、示した式で計算したもの",
    ESTIMATE: "公的機関による推計、又は推計式による見込み",
    ASSUMPTION: "根拠となる資料が無く、本製品が置いた値",
    DRAFT: "未確認の下書き。職員による差し替えを前提とするもの",
}
MISSING = "未入力"


@dataclass(frozen=True)
class Fact:
    """One number of a source with everything needed to show it (事実).

    fact_id : stable English name.  label : what it counts, in Japanese.
    value : number, or None where the source has none.  text : how the source writes it.
    unit : Japanese unit.  as_of : canonical period text or "".  kind : one of KINDS.
    source_id, locator : where it stands.  derivation : the formula of a 算出 value.
    """

    fact_id: str
    label: str
    value: float | None
    unit: str
    as_of: str
    kind: str
    source_id: str
    locator: str
    text: str = ""
    derivation: str = ""
    caution: str = ""

    def display(self) -> str:
        """Return the value as the screen writes it, without its unit; 約 is kept."""
        about = "約" if self.text.startswith("約") else ""
        return about + format_number(self.value)


def format_number(value: float | None, digits: int = 0) -> str:
    """Write a number with thousands commas; a missing one is 未入力, never 0."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if digits == 0 and float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.{digits or 1}f}"


def format_signed(value: float, digits: int = 1) -> str:
    """Write a change with its sign; ▲ is not used, so that copied figures stay numbers."""
    return f"{value:+,.{digits}f}".replace("-", "−")
