"""The figures of 分野別課題分析."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from components.charts import BarChart, Cell, MatrixChart, NoChart, Series, TableChart
from components.figure import Figure
from components.palette import FIT_COLOURS, LEVEL_TINTS
from domain.measure_rules import (
    FITS,
    GOOD,
    MET,
    STRONG,
    UNKNOWN,
    UNRATED,
    VIEWPOINTS,
    WEIGHT,
    Rule,
    Verdict,
)
from domain.sources import SourceRef
from domain.tasks import EVALUATOR_SIGNS, FEWEST_ANSWERS, Mark, Task, count_answers
from domain.values import ASSUMPTION, DERIVED, DRAFT, ORIGINAL

NO_SIGN = "・"
_LEGEND = tuple((sign, word) for word, sign in EVALUATOR_SIGNS.items())
_SHORT = {
    "V1": "事務量", "V2a": "性質", "V2b": "共通性", "V3a": "専門性", "V3b": "難しさ・経験",
    "V4a": "対面・実地", "V4b": "地域の事情", "V4c": "連携", "D": "デジタルの余地",
}  # fmt: skip
_GROUP = {
    "V1": "①", "V2a": "②", "V2b": "②", "V3a": "③", "V3b": "③", "V4a": "④", "V4b": "④", "V4c": "④",
    "D": "※",
}  # fmt: skip
NOT_OFFICIAL = "段階は公的な評定ではない。資料は視点に段階を定めておらず、本製品が置いた。"


def viewpoint_name(code: str) -> str:
    """Return the short name of a viewpoint with its number in the document."""
    return f"{_GROUP[code]}{_SHORT[code]}"


def kinds_of(tasks: Sequence[Task]) -> tuple[str, ...]:
    """Return the 区分 of the marks of tasks, the source's own first."""
    found = {mark.kind for task in tasks for mark in task.marks.values()}
    return tuple(kind for kind in (ORIGINAL, DRAFT) if kind in found)


def _level_fill(code: str, value: str) -> str:
    """Return the tint of a degree; what has no order has none."""
    return "" if code == "V2a" else LEVEL_TINTS[VIEWPOINTS[code].index(value)]


def cell_key(task_id: str, code: str) -> str:
    """Return what a cell of the matrix of tasks is called."""
    return f"{task_id}.{code}"


def _mark_cell(task_id: str, code: str, mark: Mark) -> Cell:
    key = cell_key(task_id, code)
    if not mark.value:
        told = f"未評価{'（' + mark.note.split('。')[0] + '）' if mark.note else ''}"
        return Cell(NO_SIGN, told, key=key)
    return Cell(
        f"{mark.value}{chr(10) if code == 'V2a' else ''}{mark.sign()}", f"{mark.value}（{mark.evaluator}）", fill=_level_fill(code, mark.value), key=key)  # fmt: skip


def _count_cell(code: str, tasks: Sequence[Task]) -> Cell:
    """Return how often each degree stands in a field; its tint is that of the most frequent."""
    counts = Counter(task.marks[code].value for task in tasks)
    order = [*reversed(VIEWPOINTS[code])] if code != "V2a" else list(VIEWPOINTS[code])
    parts = [(value, counts[value]) for value in order if counts[value]]
    told = "、".join(f"{value}{count}" for value, count in parts)
    if counts[""]:
        told += f"、未評価{counts['']}"
    best = max(count for _, count in parts)
    most = [value for value, count in parts if count == best]
    fill = _level_fill(code, most[0]) if len(most) == 1 else ""
    shown = "・".join(most) if code != "V2a" or len(most) == 1 else "さまざま"
    return Cell(f"{shown}\n{best}/{len(tasks)}", f"{told}（{len(tasks)}事務）", fill=fill)


