"""At which level does a body meet? (参加者の級)"""

from __future__ import annotations

import re
from collections.abc import Iterable

from domain.intake.narrative.text import Extract, Text

LEVEL = re.compile(r"(?P<who>[一-龯々・、と及び]{1,16})(?:級|クラス|レベル)")
# A mixture (部課長級) is no one level: "" makes it count as two.
LEVEL_OF = {
    "首長": "首長級", "市町村長": "首長級", "市町長": "首長級", "市長": "首長級", "町村長": "首長級",
    "知事": "首長級", "部長": "部長級", "部局長": "部長級", "課長": "課長級", "課長補佐": "課長補佐級",
    "補佐": "課長補佐級", "副知事": "その他", "副市長": "その他", "副市町長": "その他", "副市町村長": "その他",
    "副町村長": "その他", "副首長": "その他", "局長": "その他", "次長": "その他", "室長": "その他", "係長": "その他",
    "担当": "その他", "担当者": "その他", "実務者": "その他", "主査": "その他", "副部長": "その他", "副課長": "その他",
    "部課長": "", "部次長": "", "課長係長": "",
}  # fmt: skip
# The end of the words before 級 tells who: 市町村担当課長 is a 課長, a 副知事 is no 知事.
_WHO = re.compile(rf"(?:{'|'.join(sorted(LEVEL_OF, key=len, reverse=True))})$")
_AND_WHO = re.compile(r"[・、と]|及び")
_ALL_OF_THEM = re.compile(r"いずれも|ともに|全て|すべて|各")


def find_level(text: Text, spans: Iterable[tuple[int, int]]) -> Extract | None:
    """Return the one level the first span with a level gives; two levels give none."""
    for start, end in spans:
        found: dict[str, tuple[int, int]] = {}
        for match in LEVEL.finditer(text.norm, start, end):
            at = match.start("who")
            for part in _AND_WHO.split(match["who"]):
                at = text.norm.index(part, at)
                if who := _WHO.search(part):
                    found.setdefault(LEVEL_OF[who[0]], (at + who.start(), match.end()))
                at += len(part)
        bare = text.norm[start:end].strip()
        if not found and bare in ("首長", "部長", "課長", "課長補佐"):
            found[bare + "級"] = (start, end)
        if len(found) == 1 and "" not in found:
            ((value, place),) = found.items()
            return text.extract(value, *place)
        if found:
            return None
    return None


def find_shared_level(text: Text, spans: Iterable[tuple[int, int]]) -> Extract | None:
    """Return the level of the spans that speak of all names before them (いずれも課長級)."""
    return find_level(text, [span for span in spans if _ALL_OF_THEM.search(text.norm, *span)])
