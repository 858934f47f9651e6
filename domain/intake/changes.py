"""What would change, value by value, if a submission were published (差分)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain import frameworks as fw
from domain.frameworks import PrefectureState, compute_states
from domain.intake.rows import Row, columns_of, to_framework

ADDED, CHANGED, REMOVED = "追加", "変更", "削除"


@dataclass(frozen=True)
class ValueChange:
    """One value before and after. label : of the column."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """One row that is added, changed or removed."""

    kind: str
    dataset: str
    scope: str
    key: str
    values: tuple[ValueChange, ...]


@dataclass(frozen=True)
class Difference:
    """All changes of a submission, and how many rows stay as they are."""

    rows: tuple[RowChange, ...]
    unchanged: int

    def count(self, kind: str) -> int:
        """How many rows are of a kind?"""
        return sum(row.kind == kind for row in self.rows)

    def scopes(self) -> list[tuple[str, str]]:
        """Which (dataset, scope) does it touch, in order?"""
        return sorted({(row.dataset, row.scope) for row in self.rows})


def compute_difference(
    before: Mapping[tuple[str, str], Sequence[Row]],
    after: Mapping[tuple[str, str], Sequence[Row]],
) -> Difference:
    """What changes when the parts of `after` replace those of `before`?

    Parameters
    ----------
    before, after : (dataset, scope) → rows; only the parts in `after` are compared.

    A row that vanishes while one other appears in the same place is the same one renamed.
    """
    changes: list[RowChange] = []
    unchanged = 0
    for part in sorted(after):
        old = {row.key: row for row in before.get(part, ())}
        new = {row.key: row for row in after[part]}
        gone = [key for key in old if key not in new]
        come = [key for key in new if key not in old]
        if len(gone) == len(come) == 1:
            pairs = [(old[gone[0]], new[come[0]])]
            gone, come = [], []
        else:
            pairs = []
        pairs += [(old[key], new[key]) for key in new if key in old]
        for was, now in pairs:
            values = _compare(part[0], was, now)
            if values:
                changes.append(RowChange(CHANGED, *part, now.key, values))
            else:
                unchanged += 1
        changes += [RowChange(ADDED, *part, key, _compare(part[0], None, new[key])) for key in come]
        changes += [
            RowChange(REMOVED, *part, key, _compare(part[0], old[key], None)) for key in gone
        ]
    return Difference(tuple(changes), unchanged)


def _compare(dataset: str, before: Row | None, after: Row | None) -> tuple[ValueChange, ...]:
    found = []
    for column in columns_of(dataset):
        was = before.values.get(column.name, "") if before else ""
        now = after.values.get(column.name, "") if after else ""
        if was != now:
            found.append(ValueChange(column.name, column.label, was, now))
    return tuple(found)


@dataclass(frozen=True)
class Effect:
    """How the count of prefectures by state changes (KPIへの影響)."""

    before: Mapping[str, PrefectureState]
    after: Mapping[str, PrefectureState]

    def counts(self) -> list[tuple[str, int, int]]:
        """Return (state, before, after) for every state, in the order of the legend."""
        was, now = fw.count_states(self.before), fw.count_states(self.after)
        return [(state, was[state], now[state]) for state in fw.STATES]

    def established(self) -> tuple[int, int]:
        """How many prefectures are 設置済, before and after?"""
        totals = [(was, now) for state, was, now in self.counts() if state in fw.ESTABLISHED_STATES]
        return sum(was for was, _ in totals), sum(now for _, now in totals)

    def moved(self) -> list[str]:
        """Which prefectures change their state? Codes in order."""
        return [c for c in self.after if self.after[c].state != self.before[c].state]

    def to_dict(self) -> dict[str, object]:
        """Return the effect for the history of versions."""
        was, now = self.established()
        return {
            "established": [was, now],
            "states": {state: [a, b] for state, a, b in self.counts() if a != b},
            "moved": self.moved(),
        }


def compute_effect(
    codes: Sequence[str],
    before: Mapping[tuple[str, str], Sequence[Row]],
    after: Mapping[tuple[str, str], Sequence[Row]],
    day: date,
) -> Effect:
    """How do the states of the prefectures change at `day`?

    before : every published part.  after : the parts that are replaced.
    """

    def states(parts: Mapping[tuple[str, str], Sequence[Row]]) -> Mapping[str, PrefectureState]:
        rows = [
            to_framework(row, day)
            for (dataset, _), part in parts.items()
            if dataset == "frameworks"
            for row in part
        ]
        return compute_states(codes, rows, day)

    return Effect(states(before), states({**before, **after}))
