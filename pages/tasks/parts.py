"""Parts of 分野別課題分析 that are not charts: choices, the task sheet, the worked example."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from components import downloads
from components.frame import show_page_link, show_section
from components.markup import data_table, definition_list, esc, kind_badge, lines
from domain.measure_rules import FACTS, UNRATED, VIEWPOINTS
from domain.places import Prefecture
from domain.tasks import NATION, OWN_DRAFT, PREFECTURE, Task
from domain.values import DRAFT
from pages.tasks.figures import cell_key, viewpoint_name

PARTS = {
    "fields": "10分野の一覧",
    "field": "分野の事務",
    "task": "事務の票",
    "search": "探す・比べる",
    "example": "分析例をたどる",
    "rules": "規則",
}
BUNDLED = "収録（国の整理・下書き）"


def choose_field(names: Sequence[str]) -> str:
    """Ask for a field."""
    return st.selectbox("分野", list(names), key="task-field", bind="query-params")


_CELL_TASK, _CELL_VIEW = "cell-task", "cell-view"


def choose_cell(key: str) -> None:
    """Note the cell of the matrix that was chosen in it."""
    st.session_state[_CELL_TASK], st.session_state[_CELL_VIEW] = key.split(".")


def chosen_cell(tasks: Sequence[Task]) -> str:
    """Return which cell of the matrix is looked at; the first one to begin with."""
    task_id = st.session_state.get(_CELL_TASK)
    known = {task.task_id for task in tasks}
    return cell_key(
        task_id if task_id in known else tasks[0].task_id,
        st.session_state.get(_CELL_VIEW) or next(iter(VIEWPOINTS)),
    )


def show_cell(tasks: Sequence[Task]) -> None:
    """Ask for one cell of the matrix and show what it rests on, with the way to the task's sheet."""
    labels = {task.task_id: f"{task.task_id} {task.name}" for task in tasks}
    by_id = {task.task_id: task for task in tasks}
    show_section("升の根拠")
    left, right = st.columns([3, 2], gap="small")
    with left:
        task = by_id[
            st.selectbox("事務", list(labels), format_func=labels.__getitem__, key=_CELL_TASK)
        ]
    with right:
        code = st.selectbox("視点", list(VIEWPOINTS), format_func=viewpoint_name, key=_CELL_VIEW)
    mark = task.marks[code]
    st.html(
        definition_list(
            [
                ("段階", f"<b>{esc(mark.value or UNRATED)}</b>"),
                (
                    "評価した者",
                    f"{mark.sign()} {esc(mark.evaluator)}　"
                    + (kind_badge(mark.kind) if mark.kind != mark.evaluator else ""),
                ),
                ("根拠の文", esc(mark.text) or "根拠の文はありません（下書き）"),
                ("資料内の位置", esc(mark.locator) or "—"),
                ("想定する市町村", esc(mark.size) or "規模を問わない"),
                *([("注", esc(mark.note))] if mark.note else []),
            ]
        )
    )
    show_page_link(
        "tasks", f"{task.task_id}の票を開く", analysis=PARTS["task"], task=labels[task.task_id]
    )


def choose_task(tasks: Mapping[str, Task]) -> Task:
    """Ask for a task."""
    labels = {task.task_id: f"{task.task_id} {task.name}" for task in tasks.values()}
    chosen = st.selectbox(
        "事務", list(labels), format_func=labels.__getitem__, key="task", bind="query-params"
    )
    return tasks[chosen]


def choose_evaluator(answers: Mapping[str, Mapping[str, Task]], places: Mapping[str, Prefecture],
                     task_id: str) -> str | None:  # fmt: skip
    """Ask whose judgement to show; None for the bundled one. Asked only where there are answers."""
    codes = [code for code, tasks in answers.items() if task_id in tasks]
    if not codes:
        return None
    return st.selectbox(
        "誰の評価", [None, *codes], key="evaluator",
        format_func=lambda code: f"□ {places[code].name}の回答" if code else BUNDLED,
    )  # fmt: skip


