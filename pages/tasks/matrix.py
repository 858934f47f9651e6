"""The matrices: ten fields, the tasks of a field, and the measures that fit them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from components.charts import Cell, MatrixChart
from components.figure import Figure
from components.palette import FIT_COLOURS, LEVEL_TINTS
from domain.measure_rules import FITS, GOOD, STRONG, UNRATED, VIEWPOINTS, Verdict
from domain.sources import SourceRef
from domain.tasks import Mark, Task
from domain.values import ASSUMPTION
from pages.tasks.words import (
    EVALUATORS,
    FROM_ONE_EXAMPLE,
    NATURE_NOTE,
    NATURES,
    NO_SIGN,
    NOT_OFFICIAL,
    kinds_of,
    sizes_text,
    viewpoint_head,
    viewpoint_name,
)

TINTS = tuple(zip(LEVEL_TINTS, ("低・小", "中", "高・大"), strict=True))
FIT_WORDS = ("よく合う", "合う", "一部合う", "合う規則がない")
_HEADS = tuple(map(viewpoint_head, VIEWPOINTS))


def cell_key(row: str, column: str) -> str:
    """Return what a cell is called: field or task, and viewpoint or measure."""
    return f"{row}.{column}"


def _tint(code: str, value: str) -> str:
    return LEVEL_TINTS[VIEWPOINTS[code].index(value)]


def _mark_cell(task_id: str, code: str, mark: Mark) -> Cell:
    key = cell_key(task_id, code)
    if not mark.value:
        told = f"{UNRATED}{'（' + mark.note.split('。')[0] + '）' if mark.note else ''}"
        return Cell(NO_SIGN, told, key=key)
    fill = () if code == "V2a" else ((_tint(code, mark.value), 1.0),)
    shown = NATURES.get(mark.value, mark.value)
    return Cell(f"{shown}{mark.sign()}", f"{mark.value}（{mark.evaluator}）", fill=fill, key=key)


def count_cell(code: str, tasks: Sequence[Task], key: str = "", whole: bool = False) -> Cell:
    """Return how often each degree stands: bands from low to high, and the most frequent in words.

    whole : write all counts instead of the most frequent one.
    """
    counts = Counter(task.marks[code].value for task in tasks)
    parts = [(value, counts[value]) for value in VIEWPOINTS[code] if counts[value]]
    told = [f"{value}{count}" for value, count in parts]
    if counts[""]:
        told.append(f"{UNRATED}{counts['']}")
    word = f"{'、'.join(told)}（{len(tasks)}事務）"
    if not parts:
        return Cell(NO_SIGN, f"{UNRATED}（{len(tasks)}事務）", key=key)
    fill = [(_tint(code, v), n / len(tasks)) for v, n in parts] if code != "V2a" else []
    best = max(count for _, count in parts)
    most = [value for value, count in parts if count == best]
    if whole:
        sign = "　".join(told)
    elif len(most) > 1:
        sign = f"同数 {best}"
    else:
        sign = f"{NATURES.get(most[0], most[0])} {best}"
    return Cell(sign, word, fill=tuple(fill), key=key)


def draw_fields(
    by_field: Mapping[str, Sequence[Task]],
    codes: Mapping[str, str],
    sources: Sequence[SourceRef],
    selected: str | None = None,
) -> Figure:
    """How often does each degree of a viewpoint stand in the ten fields?

    by_field : name → tasks.  codes : name → field code.  selected : `cell_key` of a cell.
    """
    every = [task for tasks in by_field.values() for task in tasks]
    rated = [task for task in every if task.marks["V3a"].value]
    high = sum(task.marks["V3a"].value == "高" for task in rated)
    return Figure(
        key="tasks.fields",
        headline=f"専門性が「高」の事務は、評価のある{len(rated)}事務のうち{high}",
        subtitle=f"10分野の視点ごとに最も多い段階と事務の数・{sizes_text(every)}",
        chart=MatrixChart(
            corner="分野（事務の数）",
            rows=tuple(f"{name}（{len(tasks)}）" for name, tasks in by_field.items()),
            columns=_HEADS,
            cells=tuple(
                tuple(count_cell(code, tasks, cell_key(codes[name], code)) for code in VIEWPOINTS)
                for name, tasks in by_field.items()
            ),
            tints=(*TINTS, ("#ffffff", UNRATED)),
            selected=selected,
        ),
        rows=lambda: marks_table(by_field),
        alt=f"10分野と検討の視点の表。専門性が高い事務は{high}、評価のある事務は{len(rated)}。",
        kinds=kinds_of(every),
        sources=tuple(sources),
        file_stem="分野別課題分析_分野と視点",
        notes=(
            "升の帯は、段階ごとの事務の割合（左から低・中・高）。平均や順位は取っていない。",
            NATURE_NOTE,
            NOT_OFFICIAL,
        ),
    )


def draw_tasks(
    field: str, tasks: Sequence[Task], sources: Sequence[SourceRef], selected: str | None = None
) -> Figure:
    """How is each task of a field judged from each viewpoint? selected : `cell_key` of a cell."""
    hard = [t for t in tasks if t.marks["V3a"].value == "高" and t.marks["V3b"].value == "高"]
    return Figure(
        key="tasks.field",
        headline=f"{field}：専門性も経験も「高」は{len(tasks)}事務のうち{len(hard)}",
        subtitle=f"分野の事務ごとの段階と評価した者・{sizes_text(tasks)}",
        chart=MatrixChart(
            corner="事務",
            rows=tuple(f"{task.task_id} {task.name}" for task in tasks),
            columns=_HEADS,
            cells=tuple(
                tuple(_mark_cell(task.task_id, code, task.marks[code]) for code in VIEWPOINTS)
                for task in tasks
            ),
            legend=EVALUATORS,
            tints=TINTS,
            selected=selected,
        ),
        rows=lambda: marks_table({field: tasks}),
        alt=f"{field}の{len(tasks)}事務と検討の視点の表。"
        + "、".join(task.name for task in hard[:4])
        + ("は専門性も経験も高い。" if hard else "専門性も経験も高い事務はない。"),
        kinds=kinds_of(tasks),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{field}_視点",
        notes=(NATURE_NOTE, NOT_OFFICIAL),
    )


def marks_table(by_field: Mapping[str, Sequence[Task]]) -> pd.DataFrame:
    """Return every mark as a row: who judged, for which size, on which words."""
    return pd.DataFrame(
        [
            {
                "分野": field, "事務ID": task.task_id, "事務": task.name,
                "視点": viewpoint_name(code), "段階": mark.value or UNRATED,
                "評価者": f"{mark.sign()} {mark.evaluator}", "区分": mark.kind,
                "想定する市町村": mark.size, "根拠の文": mark.text, "根拠の位置": mark.locator,
                "注": mark.note,
            }
            for field, tasks in by_field.items()
            for task in tasks
            for code, mark in task.marks.items()
        ]
    )  # fmt: skip


def draw_fits(
    field: str,
    tasks: Sequence[Task],
    verdicts: Mapping[str, Mapping[str, Verdict]],
    names: Mapping[str, str],
    sources: Sequence[SourceRef],
    selected: str | None = None,
) -> Figure:
    """Which measure do the rules point to for each task? verdicts : task id → measure → verdict."""
    counts = {
        code: sum(verdicts[task.task_id][code].fit in (STRONG, GOOD) for task in tasks)
        for code in names
    }
    most = max(counts.values())
    best = [name for code, name in names.items() if counts[code] == most]
    said = f"◎○が最も多いのは{'・'.join(best[:2])}（{most}/{len(tasks)}事務）"
    return Figure(
        key="tasks.fits",
        headline=f"{field}：{said}" if most else f"{field}：◎○の方策はない",
        subtitle="規則から導いた対応方策の適合・◎○△－・分野の事務ごと",
        chart=MatrixChart(
            corner="事務",
            rows=tuple(f"{task.task_id} {task.name}" for task in tasks),
            columns=tuple(names.values()),
            cells=tuple(
                tuple(
                    fit_cell(verdicts[task.task_id][code], cell_key(task.task_id, code))
                    for code in names
                )
                for task in tasks
            ),
            legend=tuple(zip(reversed(FITS), FIT_WORDS, strict=True)),
            selected=selected,
        ),
        rows=lambda: pd.DataFrame(
            [
                {
                    "分野": field, "事務ID": task.task_id, "事務": task.name,
                    **{name: verdicts[task.task_id][code].fit for code, name in names.items()},
                    "段階の区分": task.kind(),
                }
                for task in tasks
            ]
        ),
        alt=f"{field}の事務と対応方策の表。"
        + "、".join(f"{name}は◎○が{counts[code]}事務" for code, name in names.items())
        + "。",
        kinds=(ASSUMPTION, *kinds_of(tasks)),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{field}_方策",
        notes=(FROM_ONE_EXAMPLE, NOT_OFFICIAL),
    )  # fmt: skip


def fit_cell(verdict: Verdict, key: str = "") -> Cell:
    """Return how well a measure fits, as a sign with its strongest reason in words."""
    reason = verdict.reasons()[0].reason if verdict.reasons() else "当てはまる規則がない"
    if verdict.fit == UNRATED:
        return Cell(NO_SIGN, UNRATED, key=key)
    return Cell(verdict.fit, f"{verdict.fit}（{reason}）", FIT_COLOURS[verdict.fit], key=key)
