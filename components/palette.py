"""Colours, marks and hatches, each with one meaning (配色).

Built from the design tokens of デジタル庁デザインシステム (`@digital-go-jp/design-tokens` 1.1.9,
MIT). Contrast and the distance under three kinds of colour vision are tested in
tests/components/test_palette.py; no meaning rests on colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain import frameworks as fw
from domain.values import ASSUMPTION, DERIVED, DRAFT, ESTIMATE, ORIGINAL

PRIMARY = "#0017c1"
INK = "#1a1a1a"
MUTED = "#595959"
BORDER = "#767676"
GRID = "#e6e6e6"
SURFACE = "#f8f8fb"
WHITE = "#ffffff"
# The nation beside a prefecture, and peers: told apart by line and mark, not colour alone.
NATION_GREY = "#4d4d4d"
BAND = "#c5d7fb"
PEER_COLOURS = ("#e25100", "#008299", "#767676")
FONT_FAMILY = "'Noto Sans JP', 'BIZ UDPGothic', 'Meiryo', sans-serif"


@dataclass(frozen=True)
class Mark:
    """How one meaning is drawn: fill, text colour on it, sign, border, hatch."""

    label: str
    fill: str
    ink: str
    sign: str
    border: str = BORDER
    hatch: str = ""
    dashed: bool = False


STATE_MARKS = {
    fw.BOTH: Mark(fw.STATE_LABELS[fw.BOTH], "#00118f", WHITE, "◎", "#00118f"),
    fw.CROSS: Mark(fw.STATE_LABELS[fw.CROSS], "#3460fb", WHITE, "●", "#3460fb"),
    fw.SINGLE: Mark(fw.STATE_LABELS[fw.SINGLE], "#00a3bf", "#000000", "◐", "#006f83"),
    fw.UNSPECIFIED: Mark(fw.STATE_LABELS[fw.UNSPECIFIED], "#97d3ff", "#000000", "○"),
    fw.PLAN: Mark(fw.STATE_LABELS[fw.PLAN], "#ffd43d", "#000000", "△", hatch="diagonal"),
    fw.NONE: Mark(fw.STATE_LABELS[fw.NONE], "#b3b3b3", "#000000", "－"),
    fw.UNKNOWN: Mark(fw.STATE_LABELS[fw.UNKNOWN], WHITE, INK, "？", dashed=True),
}

# 対応方策: four groups, six ends.
GROUP_COLOURS = {
    "減らす": "#333333",
    "まとめる": "#0017c1",
    "担い手を広げる": "#e25100",
    "生産性を高める": "#008299",
}
GROUP_SIGNS = {"減らす": "■", "まとめる": "●", "担い手を広げる": "▲", "生産性を高める": "◆"}

# 区分 badges: a sign and a word; the colour only helps.
KIND_COLOURS = {
    ORIGINAL: ("#0017c1", "#e8f1fe"),
    DERIVED: ("#006173", "#e9f7f9"),
    ESTIMATE: ("#806300", "#fbf5e0"),
    ASSUMPTION: ("#8b3200", "#ffeee2"),
    DRAFT: ("#a90000", "#fdeeee"),
}
SEQUENTIAL = ("#e8f1fe", "#c5d7fb", "#7096f8", "#3460fb", "#00118f")
