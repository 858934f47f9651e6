"""What is known of one task of the ten fields, and who judged it? (事務の課題分析)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from domain.measure_rules import MEASURES, VIEWPOINTS
from domain.values import DRAFT, ORIGINAL

# 評価者の区分 and the signs that stand for them.
NATION, PREFECTURE, OWN_DRAFT = "国の整理", "県の回答", "下書き"
EVALUATOR_SIGNS = {NATION: "■", PREFECTURE: "□", OWN_DRAFT: "◇"}
# What the drafts of 事務量 have in mind.
SMALL_TOWN = "人口1万人前後の町村"
# Fewer answers than these would point to single prefectures.
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

    def sourced_facts(self) -> dict[str, str]:
        """Return only the facts that a source states; for following its own example."""
        marks = {**self.marks, **self.evidence}
        return {name: mark.value for name, mark in marks.items() if mark.kind == ORIGINAL}

    def kind(self) -> str:
        """Return 原典 if a source states any of the marks, else 下書き."""
        return ORIGINAL if any(m.kind == ORIGINAL for m in self.marks.values()) else DRAFT

    def unrated(self) -> list[str]:
        """Which viewpoints has nobody judged?"""
        return [code for code in VIEWPOINTS if not self.marks[code].value]


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


def find_task(tasks: Mapping[str, Task], values: Mapping[str, str]) -> Task | None:
    """Which task is a row of 事務の課題分析 about? By id, else by name."""
    if values.get("task_id") in tasks:
        return tasks[values["task_id"]]
    return next((task for task in tasks.values() if task.name == values.get("task")), None)


def count_answers(tasks: Iterable[Task]) -> dict[str, dict[str, int]]:
    """How often does each degree stand? Viewpoint → degree → answers; blanks are not counted."""
    counts = {code: dict.fromkeys(values, 0) for code, values in VIEWPOINTS.items()}
    for task in tasks:
        for code, mark in task.marks.items():
            if mark.value:
                counts[code][mark.value] += 1
    return counts
