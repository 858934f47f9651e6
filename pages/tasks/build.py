"""The figures of 分野別課題分析, filled with tasks, rules and marks of the moment."""

from __future__ import annotations

from collections.abc import Mapping

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
from domain.tasks import PREFECTURE, Task
from domain.values import ASSUMPTION, ORIGINAL
from pages.tasks import figures

ANALYSIS = "task_analysis"
EXAMPLE_TASK = "K3"
EXAMPLE_PLACE = "「(分析例) 介護サービス事業者の運営指導」"


def field_names() -> dict[str, str]:
    """Return field code → name, in the document's order."""
    table = load_table("fields")
    return dict(zip(table["field_code"], table["name"], strict=True))


def measure_names() -> dict[str, str]:
    """Return measure code → name, in the document's order."""
    table = load_table("measures")
    return dict(zip(table["measure_code"], table["name"], strict=True))


def tasks_by_field() -> dict[str, list[Task]]:
    """Return field name → its tasks."""
    tasks = load_tasks().values()
    return {
        name: [task for task in tasks if task.field_code == code]
        for code, name in field_names().items()
    }


def judge_task(task: Task, changed: Mapping[str, str] | None = None) -> dict[str, Verdict]:
    """Return how well each measure fits a task. changed : viewpoints judged otherwise."""
    return judge(task.facts(changed), load_rules(), load_thresholds())


def _sources(*, example: bool = False) -> tuple[SourceRef, ...]:
    own = (catalogue.source_ref(ANALYSIS),)
    document = (catalogue.source_ref(catalogue.DOCUMENT, EXAMPLE_PLACE),)
    return (*document, *own) if example else own


def _sources_of(tasks: list[Task]) -> tuple[SourceRef, ...]:
    return _sources(example=any(task.kind() == ORIGINAL for task in tasks))


def build_fields() -> Figure:
    """Return how often each degree stands in the ten fields."""
    return figures.draw_fields(tasks_by_field(), _sources(example=True))


def build_field(field: str, selected: str | None = None) -> Figure:
    """Return the marks of the tasks of a field. selected : key of a cell."""
    tasks = tasks_by_field()[field]
    return figures.draw_tasks(field, tasks, _sources_of(tasks), selected)


def build_fits(field: str) -> Figure:
    """Return which measures fit the tasks of a field."""
    tasks = tasks_by_field()[field]
    verdicts = {task.task_id: judge_task(task) for task in tasks}
    return figures.draw_fits(field, tasks, verdicts, measure_names(), _sources_of(tasks))


def answered_task(task_id: str, pref_code: str | None) -> Task:
    """Return a task as the bundled drafts judge it, or as a prefecture does."""
    if pref_code:
        return load_task_answers().get(pref_code, {}).get(task_id) or load_tasks()[task_id]
    return load_tasks()[task_id]


def build_answers(task: Task) -> Figure:
    """Return how the prefectures judge a task."""
    answers = [one[task.task_id] for one in load_task_answers().values() if task.task_id in one]
    place = f"{len(answers)}団体" if answers else ""
    return figures.draw_answers(task, answers, (catalogue.source_ref(catalogue.REPORTS, place),))


def build_comparison(one: Task, other: Task) -> Figure:
    """Return where two tasks differ."""
    return figures.draw_comparison(
        one, other, [judge_task(one), judge_task(other)], measure_names(), _sources_of([one, other])
    )


def build_search(
    measure: str | None = None, power: str | None = None, expertise: str | None = None
) -> Figure:
    """Return the tasks that meet the limits. measure : fits with ◎ or ○."""
    tasks = load_tasks()
    verdicts = {task_id: judge_task(task) for task_id, task in tasks.items()}
    found = [
        task
        for task in tasks.values()
        if (not measure or verdicts[task.task_id][measure].fit in (STRONG, GOOD))
        and (not power or task.power == power)
        and (not expertise or task.marks["V3a"].value == expertise)
    ]
    return figures.draw_search(
        found, verdicts, field_names(), measure_names(), len(tasks), _sources_of(found)
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


def build_task_fits(task: Task, changed: Mapping[str, str]) -> Figure:
    """Return which measures fit one task, as published and as judged otherwise."""
    return figures.draw_task_fits(
        task, judge_task(task), judge_task(task, changed), measure_names(), bool(changed),
        _sources_of([task]),
    )  # fmt: skip


def build_steps(task: Task, changed: Mapping[str, str]) -> Figure:
    """Return how the rules come to their answer for a task."""
    return figures.draw_steps(
        task.task_id, judge_task(task, changed), measure_names(), _sources_of([task])
    )


def build_example() -> tuple[Figure, Figure]:
    """Return measures and rules for nothing but the facts that the document's example states."""
    task = load_tasks()[EXAMPLE_TASK]
    # What may go to a private body is law, which the example takes for granted.
    facts = task.sourced_facts() | {"power": task.power, "private": task.private}
    verdicts = judge(facts, load_rules(), load_thresholds())
    names, sources = measure_names(), _sources(example=True)
    return (
        figures.draw_task_fits(
            task, verdicts, verdicts, names, False, sources, key="tasks.example-fits"
        ),
        figures.draw_steps(
            "分析例の事実だけでは", verdicts, names, sources,
            key="tasks.example", kinds=(ORIGINAL, ASSUMPTION), only_met=True,
        ),
    )  # fmt: skip


def build_rules() -> Figure:
    """Return all rules."""
    return figures.draw_rules(load_rules(), measure_names(), _sources())


def build_drivers() -> Figure:
    """Return which viewpoints drive which measure."""
    return figures.draw_drivers(load_rules(), measure_names(), _sources())


def list_figures() -> list[Figure]:
    """Return every figure of the page in its first state."""
    field = next(iter(tasks_by_field()))
    task = load_tasks()[EXAMPLE_TASK]
    return [
        build_fields(),
        build_field(field),
        build_fits(field),
        build_task_fits(task, {}),
        build_steps(task, {}),
        build_answers(task),
        build_comparison(task, load_tasks()["K1"]),
        build_search(),
        *build_example(),
        build_drivers(),
        build_rules(),
    ]