def draw_fields(by_field: Mapping[str, Sequence[Task]], sources: Sequence[SourceRef]) -> Figure:
    """How often does each degree of a viewpoint stand in the ten fields? by_field : name → tasks."""
    every = [task for tasks in by_field.values() for task in tasks]
    high = sum(task.marks["V3a"].value == "高" for task in every)
    return Figure(
        key="tasks.fields",
        headline=f"専門性が「高」の事務は、{len(every)}事務のうち{high}",
        subtitle="検討の視点ごとに最も多い段階とその事務の数・10分野・事務量は人口1万人前後の町村を想定",
        chart=MatrixChart(
            corner="分野",
            rows=tuple(f"{name}（{len(tasks)}）" for name, tasks in by_field.items()),
            columns=tuple(map(viewpoint_name, VIEWPOINTS)),
            cells=tuple(
                tuple(_count_cell(code, tasks) for code in VIEWPOINTS)
                for tasks in by_field.values()
            ),
        ),
        rows=lambda: marks_table(by_field),
        alt=f"10分野と検討の視点の表。専門性が高い事務は{high}、全部で{len(every)}事務。",
        kinds=kinds_of(every),
        sources=tuple(sources),
        file_stem="分野別課題分析_分野と視点",
        notes=(NOT_OFFICIAL, "色は最も多い段階を示す。同数のときは色を付けない。平均や順位は取っていない。"),
    )  # fmt: skip


def draw_tasks(
    field: str, tasks: Sequence[Task], sources: Sequence[SourceRef], selected: str | None = None
) -> Figure:
    """How is each task of a field judged from each viewpoint? selected : `cell_key` of a cell."""
    hard = [t for t in tasks if t.marks["V3a"].value == "高" and t.marks["V3b"].value == "高"]
    return Figure(
        key="tasks.field",
        headline=f"{field}：専門性も経験も「高」は{len(tasks)}事務のうち{len(hard)}",
        subtitle="分野の事務ごとの段階と評価した者・事務量は人口1万人前後の町村を想定",
        chart=MatrixChart(
            corner="事務",
            rows=tuple(f"{task.task_id} {task.name}" for task in tasks),
            columns=tuple(map(viewpoint_name, VIEWPOINTS)),
            cells=tuple(
                tuple(_mark_cell(task.task_id, code, task.marks[code]) for code in VIEWPOINTS)
                for task in tasks
            ),
            legend=(*_LEGEND, (NO_SIGN, UNRATED)),
            selected=selected,
        ),
        rows=lambda: marks_table({field: tasks}),
        alt=f"{field}の{len(tasks)}事務と検討の視点の表。"
        + "、".join(task.name for task in hard[:4])
        + ("は専門性も経験も高い。" if hard else "専門性も経験も高い事務はない。"),
        kinds=kinds_of(tasks),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{field}_視点",
        notes=(NOT_OFFICIAL,),
    )


def marks_table(by_field: Mapping[str, Sequence[Task]]) -> pd.DataFrame:
    """Return every mark as a row: who judged, for which size, on which words."""
    return pd.DataFrame(
        [
            {
                "分野": field, "事務ID": task.task_id, "事務": task.name,
                "視点": viewpoint_name(code), "段階": mark.value or UNRATED,
                "評価者": f"{mark.sign()} {mark.evaluator}", "区分": mark.kind,
                "想定する市町村": mark.size, "根拠の文": mark.text, "資料内の位置": mark.locator,
                "注": mark.note,
            }
            for field, tasks in by_field.items()
            for task in tasks
            for code, mark in task.marks.items()
        ]
    )  # fmt: skip


def _fit_cell(fit: str, verdict: Verdict) -> Cell:
    reason = verdict.reasons()[0].reason if verdict.reasons() else "当てはまる規則がない"
    return Cell(fit, f"{fit}（{reason}）", FIT_COLOURS.get(fit, ""))


