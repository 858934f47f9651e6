"""分野別課題分析: which tasks are hard, why, and which measure would help?"""

import streamlit as st

from components.figure import show_figure
from components.frame import choose_part, show_section, show_title
from data import catalogue
from data.loaders import load_table, load_task_answers, load_tasks
from domain.measure_rules import GOOD, STRONG
from pages.tasks import build, parts

tasks = load_tasks()
fields = build.field_names()
places = catalogue.places_by_code()
show_title(
    "tasks",
    "データ時点：条文は令和8年2月8日の写し。段階は下書き（運営指導の一部は資料の分析例）",
)


@st.fragment
def show_matrix(field: str) -> None:
    """Redraw the matrix of a field together with the cell that is looked at."""
    own = build.tasks_by_field()[field]
    show_figure(build.build_field(field, parts.chosen_cell(own)), on_select=parts.choose_cell)
    parts.show_cell(own)


@st.fragment
def show_task() -> None:
    """Redraw the sheet of a task together with what is judged otherwise."""
    chosen = parts.choose_task(tasks)
    whose = parts.choose_evaluator(load_task_answers(), places, chosen.task_id)
    task = build.answered_task(chosen.task_id, whose)
    parts.show_head(task, fields[task.field_code])
    left, right = st.columns([5, 6], gap="large")
    with left:
        show_section("視点の段階を変えてみる")
        changed = parts.ask_marks(task)
        if changed:
            st.button("公表中の段階に戻す", on_click=parts.reset_marks, args=(task,))
        parts.offer_form(task, changed, places, build.fill_form)
    with right:
        show_figure(build.build_task_fits(task, changed))
    with st.expander("規則を1つずつたどる"):
        show_figure(build.build_steps(task, changed))
    show_figure(build.build_answers(chosen))
    show_section("公権力の線引き")
    parts.show_law(task, load_table("legal_limits"))
    show_section("受け皿と事例")
    parts.show_vehicles(task, build.measure_names())
    verdicts = build.judge_task(task, changed)
    fitting = [code for code, verdict in verdicts.items() if verdict.fit in (STRONG, GOOD)]
    parts.show_practices(task, load_table("practices"), fitting)
    show_section("視点ごとの段階と根拠")
    parts.show_evidence(task)


@st.fragment
def show_search() -> None:
    """Redraw the tasks that meet the limits, and two of them side by side."""
    show_figure(build.build_search(*parts.choose_limits(build.measure_names())))
    show_section("2つの事務を比べる")
    show_figure(build.build_comparison(*parts.choose_pair(tasks)))


def show_example() -> None:
    """Show the document's worked example, sentence by sentence and rule by rule."""
    show_section("介護サービス事業者の運営指導（資料の分析例）")
    parts.show_example_text(load_table("worked_example"), tasks[build.EXAMPLE_TASK])
    for figure in build.build_example():
        show_figure(figure)


part = choose_part(parts.PARTS, "analysis")
parts.show_draft_note()
match part:
    case "fields":
        show_figure(build.build_fields())
    case "field":
        name = parts.choose_field(list(fields.values()))
        show_matrix(name)
        show_figure(build.build_fits(name))
    case "task":
        show_task()
    case "search":
        show_search()
    case "example":
        show_example()
    case "rules":
        show_figure(build.build_drivers())
        show_figure(build.build_rules())
