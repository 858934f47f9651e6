"""Which 対応方策 do the facts of a task point to, and why? (対応方策の規則)

Rules are data: a condition on facts, the measure it speaks for or against, and the reason in
words. A verdict keeps every step, so that a reader can follow it. What the law leaves to an
authority bounds a measure whatever the other facts say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

# 適合: from fits well to does not fit, and what cannot be said.
STRONG, GOOD, SOME, NONE, UNRATED = "◎", "○", "△", "－", "未評価"
FITS = (NONE, SOME, GOOD, STRONG)
MEASURES = ("R", "H", "V", "P", "C", "T")

_AMOUNT, _DEGREE = ("小", "中", "大"), ("低", "中", "高")
VIEWPOINTS: Mapping[str, tuple[str, ...]] = {
    "V1": _AMOUNT,
    "V2a": ("企画立案", "審査・判断", "対人・現場", "定型"),
    "V2b": _DEGREE,
    "V3a": _DEGREE,
    "V3b": _DEGREE,
    "V4a": _DEGREE,
    "V4b": _DEGREE,
    "V4c": _DEGREE,
    "D": _DEGREE,
}
# Facts beside the viewpoints that the source's own conclusion uses. power : 公権力, private : 民間に
# 任せられる範囲, pref : 都道府県の同種の事務, vehicle.X : is there a body or scheme for measure X?
OTHER_FACTS: Mapping[str, tuple[str, ...]] = {
    "power": ("なし", "一部", "あり"),
    "private": ("可", "一部可", "補助のみ可", "不可"),
    "pref": ("なし", "一部", "あり"),
} | {f"vehicle.{measure}": ("無", "有") for measure in MEASURES}
FACTS: Mapping[str, tuple[str, ...]] = {**VIEWPOINTS, **OTHER_FACTS}

WEIGHT, CAP = "加点", "上限"
MET, UNMET, UNKNOWN = "当てはまる", "当てはまらない", "未評価"


@dataclass(frozen=True)
class Rule:
    """One rule. conditions : (fact, values that meet it), all of them needed.

    effect : WEIGHT, then `points` count for the measure (negative: against), or CAP, then the
    measure fits at most as well as `cap` says.  kind : 原典 or 仮定.  reason : in Japanese.
    """

    rule_id: str
    measure: str
    effect: str
    conditions: tuple[tuple[str, tuple[str, ...]], ...]
    points: int
    cap: str
    reason: str
    kind: str
    source: str = ""
    note: str = ""

    def state(self, facts: Mapping[str, str]) -> str:
        """Is the rule met? UNKNOWN if what is missing decides it."""
        states = [
            UNKNOWN if not facts.get(fact) else MET if facts[fact] in values else UNMET
            for fact, values in self.conditions
        ]
        return next((state for state in (UNMET, UNKNOWN) if state in states), MET)

    def facts(self) -> tuple[str, ...]:
        """Return the facts the rule asks for."""
        return tuple(fact for fact, _ in self.conditions)


@dataclass(frozen=True)
class Step:
    """One rule applied to one task."""

    rule: Rule
    state: str


@dataclass(frozen=True)
class Verdict:
    """How well a measure fits a task. fit : one of FITS, or UNRATED.

    points : of the rules that are met.  uncapped : what the points alone would say.
    worst, best : the fits that are possible once what is missing is known.
    missing : facts that undecided rules ask for.  conflict : do met rules speak for and against?
    """

    measure: str
    fit: str
    points: int
    uncapped: str
    worst: str
    best: str
    steps: tuple[Step, ...]
    missing: tuple[str, ...] = ()
    conflict: bool = False

    def reasons(self) -> list[Rule]:
        """Return the rules behind the fit: the tightest limits, binding or not, then by weight."""
        met = [step.rule for step in self.steps if step.state == MET]
        tightest = _lowest(STRONG, [rule.cap for rule in met if rule.effect == CAP])
        return [rule for rule in met if rule.effect == CAP and rule.cap == tightest] + sorted(
            (rule for rule in met if rule.effect == WEIGHT), key=lambda r: -abs(r.points)
        )

    def is_bound(self) -> bool:
        """Does a limit keep the measure below what the points say?"""
        return self.fit != self.uncapped

    def is_open(self) -> bool:
        """May what is missing still change the fit?"""
        return self.worst != self.best


def parse_conditions(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read 「V1=小 & V3b=中|高」. Raises ValueError naming what is no fact or no value of it."""
    found = []
    for part in text.split("&"):
        fact, _, values = (piece.strip() for piece in part.partition("="))
        allowed = tuple(value.strip() for value in values.split("|"))
        if fact not in FACTS:
            raise ValueError(f"「{fact}」という事実はありません")
        if wrong := [value for value in allowed if value not in FACTS[fact]]:
            raise ValueError(f"{fact} に「{wrong[0]}」という値はありません")
        found.append((fact, allowed))
    return tuple(found)