def draw_fits(
    field: str,
    tasks: Sequence[Task],
    verdicts: Mapping[str, Mapping[str, Verdict]],
    names: Mapping[str, str],
    sources: Sequence[SourceRef],
) -> Figure:
    """Which measure do the rules point to for each task? verdicts : task id → measure → verdict."""
    counts = {
        code: sum(verdicts[task.task_id][code].fit in (STRONG, GOOD) for task in tasks)
        for code in names
    }
    most = max(names, key=counts.__getitem__)
    return Figure(
        key="tasks.fits",
        headline=f"{field}：◎○が最も多いのは{names[most]}（{counts[most]}/{len(tasks)}事務）",
        subtitle="規則から導いた対応方策の適合・◎○△－・分野の事務ごと",
        chart=MatrixChart(
            corner="事務",
            rows=tuple(f"{task.task_id} {task.name}" for task in tasks),
            columns=tuple(names.values()),
            cells=tuple(
                tuple(_fit_cell(verdicts[task.task_id][code].fit, verdicts[task.task_id][code]) for code in names)
                for task in tasks
            ),
            legend=tuple(zip(reversed(FITS), ("よく合う", "合う", "一部合う", "合う規則がない"), strict=True)),
        ),
        rows=lambda: pd.DataFrame(
            [
                {
                    "分野": field, "事務ID": task.task_id, "事務": task.name,
                    **{name: verdicts[task.task_id][code].fit for code, name in names.items()},
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
        notes=("規則は、資料の分析例1つから一般化した仮定。", NOT_OFFICIAL),
    )  # fmt: skip


def reasons_text(verdict: Verdict) -> str:
    """Return why a measure fits so, in words."""
    told = [rule.reason for rule in verdict.reasons()]
    if verdict.fit == UNRATED:
        return "視点が1つも評価されていません"
    text = "。".join(told) or "当てはまる規則がありません"
    if verdict.is_bound():
        text = f"【上限】{text}"
    if verdict.conflict:
        text += "。（合う理由と合わない理由の両方があります）"
    if verdict.is_open():
        text += f"。（未評価の視点により {verdict.worst}〜{verdict.best} に変わり得ます）"
    return text


def draw_task_fits(
    task: Task,
    published: Mapping[str, Verdict],
    changed: Mapping[str, Verdict],
    names: Mapping[str, str],
    is_changed: bool,
    sources: Sequence[SourceRef],
    key: str = "tasks.task-fits",
) -> Figure:
    """Which measures fit one task, as published and as judged otherwise, and why?"""
    best = [names[code] for code in names if changed[code].fit == STRONG] or [
        names[code] for code in names if changed[code].fit == GOOD
    ]
    shown = "・".join(best[:2]) + ("など" if len(best) > 2 else "") if best else "合う方策がない"
    rows = [
        {
            "対応方策": name,
            "公表中の評定": published[code].fit,
            **({"変えた評定": changed[code].fit} if is_changed else {}),
            "理由": reasons_text(changed[code]),
        }
        for code, name in names.items()
    ]
    return Figure(
        key=key,
        headline=f"{task.task_id}：{shown}" + ("（評定を変えた場合）" if is_changed else ""),
        subtitle=f"{task.name}・対応方策の適合と理由（時点は出典による）",
        chart=TableChart(),
        rows=pd.DataFrame(rows),
        alt=f"{task.name}の対応方策の表。"
        + "、".join(f"{name}{changed[code].fit}" for code, name in names.items())
        + "。",
        kinds=(ASSUMPTION, *kinds_of([task])),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{task.task_id}_方策",
        notes=("規則は、資料の分析例1つから一般化した仮定。", NOT_OFFICIAL),
    )


_LEVEL_BARS = ((LEVEL_TINTS[1], ""), ("#7096f8", "diagonal"), ("#00118f", ""))


def draw_answers(task: Task, answers: Sequence[Task], sources: Sequence[SourceRef]) -> Figure:
    """How do the prefectures judge a task? Shares by viewpoint, withheld below FEWEST_ANSWERS."""
    counts = {code: c for code, c in count_answers(answers).items() if code != "V2a"}
    shown = {code: c for code, c in counts.items() if sum(c.values()) >= FEWEST_ANSWERS}
    rows = [
        {
            "視点": viewpoint_name(code), "段階": value,
            "回答（団体）": count if code in shown else None,
            "割合（％）": 100 * count / sum(values.values()) if code in shown else None,
            "回答数": sum(values.values()),
        }
        for code, values in counts.items()
        for value, count in values.items()
    ]  # fmt: skip
    chart: BarChart | NoChart = NoChart(
        f"{task.name}に回答した都道府県は{len(answers)}。{FEWEST_ANSWERS}団体未満のときは、"
        "どの団体の回答かが分かるおそれがあるため分布を示しません。"
    )
    if shown:
        chart = BarChart(
            categories=tuple(
                f"{viewpoint_name(code)}（n={sum(c.values())}）" for code, c in shown.items()
            ),
            unit="％",
            series=tuple(
                Series(
                    ("低・小", "中", "高・大")[level],
                    tuple(100 * list(c.values())[level] / sum(c.values()) for c in shown.values()),
                    _LEVEL_BARS[level][0],
                    hatch=_LEVEL_BARS[level][1],
                )
                for level in range(3)
            ),
            stacked=True,
            height=80 + 40 * len(shown),
        )
    return Figure(
        key="tasks.answers",
        headline=f"{task.task_id}：回答した都道府県は{len(answers)}",
        subtitle="都道府県の回答の分布・視点ごと・単位 ％・時点は報告ごとに異なる",
        chart=chart,
        rows=pd.DataFrame(rows),
        alt=f"{task.name}への{len(answers)}団体の回答を視点ごとに並べた棒グラフ。",
        kinds=(DERIVED,),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{task.task_id}_回答の分布",
        digits={"割合（％）": 1},
        notes=(f"{FEWEST_ANSWERS}団体未満の視点は示さない。②性質は順序が無いため除いた。",),
    )


def draw_comparison(
    one: Task,
    other: Task,
    verdicts: Sequence[Mapping[str, Verdict]],
    names: Mapping[str, str],
    sources: Sequence[SourceRef],
) -> Figure:
    """Where do two tasks differ, in viewpoints, law and measures?"""
    rows = [
        *((viewpoint_name(code), *(_told(t.marks[code]) for t in (one, other))) for code in VIEWPOINTS),
        ("公権力の行使", one.power, other.power),
        ("民間に任せられる範囲", one.private, other.private),
        ("都道府県の同種の事務", one.pref, other.pref),
        *((f"方策：{name}", *(v[code].fit for v in verdicts)) for code, name in names.items()),
    ]  # fmt: skip
    differ = sum(a.split("（")[0] != b.split("（")[0] for _, a, b in rows)
    return Figure(
        key="tasks.comparison",
        headline=f"{one.task_id}と{other.task_id}：{len(rows)}項目のうち{differ}が異なる",
        subtitle=f"{one.name}と{other.name}・視点・公権力・対応方策の適合（時点は出典による）",
        chart=TableChart(),
        rows=pd.DataFrame(
            [(*row, "" if row[1].split("（")[0] == row[2].split("（")[0] else "異なる") for row in rows],
            columns=["項目", f"{one.task_id} {one.name}", f"{other.task_id} {other.name}", "違い"],
        ),
        alt=f"{one.name}と{other.name}を並べた表。{differ}項目が異なる。",
        kinds=(ASSUMPTION, *kinds_of([one, other])),
        sources=tuple(sources),
        file_stem=f"分野別課題分析_{one.task_id}と{other.task_id}",
        notes=(NOT_OFFICIAL,),
    )  # fmt: skip


def _told(mark: Mark) -> str:
    return f"{mark.value or UNRATED}（{mark.sign()}{mark.evaluator}）"


def draw_search(
    found: Sequence[Task],
    verdicts: Mapping[str, Mapping[str, Verdict]],
    fields: Mapping[str, str],
    names: Mapping[str, str],
    total: int,
    sources: Sequence[SourceRef],
) -> Figure:
    """Which tasks meet the chosen limits?"""
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
                    "◎の方策": "・".join(n for c, n in names.items() if verdicts[task.task_id][c].fit == STRONG) or "—",
                    "○の方策": "・".join(n for c, n in names.items() if verdicts[task.task_id][c].fit == GOOD) or "—",
                    "区分": task.kind(),
                }
                for task in found
            ],
            columns=["事務", "分野", "公権力", "専門性", "◎の方策", "○の方策", "区分"],
        ),
        alt=f"条件に合う{len(found)}事務の表。分野、公権力、専門性、方策を並べた。",
        kinds=(ASSUMPTION, *(kinds_of(found) or (DRAFT,))),
        sources=tuple(sources),
        file_stem="分野別課題分析_絞り込み",
        notes=(NOT_OFFICIAL,),
    )  # fmt: skip


