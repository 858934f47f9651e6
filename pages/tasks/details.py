"""What 分野別課題分析 shows beside its figures: grounds of a mark, law, bodies, practices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from components.frame import show_page_link, show_section
from components.markup import data_table, definition_list, esc, kind_badge, lines
from domain.measure_rules import UNRATED, Verdict
from domain.tasks import FEWEST_ANSWERS, Tally, Task
from domain.values import DRAFT
from pages.tasks.example import Reading
from pages.tasks.words import (
    PARTS,
    effect_text,
    kinds_of,
    reasons_text,
    task_labels,
    viewpoint_name,
)


def show_draft_note(prefecture: str) -> None:
    """Say what is a draft in what follows. prefecture : whose answers are shown, or ""."""
    if prefecture:
        text = (
            f"段階は{prefecture}の回答（公表中の版）です。回答の無い視点は未評価で、"
            "下書きでは埋めていません。公権力の線引きと受け皿は本製品の下書きです。"
        )
    else:
        text = (
            "60事務の段階は、■の付いたものを除き本製品の下書きです。"
            "市町村と都道府県の職員が差し替えることを前提としています。"
        )
    st.html(f'<p class="gs-note">{kind_badge(DRAFT)}{text}</p>')


def show_task_link(task: Task) -> None:
    """Show the way to the sheet of a task."""
    show_page_link(
        "tasks", f"{task.task_id}の票を開く", analysis=PARTS["task"],
        task=task_labels([task])[task.task_id],
    )  # fmt: skip


def show_field_cell(field: str, code: str, tasks: Sequence[Task]) -> None:
    """Show how the tasks of a field stand from one viewpoint, with the way to the field."""
    table = pd.DataFrame(
        [
            {"事務": f"{task.task_id} {task.name}",
             "段階": f"{task.marks[code].value or UNRATED} {task.marks[code].sign()}"}
            for task in tasks
        ]
    )  # fmt: skip
    st.html(data_table(table, f"{field}　{viewpoint_name(code)}", max_height=None))
    show_page_link(
        "tasks", f"{field}の事務を開く", analysis=PARTS["field"], **{"task-field": field}
    )


def show_cell(task: Task, code: str, tally: Tally) -> None:
    """Show what one mark rests on, with the way to the task's sheet."""
    mark = task.marks[code]
    st.html(
        definition_list(
            [
                ("段階", f"<b>{esc(mark.value or UNRATED)}</b>"),
                (
                    "評価者",
                    f"{mark.sign()} {esc(mark.evaluator)}　"
                    + (kind_badge(mark.kind) if mark.kind != mark.evaluator else ""),
                ),
                ("根拠の文", esc(mark.text) or "なし（下書き）" if mark.kind == DRAFT else esc(mark.text) or "記載なし"),
                ("根拠の位置", esc(mark.locator) or "—"),
                ("想定", esc(mark.size) or "規模の記載なし"),
                *([("注", esc(mark.note))] if mark.note else []),
                ("県の回答", esc(tally_text(tally))),
            ]
        )
    )  # fmt: skip
    show_task_link(task)


def tally_text(tally: Tally) -> str:
    """Return how many prefectures have judged, and how, where they are enough to say."""
    if not tally.prefectures:
        return "なし"
    if not tally.may_be_shown():
        return f"{tally.prefectures}団体（{FEWEST_ANSWERS}団体未満のため内訳は示さない）"
    told = "、".join(f"{value}{count}" for value, count in tally.degrees.items() if count)
    return f"{tally.prefectures}団体（{told}）"


def show_fit(task: Task, verdict: Verdict) -> None:
    """Show why a measure fits a task so, with the way to the task's sheet."""
    st.html(
        definition_list(
            [("適合", f"<b>{esc(verdict.fit)}</b>"), ("理由", esc(reasons_text(verdict)))]
        )
    )
    show_task_link(task)


def show_head(task: Task, field: str) -> None:
    """Show a task's name with its field and 区分."""
    show_section(f"{task.task_id} {task.name}")
    badges = "".join(map(kind_badge, kinds_of([task])))
    st.html(f'<p class="gs-note">{badges}{esc(field)}</p>')


def show_law(task: Task) -> None:
    """Show what the law says of a task: who may do it, and what stays."""

    def told(value: str, note: str) -> str:
        return f"<b>{esc(value)}</b>" + (f"　{esc(note)}" if note else "")

    show_section("公権力の線引き")
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


def show_limits(task: Task, limits: pd.DataFrame) -> None:
    """Show which law lets which part of a task go, to whom, and what stays."""
    own = limits[limits["task_ids"].map(lambda ids: task.task_id in ids.split(";") or ids == "*")]
    table = own[["law", "to_whom", "may_go", "stays"]].rename(
        columns={
            "law": "法律",
            "to_whom": "任せられる相手",
            "may_go": "任せられる部分",
            "stays": "自治体に残る部分",
        }
    )
    st.html(data_table(table, "法律ごとの、任せられる相手と部分（下書き）"))


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
            "評価者": f"{mark.sign()} {mark.evaluator}", "想定する市町村": mark.size,
            "根拠の文": mark.text, "注": mark.note,
        }
        for code, mark in task.marks.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    # A column without a word in it says nothing; that there is no ground is said once.
    table = table[[name for name in table if table[name].astype(bool).any()]]
    st.html(data_table(table, "視点ごとの段階と根拠", max_height=None))
    if "根拠の文" not in table:
        st.html('<p class="gs-note">どの段階にも、根拠の文はまだありません（下書き）。</p>')


def show_practices(
    task: Task, practices: pd.DataFrame, measures: Mapping[str, str], field: str
) -> None:
    """Link the practices that use the fitting measures, those of the same field by name.

    measures : code → name of those that fit.  field : name of the task's field.
    """
    same = practices[practices["field_code"].str.split(";").map(lambda c: task.field_code in c)]
    fitting = same[same["measures"].map(lambda codes: bool(set(codes.split(";")) & set(measures)))]
    if fitting.empty:
        st.html(
            f'<p class="gs-note">{esc(field)}で、合う方策を使う事例は、資料にはありません。</p>'
        )
    else:
        items = "".join(
            f"<li><b>{esc(row.place_name)}</b>　{esc(row.title)}</li>"
            for row in fitting.itertuples()
        )
        st.html(f'<ul class="gs-list">{items}</ul>')
    with st.container(horizontal=True, gap="small"):
        for name in measures.values():
            show_page_link("practices", f"事例：{name}", lever=name)


def show_reading(reading: Reading, measure: str) -> None:
    """Show one sentence of the example: what it was read as, and what that does to a measure."""
    before, after = (one[measure].fit for one in (reading.before, reading.verdicts))
    rules = "".join(
        f"<li>{esc(effect_text(rule))}　{esc(rule.reason)}（規則 {esc(rule.rule_id)}）</li>"
        for rule in reading.new_rules(measure)
    )
    st.html(
        definition_list(
            [
                ("資料の文", esc(reading.text)),
                ("読み取り", lines(reading.facts_text())),
                ("適合", f"<b>{esc(before)}</b> → <b>{esc(after)}</b>"),
                (
                    "新たな規則",
                    f'<ul class="gs-list">{rules}</ul>' if rules else "この方策に新しく当てはまる規則はない",
                ),
            ]
        )
    )  # fmt: skip
