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
    """How one meaning is drawn: fill, text colour on it, sign, border, hatch.

    name : English, part of the CSS class of its legend swatch.
    """

    name: str
    label: str
    fill: str
    ink: str
    sign: str
    border: str = BORDER
    hatch: str = ""
    dashed: bool = False


STATE_MARKS = {
    fw.BOTH: Mark(fw.BOTH, fw.STATE_LABELS[fw.BOTH], "#00118f", WHITE, "◎", "#00118f"),
    fw.CROSS: Mark(fw.CROSS, fw.STATE_LABELS[fw.CROSS], "#3460fb", WHITE, "●", "#3460fb"),
    fw.SINGLE: Mark(fw.SINGLE, fw.STATE_LABELS[fw.SINGLE], "#00a3bf", "#000000", "◐", "#006f83"),
    fw.UNSPECIFIED: Mark(
        fw.UNSPECIFIED, fw.STATE_LABELS[fw.UNSPECIFIED], "#97d3ff", "#000000", "○"
    ),
    fw.PLAN: Mark(fw.PLAN, fw.STATE_LABELS[fw.PLAN], "#ffd43d", "#000000", "△", hatch="diagonal"),
    fw.NONE: Mark(fw.NONE, fw.STATE_LABELS[fw.NONE], "#b3b3b3", "#000000", "－"),
    fw.UNKNOWN: Mark(fw.UNKNOWN, fw.STATE_LABELS[fw.UNKNOWN], WHITE, INK, "？", dashed=True),
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

# Degrees of a viewpoint from low to high, behind dark words; how well a measure fits.
LEVEL_TINTS = SEQUENTIAL[:3]
FIT_COLOURS = {"◎": "#0017c1", "○": "#3460fb", "△": "#806300", "－": MUTED}

# Number of cases in a prefecture; few have any, so three classes are enough: upper bound → mark.
NO_CASE = Mark("case_none", "記載なし", WHITE, INK, "", BORDER, dashed=True)
CASE_MARKS = {
    1: Mark("case_one", "1件", SEQUENTIAL[1], INK, "●"),
    3: Mark("case_few", "2〜3件", SEQUENTIAL[2], "#000000", "●"),
    99: Mark("case_many", "4件以上", SEQUENTIAL[4], WHITE, "●"),
}


def swatch_rules() -> str:
    """Return the CSS of the legend swatches, one class a mark, so that no legend repeats it."""
    rules = []
    for mark in (*STATE_MARKS.values(), NO_CASE, *CASE_MARKS.values()):
        hatch = (
            "background-image:repeating-linear-gradient(45deg,transparent 0 3px,#806300 3px 4px);"
            if mark.hatch
            else ""
        )
        style = "dashed" if mark.dashed else "solid"
        rules.append(
            f".gs-m-{mark.name}{{background-color:{mark.fill};{hatch}color:{mark.ink};"
            f"border:1.5px {style} {mark.border}}}"
        )
    return "\n".join(rules)
