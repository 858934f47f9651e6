"""Which bodies does a text name, with brackets or without? (枠組みの名称)"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from domain.intake.narrative.bullets import BRACKETS, CLOSERS
from domain.intake.narrative.level import LEVEL, LEVEL_OF
from domain.intake.narrative.limits import LONGEST_FIELD, LONGEST_NAME
from domain.intake.narrative.text import Text
from domain.intake.narrative.words import MAKE_OR_HOLD

_ORGANS = (
    "協議会", "協議の場", "検討の場", "の場", "協議体", "会議体", "会議", "研究会", "検討会", "検討委員会", "委員会",
    "連絡会", "懇談会", "懇話会", "勉強会", "意見交換会", "審議会", "幹事会", "分科会", "部会", "推進本部", "本部",
    "ワーキンググループ", "ワーキングチーム", "ワーキング", "WG", "プロジェクトチーム", "タスクフォース",
    "プラットフォーム", "ラウンドテーブル", "PT", "TF", "準備会", "推進会", "推進体制", "検討体制",
)  # fmt: skip
ORGAN_WORDS = "|".join(sorted(_ORGANS, key=len, reverse=True))
ORGAN_END = re.compile(
    rf"(?:{ORGAN_WORDS}|(?<![議社機大長])会|チーム|ネットワーク|フォーラム|機構|組織|サミット)$"
)
_NO_ORGAN_END = re.compile(
    r"(?:(?<![協審評])議会|町村会|市長会|社会|機会|大会|計画|プラン|報告書|方針|戦略|ビジョン|条例|要綱|大綱|アンケート|調査|事業|基金|ガイドライン|提言|資料)$"
)
_FOLLOWS = (
    r"(?=\s?(?:を|\(|に?おいて|で|が|は|に|の(?:設置|立|開催|新設|創設|下|もと|活用)"
    r"|、|。|,|等|など|へ|と|も|及び|並びに|:|$|「|・))"
)
_PLAIN_ORGAN = re.compile(rf"(?:{ORGAN_WORDS}){_FOLLOWS}")
_EXTENDED = re.compile(rf"[一-龯々ァ-ヶーA-Za-z・]{{0,12}}?(?:{ORGAN_WORDS}){_FOLLOWS}")
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
REFERS = re.compile(r"(?:同|当該|その|この|上記|両|本)(?:会|協|研|検|枠|場|体|下|委|懇|部)")
_POINTING = re.compile(
    rf"{REFERS.pattern}|他の|別の|複数の|以下の|次の|下記の|各|[\d一二三四五六七八九]+つの|分野別|圏域ごと|地域ごと"
)
_GENERIC = re.compile(
    r"検討|推進|協議|連絡|調整|研究|連携|意見交換|新たな|合同|定例|実務者|担当者|準備|庁内|関係者|関係|体制|のための|ための|の"
    r"|会議体|会議|委員会|懇談会|懇話会|勉強会|研究会|部会|分科会|幹事会|審議会|本部|会|場|体"
    r"|ワーキング|グループ|チーム|WG|プロジェクト|タスクフォース|プラットフォーム|ラウンドテーブル|PT|TF"
)
BODY = re.compile(rf"枠組み?|体制|{ORGAN_WORDS}|意見交換")
_SHORT_FOR = re.compile(r"(?:以下|通称|略称|愛称|いわゆる)[、,]?\s?$")
_BAD_NAME = re.compile(r"[<>|=@`$\\{}]")
_TAKEN_UP = re.compile(rf"(?:等|など)?[をの](?:新たに|新規に|共同で)?(?:{MAKE_OR_HOLD}|活用)")
_CLAUSE_END = re.compile(
    rf"。|(?:{MAKE_OR_HOLD}|活用)[^、。,;「」『』()]{{0,8}}(?:\([^()]{{0,120}}\))?\s?"
    r"(?:[、,;。]|とともに|(?<=し)(?=[「『]|新たに|令和|R\d))"
)


@dataclass
class Anchor:
    """A name in a bullet. start, end : with its brackets.  attached : spans of （…） after it."""

    start: int
    end: int
    name_start: int
    name_end: int
    attached: list[tuple[int, int]] = field(default_factory=list)
    after: int = 0


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


def find_bracketed(text: Text, pairs: dict[int, int]) -> list[Anchor]:
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
            if LEVEL.search(inside) or inside in LEVEL_OF:
                inner.append((opening + 2 + cut, opening + len(core)))
                name_end = opening + 1 + cut
            core = core[:cut].rstrip()
        attached, after = _collect_attached(norm, pairs, close + 1)
        anchor = Anchor(opening, close + 1, opening + 1, name_end, inner + attached, after)
        organ = ORGAN_END.search(core) and not _NO_ORGAN_END.search(core)
        if _BAD_NAME.search(content):
            continue
        if not organ and sign in "「『“":
            longer = _EXTENDED.match(norm, close + 1)
            if longer and not _NO_ORGAN_END.search(longer[0]) and longer[0] != "の場":
                attached, after = _collect_attached(norm, pairs, longer.end())
                anchor = Anchor(opening, longer.end(), opening, longer.end(), attached, after)
                organ = True
            elif sign != "“" and not _NO_ORGAN_END.search(core):
                organ = _TAKEN_UP.match(norm, after)
        if organ and norm[anchor.name_start : anchor.name_end].strip():
            anchors.append(anchor)
            passed = anchor.after
    return anchors


def _is_generic(name: str) -> bool:
    return not re.sub(r"[\s・、]", "", _GENERIC.sub("", name))


def find_plain(text: Text, pairs: dict[int, int], start: int, end: int) -> list[Anchor]:
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
        anchors.append(Anchor(left, match.end(), left, match.end(), attached, after))
        passed = after
    return anchors


def list_clauses(norm: str) -> list[tuple[int, int]]:
    """Return (start, end) of every clause; a verb of founding or holding ends one."""
    depth, inside = 0, bytearray(len(norm) + 1)
    for at, sign in enumerate(norm):
        depth = max(0, depth - (sign in CLOSERS))
        inside[at] = depth > 0
        depth += sign in BRACKETS
    spans, start = [], 0
    for match in _CLAUSE_END.finditer(norm):
        if not inside[match.start()]:
            spans.append((start, match.end()))
            start = match.end()
    if start < len(norm):
        spans.append((start, len(norm)))
    return spans


def fold_name(name: str) -> str:
    """Return a name without spaces and （仮称）, in the spelling names are compared in."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    return re.sub(r"\((?:仮称|仮)\)", "", folded)
