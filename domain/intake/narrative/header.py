"""Is a row the header of the narrative table? (見出し行の判定)"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from domain.intake import form
from domain.intake.narrative.text import CIRCLED

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
