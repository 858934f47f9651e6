"""The figures of 将来シミュレーション."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from components.charts import Band, BarChart, Cell, LineChart, MatrixChart, Series, TableChart
from components.figure import Figure
from components.palette import SEQUENTIAL
from domain.simulation.assumptions import Range
from domain.simulation.backtests import Checked
from domain.simulation.engine import LEDGER
from domain.simulation.simulator import Result
from domain.sources import SourceRef
from domain.values import ASSUMPTION, DRAFT, ESTIMATE
from pages.simulation.view import Balance, Scope

KINDS = (ESTIMATE, ASSUMPTION, DRAFT)
TRIAL = "試算であり、将来を予測するものではない。"
NO_NETTING = "団体どうしの余りと不足は相殺していない。不足は、足りない団体の不足の合計。"
PERSON = "人は常勤職員に換算した人数。"
_NEED, _THERE, _USUAL = "#0017c1", "#008299", "#767676"
_DESTINATIONS = {
    "core": "市町村に残る", "joint": "共同処理で行う", "prefecture": "都道府県が行う",
    "contractor": "受託者が行う", "residents": "住民が担う", "abolished": "なくなる（減らす）",
    "digital": "なくなる（デジタル）", "gain_horizontal": "共同化で浮く", "gain_vertical": "集約で浮く",
    "contract_productivity": "受託者の工夫で浮く",
}  # fmt: skip


def person_text(value: float) -> str:
    """Return a number of people rounded to what it can bear."""
    rounded = round(value, -2) if abs(value) >= 10_000 else round(value)
    return f"{rounded:,.0f}"


def draw_balance(
    scope: Scope, usual: Balance, chosen: Balance, year: int, sources: Sequence[SourceRef],
    band: tuple[np.ndarray, np.ndarray, tuple[int, ...]] | None = None,
) -> Figure:  # fmt: skip
    """How do need and available staff go until 2050?

    band : ends of the need's range and the years they are for.
    """
    now = chosen.at(year)
    years = chosen.years
    changed = not np.allclose(usual.need, chosen.need)
    series = [
        Series("必要（手段なし）", tuple(usual.need), _USUAL, "square", dash_from=0),
        Series("確保できる", tuple(chosen.available), _THERE, "triangle", dash_from=0),
    ]
    if changed:
        series.insert(0, Series("必要（選んだ手段）", tuple(chosen.need), _NEED, dash_from=0))
    bands = ()
    if band:
        low, high, known = band
        spread = [np.interp(years, known, edge) for edge in (low, high)]
        bands = (Band("必要の幅（90％）", tuple(spread[0]), tuple(spread[1]), SEQUENTIAL[1]),)
    table = {
        "年": list(years), "必要（手段なし）（人）": usual.need, "必要（選んだ手段）（人）": chosen.need,
        "確保できる（人）": chosen.available, "不足（手段なし）（人）": usual.gap,
        "不足（選んだ手段）（人）": chosen.gap, "充足率（％）": 100 * chosen.staffing(),
    }  # fmt: skip
    return Figure(
        key="simulation.balance",
        headline=f"{scope.name}：{year}年の充足率は{now['staffing']:.1%}、不足は{person_text(now['gap'])}人",
        subtitle="市町村に必要な人員と確保できる人員・単位 人・2025〜2050年",
        chart=LineChart(
            x=years,
            x_labels=tuple(f"{y}\n(R{y - 2018})" for y in years),
            unit="人", series=tuple(series), bands=bands, from_zero=False, height=320,
        ),
        rows=pd.DataFrame(table),
        alt=f"{scope.name}の折れ線グラフ。{year}年は必要{person_text(now['need'])}人、"
        f"確保できる人員{person_text(now['available'])}人。",
        kinds=KINDS, sources=tuple(sources), file_stem=f"将来シミュレーション_必要と確保_{scope.name}",
        notes=(TRIAL, NO_NETTING, PERSON),
        digits={name: 1 if "率" in name else 0 for name in table if name != "年"},
    )  # fmt: skip


def draw_ledger(scope: Scope, result: Result, year: int, sources: Sequence[SourceRef]) -> Figure:
    """Where does the work go?"""
    place = list(result.model.world.years).index(year)
    rows, per = scope.rows(result), result.model.assumptions.hours_per_fte
    parts = {name: float(getattr(result.hours, name)[place, rows].sum()) / per for name in LEDGER}
    total = sum(parts.values())
    shown = {name: parts[name] for name in _DESTINATIONS}
    stays = shown["core"] / total if total else 1.0
    table = pd.DataFrame(
        {
            "行き先": [_DESTINATIONS[name] for name in shown],
            "人数に換算（人）": [round(value) for value in shown.values()],
            "割合（％）": [100 * value / total if total else 0.0 for value in shown.values()],
        }
    )
    return Figure(
        key="simulation.ledger",
        headline=f"{scope.name}：{year}年の事務の{stays:.0%}は市町村に残る",
        subtitle=f"手段を採る前の事務量の行き先・単位 人（年{per:,.0f}時間を1人）・{year}年",
        chart=BarChart(
            categories=tuple(_DESTINATIONS[name] for name in shown), unit="人",
            series=(Series("人数に換算", tuple(round(v) for v in shown.values()), _NEED),),
            live=True, height=380,
        ),
        rows=table,
        alt=f"{year}年の事務の行き先の棒グラフ。" + "、".join(
            f"{_DESTINATIONS[name]}{person_text(value)}人" for name, value in shown.items() if value >= 1
        ) + "。",
        kinds=KINDS, sources=tuple(sources), file_stem=f"将来シミュレーション_行き先_{scope.name}",
        notes=(TRIAL, "合計は、手段を採る前の事務量と一致する。連絡・契約管理・支援の手間は別に加わる。"),
        digits={"人数に換算（人）": 0, "割合（％）": 1},
    )  # fmt: skip


def _compare(value: float) -> str:
    if round(value) == 0:
        return "同じ"
    return f"{person_text(abs(value))}人{'多い' if value > 0 else '少ない'}"


def draw_carriers(
    scope: Scope, usual: Mapping[str, tuple[float, float]], chosen: Mapping[str, tuple[float, float]],
    unplaced: float, year: int, sources: Sequence[SourceRef],
) -> Figure:  # fmt: skip
    """Who is needed and who is missing, carrier by carrier? carrier → (need, gap), FTE."""
    table = pd.DataFrame(
        [
            {
                "担い手": name, "必要・手段なし（人）": usual[name][0], "不足・手段なし（人）": usual[name][1],
                "必要（人）": need, "不足（人）": gap,
            }
            for name, (need, gap) in chosen.items()
        ]
    )  # fmt: skip
    before, after = (sum(need for need, _ in side.values()) for side in (usual, chosen))
    return Figure(
        key="simulation.carriers",
        headline=f"{year}年に担い手全体で要る人：手段なしと比べ{_compare(after - before)}",
        subtitle=f"{scope.name}・担い手ごとの必要と不足・単位 人・{year}年",
        chart=TableChart(),
        rows=table,
        alt=f"{year}年の担い手ごとの表。" + "、".join(
            f"{name}は必要{person_text(need)}人で不足{person_text(gap)}人"
            for name, (need, gap) in chosen.items()
        ) + "。",
        kinds=KINDS, sources=tuple(sources), file_stem=f"将来シミュレーション_担い手_{scope.name}",
        notes=(
            TRIAL,
            f"委託したくても引き受け手のいない分は{person_text(unplaced)}人で、市町村の必要に含まれる。",
            "都道府県の必要は、もともとの仕事を含む。事務を移すと、移した先の人も要る。",
        ),
        digits={name: 0 for name in table.columns if "人" in name and name != "担い手"},
    )  # fmt: skip


def draw_effects(
    classes: Mapping[str, str], columns: Mapping[str, Mapping[str, float]], year: int,
    sources: Sequence[SourceRef],
) -> Figure:  # fmt: skip
    """Which lever helps municipalities of which size? columns : name → class → 充足率, share."""
    usual, *levers = columns
    smallest = next(iter(classes))
    gains = {name: columns[name][smallest] - columns[usual][smallest] for name in levers[:-1]}
    best = max(gains, key=gains.__getitem__)

    def cell(name: str, code: str) -> Cell:
        share = columns[name][code]
        gain = share - columns[usual][code]
        tint = SEQUENTIAL[0 if gain < 0.02 else 1 if gain < 0.1 else 2]
        fill = ((tint, 1.0),) if name != usual and gain >= 0.005 else ()
        return Cell(
            f"{100 * share:.0f}", f"{share:.1%}（手段なしより{100 * gain:+.1f}ポイント）", fill=fill
        )

    return Figure(
        key="simulation.effects",
        headline=f"5千人未満で最も効くのは{best}（充足率{columns[best][smallest]:.0%}）",
        subtitle=f"全国・手段を1つだけ全て行ったときの充足率・人口規模ごと・単位 ％・{year}年",
        chart=MatrixChart(
            corner="人口規模（2020年）", rows=tuple(classes.values()), columns=tuple(columns),
            cells=tuple(tuple(cell(name, code) for name in columns) for code in classes),
            tints=((SEQUENTIAL[0], "0.5ポイント以上"), (SEQUENTIAL[1], "2ポイント以上"),
                   (SEQUENTIAL[2], "10ポイント以上よくなる")),
        ),
        rows=lambda: pd.DataFrame(
            [
                {"人口規模": label, **{f"{name}（％）": 100 * columns[name][code] for name in columns}}
                for code, label in classes.items()
            ]
        ),
        alt=f"人口規模と手段の表。{classes[smallest]}の充足率は手段なしで{columns[usual][smallest]:.0%}、"
        f"{best}で{columns[best][smallest]:.0%}。",
        kinds=KINDS, sources=tuple(sources), file_stem="将来シミュレーション_規模と手段",
        digits={f"{name}（％）": 1 for name in columns},
        notes=(TRIAL, "「選んだ手段」は、いまの組合せ。ほかの列は、その手段だけを全て行い、他を行わないとき。",
               NO_NETTING),
    )  # fmt: skip


def draw_reach(
    rows: Sequence[Mapping[str, object]], scope: Scope, year: int, together: str,
    sources: Sequence[SourceRef],
) -> Figure:  # fmt: skip
    """What does each lever bring, and could it close the gap by itself?"""
    table = pd.DataFrame(rows)
    return Figure(
        key="simulation.reach",
        headline=f"{scope.name}：{together}",
        subtitle=f"手段ごとに減る不足と、不足をなくすのに要る割合・単位 人・{year}年",
        chart=TableChart(),
        rows=table,
        alt=f"手段ごとの表。{together}。",
        kinds=KINDS, sources=tuple(sources), file_stem=f"将来シミュレーション_手段の働き_{scope.name}",
        digits={name: 0 for name in table.columns if "（人）" in name},
        notes=(TRIAL, "減る不足は、手段を採る順番によらない分け方（シャープレイ値）。負は、不足が増えること。",
               "不足が必要な人員の0.5％以下になることを「なくす」とした。"),
    )  # fmt: skip


_PASSED = {True: "✔ 合う", False: "✘ 合わない", None: "参考"}


def draw_checks(
    cases: pd.DataFrame, checked: Mapping[str, Checked], sources: Sequence[SourceRef]
) -> Figure:
    """Does the model agree with what has been seen elsewhere?"""
    passed = sum(one.passed is True for one in checked.values())
    judged = sum(one.passed is not None for one in checked.values())
    return Figure(
        key="simulation.checks",
        headline=f"{judged}の検証のうち{passed}が合う",
        subtitle="これまでの実例や公表された推計と、計算との照らし合わせ（時点は出典による）",
        chart=TableChart(),
        rows=pd.DataFrame(
            [
                {
                    "検証": f"{row.test_id} {row.case}", "確かめること": row.question,
                    "結果": checked[row.test_id].result, "合格の条件": row.rule,
                    "判定": _PASSED[checked[row.test_id].passed],
                }
                for row in cases.itertuples()
            ]
        ),
        alt=f"検証の表。{judged}のうち{passed}が合格の条件を満たす。",
        kinds=KINDS, sources=tuple(sources), file_stem="将来シミュレーション_検証",
        notes=("この画面を開くたびに計算している。",
               "範囲の決め方に実例を使ったもの（B5、B7など）は、整合の確認であって証明ではない。"),
    )  # fmt: skip


def draw_assumptions(ranges: Mapping[str, Range], sources: Sequence[SourceRef]) -> Figure:
    """Which numbers does the simulation rest on?"""
    return Figure(
        key="simulation.assumptions",
        headline=f"計算は{len(ranges)}の前提に基づく",
        subtitle="前提の値と範囲・単位は行ごと（時点は出典による）",
        chart=TableChart(),
        rows=pd.DataFrame(
            [
                {"前提": one.label, "下限": f"{one.low:,g}", "値": f"{one.central:,g}",
                 "上限": f"{one.high:,g}", "単位": one.unit, "区分": one.kind, "根拠": one.source,
                 "説明": one.note}
                for one in ranges.values()
            ]
        ),
        alt=f"{len(ranges)}の前提の表。値、下限、上限、単位、根拠を並べた。",
        kinds=KINDS, sources=tuple(sources), file_stem="将来シミュレーション_前提",
    )  # fmt: skip