_STATES = {MET: "○ 当てはまる", UNKNOWN: "？ 未評価"}


def condition_text(rule: Rule) -> str:
    """Return a rule's condition in words."""
    words = {
        "power": "公権力の行使", "private": "民間に任せられる範囲", "pref": "都道府県の同種の事務",
    }  # fmt: skip

    def name(fact: str) -> str:
        if fact.startswith("vehicle."):
            return "受け皿"
        return words.get(fact) or _SHORT[fact]

    return "、".join(f"{name(fact)}が{'・'.join(values)}" for fact, values in rule.conditions)


def draw_steps(
    title: str,
    verdicts: Mapping[str, Verdict],
    names: Mapping[str, str],
    sources: Sequence[SourceRef],
    key: str = "tasks.steps",
    kinds: tuple[str, ...] = (ASSUMPTION, DERIVED),
    only_met: bool = False,
) -> Figure:
    """How do the rules come to their answer? One row a rule, those that do not apply left out.

    only_met : leave out those that cannot be decided, too.
    """
    shown = (MET,) if only_met else (MET, UNKNOWN)
    rows = [
        {
            "対応方策": names[code],
            "規則": step.rule.rule_id,
            "条件": condition_text(step.rule),
            "当てはまるか": _STATES[step.state],
            "点": f"{step.rule.points:+d}" if step.rule.effect == WEIGHT else f"上限 {step.rule.cap}",
            "理由": step.rule.reason,
            "区分": step.rule.kind,
            "出典": step.rule.source,
        }
        for code, verdict in verdicts.items()
        for step in verdict.steps
        if step.state in shown
    ]  # fmt: skip
    used = sum(row["当てはまるか"] == _STATES[MET] for row in rows)
    return Figure(
        key=key,
        headline=f"{title}：当てはまる規則は{used}",
        subtitle="対応方策の規則ごとの条件・点・理由。当てはまらない規則は省いた・単位 点",
        chart=TableChart(),
        rows=pd.DataFrame(rows),
        alt=f"対応方策ごとの規則の表。当てはまる規則は{used}。",
        kinds=kinds,
        sources=tuple(sources),
        file_stem=f"分野別課題分析_規則の歩み_{title}",
        notes=("規則は、資料の分析例1つから一般化した仮定。",),
    )


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
                    "対応方策": names[rule.measure], "規則": rule.rule_id, "条件": condition_text(rule),
                    "点": f"{rule.points:+d}" if rule.effect == WEIGHT else f"上限 {rule.cap}",
                    "理由": rule.reason, "区分": rule.kind, "出典": rule.source, "注": rule.note,
                }
                for rule in rules
            ]
        ),
        alt=f"対応方策ごとの{len(rules)}の規則の表。条件、点、理由を並べた。",
        kinds=(ASSUMPTION,),
        sources=tuple(sources),
        file_stem="分野別課題分析_規則",
        notes=("規則は、資料の分析例1つから一般化した仮定。点は本製品の設計。",),
    )  # fmt: skip