def fit_of(points: int, thresholds: Mapping[str, float]) -> str:
    """Return the fit that so many points make. thresholds : fit → least points."""
    return next((fit for fit in (STRONG, GOOD, SOME) if points >= thresholds[fit]), NONE)


def judge(
    facts: Mapping[str, str], rules: Sequence[Rule], thresholds: Mapping[str, float]
) -> dict[str, Verdict]:
    """How well does each measure fit a task with these facts?

    Parameters
    ----------
    facts : fact → value; "" or absent where nobody has judged.
    thresholds : STRONG, GOOD, SOME → least points.
    """
    return {
        measure: _judge_one(measure, facts, [r for r in rules if r.measure == measure], thresholds)
        for measure in MEASURES
    }


def _judge_one(
    measure: str,
    facts: Mapping[str, str],
    rules: Sequence[Rule],
    thresholds: Mapping[str, float],
) -> Verdict:
    steps = tuple(Step(rule, rule.state(facts)) for rule in rules)
    weights = [step for step in steps if step.rule.effect == WEIGHT]
    met = [step.rule.points for step in weights if step.state == MET]
    undecided = [step.rule.points for step in weights if step.state == UNKNOWN]
    caps = [step.rule.cap for step in steps if step.rule.effect == CAP and step.state == MET]
    may_cap = [step.rule.cap for step in steps if step.rule.effect == CAP and step.state == UNKNOWN]
    points = sum(met)
    uncapped = fit_of(points, thresholds)
    fit = _lowest(uncapped, caps)
    missing = dict.fromkeys(
        fact
        for step in steps
        if step.state == UNKNOWN
        for fact in step.rule.facts()
        if not facts.get(fact)
    )
    # Nothing but the bodies that exist is no judgement of the task.
    rated = any(facts.get(name) for name in VIEWPOINTS)
    return Verdict(
        measure,
        fit if rated else UNRATED,
        points,
        uncapped if rated else UNRATED,
        _lowest(fit_of(points + sum(p for p in undecided if p < 0), thresholds), caps + may_cap),
        _lowest(fit_of(points + sum(p for p in undecided if p > 0), thresholds), caps),
        steps,
        tuple(missing),
        any(p > 0 for p in met) and any(p < 0 for p in met),
    )


def _lowest(fit: str, caps: Sequence[str]) -> str:
    return min((fit, *caps), key=FITS.index)


def find_rule_faults(rules: Sequence[Rule], thresholds: Mapping[str, float]) -> list[str]:
    """What is wrong with a set of rules? In Japanese; empty if nothing is.

    Unreachable: a condition that asks one fact for two values. Contradictory: two rules of a
    measure with the same condition that speak for and against. Idle: no weight, no reason.
    """
    faults = []
    for rule in rules:
        told = [fact for fact, _ in rule.conditions]
        if len(set(told)) < len(told):
            faults.append(f"規則 {rule.rule_id}：同じ事実を2度問うています")
        if not rule.reason:
            faults.append(f"規則 {rule.rule_id}：理由の文がありません")
        if rule.effect == WEIGHT and not rule.points:
            faults.append(f"規則 {rule.rule_id}：加点が0です")
        if rule.effect == CAP and rule.cap not in FITS:
            faults.append(f"規則 {rule.rule_id}：上限「{rule.cap}」がありません")
    for one, other in combinations(rules, 2):
        if one.rule_id == other.rule_id:
            faults.append(f"規則 {one.rule_id}：番号が2度使われています")
        if one.measure == other.measure and one.conditions == other.conditions:
            faults.append(f"規則 {one.rule_id} と {other.rule_id}：同じ条件です")
    for measure in MEASURES:
        own = [rule for rule in rules if rule.measure == measure and rule.cap in ("", *FITS)]
        reached, met = _explore(measure, own, thresholds)
        for fit in (STRONG, NONE):
            if fit not in reached:
                faults.append(f"方策 {measure}：どの事実でも「{fit}」になりません")
        faults += [
            f"規則 {rule.rule_id}：当てはまることがありません"
            for rule in own
            if rule.rule_id not in met
        ]
    return faults


def _explore(
    measure: str, rules: Sequence[Rule], thresholds: Mapping[str, float]
) -> tuple[set[str], set[str]]:
    """Return the fits and the rules that any facts lead to, by trying all that are asked for."""
    names = list(dict.fromkeys(fact for rule in rules for fact in rule.facts()))
    reached: set[str] = set()
    met: set[str] = set()
    for values in product(*(FACTS[name] for name in names)):
        verdict = _judge_one(measure, dict(zip(names, values, strict=True)), rules, thresholds)
        reached.add(verdict.fit)
        met |= {step.rule.rule_id for step in verdict.steps if step.state == MET}
    return reached, met
