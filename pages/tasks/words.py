"""The words that the figures of 分野別課題分析 share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.measure_rules import CAP, UNRATED, WEIGHT, Rule, Verdict
from domain.tasks import EVALUATOR_SIGNS, Mark, Task, sizes_of
from domain.values import DRAFT, ORIGINAL

_SHORT = {
    "V1": "事務量", "V2a": "性質", "V2b": "共通性", "V3a": "専門性", "V3b": "難しさ・経験",
    "V4a": "対面・実地", "V4b": "地域の事情", "V4c": "連携", "D": "デジタル",
}  # fmt: skip
_NUMBER = {
    "V1": "①", "V2a": "②", "V2b": "②", "V3a": "③", "V3b": "③", "V4a": "④", "V4b": "④", "V4c": "④",
    "D": "※",
}  # fmt: skip
_OTHER = {
    "power": "公権力の行使",
    "private": "民間に任せられる範囲",
    "pref": "都道府県の同種の事務",
}
# 性質 has no order; its words are long for a cell.
NATURES = {"企画立案": "企画", "審査・判断": "審査", "対人・現場": "対人", "定型": "定型"}
NATURE_NOTE = "②性質は、企画立案・審査／判断・対人／現場・定型の4つで、順序が無い。"
NOT_OFFICIAL = "段階は公的な評定ではない。資料は視点に段階を定めておらず、本製品が置いた。"
FROM_ONE_EXAMPLE = "規則は、資料の分析例1つから一般化した仮定。"
NO_SIGN = "・"
EVALUATORS = (*((sign, word) for word, sign in EVALUATOR_SIGNS.items()), (NO_SIGN, UNRATED))


PARTS = {
    "fields": "10分野の一覧",
    "field": "分野の事務",
    "task": "事務の票",
    "search": "事務を探す",
    "compare": "比べる",
    "example": "分析例をたどる",
    "rules": "規則",
}


def viewpoint_name(code: str) -> str:
    """Return the short name of a viewpoint with its number in the document."""
    return f"{_NUMBER[code]}{_SHORT[code]}"


def viewpoint_head(code: str) -> str:
    """Return the name of a viewpoint for a narrow column: broken where it reads well."""
    name = viewpoint_name(code)
    # A word joiner keeps ※ from standing alone at the end of a line.
    name = name.replace("※", "※\u2060").replace("地域の", "地域の\n")
    return name.replace("・", "・\n")


def fact_name(fact: str) -> str:
    """Return the name of a fact of the rules."""
    return "受け皿" if fact.startswith("vehicle") else _OTHER.get(fact) or viewpoint_name(fact)


def condition_text(rule: Rule) -> str:
    """Return a rule's condition in words."""
    return "、".join(f"{fact_name(fact)}が{'・'.join(values)}" for fact, values in rule.conditions)


def effect_text(rule: Rule) -> str:
    """Return what a rule does to the fit of its measure."""
    return f"{rule.points:+d}" if rule.effect == WEIGHT else f"上限 {rule.cap}"


def mark_text(mark: Mark) -> str:
    """Return a judgement with who made it."""
    return f"{mark.value or UNRATED}（{mark.sign()}{mark.evaluator}）"


def reasons_text(verdict: Verdict) -> str:
    """Return why a measure fits so, in words."""
    told = [
        f"【上限 {rule.cap}】{rule.reason}" if rule.effect == CAP else rule.reason
        for rule in verdict.reasons()
    ]
    if verdict.fit == UNRATED:
        return "視点が1つも評価されていません"
    text = "。".join(told) or "当てはまる規則がありません"
    if verdict.conflict:
        text += "。（合う理由と合わない理由の両方があります）"
    if verdict.is_open():
        text += f"。（未評価の視点により {verdict.worst}〜{verdict.best} に変わり得ます）"
    return text


def kinds_of(tasks: Iterable[Task]) -> tuple[str, ...]:
    """Return the 区分 of what is known of tasks, the sources' own first.

    Law, bodies and whatever no source states are drafts, so 下書き always stands among them.
    """
    marks = [mark for task in tasks for mark in task.marks.values()]
    stated = any(mark.kind == ORIGINAL and mark.value for mark in marks)
    return (ORIGINAL, DRAFT) if stated else (DRAFT,)


def sizes_text(tasks: Sequence[Task]) -> str:
    """Return which size of municipality the marks have in mind."""
    return f"想定は{'、'.join(sizes_of(tasks)) or '規模の記載なし'}"


def task_labels(tasks: Iterable[Task]) -> dict[str, str]:
    """Return task id → id and name."""
    return {task.task_id: f"{task.task_id} {task.name}" for task in tasks}
