"""What is known of one task of the ten fields, and who judged it? (事務の課題分析)"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.measure_rules import MEASURES, VIEWPOINTS
from domain.values import DRAFT, ORIGINAL

# 評価者の区分 and the signs that stand for them.
NATION, PREFECTURE, OWN_DRAFT = "国の整理", "県の回答", "下書き"
EVALUATOR_SIGNS = {NATION: "■", PREFECTURE: "□", OWN_DRAFT: "◇"}
# What the drafts of 事務量 have in mind.
SMALL_TOWN = "人口1万人前後の町村"
# Fewer prefectures than these could be told apart.
FEWEST_ANSWERS = 5


@dataclass(frozen=True)
class Mark:
    """One judgement. value : "" where nobody has judged (未評価).

    evaluator : key of EVALUATOR_SIGNS.  size : of the municipality in mind, "" if any.
    text : the words it rests on.  source_id, locator : where they stand.
    """

    value: str
    evaluator: str
    kind: str
    size: str = ""
    text: str = ""
    source_id: str = ""
    locator: str = ""
    note: str = ""

    def sign(self) -> str:
        """Return the sign of who judged."""
        return EVALUATOR_SIGNS[self.evaluator]


@dataclass(frozen=True)
class Vehicle:
    """A body or scheme that can carry a task (受け皿). measure : it serves, "" if none."""

    name: str
    measure: str
    kind: str
    note: str = ""


@dataclass(frozen=True)
class Task:
    """One task of a field.

    law_check : how far the articles were checked.  power, private, pref : values of the facts of
    these names, each with a note.  marks : viewpoint → mark.  evidence : other fact → mark, where
    a source says it.
    """

    task_id: str
    field_code: str
    name: str
    legal_basis: str
    law_check: str
    power: str
    power_note: str
    private: str
    private_note: str
    pref: str
    pref_note: str
    marks: Mapping[str, Mark]
    vehicles: tuple[Vehicle, ...] = ()
    evidence: Mapping[str, Mark] = field(default_factory=dict)
    note: str = ""

    def facts(self, changed: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return fact → value for the rules. changed : viewpoints judged otherwise."""
        served = {vehicle.measure for vehicle in self.vehicles}
        return (
            {code: mark.value for code, mark in self.marks.items()}
            | {"power": self.power, "private": self.private, "pref": self.pref}
            | {f"vehicle.{measure}": "有" if measure in served else "無" for measure in MEASURES}
            | dict(changed or {})
        )

    def sourced_marks(self) -> dict[str, Mark]:
        """Return fact → mark of what a source states; for following its own example."""
        marks = {**self.marks, **self.evidence}
        return {name: mark for name, mark in marks.items() if mark.kind == ORIGINAL}

    def sourced_facts(self) -> dict[str, str]:
        """Return fact → value of what a source states."""
        return {name: mark.value for name, mark in self.sourced_marks().items()}

    def kind(self) -> str:
        """Return 原典 if a source states any of the marks, else 下書き."""
        stated = any(mark.kind == ORIGINAL and mark.value for mark in self.marks.values())
        return ORIGINAL if stated else DRAFT

    def unrated(self) -> list[str]:
        """Which viewpoints has nobody judged?"""
        return [code for code in VIEWPOINTS if not self.marks[code].value]


# pref_code → (task id, size of municipality or "") → the task as this prefecture judges it.
Answers = Mapping[str, Mapping[tuple[str, str], Task]]


def with_answer(task: Task, values: Mapping[str, str], source_id: str, place: str) -> Task:
    """Return a task as a prefecture judges it; what it left blank is 未評価, not the draft.

    values : a row of 事務の課題分析 by column name.  source_id, place : where the row stands.
    """
    evaluator = values.get("evaluator") or PREFECTURE
    kind = DRAFT if evaluator == OWN_DRAFT else ORIGINAL
    marks = {
        code: Mark(
            values.get(code, ""), evaluator, kind, values.get("size", ""),
            values.get("evidence", ""), source_id, place,
        )
        for code in VIEWPOINTS
    }  # fmt: skip
    return replace(task, marks=marks, evidence={})


def without_answer(task: Task) -> Task:
    """Return a task that a prefecture has said nothing of: every viewpoint is 未評価."""
    mark = Mark("", PREFECTURE, ORIGINAL, note="この団体の回答がない")
    return replace(task, marks=dict.fromkeys(VIEWPOINTS, mark), evidence={})


def sizes_of(tasks: Iterable[Task]) -> list[str]:
    """Which sizes of municipality did the marks have in mind? The most frequent first."""
    counts = Counter(m.size for task in tasks for m in task.marks.values() if m.value and m.size)
    return [size for size, _ in counts.most_common()]


def at_size(task: Task, size: str) -> Task:
    """Return a task with the marks that hold for a size; those made for another one are 未評価."""

    def keep(mark: Mark) -> Mark:
        if mark.size in ("", size):
            return mark
        return replace(
            mark, value="", text="", locator="", note=f"{mark.size}を想定した評価だけがある"
        )

    return replace(task, marks={code: keep(mark) for code, mark in task.marks.items()})


@dataclass(frozen=True)
class Tally:
    """How prefectures judge a task from one viewpoint. degrees : degree → answers."""

    degrees: Mapping[str, int]
    prefectures: int

    def answers(self) -> int:
        """Return the number of answers; a prefecture may give one for each size."""
        return sum(self.degrees.values())

    def may_be_shown(self) -> bool:
        """Are the prefectures many enough not to be told apart?"""
        return self.prefectures >= FEWEST_ANSWERS


def tally_answers(answers: Mapping[str, Sequence[Task]]) -> dict[str, Tally]:
    """How often does each degree stand? pref_code → its answers; viewpoint → tally.

    Blanks, drafts and what a prefecture copied from the nation's own analysis are not counted.
    """
    found = {}
    for code, values in VIEWPOINTS.items():
        given = [
            (place, task.marks[code].value)
            for place, tasks in answers.items()
            for task in tasks
            if task.marks[code].value and task.marks[code].evaluator == PREFECTURE
        ]
        counts = Counter(value for _, value in given)
        found[code] = Tally({v: counts[v] for v in values}, len({place for place, _ in given}))
    return found


def find_task(tasks: Mapping[str, Task], values: Mapping[str, str]) -> Task | None:
    """Which task is a row of 事務の課題分析 about? By id, else by name."""
    if values.get("task_id") in tasks:
        return tasks[values["task_id"]]
    return next((task for task in tasks.values() if task.name == values.get("task")), None)
