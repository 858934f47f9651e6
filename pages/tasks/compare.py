"""The figures that set tasks and fields side by side, and that find tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from components.charts import Cell, MatrixChart, TableChart
from components.figure import Figure
from components.palette import LEVEL_TINTS
from domain.measure_rules import FITS, GOOD, STRONG, UNRATED, VIEWPOINTS, Verdict
from domain.sources import SourceRef
from domain.tasks import Task
from domain.values import ASSUMPTION
from pages.tasks.matrix import TINTS, count_cell
from pages.tasks.words import (
    FROM_ONE_EXAMPLE,
    NOT_OFFICIAL,
    fact_name,
    kinds_of,
    mark_text,
    sizes_text,
    viewpoint_name,
)

Verdicts = Mapping[str, Verdict]


def draw_two_tasks(
    one: Task,
    other: Task,
    verdicts: Sequence[Verdicts],
    names: Mapping[str, str],
    sources: Sequence[SourceRef],
) -> Figure:
    """Where do two tasks differ, in viewpoints, law and measures?"""
    pair = (one, other)
    rows = [
        *((viewpoint_name(code), *(t.marks[code].value or UNRATED for t in pair),
           *(mark_text(t.marks[code]) for t in pair)) for code in VIEWPOINTS),
        *((fact_name(fact), *2 * [getattr(t, fact) for t in pair])
          for fact in ("power", "private", "pref")),
        *((f"方策：{name}", *2 * [v[code].fit for v in verdicts]) for code, name in names.items()),
    ]  # fmt: skip
    differ = sum(a != b for _, a, b, *_ in rows)
    return Figure(
        key="tasks.two-tasks",
        headline=f"{one.task_id}と{other.task_id}：{len(rows)}項目のうち{differ}が異なる",
        subtitle=f"{one.name}と{other.name}・視点・公権力・対応方策の適合（時点は出典による）",
        chart=TableChart(),
        rows=pd.DataFrame(
            [(name, *told, "" if a == b else "異なる") for name, a, b, *told in rows],
            columns=["項目", f"{one.task_id} {one.name}", f"{other.task_id} {other.name} ", "違い"],
        ),
        alt=f"{one.name}と{other.name}を並べた表。{differ}項目が異なる。",
        kinds=(ASSUMPTION, *kinds_of(pair)),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{one.task_id}と{other.task_id}",
        notes=(NOT_OFFICIAL,),
    )


def _fits_cell(measure: str, verdicts: Sequence[Verdicts]) -> Cell:
    """Return how often each fit stands among tasks: bands from does not fit to fits well."""
    counts = Counter(one[measure].fit for one in verdicts)
    told = "　".join(f"{fit}{counts[fit]}" for fit in (*FITS, UNRATED) if counts[fit])
    tints = dict(zip(FITS, ("#ffffff", *LEVEL_TINTS), strict=True))
    fill = [(tints[fit], counts[fit] / len(verdicts)) for fit in FITS if counts[fit]]
    return Cell(told, told, fill=tuple(fill))


def _gap(code: str, one: Sequence[Task], other: Sequence[Task]) -> float:
    """Return the share of tasks that would have to change their degree to make two fields alike."""
    shares = [Counter(task.marks[code].value for task in tasks) for tasks in (one, other)]
    return sum(abs(shares[0][v] / len(one) - shares[1][v] / len(other)) for v in VIEWPOINTS[code])


def draw_two_fields(
    fields: Mapping[str, Sequence[Task]],
    verdicts: Mapping[str, Verdicts],
    names: Mapping[str, str],
    sources: Sequence[SourceRef],
) -> Figure:
    """Where do two fields differ? fields : two, name → tasks.  verdicts : by task id."""
    tasks = list(fields.values())
    gaps = {code: _gap(code, tasks[0], tasks[-1]) for code in VIEWPOINTS}
    widest = [viewpoint_name(code) for code in VIEWPOINTS if gaps[code] == max(gaps.values())]
    judged = [[verdicts[task.task_id] for task in group] for group in tasks]
    cells = (
        *(tuple(count_cell(code, group, whole=True) for group in tasks) for code in VIEWPOINTS),
        *(tuple(_fits_cell(code, group) for group in judged) for code in names),
    )
    labels = (*map(viewpoint_name, VIEWPOINTS), *(f"方策：{name}" for name in names.values()))
    shown = "・".join(fields)
    return Figure(
        key="tasks.two-fields",
        headline=f"{shown}：違いが最も大きい視点は{'、'.join(widest[:2])}",
        subtitle=f"2つの分野の、段階と方策の適合ごとの事務の数・{sizes_text([t for g in tasks for t in g])}",
        chart=MatrixChart(
            corner="視点・方策",
            rows=labels,
            columns=tuple(f"{name}（{len(group)}事務）" for name, group in fields.items()),
            cells=cells,
            tints=((TINTS[0][0], "低・小／△"), (TINTS[1][0], "中／○"), (TINTS[2][0], "高・大／◎"),
                   ("#ffffff", "－／未評価")),
        ),
        rows=lambda: pd.DataFrame(
            [
                {"視点・方策": label, **{f: cell.word for f, cell in zip(fields, row, strict=True)}}
                for label, row in zip(labels, cells, strict=True)
            ]
        ),
        alt=f"{shown}の段階と方策の適合を並べた表。違いが最も大きい視点は{'、'.join(widest[:2])}。",
        kinds=(ASSUMPTION, *kinds_of([task for group in tasks for task in group])),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{shown}",
        notes=("違いは、段階ごとの事務の割合の差を足したもの。平均や順位は取っていない。",
               FROM_ONE_EXAMPLE, NOT_OFFICIAL),
    )  # fmt: skip


def draw_search(
    found: Sequence[Task],
    verdicts: Mapping[str, Verdicts],
    fields: Mapping[str, str],
    names: Mapping[str, str],
    total: int,
    sources: Sequence[SourceRef],
) -> Figure:
    """Which tasks meet the chosen limits? fields : field code → name."""

    def fitting(task: Task, fit: str) -> str:
        own = verdicts[task.task_id]
        return "・".join(name for code, name in names.items() if own[code].fit == fit) or "—"

    return Figure(
        key="tasks.search",
        headline=f"{total}事務のうち{len(found)}が条件に合う",
        subtitle="分野・公権力・専門性・対応方策の適合による絞り込み（時点は出典による）",
        chart=TableChart(),
        rows=pd.DataFrame(
            [
                {
                    "事務": f"{task.task_id} {task.name}", "分野": fields[task.field_code],
                    "公権力": task.power, "専門性": task.marks["V3a"].value or UNRATED,
                    "◎の方策": fitting(task, STRONG), "○の方策": fitting(task, GOOD),
                    "段階の区分": task.kind(),
                }
                for task in found
            ],
            columns=["事務", "分野", "公権力", "専門性", "◎の方策", "○の方策", "段階の区分"],
        ),
        alt=f"条件に合う{len(found)}事務の表。分野、公権力、専門性、方策を並べた。",
        kinds=(ASSUMPTION, *kinds_of(found)),
        sources=tuple(sources),
        file_stem="分野別課題分析_絞り込み",
        notes=(NOT_OFFICIAL,),
    )  # fmt: skip
