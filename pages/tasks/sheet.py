"""The figures of one task: which measures fit it, by which rules, and how prefectures judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from components.charts import Cell, MatrixChart, NoChart, TableChart
from components.figure import Figure
from components.palette import LEVEL_TINTS
from domain.measure_rules import GOOD, MET, STRONG, UNKNOWN, Verdict
from domain.sources import SourceRef
from domain.tasks import FEWEST_ANSWERS, Tally, Task
from domain.values import ASSUMPTION, DERIVED
from pages.tasks.matrix import TINTS
from pages.tasks.words import (
    FROM_ONE_EXAMPLE,
    NOT_OFFICIAL,
    condition_text,
    effect_text,
    kinds_of,
    reasons_text,
    viewpoint_name,
)


def draw_task_fits(
    task: Task,
    published: Mapping[str, Verdict],
    changed: Mapping[str, Verdict],
    names: Mapping[str, str],
    sources: Sequence[SourceRef],
    scenario: str | None = None,
) -> Figure:
    """Which measures fit one task, as published and as judged otherwise, and why?

    scenario : name of what is judged otherwise, "" without a name, None if nothing is.
    """
    best = [names[code] for code in names if changed[code].fit == STRONG] or [
        names[code] for code in names if changed[code].fit == GOOD
    ]
    shown = (
        "・".join(best[:2]) + ("など" if len(best) > 2 else "") + "が合う"
        if best
        else "合う方策がない"
    )
    case = "" if scenario is None else f"（{scenario or '段階を変えた場合'}）"
    rows = [
        {
            "対応方策": name,
            "公表中": published[code].fit,
            **(
                {"変えた後": f"{changed[code].fit}{_move(published[code], changed[code])}"}
                if case
                else {}
            ),
            "理由": reasons_text(changed[code]),
        }
        for code, name in names.items()
    ]
    return Figure(
        key="tasks.task-fits",
        headline=f"{task.task_id}：{shown}{case}",
        subtitle=f"{task.name}・対応方策の適合と理由（時点は出典による）",
        chart=TableChart(),
        rows=pd.DataFrame(rows),
        alt=f"{task.name}の対応方策の表。"
        + "、".join(f"{name}{changed[code].fit}" for code, name in names.items())
        + "。",
        kinds=(ASSUMPTION, *kinds_of([task])),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{task.task_id}_方策",
        notes=(FROM_ONE_EXAMPLE, NOT_OFFICIAL),
    )  # fmt: skip


def _move(before: Verdict, after: Verdict) -> str:
    """Return in words whether the fit has changed; the signs alone are easily overlooked."""
    return "" if before.fit == after.fit else "（変わる）"


_STATES = {MET: "○ 当てはまる", UNKNOWN: "？ 未評価"}


def draw_steps(
    task: Task,
    verdicts: Mapping[str, Verdict],
    names: Mapping[str, str],
    sources: Sequence[SourceRef],
) -> Figure:
    """How do the rules come to their answer? One row a rule, those that do not apply left out."""
    rows = [
        {
            "対応方策": names[code],
            "規則": step.rule.rule_id,
            "条件": condition_text(step.rule),
            "当てはまるか": _STATES[step.state],
            "点": effect_text(step.rule),
            "理由": step.rule.reason,
            "規則の区分": step.rule.kind,
            "規則の出典": step.rule.source,
        }
        for code, verdict in verdicts.items()
        for step in verdict.steps
        if step.state in _STATES
    ]
    used = sum(row["当てはまるか"] == _STATES[MET] for row in rows)
    return Figure(
        key="tasks.steps",
        headline=f"{task.task_id}：当てはまる規則は{used}",
        subtitle="対応方策の規則ごとの条件・点・理由。当てはまらない規則は省いた・単位 点",
        chart=TableChart(),
        rows=pd.DataFrame(rows),
        alt=f"対応方策ごとの規則の表。当てはまる規則は{used}。",
        kinds=(ASSUMPTION, *kinds_of([task])),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_規則の歩み_{task.task_id}",
        notes=(FROM_ONE_EXAMPLE,),
    )


def _tally_cell(tally: Tally) -> Cell:
    """Return the answers from one viewpoint as a bar of 100 %, from low to high."""
    share = {value: count / tally.answers() for value, count in tally.degrees.items() if count}
    told = "　".join(f"{value} {tally.degrees[value]}（{share[value]:.0%}）" for value in share)
    tints = dict(zip(tally.degrees, LEVEL_TINTS, strict=True))
    return Cell(told, told, fill=tuple((tints[value], part) for value, part in share.items()))


def draw_answers(
    task: Task, tallies: Mapping[str, Tally], prefectures: int, sources: Sequence[SourceRef]
) -> Figure:
    """How do the prefectures judge a task? Shares by viewpoint; few answers are withheld.

    tallies : viewpoint → tally.  prefectures : that have answered at all.
    """
    ordered = {code: tally for code, tally in tallies.items() if code != "V2a"}
    shown = {code: tally for code, tally in ordered.items() if tally.may_be_shown()}
    rows = [
        {
            "視点": viewpoint_name(code), "段階": value,
            "回答": count if code in shown else None,
            "割合（％）": 100 * count / tally.answers() if code in shown else None,
            "回答した団体": tally.prefectures,
        }
        for code, tally in ordered.items()
        for value, count in tally.degrees.items()
    ]  # fmt: skip
    chart: MatrixChart | NoChart = NoChart(
        f"{task.name}に回答した都道府県は{prefectures}。{FEWEST_ANSWERS}団体未満のときは、"
        "どの団体の回答かが分かるおそれがあるため分布を示しません。"
    )
    if shown:
        chart = MatrixChart(
            corner="視点（回答した団体）",
            rows=tuple(f"{viewpoint_name(c)}（n={t.prefectures}）" for c, t in shown.items()),
            columns=("回答の割合",),
            cells=tuple((_tally_cell(tally),) for tally in shown.values()),
            tints=TINTS,
        )
    return Figure(
        key="tasks.answers",
        headline=f"{task.task_id}：回答した都道府県は{prefectures}",
        subtitle="都道府県の回答の分布・視点ごと・単位 ％・時点は報告ごとに異なる",
        chart=chart,
        rows=pd.DataFrame(rows),
        alt=f"{task.name}への{prefectures}団体の回答を視点ごとに並べた、割合の帯。",
        kinds=(DERIVED,),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{task.task_id}_回答の分布",
        digits={"割合（％）": 1},
        notes=(
            f"n は回答した都道府県の数。{FEWEST_ANSWERS}団体未満の視点は示さない。"
            "②性質は順序が無いため除いた。",
            "規模ごとに回答した都道府県は、規模の数だけ数える。県の下書きと、国の整理の写しは数えない。",
        ),
    )
