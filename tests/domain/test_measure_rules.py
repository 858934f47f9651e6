"""The rules from facts to measures: their soundness, the source's example, and what must hold."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.paths import data_root
from data.read import read_rules, read_table, read_tasks
from domain.measure_rules import (
    CAP,
    FACTS,
    FITS,
    GOOD,
    MEASURES,
    MET,
    NONE,
    SOME,
    STRONG,
    UNKNOWN,
    UNRATED,
    VIEWPOINTS,
    WEIGHT,
    Rule,
    find_rule_faults,
    judge,
    parse_conditions,
)
from domain.values import ORIGINAL

RULES = read_rules(data_root())
TASKS = read_tasks(data_root())
_VALUES = read_table("parameters", data_root()).set_index("key")["value"]
THRESHOLDS = {
    fit: _VALUES[f"measures.{name}"]
    for fit, name in ((STRONG, "strong"), (GOOD, "good"), (SOME, "some"))
}
calm = settings(
    max_examples=120, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
# Any facts, some of them not known.
any_facts = st.fixed_dictionaries(
    {name: st.sampled_from(("", *values)) for name, values in FACTS.items()}
)
known_facts = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in FACTS.items()}
)


def verdicts(facts):
    return judge(facts, RULES, THRESHOLDS)


def rank(fit: str) -> int:
    return FITS.index(fit)


def rule(rule_id="X1", measure="H", conditions="V1=小", points=1, effect=WEIGHT, cap=""):
    return Rule(rule_id, measure, effect, parse_conditions(conditions), points, cap, "理由", "仮定")


# The set of rules


def test_the_rules_have_no_fault():
    assert find_rule_faults(RULES, THRESHOLDS) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (rule("H1", conditions="V2b=高"), "番号が2度"),
        (rule("H99", conditions="V1=小", points=-1), "同じ条件"),
        (rule("H99", conditions="V1=小 & V1=大"), "同じ事実を2度"),
        (rule("H99", conditions="V1=小 & V1=大"), "規則 H99：当てはまることがありません"),
        (dataclasses.replace(rule("H99", conditions="V2a=定型"), reason=""), "理由の文"),
        (rule("H99", conditions="V2a=定型", points=0), "加点が0"),
        (rule("H99", conditions="V2a=定型", effect=CAP, cap="×"), "上限「×」"),
    ],
)
def test_a_fault_is_found(changed, said):
    faults = find_rule_faults((*RULES, changed), THRESHOLDS)
    assert any(said in fault for fault in faults)


def test_a_measure_out_of_reach_is_a_fault():
    only = [one for one in RULES if one.measure != "C"] + [rule("C9", "C", "V4c=高", 1)]
    assert any(
        "方策 C" in fault and STRONG in fault for fault in find_rule_faults(only, THRESHOLDS)
    )


@pytest.mark.parametrize("text", ["V9=小", "V1=低", "V1", "", "V1=小 & ", "V1=小|巨大"])
def test_a_condition_that_means_nothing_is_refused(text):
    with pytest.raises(ValueError, match="ありません"):
        parse_conditions(text)


# Every task


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.task_id)
def test_every_task_gets_an_answer(task):
    found = verdicts(task.facts())
    assert set(found) == set(MEASURES)
    assert all(verdict.fit in FITS for verdict in found.values())
    assert any(verdict.fit in (STRONG, GOOD) for verdict in found.values())
    for verdict in found.values():
        # Whatever fits says why; a missing viewpoint is named if it may change the fit.
        assert verdict.fit == NONE or verdict.reasons()
        assert not verdict.is_open() or verdict.missing


def test_a_task_nobody_judged_is_unrated():
    assert {verdict.fit for verdict in verdicts({"vehicle.P": "有", "private": "可"}).values()} == {
        UNRATED
    }


# The source's own example


def test_the_worked_example_comes_out_of_its_own_facts():
    task = TASKS["K3"]
    assert task.kind() == ORIGINAL
    facts = task.sourced_facts()
    # The doubtful sentence is there, with its words, and decides nothing.
    assert facts["V4b"] == "" and "広域的な視点" in task.marks["V4b"].text
    assert "要確認" in task.marks["V4b"].note
    assert facts == {
        "V1": "小", "V2b": "高", "V3b": "高", "V4a": "低", "V4b": "", "D": "中", "pref": "あり",
        "vehicle.P": "有",
    }  # fmt: skip
    found = verdicts(facts | {"private": task.private, "power": task.power})
    # 大都市や都道府県が代わりに行うこと、民間法人に委託すること
    assert found["V"].fit == STRONG and found["H"].fit in (STRONG, GOOD)
    assert found["P"].fit == GOOD and not found["P"].is_bound()
    assert found["R"].fit not in (STRONG, GOOD) and found["C"].fit not in (STRONG, GOOD)
    assert found["T"].fit == SOME
    assert "V4b" in found["V"].missing
    used = {step.rule.rule_id for step in found["V"].steps if step.state == MET}
    assert not any("V4b" in one.facts() for one in RULES if one.rule_id in used)


def test_only_the_example_is_the_sources_own():
    assert [task.task_id for task in TASKS.values() if task.kind() == ORIGINAL] == ["K3"]
    assert all(one.kind == "仮定" for one in RULES)


# What must hold whatever the facts


@calm
@given(known_facts)
def test_more_expertise_never_speaks_against_joining(facts):
    for viewpoint in ("V3a", "V3b"):
        for measure in ("H", "V"):
            fits = [
                rank(verdicts(facts | {viewpoint: value})[measure].fit)
                for value in ("低", "中", "高")
            ]
            assert fits == sorted(fits)


@calm
@given(any_facts)
def test_public_power_is_never_offered_to_private_bodies(facts):
    assert verdicts(facts | {"power": "あり"})["P"].fit in (SOME, NONE, UNRATED)
    assert verdicts(facts | {"private": "不可"})["P"].fit in (NONE, UNRATED)
    assert verdicts(facts | {"power": "あり"})["P"].best in (SOME, NONE)


@calm
@given(known_facts)
def test_law_bounds_no_other_authority(facts):
    """Joining moves the authority itself: public power changes neither H nor V."""
    for measure in ("H", "V"):
        fits = {verdicts(facts | {"power": power})[measure].fit for power in FACTS["power"]}
        assert len(fits) == 1


@calm
@given(any_facts)
def test_what_is_missing_is_said(facts):
    for verdict in verdicts(facts).values():
        undecided = [step for step in verdict.steps if step.state == UNKNOWN]
        assert bool(verdict.missing) == bool(undecided)
        assert rank(verdict.worst) <= rank(verdict.best)
        if verdict.fit != UNRATED:
            assert rank(verdict.worst) <= rank(verdict.fit) <= rank(verdict.best)


@calm
@given(any_facts, st.data())
def test_filling_in_a_blank_stays_within_what_was_said(facts, data):
    before = verdicts(facts)
    name = data.draw(st.sampled_from([n for n in FACTS if not facts[n]] or ["V1"]))
    after = verdicts(facts | {name: facts[name] or data.draw(st.sampled_from(FACTS[name]))})
    for measure in MEASURES:
        if after[measure].fit != UNRATED:
            low, high = rank(before[measure].worst), rank(before[measure].best)
            assert low <= rank(after[measure].fit) <= high


def test_relabelling_the_fields_changes_nothing():
    for task in TASKS.values():
        moved = dataclasses.replace(task, field_code="F99", task_id="Z1", name="別の名前")
        assert {m: v.fit for m, v in verdicts(task.facts()).items()} == {
            m: v.fit for m, v in verdicts(moved.facts()).items()
        }


def test_the_order_of_the_rules_does_not_matter():
    for task in TASKS.values():
        there, back = verdicts(task.facts()), judge(task.facts(), RULES[::-1], THRESHOLDS)
        assert {m: v.fit for m, v in there.items()} == {m: v.fit for m, v in back.items()}


@calm
@given(known_facts)
def test_every_viewpoint_can_be_changed_and_the_steps_say_so(facts):
    for viewpoint, values in VIEWPOINTS.items():
        for value in values:
            for verdict in verdicts(facts | {viewpoint: value}).values():
                for step in verdict.steps:
                    if dict(step.rule.conditions).get(viewpoint) and step.state == MET:
                        assert value in dict(step.rule.conditions)[viewpoint]
