"""The parts of 分野別課題分析, each redrawn by itself when something is chosen in it."""

from __future__ import annotations

import streamlit as st

from components.figure import Figure, show_figure, show_figure_beside
from components.frame import show_section
from data import catalogue
from data.loaders import load_table
from domain.measure_rules import GOOD, STRONG
from domain.tasks import Task, tally_answers
from pages.tasks import build, choices, details
from pages.tasks.build import Tasks
from pages.tasks.matrix import cell_key
from pages.tasks.words import task_labels


@st.fragment
def show_fields(tasks: Tasks) -> None:
    """Redraw the matrix of the ten fields together with the cell that is looked at."""

    def panel() -> Figure:
        fields = build.field_names()
        code, view = choices.FIELD_CELL.ask(fields, choices.VIEWPOINT_NAMES)
        details.show_field_cell(fields[code], view, build.tasks_by_field(tasks)[fields[code]])
        return build.build_fields(tasks, cell_key(code, view))

    show_figure_beside(panel, choices.FIELD_CELL.pick)


@st.fragment
def show_marks(tasks: Tasks, field: str) -> None:
    """Redraw the matrix of a field's tasks together with the cell that is looked at."""

    def panel() -> Figure:
        own = build.tasks_by_field(tasks)[field]
        task_id, view = choices.TASK_CELL.ask(task_labels(own), choices.VIEWPOINT_NAMES)
        details.show_cell(tasks[task_id], view, tally_answers(build.answers_to(task_id))[view])
        return build.build_field(tasks, field, cell_key(task_id, view))

    show_figure_beside(panel, choices.TASK_CELL.pick)


@st.fragment
def show_fits(tasks: Tasks, field: str) -> None:
    """Redraw the matrix of measures together with the cell that is looked at."""

    def panel() -> Figure:
        labels = task_labels(build.tasks_by_field(tasks)[field])
        task_id, measure = choices.FIT_CELL.ask(labels, build.measure_names())
        details.show_fit(tasks[task_id], build.judge_task(tasks[task_id])[measure])
        return build.build_fits(tasks, field, cell_key(task_id, measure))

    show_figure_beside(panel, choices.FIT_CELL.pick)


@st.fragment
def show_task(task: Task, judge: choices.Judge) -> None:
    """Redraw the sheet of a task together with what is judged otherwise."""
    field, measures = build.field_names()[task.field_code], build.measure_names()
    details.show_head(task, field)
    left, right = st.columns([5, 6], gap="large")
    with left:
        show_section("視点の段階を変えてみる")
        changed = choices.ask_marks(task, judge)
        scenario = choices.name_scenario(task, judge) if changed else ""
        choices.offer_form(task, changed, catalogue.places_by_code(), build.fill_form)
        details.show_law(task)
    with right:
        show_figure(build.build_task_fits(task, changed, scenario))
    with st.expander("規則を1つずつたどる"):
        show_figure(build.build_steps(task, changed))
    details.show_limits(task, load_table("legal_limits"))
    show_section("受け皿と事例")
    details.show_vehicles(task, measures)
    verdicts = build.judge_task(task, changed)
    fitting = {m: name for m, name in measures.items() if verdicts[m].fit in (STRONG, GOOD)}
    details.show_practices(task, load_table("practices"), fitting, field)
    show_section("視点ごとの段階と根拠")
    details.show_evidence(task)
    show_figure(build.build_answers(task))


@st.fragment
def show_search(tasks: Tasks) -> None:
    """Redraw the tasks that meet the limits."""
    found = build.find_tasks(tasks, *choices.choose_limits(build.measure_names()))
    choices.choose_found(found)
    show_figure(build.build_search(found))


@st.fragment
def show_two_tasks(tasks: Tasks) -> None:
    """Redraw two tasks side by side."""
    labels = task_labels(tasks.values())
    first = (build.EXAMPLE_TASK, next(iter(labels)))
    if pair := choices.choose_pair(labels, "事務", ("one", "other"), first):
        show_figure(build.build_two_tasks(*(tasks[task_id] for task_id in pair)))


@st.fragment
def show_two_fields(tasks: Tasks) -> None:
    """Redraw two fields side by side."""
    names = {name: name for name in build.field_names().values()}
    first, second, *_ = names
    if pair := choices.choose_pair(names, "分野", ("field-one", "field-other"), (first, second)):
        show_figure(build.build_two_fields(tasks, *pair))


@st.fragment
def show_example() -> None:
    """Redraw the document's worked example together with the sentence that is looked at."""
    readings = {str(one.number): one for one in build.read_example()}

    def panel() -> Figure:
        labels = {number: f"文{number}　{one.text}" for number, one in readings.items()}
        number, measure = choices.SENTENCE_CELL.ask(labels, build.measure_names(), "H")
        details.show_reading(readings[number], measure)
        return build.build_example([*readings.values()], cell_key(number, measure))

    show_figure_beside(panel, choices.SENTENCE_CELL.pick)
