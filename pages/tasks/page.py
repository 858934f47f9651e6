"""分野別課題分析: which tasks are hard, why, and which measure would help?"""

import streamlit as st

from components.figure import show_figure
from components.frame import choose_part, show_section, show_title
from data import catalogue
from data.loaders import load_task_answers, load_tasks
from pages.tasks import build, choices, details, views
from pages.tasks.words import PARTS

places = catalogue.places_by_code()
show_title(
    "tasks",
    "データ時点：条文は令和8年2月8日の写し。段階は下書き（運営指導の一部は資料の分析例）",
)
part = choose_part(PARTS, "analysis")
judge, every = choices.Judge(), load_tasks().values()
with st.container(horizontal=True, gap="small"):
    match part:
        case "field":
            field = choices.choose_field(list(build.field_names().values()))
        case "task":
            task_id = choices.choose_task(every)
        case "compare":
            pairs_fields = choices.choose_pairing()
    if part in choices.JUDGED:
        judge = choices.choose_judge(load_task_answers(), places, every)
tasks = build.judged_tasks(judge.pref_code, judge.size)
details.show_draft_note(places[judge.pref_code].name if judge.pref_code else "")
match part:
    case "fields":
        views.show_fields(tasks)
    case "field":
        views.show_marks(tasks, field)
        views.show_fits(tasks, field)
    case "task":
        views.show_task(tasks[task_id], judge)
    case "search":
        views.show_search(tasks)
    case "compare":
        views.show_two_fields(tasks) if pairs_fields else views.show_two_tasks(tasks)
    case "example":
        show_section("介護サービス事業者の運営指導（資料の分析例）")
        views.show_example()
    case "rules":
        show_figure(build.build_drivers())
        show_figure(build.build_rules())
