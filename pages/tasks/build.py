"""The figures of 分野別課題分析, filled with tasks, rules and marks of the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.figure import Figure
from data import catalogue
from data.loaders import (
    load_rules,
    load_table,
    load_task_answers,
    load_tasks,
    load_thresholds,
)
from domain.measure_rules import GOOD, STRONG, VIEWPOINTS, Verdict, judge
from domain.sources import SourceRef
from domain.tasks import NATION, PREFECTURE, Task, at_size, tally_answers, without_answer
from pages.tasks import compare, example, matrix, rulebook, sheet

ANALYSIS = "task_analysis"
EXAMPLE_TASK = "K3"
EXAMPLE_PLACE = "「(分析例) 介護サービス事業者の運営指導」"
_CONCLUSION = "結論"

Tasks = Mapping[str, Task]


def field_names() -> dict[str, str]:
    """Return field code → name, in the document's order."""
    table = load_table("fields")
    return dict(zip(table["field_code"], table["name"], strict=True))


def measure_names() -> dict[str, str]:
    """Return measure code → name, in the document's order."""
    table = load_table("measures")
    return dict(zip(table["measure_code"], table["name"], strict=True))


def judged_tasks(pref_code: str | None = None, size: str | None = None) -> dict[str, Task]:
    """Return task id → task as it is judged: by the bundled drafts, or by a prefecture.

    size : of the municipality in mind; None for every size, which only the drafts have. What a
    prefecture has not judged stays 未評価: a draft never stands in for an answer.
    """
    tasks = load_tasks()
    if pref_code is None:
        return {i: task if size is None else at_size(task, size) for i, task in tasks.items()}
    answers = load_task_answers().get(pref_code, {})
    return {i: answers.get((i, size or "")) or without_answer(task) for i, task in tasks.items()}


def tasks_by_field(tasks: Tasks) -> dict[str, list[Task]]:
    """Return field name → its tasks."""
    return {
        name: [task for task in tasks.values() if task.field_code == code]
        for code, name in field_names().items()
    }


def judge_task(task: Task, changed: Mapping[str, str] | None = None) -> dict[str, Verdict]:
    """Return how well each measure fits a task. changed : viewpoints judged otherwise."""
    return judge(task.facts(changed), load_rules(), load_thresholds())


def _judge_all(tasks: Sequence[Task]) -> dict[str, dict[str, Verdict]]:
    return {task.task_id: judge_task(task) for task in tasks}


def _own_source() -> tuple[SourceRef, ...]:
    return (catalogue.source_ref(ANALYSIS),)


def _sources(tasks: Sequence[Task]) -> tuple[SourceRef, ...]:
    """Return where the marks of tasks come from, with the drafts and rules beside them."""
    judges = {mark.evaluator for task in tasks for mark in task.marks.values() if mark.value}
    found = []
    if NATION in judges:
        found.append(catalogue.source_ref(catalogue.DOCUMENT, EXAMPLE_PLACE))
    if PREFECTURE in judges:
        found.append(catalogue.source_ref(catalogue.REPORTS))
    return (*found, *_own_source())


def build_fields(tasks: Tasks, selected: str | None = None) -> Figure:
    """Return how often each degree stands in the ten fields. selected : key of a cell."""
    codes = {name: code for code, name in field_names().items()}
    sources = _sources([*tasks.values()])
    return matrix.draw_fields(tasks_by_field(tasks), codes, sources, selected)


def build_field(tasks: Tasks, field: str, selected: str | None = None) -> Figure:
    """Return the marks of the tasks of a field. selected : key of a cell."""
    own = tasks_by_field(tasks)[field]
    return matrix.draw_tasks(field, own, _sources(own), selected)


def build_fits(tasks: Tasks, field: str, selected: str | None = None) -> Figure:
    """Return which measures fit the tasks of a field. selected : key of a cell."""
    own = tasks_by_field(tasks)[field]
    return matrix.draw_fits(field, own, _judge_all(own), measure_names(), _sources(own), selected)


def build_task_fits(
    task: Task, changed: Mapping[str, str] | None = None, scenario: str = ""
) -> Figure:
    """Return which measures fit one task, as published and as judged otherwise."""
    return sheet.draw_task_fits(
        task,
        judge_task(task),
        judge_task(task, changed),
        measure_names(),
        _sources([task]),
        scenario if changed else None,
    )


def build_steps(task: Task, changed: Mapping[str, str] | None = None) -> Figure:
    """Return how the rules come to their answer for a task."""
    return sheet.draw_steps(task, judge_task(task, changed), measure_names(), _sources([task]))


def answers_to(task_id: str) -> dict[str, list[Task]]:
    """Return pref_code → its answers to a task, one a size of municipality."""
    found = {
        code: [task for (one, _), task in answers.items() if one == task_id]
        for code, answers in load_task_answers().items()
    }
    return {code: answers for code, answers in found.items() if answers}


