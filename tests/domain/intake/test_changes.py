"""Differences, their effect on the key figures, and the scores."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.intake.changes import ADDED, CHANGED, REMOVED, compute_difference, compute_effect
from domain.intake.findings import CONFIRM, MUST_MEND, NOTE, Finding
from domain.intake.rows import Row
from domain.intake.scores import compute_scores
from domain.places import CODES
from tests.domain.intake.test_rules import GOOD

PART = ("frameworks", "20")


def row(name: str, **changes: str) -> Row:
    return Row("frameworks", "20", name, GOOD | {"name": name} | changes)


def test_added_changed_removed_value_by_value():
    before = {PART: [row("甲"), row("乙"), row("丙")]}
    after = {PART: [row("甲"), row("乙", level="部長級"), row("丁"), row("戊")]}
    found = compute_difference(before, after)
    kinds = {(c.kind, c.key) for c in found.rows}
    assert kinds == {(CHANGED, "乙"), (ADDED, "丁"), (ADDED, "戊"), (REMOVED, "丙")}
    changed = next(c for c in found.rows if c.kind == CHANGED)
    assert [(v.label, v.before, v.after) for v in changed.values] == [
        ("会議の級", "課長級", "部長級")
    ]
    assert found.unchanged == 1 and found.scopes() == [PART]


def test_a_renamed_row_is_a_change_not_a_loss():
    found = compute_difference({PART: [row("旧称")]}, {PART: [row("新称")]})
    assert [(c.kind, c.key) for c in found.rows] == [(CHANGED, "新称")]
    assert [(v.label, v.before, v.after) for v in found.rows[0].values] == [
        ("枠組みの名称", "旧称", "新称")
    ]


def test_only_the_parts_that_are_replaced_are_compared():
    assert compute_difference({PART: [row("甲")]}, {}).rows == ()


rows = st.lists(st.sampled_from("甲乙丙丁戊"), unique=True, max_size=5).map(
    lambda names: [row(name) for name in names]
)


@given(rows, rows)
def test_every_row_is_counted_once(before, after):
    found = compute_difference({PART: before}, {PART: after})
    added, changed, removed = (found.count(kind) for kind in (ADDED, CHANGED, REMOVED))
    assert added + changed + found.unchanged == len(after)
    assert removed + changed + found.unchanged == len(before)


@given(rows)
def test_the_same_rows_are_no_change(some):
    assert compute_difference({PART: some}, {PART: list(reversed(some))}).rows == ()


def test_effect_on_the_number_of_prefectures():
    day = date(2026, 11, 1)
    before = {
        PART: [row("甲")],
        ("frameworks", "13"): [
            Row(
                "frameworks",
                "13",
                "（設置予定）",
                GOOD | {"pref_code": "13", "status": "設置予定", "name": ""},
            )
        ],
    }
    after = {
        ("frameworks", "13"): [
            Row("frameworks", "13", "乙", GOOD | {"pref_code": "13", "name": "乙"})
        ]
    }
    effect = compute_effect(CODES, before, after, day)
    assert effect.established() == (1, 2) and effect.moved() == ["13"]
    assert effect.to_dict()["states"] == {"established_cross": [1, 2], "planned": [1, 0]}


def finding(rule: str, severity: str) -> Finding:
    return Finding("X", severity, rule, "", "", "", "", "")


WEIGHTS = {
    (level, severity): points
    for level, three in {"L1": (10, 5, 2), "L2": (40, 30, 10), "L3": (15, 10, 5)}.items()
    for severity, points in zip((MUST_MEND, CONFIRM, NOTE), three, strict=True)
}


def test_a_rule_costs_once_at_its_worst():
    found = [
        finding("L1-12", NOTE),
        finding("L1-12", MUST_MEND),
        finding("L1-04", NOTE),
        finding("", MUST_MEND),
    ]
    scores = compute_scores(found, WEIGHTS)
    assert [s.value for s in scores] == [88, 100, 100]
    assert scores[0].formula() == "100 −2（L1-04） −10（L1-12） ＝ 88"
    assert scores[1].formula() == "100（減点なし）"


def test_scores_never_fall_below_zero_and_a_refused_file_has_none():
    found = [finding(f"L2-0{n}", MUST_MEND) for n in range(1, 7)]
    assert compute_scores(found, WEIGHTS)[1].value == 0
    assert [s.value for s in compute_scores([], WEIGHTS, fatal=True)] == [0, 0, 0]