def draw_drivers(
    rules: Sequence[Rule], names: Mapping[str, str], sources: Sequence[SourceRef]
) -> Figure:
    """Which viewpoints drive each measure?"""
    facts = [*VIEWPOINTS, "power", "private", "pref"]
    labels = {code: viewpoint_name(code) for code in VIEWPOINTS} | {
        "power": "公権力", "private": "民間の範囲", "pref": "県の同種の事務",
    }  # fmt: skip

    def cell(fact: str, measure: str) -> Cell:
        own = [
            r
            for r in rules
            if r.measure == measure
            and (fact in r.facts() or (fact == "vehicle" and f"vehicle.{measure}" in r.facts()))
        ]
        if not own:
            return Cell()
        signs = {"上" if r.effect != WEIGHT else "＋" if r.points > 0 else "－" for r in own}
        shown = "".join(sign for sign in ("＋", "－", "上") if sign in signs)
        return Cell(shown, "、".join(r.reason for r in own))

    return Figure(
        key="tasks.drivers",
        headline="まとめる方策は、専門性・経験・事務量が動かす",
        subtitle="どの視点・事実が、どの方策に効くか（全分野に共通の規則）",
        chart=MatrixChart(
            corner="視点・事実",
            rows=(*(labels[fact] for fact in facts), "受け皿"),
            columns=tuple(names.values()),
            cells=tuple(
                tuple(cell(fact, measure) for measure in names) for fact in (*facts, "vehicle")
            ),
            legend=(("＋", "合う理由になる"), ("－", "合わない理由になる"), ("上", "適合の上限になる")),
        ),
        rows=lambda: pd.DataFrame(
            [
                {
                    "視点・事実": name,
                    **{names[m]: cell(fact, m).sign or "－効かない" for m in names},
                }
                for fact, name in zip((*facts, "vehicle"), (*labels.values(), "受け皿"), strict=True)
            ]
        ),
        alt="視点・事実と対応方策の表。効き方を＋・－・上限で示す。",
        kinds=(ASSUMPTION,),
        sources=tuple(sources),
        file_stem="分野別課題分析_効く視点",
    )  # fmt: skip
