"""What is known of each framework so far, and what do further bullets add to it? (枠組みの集約)"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from domain import frameworks as fw
from domain.intake.narrative.names import fold_name
from domain.intake.narrative.text import CIRCLED, Extract, Text

UNNAMED = "（名称の記載なし）"


@dataclass
class Found:
    """A framework on its way. made : its verb founds something.  nameless : no name was given.

    bodies : how many a sentence counts without naming them.  mark : the words that count them.
    parts : what is said of single ones of them.  absent : it says that there is none.
    """

    values: dict[str, Extract]
    text: Text
    number: int = 0
    made: bool = False
    nameless: bool = False
    bodies: int = 1
    mark: Extract | None = None
    parts: list[dict[str, Extract]] = field(default_factory=list)
    absent: bool = False


def same_name(one: Found, other: Found) -> bool:
    """Do two of them carry the same name?"""
    if "name" not in one.values or "name" not in other.values:
        return False
    return fold_name(one.values["name"].value) == fold_name(other.values["name"].value)


def supplement(found: Found, extra: dict[str, Extract]) -> None:
    """Add what another bullet says of the same framework, never replacing anything."""
    status = extra.get("status")
    if status and "status" not in found.values and status.value != fw.ABSENT:
        found.values["status"] = status
    same = status is not None and found.values.get("status", status).value == status.value
    for key, value in extra.items():
        if key in ("status", "name"):
            continue
        if key in ("start", "due", "origin") and not same:
            continue
        found.values.setdefault(key, value)


def settle_headings(found: list[Found]) -> list[Found]:
    """Turn a line that only announces the names below it into values of those names."""
    settled: list[Found] = []
    index = 0
    while index < len(found):
        head = found[index]
        index += 1
        if not head.nameless or head.absent:
            settled.append(head)
            continue
        children = []
        while (
            index < len(found) and not found[index].nameless and "status" not in found[index].values
        ):
            children.append(found[index])
            index += 1
        for child in children:
            for key, value in head.values.items():
                if key not in ("name", "coverage", "municipalities") or head.bodies == 1:
                    child.values.setdefault(key, value)
            child.made |= head.made
        if head.bodies > 1:
            settled += _unfold(head, head.bodies - len(children))
        elif not children:
            settled.append(head)
        settled += children
    return settled


def _unfold(head: Found, count: int) -> list[Found]:
    """Make as many frameworks as a sentence counts without naming them."""
    ones = []
    for index in range(max(0, count)):
        values = dict(head.values)
        if index < len(head.parts):
            values |= head.parts[index]
        if head.mark:
            values["name"] = replace(head.mark, value=f"{UNNAMED}{CIRCLED[index]}")
        ones.append(Found(values, head.text, head.number, head.made, nameless=True))
    return ones
