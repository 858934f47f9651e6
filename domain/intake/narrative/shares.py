"""Which bullets of the other two cells speak of which framework? (箇条書きの割り当て)"""

from __future__ import annotations

import re

from domain.intake.narrative.bullets import Bullet
from domain.intake.narrative.found import Found
from domain.intake.narrative.names import ORGAN_END, fold_name


def share_out(bullets: list[Bullet], found: list[Found]) -> list[list[Bullet]]:
    """Which bullets speak of which framework? One list of bullets per framework.

    By their numbers (①…②…) where both cells carry them, else by the names they name, else all
    bullets belong to all frameworks.
    """
    if len(found) <= 1:
        return [bullets for _ in found]
    numbers = [one.number for one in found]
    if all(numbers) and len(set(numbers)) == len(numbers):
        by_number = [[b for b in bullets if b.number == number] for number in numbers]
        if sum(map(len, by_number)) == len(bullets) and bullets:
            return by_number
    named: list[set[int]] = []
    folded = [re.sub(r"\s", "", bullet.text.norm) for bullet in bullets]
    names = [
        fold_name(one.values["name"].value) if "name" in one.values and not one.nameless else ""
        for one in found
    ]
    for text in folded:
        named.append({index for index, name in enumerate(names) if name and name in text})
    kinds = [match[0] if (match := ORGAN_END.search(name)) else "" for name in names]
    for index, text in enumerate(folded):
        if not named[index]:
            # 「研究会では…」 is enough where only one of them is a 研究会.
            named[index] = {
                at for at, kind in enumerate(kinds)
                if len(kind) > 1 and kinds.count(kind) == 1 and kind in text
            }  # fmt: skip
            if len(named[index]) > 1:
                named[index] = set()
    if not any(named):
        return [bullets for _ in found]
    return [
        [b for b, who in zip(bullets, named, strict=True) if at in who] for at in range(len(found))
    ]
