"""The document's worked example, read sentence by sentence (分析例)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from components.charts import Cell, MatrixChart
from components.figure import Figure
from components.palette import LEVEL_TINTS
from domain.measure_rules import FITS, GOOD, MET, STRONG, Rule, Verdict
from domain.sources import SourceRef
from domain.tasks import Mark
from domain.values import ASSUMPTION, DRAFT, ORIGINAL
from pages.tasks.matrix import FIT_WORDS, cell_key, fit_cell
from pages.tasks.words import FROM_ONE_EXAMPLE, fact_name

_NAMED = "●"


@dataclass(frozen=True)
class Reading:
    """One sentence of the example, and what follows once it is read after those before.

    facts : fact → mark that the sentence was read as.  verdicts : measure → verdict.
    before : measure → verdict without this sentence.
    """

    number: int
    text: str
    facts: Mapping[str, Mark]
    verdicts: Mapping[str, Verdict]
    before: Mapping[str, Verdict]

    def new_rules(self, measure: str) -> list[Rule]:
        """Return the rules of a measure that this sentence has met."""
        old = {s.rule.rule_id for s in self.before[measure].steps if s.state == MET}
        return [
            step.rule
            for step in self.verdicts[measure].steps
            if step.state == MET and step.rule.rule_id not in old
        ]

    def facts_text(self) -> str:
        """Return what the sentence was read as, one fact a line."""
        return "\n".join(
            (
                f"{fact_name(name)}＝{mark.value}"
                if mark.value
                else f"{fact_name(name)}？　使っていない"
            )
            + (f"（{mark.note}）" if mark.note else "")
            for name, mark in self.facts.items()
        )


def draw_example(
    readings: Sequence[Reading],
    conclusion: str,
    named: Mapping[str, str],
    names: Mapping[str, str],
    sources: Sequence[SourceRef],
    selected: str | None = None,
) -> Figure:
    """How does the fit of the measures grow while the example is read?

    conclusion : the document's own sentence.  named : measure → words of it.
    selected : `cell_key` of a sentence and a measure.
    """
    last = readings[-1].verdicts
    met = sum(last[code].fit in (STRONG, GOOD) for code in named)
    said = "いずれも◎か○になる" if met == len(named) else f"うち{met}が◎か○になる"

    def cell(reading: Reading, code: str) -> Cell:
        own = fit_cell(reading.verdicts[code], cell_key(str(reading.number), code))
        fits = {one[code].fit for one in (reading.before, reading.verdicts)}
        if len(fits) == 1 or not reading.new_rules(code):
            return own
        word = f"{own.word}。この文で変わった"
        return Cell(own.sign, word, own.colour, ((LEVEL_TINTS[0], 1.0),), own.key)

    return Figure(
        key="tasks.example",
        headline=f"結論が挙げる{len(named)}つの方策は、{said}",
        subtitle="資料の文を順に読んだときの、対応方策の適合・分野は介護保険（時点は出典による）",
        chart=MatrixChart(
            corner="資料の文",
            rows=(*(f"文{one.number}　{one.text}" for one in readings), f"結論　{conclusion}"),
            columns=tuple(names.values()),
            cells=(
                *(tuple(cell(one, code) for code in names) for one in readings),
                tuple(Cell(_NAMED, named[c]) if c in named else Cell() for c in names),
            ),
            legend=(
                *zip(reversed(FITS), FIT_WORDS, strict=True),
                (_NAMED, "資料の結論が挙げる方策"),
            ),
            tints=((LEVEL_TINTS[0], "その文で変わった"),),
            selected=selected,
        ),
        rows=lambda: pd.DataFrame(
            [
                *(
                    {
                        "文": f"文{one.number}", "資料の文": one.text,
                        "読み取った事実": one.facts_text() or "—",
                        **{name: one.verdicts[code].fit for code, name in names.items()},
                    }
                    for one in readings
                ),
                {
                    "文": "結論", "資料の文": conclusion, "読み取った事実": "—",
                    **{name: "挙げている" if c in named else "—" for c, name in names.items()},
                },
            ]
        ),
        alt="資料の文と対応方策の表。"
        + "、".join(f"{names[code]}は最後に{last[code].fit}" for code in named)
        + "となり、結論が挙げる方策である。",
        kinds=(ORIGINAL, ASSUMPTION, DRAFT),
        sources=tuple(sources),
        file_stem="分野別課題分析_分析例",
        notes=(
            "文4（広域的な視点）は、結論と向きが合いにくく、どの視点についての文かも定かでないため、"
            "要確認として使っていない。",
            "民間に任せられる範囲は法令による。分析例は前提として書いていない。",
            FROM_ONE_EXAMPLE,
        ),
    )  # fmt: skip