def build_answers(task: Task) -> Figure:
    """Return how the prefectures judge a task."""
    answers = answers_to(task.task_id)
    place = f"{len(answers)}団体" if answers else ""
    return sheet.draw_answers(
        task, tally_answers(answers), len(answers), (catalogue.source_ref(catalogue.REPORTS, place),)
    )  # fmt: skip


def build_two_tasks(one: Task, other: Task) -> Figure:
    """Return where two tasks differ."""
    verdicts = [judge_task(one), judge_task(other)]
    return compare.draw_two_tasks(one, other, verdicts, measure_names(), _sources([one, other]))


def build_two_fields(tasks: Tasks, one: str, other: str) -> Figure:
    """Return where two fields differ."""
    by_field = tasks_by_field(tasks)
    pair = {name: by_field[name] for name in (one, other)}
    every = [task for group in pair.values() for task in group]
    return compare.draw_two_fields(pair, _judge_all(every), measure_names(), _sources(every))


def find_tasks(
    tasks: Tasks,
    measure: str | None = None,
    power: str | None = None,
    expertise: str | None = None,
) -> list[Task]:
    """Return the tasks that meet the limits. measure : fits with ◎ or ○."""
    return [
        task
        for task in tasks.values()
        if (not power or task.power == power)
        and (not expertise or task.marks["V3a"].value == expertise)
        and (not measure or judge_task(task)[measure].fit in (STRONG, GOOD))
    ]


def build_search(found: Sequence[Task]) -> Figure:
    """Return the tasks that were found, with their measures."""
    return compare.draw_search(
        found, _judge_all(found), field_names(), measure_names(), len(load_tasks()), _sources(found)
    )


def fill_form(task: Task, changed: Mapping[str, str], pref_code: str) -> bytes:
    """Return the prefecture's form with this judgement as a row of 事務の課題分析."""
    from data.intake import forms  # late: wanted on a click only

    facts = task.facts(changed)
    return forms.build_filled(
        pref_code,
        [
            {code: facts[code] for code in VIEWPOINTS}
            | {
                "task_id": task.task_id, "task": task.name,
                "field": field_names()[task.field_code],
                "size": task.marks["V1"].size, "evaluator": PREFECTURE,
            }
        ],
    )  # fmt: skip


def read_example() -> list[example.Reading]:
    """Return the document's example sentence by sentence, judged by nothing but what it states."""
    task = load_tasks()[EXAMPLE_TASK]
    # What may go to a private body is law, which the example takes for granted.
    facts = {"power": task.power, "private": task.private}
    before = judge(facts, load_rules(), load_thresholds())
    found = []
    for row in load_table("worked_example").itertuples():
        if row.role == _CONCLUSION:
            continue
        read = {name: m for name, m in task.sourced_marks().items() if m.text == row.quote}
        facts |= {name: mark.value for name, mark in read.items()}
        verdicts = judge(facts, load_rules(), load_thresholds())
        found.append(example.Reading(int(row.order), row.text, read, verdicts, before))
        before = verdicts
    return found


def build_example(readings: Sequence[example.Reading], selected: str | None = None) -> Figure:
    """Return how the fit of the measures grows while the example is read."""
    table = load_table("worked_example")
    conclusion = table.loc[table["role"] == _CONCLUSION, "text"].iloc[0]
    named = load_table("task_conclusions")
    words = {
        row.measure_code: f"「{row.text}」{f'（{row.note}）' if row.note else ''}"
        for row in named[named["task_id"] == EXAMPLE_TASK].itertuples()
    }
    sources = (catalogue.source_ref(catalogue.DOCUMENT, EXAMPLE_PLACE), *_own_source())
    return example.draw_example(readings, conclusion, words, measure_names(), sources, selected)


def build_rules() -> Figure:
    """Return all rules."""
    return rulebook.draw_rules(load_rules(), measure_names(), _own_source())


def build_drivers() -> Figure:
    """Return which viewpoints drive which measure."""
    return rulebook.draw_drivers(load_rules(), measure_names(), _own_source())


def list_figures() -> list[Figure]:
    """Return every figure of the page in its first state."""
    tasks = judged_tasks()
    field, other, *_ = field_names().values()
    task = tasks[EXAMPLE_TASK]
    return [
        build_fields(tasks),
        build_field(tasks, field),
        build_fits(tasks, field),
        build_task_fits(task),
        build_steps(task),
        build_answers(task),
        build_search(find_tasks(tasks)),
        build_two_tasks(task, tasks["K1"]),
        build_two_fields(tasks, field, other),
        build_example(read_example()),
        build_drivers(),
        build_rules(),
    ]
