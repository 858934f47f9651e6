"""Counting rules: what may be said of a prefecture, and what the numbers say together."""

from dataclasses import replace
from datetime import date

import pytest

from domain import frameworks as fw
from domain.frameworks import Framework, FrameworkFilter
from domain.periods import parse_period
from domain.places import CODES
from domain.values import ORIGINAL, Fact

BASE = Framework(
    framework_id="x", pref_code="01", status=fw.ESTABLISHED, name="会議", kind="不明", origin="新設",
    level="首長級", start=parse_period("2025-02"), coverage="一部", coverage_note="", municipalities=None,
    members="", fields=("DX",), fields_state="確定", measures=(), plan="", due=None, due_text="",
    later_note="", note="", evidence_day=date(2025, 10, 31), published_day=date(2025, 11, 18),
    value_kind=ORIGINAL, source_id="s", locator="l", quote="q",
)  # fmt: skip
LATE = date(2026, 4, 22)


def fact(fact_id, value):
    return Fact(fact_id, fact_id, value, "団体", "2025-10-01", ORIGINAL, "s", "l")


FACTS = {
    key: fact(key, value)
    for key, value in {
        "prefectures": 47, "N_established": 28, "N_planned": 6, "N_cross_field": 21,
        "N_single_field": 11, "N_both": 6,
    }.items()
}  # fmt: skip


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (["分野横断"], fw.CROSS),
        (["単一分野"], fw.SINGLE),
        (["分野横断", "単一分野"], fw.BOTH),
        (["不明"], fw.UNSPECIFIED),
        (["不明", "分野横断"], fw.CROSS),
    ],
)
def test_state_follows_from_the_kinds(kinds, state):
    rows = [replace(BASE, framework_id=str(i), kind=kind) for i, kind in enumerate(kinds)]
    assert fw.compute_prefecture_state("01", rows, LATE).state == state


def test_no_row_is_unknown_and_never_absent():
    assert fw.compute_prefecture_state("13", [], LATE).state == fw.UNKNOWN


@pytest.mark.parametrize(
    ("status", "state"),
    [(fw.PLANNED, fw.PLAN), (fw.ABSENT, fw.NONE), (fw.NO_ANSWER, fw.UNKNOWN)],
)
def test_answers_without_a_framework(status, state):
    rows = [replace(BASE, status=status, start=None)]
    assert fw.compute_prefecture_state("01", rows, LATE).state == state
    assert fw.compute_prefecture_state("01", rows, date(2025, 1, 1)).state == fw.UNKNOWN


@pytest.mark.parametrize(
    ("start", "day", "known"),
    [
        ("2025-02", "2025-02-27", False),
        ("2025-02", "2025-02-28", True),
        # The source says on 10月末 that it is there, so it was there by then.
        ("FY2025", "2025-10-30", False),
        ("FY2025", "2025-10-31", True),
        # 鹿児島県: an event of November in a table as of end of October, published 11-18.
        ("2025-11", "2025-10-31", False),
        ("2025-11", "2025-11-18", True),
        (None, "2025-10-30", False),
        (None, "2025-10-31", True),
    ],
)
def test_counts_from_the_day_the_source_lets_us(start, day, known):
    row = replace(BASE, start=parse_period(start) if start else None)
    state = fw.compute_prefecture_state("01", [row], date.fromisoformat(day)).state
    assert (state != fw.UNKNOWN) is known


def test_one_framework_over_the_whole_prefecture_covers_it():
    whole = replace(BASE, framework_id="y", coverage="全域")
    assert fw.compute_prefecture_state("01", [BASE], LATE).partial
    assert not fw.compute_prefecture_state("01", [BASE, whole], LATE).partial


def test_prefectures_and_frameworks_are_counted_apart():
    rows = [replace(BASE, framework_id=str(i)) for i in range(3)]
    states = fw.compute_states(CODES, rows, LATE)
    counts = fw.count_states(states)
    assert counts[fw.UNSPECIFIED] == 1 and sum(counts.values()) == 47
    assert len(states["01"].frameworks) == 3


def test_what_follows_from_the_published_numbers():
    derived = fw.derive_published(FACTS)
    assert {key: value.value for key, value in derived.items()} == {
        "not_stated": 13, "cross_only": 15, "single_only": 5, "union": 26, "unexplained": 2,
    }  # fmt: skip
    assert derived["union"].derivation == "21＋11−6" and derived["not_stated"].kind == "算出"


def test_the_sources_own_contradiction_is_shown_and_not_smoothed():
    checks = fw.reconcile(FACTS, fw.compute_states(CODES, [], LATE))
    assert checks[-1].verdict == fw.DIFFERS and "2団体" in checks[-1].explanation
    assert {check.verdict for check in checks[:-1]} == {fw.CANNOT_TELL}


def test_full_rows_agree_or_differ():
    def rows_for(count, status, kind):
        return [(status, kind)] * count

    plan = (
        rows_for(6, fw.ESTABLISHED, "both") + rows_for(15, fw.ESTABLISHED, "分野横断")
        + rows_for(7, fw.ESTABLISHED, "単一分野") + rows_for(6, fw.PLANNED, "") + rows_for(13, fw.ABSENT, "")
    )  # fmt: skip
    rows = []
    for code, (status, kind) in zip(CODES, plan, strict=True):
        for part in ("分野横断", "単一分野") if kind == "both" else (kind,):
            rows.append(
                replace(
                    BASE,
                    framework_id=code + part,
                    pref_code=code,
                    status=status,
                    kind=part or "不明",
                )
            )
    verdicts = {
        c.label: c.verdict for c in fw.reconcile(FACTS, fw.compute_states(CODES, rows, LATE))
    }
    assert verdicts["N_established"] == verdicts["N_cross_field"] == verdicts["N_both"] == fw.AGREES
    # 7 + 6 = 13 single-field prefectures: more than the published 11.
    assert verdicts["N_single_field"] == fw.DIFFERS


def test_more_rows_than_published_differ_even_while_others_are_missing():
    rows = [replace(BASE, framework_id=c, pref_code=c, status=fw.PLANNED) for c in CODES[:7]]
    checks = {c.label: c for c in fw.reconcile(FACTS, fw.compute_states(CODES, rows, LATE))}
    assert checks["N_planned"].verdict == fw.DIFFERS


def test_filter_needs_one_framework_to_meet_all_limits():
    chief = replace(BASE, framework_id="a", level="首長級", fields=("DX",))
    section = replace(BASE, framework_id="b", level="課長級", fields=("地方税",))
    state = fw.compute_prefecture_state("05", [chief, section], LATE)
    assert FrameworkFilter(levels=("課長級",), fields=("地方税",)).matches(state)
    assert not FrameworkFilter(levels=("首長級",), fields=("地方税",)).matches(state)
    assert FrameworkFilter(measures=(fw.NOT_STATED,)).matches(state)
    assert not FrameworkFilter(states=(fw.PLAN,)).matches(state)
    assert FrameworkFilter().is_empty() and FrameworkFilter().matches(state)


def test_splits_a_cell_of_several_answers():
    assert fw.split_words("DX、人材確保等,公共施設\n土木；") == (
        "DX",
        "人材確保等",
        "公共施設",
        "土木",
    )
    assert fw.split_words("") == ()
