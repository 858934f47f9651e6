"""The figures of the rules themselves: all of them, and which facts drive which measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from components.charts import Cell, MatrixChart, TableChart
from components.figure import Figure
from domain.measure_rules import VIEWPOINTS, WEIGHT, Rule
from domain.sources import SourceRef
from domain.values import ASSUMPTION
from pages.tasks.words import FROM_ONE_EXAMPLE, condition_text, effect_text, fact_name

_DRIVERS = (*VIEWPOINTS, "power", "private", "pref", "vehicle")
_FOR, _AGAINST, _LIMIT = "＋", "－", "上"


def draw_rules(
    rules: Sequence[Rule], names: Mapping[str, str], sources: Sequence[SourceRef]
) -> Figure:
    """Which rules lead from the facts of a task to a measure?"""
    return Figure(
        key="tasks.rules",
        headline=f"{len(rules)}の規則が、事務の事実から対応方策を導く",
        subtitle="条件に当てはまると点を足し引きする。上限は、点にかかわらず適合を抑える・単位 点",
        chart=TableChart(),
        rows=pd.DataFrame(
            [
                {
                    "対応方策": names[rule.measure], "規則": rule.rule_id,
                    "条件": condition_text(rule), "点": effect_text(rule), "理由": rule.reason,
                    "区分": rule.kind, "規則の出典": rule.source, "注": rule.note,
                }
                for rule in rules
            ]
        ),
        alt=f"対応方策ごとの{len(rules)}の規則の表。条件、点、理由を並べた。",
        kinds=(ASSUMPTION,),
        sources=tuple(sources),
        file_stem="分野別課題分析_規則",
        notes=(f"{FROM_ONE_EXAMPLE}点は本製品の設計。",),
    )  # fmt: skip


def _effects(rules: Sequence[Rule], fact: str, measure: str) -> Cell:
    """Return how a fact acts on a measure: for it, against it, as a limit."""
    own = [
        rule
        for rule in rules
        if rule.measure == measure and any(name.split(".")[0] == fact for name in rule.facts())
    ]
    if not own:
        return Cell()
    found = {_LIMIT if r.effect != WEIGHT else _FOR if r.points > 0 else _AGAINST for r in own}
    shown = "".join(sign for sign in (_FOR, _AGAINST, _LIMIT) if sign in found)
    return Cell(shown, "、".join(rule.reason for rule in own))


def draw_drivers(
    rules: Sequence[Rule], names: Mapping[str, str], sources: Sequence[SourceRef]
) -> Figure:
    """Which viewpoints drive each measure?"""
    cells = {fact: {m: _effects(rules, fact, m) for m in names} for fact in _DRIVERS}
    reach = {view: sum(bool(cell.sign) for cell in cells[view].values()) for view in VIEWPOINTS}
    widest = [fact_name(view) for view in VIEWPOINTS if reach[view] == max(reach.values())]
    return Figure(
        key="tasks.drivers",
        headline=f"最も多くの方策を動かす視点は{'、'.join(widest[:2])}（{max(reach.values())}方策）",
        subtitle="どの視点・事実が、どの方策に効くか（全分野に共通の規則）",
        chart=MatrixChart(
            corner="視点・事実",
            rows=tuple(map(fact_name, _DRIVERS)),
            columns=tuple(names.values()),
            cells=tuple(tuple(row.values()) for row in cells.values()),
            legend=(
                (_FOR, "合う理由になる"),
                (_AGAINST, "合わない理由になる"),
                (_LIMIT, "適合の上限になる"),
            ),
        ),
        rows=lambda: pd.DataFrame(
            [
                {
                    "視点・事実": fact_name(fact),
                    **{names[m]: cell.sign or "効かない" for m, cell in row.items()},
                }
                for fact, row in cells.items()
            ]
        ),
        alt="視点・事実と対応方策の表。効き方を＋・－・上限で示す。",
        kinds=(ASSUMPTION,),
        sources=tuple(sources),
        file_stem="分野別課題分析_効く視点",
        notes=(FROM_ONE_EXAMPLE,),
    )