def choose_limits(names: Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    """Ask for measure, 公権力 and 専門性; None where open."""

    def choose(label: str, options: Sequence[str], key: str, show=str) -> str | None:
        return st.selectbox(
            label, list(options), index=None, placeholder="すべて", key=key, format_func=show,
            bind="query-params",
        )  # fmt: skip

    with st.container(horizontal=True, gap="small"):
        return (
            choose("合う対応方策（◎○）", list(names), "fitting", names.__getitem__),
            choose("公権力の行使", FACTS["power"], "power"),
            choose("専門性", VIEWPOINTS["V3a"], "expertise"),
        )


def choose_pair(tasks: Mapping[str, Task]) -> tuple[Task, Task]:
    """Ask for two tasks to compare."""
    labels = {task.task_id: f"{task.task_id} {task.name}" for task in tasks.values()}

    def choose(label: str, key: str, index: int) -> Task:
        chosen = st.selectbox(
            label, list(labels), index=index, key=key, format_func=labels.__getitem__,
            bind="query-params",
        )  # fmt: skip
        return tasks[chosen]

    with st.container(horizontal=True, gap="small"):
        return choose("比べる事務", "one", 2), choose("相手の事務", "other", 0)


def offer_form(task: Task, changed: Mapping[str, str], places: Mapping[str, Prefecture],
               fill: Callable[[Task, Mapping[str, str], str], bytes]) -> None:  # fmt: skip
    """Offer this judgement as a filled form, to be handed in as a prefecture's answer."""
    with st.popover("この評定を様式で保存"):
        code = st.selectbox(
            "都道府県", list(places), format_func=lambda one: places[one].name, key="form-of"
        )
        st.html(
            '<p class="gs-note">公表中のデータ入りの様式に、この評定を「県の回答」として1行加えます。'
            "根拠を書き足し、データ提出・公表から出してください。</p>"
        )
        st.download_button(
            "様式（.xlsx）を保存",
            data=lambda: fill(task, changed, code),
            file_name=downloads.file_name(f"事務の課題分析_{task.task_id}_{places[code].name}", "", "xlsx"),
            mime=downloads.XLSX_MIME,
            on_click="ignore",
            key="task-form",
        )  # fmt: skip


_JUDGES = {NATION: "", OWN_DRAFT: "", PREFECTURE: "-pref"}


def _key(task: Task, code: str) -> str:
    # By task and judge, so that each starts from its own marks and a link means one task.
    judge = _JUDGES[task.marks[code].evaluator]
    return f"mark-{task.task_id}-{code}{judge}"


def reset_marks(task: Task) -> None:
    """Go back to the published marks."""
    for code, mark in task.marks.items():
        st.session_state[_key(task, code)] = mark.value or UNRATED


def ask_marks(task: Task) -> dict[str, str]:
    """Ask how each viewpoint is judged; returns what differs from the published mark."""
    changed = {}
    columns = st.columns(3, gap="small")
    for number, code in enumerate(VIEWPOINTS):
        mark = task.marks[code]
        own = mark.value or UNRATED
        with columns[number // 3]:
            value = st.selectbox(
                f"{viewpoint_name(code)}（{mark.sign()}{own}）",
                [*VIEWPOINTS[code], UNRATED],
                index=[*VIEWPOINTS[code], UNRATED].index(own),
                key=_key(task, code),
                bind="query-params",
            )
        if value != own:
            changed[code] = "" if value == UNRATED else value
    return changed


def show_law(task: Task, limits: pd.DataFrame) -> None:
    """Show what the law says of a task: who may do it, and what stays."""

    def told(value: str, note: str) -> str:
        return f"<b>{esc(value)}</b>" + (f"　{esc(note)}" if note else "")

    st.html(
        definition_list(
            [
                ("根拠条文", f"{esc(task.legal_basis) or '—'}（{esc(task.law_check)}）"),
                ("公権力の行使", told(task.power, task.power_note)),
                ("民間に任せられる範囲", told(task.private, task.private_note)),
                ("都道府県の同種の事務", told(task.pref, task.pref_note)),
                *([("注", lines(task.note))] if task.note else []),
            ]
        )
    )
    own = limits[limits["task_ids"].map(lambda ids: task.task_id in ids.split(";") or ids == "*")]
    table = own[["law", "to_whom", "may_go", "stays"]].rename(
        columns={
            "law": "法律",
            "to_whom": "任せられる相手",
            "may_go": "任せられる部分",
            "stays": "自治体に残る部分",
        }
    )
    st.html(data_table(table, "公権力の線引き"))


def show_vehicles(task: Task, names: Mapping[str, str]) -> None:
    """Show the bodies and schemes that can carry a task."""
    found: dict[tuple[str, str], list[str]] = {}
    for vehicle in task.vehicles:
        found.setdefault((vehicle.name, vehicle.note), []).append(
            names.get(vehicle.measure, "国が担うもの（方策に数えない）")
        )
    table = pd.DataFrame(
        [
            {"受け皿": name, "担う方策": "・".join(measures), "注": note}
            for (name, note), measures in found.items()
        ]
    )
    st.html(data_table(table, "受け皿（下書き）"))


def show_evidence(task: Task) -> None:
    """Show every mark with who judged and on which words."""
    rows = [
        {
            "視点": viewpoint_name(code), "段階": mark.value or UNRATED,
            "評価した者": f"{mark.sign()} {mark.evaluator}", "想定する市町村": mark.size,
            "根拠の文": mark.text or "（根拠の文なし。下書き）", "注": mark.note,
        }
        for code, mark in task.marks.items()
    ]  # fmt: skip
    st.html(data_table(pd.DataFrame(rows), "視点ごとの段階と根拠", max_height=None))


def show_practices(task: Task, practices: pd.DataFrame, measures: Sequence[str]) -> None:
    """Link the practices of the same field that use one of the fitting measures."""
    same = practices[practices["field_code"] == task.field_code]
    fitting = same[same["measures"].map(lambda codes: bool(set(codes.split(";")) & set(measures)))]
    if fitting.empty:
        st.html('<p class="gs-note">この分野で、合う方策を使う事例は、資料にはありません。</p>')
        return
    items = "".join(
        f"<li><b>{esc(row.place_name)}</b>　{esc(row.title)}</li>" for row in fitting.itertuples()
    )
    st.html(f'<ul class="gs-list">{items}</ul>')
    show_page_link("practices", "取組事例で見る")


def show_example_text(rows: pd.DataFrame, task: Task) -> None:
    """Show the document's sentences, and which fact each of them was read as."""
    facts = {**task.marks, **task.evidence}
    by_text: dict[str, list[str]] = {}
    for name, mark in facts.items():
        if mark.text:
            label = viewpoint_name(name) if name in VIEWPOINTS else {
                "pref": "都道府県の同種の事務", "vehicle.P": "民間の受け皿",
            }[name]  # fmt: skip
            read = f"{label}＝{mark.value}" if mark.value else f"{label}？　使っていない"
            by_text.setdefault(mark.text, []).append(
                read + (f"（{mark.note}）" if mark.note else "")
            )
    table = pd.DataFrame(
        [
            {
                "順": str(int(row.order)), "資料の文": row.text, "役割": row.role,
                "読み取った事実": "\n".join(by_text.get(row.quote, [])) or "—",
            }
            for row in rows.itertuples()
        ]
    )  # fmt: skip
    st.html(data_table(table, "分析例の文と、読み取った事実", max_height=None))


def show_draft_note() -> None:
    """Say that what follows is a draft."""
    st.html(
        f'<p class="gs-note">{kind_badge(DRAFT)}60事務の段階は、■の付いたものを除き本製品の下書きです。'
        "市町村と都道府県の職員が差し替えることを前提としています。</p>"
    )


def show_head(task: Task, field: str) -> None:
    """Show a task's name with its field and 区分."""
    show_section(f"{task.task_id} {task.name}")
    st.html(f'<p class="gs-note">{kind_badge(task.kind())}{esc(field)}</p>')
