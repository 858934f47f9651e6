"""Which fields does a framework work in? (対象分野)"""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.intake.narrative.bullets import Bullet, pair_brackets
from domain.intake.narrative.dates import DATE
from domain.intake.narrative.found import Found
from domain.intake.narrative.limits import LONGEST_FIELD, LONGEST_NAME
from domain.intake.narrative.names import fold_name
from domain.intake.narrative.text import CIRCLED, FIELDS, Extract, Text

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


def _field_spans(text: Text) -> list[tuple[int, int]]:
    """Where do the fields stand in one bullet of 対象分野?"""
    norm = text.norm
    pairs = pair_brackets(norm)
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


def _field_word(text: Text, start: int, end: int) -> tuple[str, int, int] | None:
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
        or DATE.fullmatch(word)
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


def _label_end(text: Text, found: Sequence[Found]) -> int:
    """Return where the fields begin in 「…研究会」：地方税."""
    colon = text.norm.find(":", 0, LONGEST_NAME + 10)
    if colon < 0:
        return 0
    label = re.sub(r"\s", "", text.norm[:colon])
    names = (fold_name(one.values["name"].value) for one in found if "name" in one.values)
    return colon + 1 if any(name in label for name in names) else 0


def _words_of(bullet: Bullet, found: Sequence[Found]) -> list[tuple[str, int, int]]:
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


def fields_for(found: list[Found], shares: list[list[Bullet]], raw: str) -> list[Extract | None]:
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
            "" if one.nameless or "name" not in one.values else fold_name(one.values["name"].value)
            for one in found
        ]
        own = [
            {w for w in every if len(bare := fold_name(w).rstrip("等")) > 1 and bare in name}
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
