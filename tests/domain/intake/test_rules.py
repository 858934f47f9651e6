"""Business rules: what is doubtful about records that were read without fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.read import read_facts
from domain.intake.catalogue import TEMPLATES
from domain.intake.findings import SEVERITIES
from domain.intake.records import Record
from domain.intake.rows import FRAMEWORK_COLUMNS, Row, record_key
from domain.intake.rules import check_frameworks, check_tasks
from domain.places import CODES
from tests.domain.intake.sheets import PLACES

FACTS = read_facts(Path(__file__).resolve().parents[3] / "data")
TODAY = date(2026, 11, 23)
GOOD = {
    "pref_code": "20", "pref_name": "長野県", "status": "設置済み", "name": "会", "framework_kind": "分野横断",
    "origin": "新設", "level": "課長級", "start": "2026-04", "coverage": "一部", "municipalities": "10",
    "fields": "道路", "measures": "", "plan": "", "due": "", "note": "", "as_of": "2026-10-01",
}  # fmt: skip


def record(row: int = 1, **changes: str) -> Record:
    values = GOOD | changes
    cells = {name: f"{chr(65 + i)}{row + 1}" for i, name in enumerate(values)}
    return Record(
        "frameworks", values["pref_code"], "枠組み設置状況", row, values, cells, dict(values)
    )


def published(*records: Record) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for each in records:
        rows.setdefault(each.scope, []).append(Row.of_record(each))
    return rows


def check(*records: Record, before=None):
    return check_frameworks(records, before or {}, PLACES, FACTS, today=TODAY, change_share=0.5)


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


def test_a_sound_record_has_no_findings():
    assert check(record()) == []


@pytest.mark.parametrize(
    ("changes", "code", "cell"),
    [
        ({"name": ""}, "C_NO_NAME", "D2"),
        ({"framework_kind": ""}, "C_NO_KIND", "E2"),
        ({"start": ""}, "C_NO_DATE", "H2"),
        ({"start": "2026-11"}, "C_START_LATER", "H2"),
        ({"as_of": "2027-04-01"}, "C_FUTURE_AS_OF", "P2"),
        ({"due": "2026-03-31"}, "C_EXPIRED", "N2"),
        ({"municipalities": "78"}, "E_TOO_MANY", "J2"),
        ({"coverage": "全域"}, "C_WHOLE_BUT_FEWER", "J2"),
        ({"framework_kind": "単一分野", "fields": "道路、保育"}, "N_SINGLE_SEVERAL", "K2"),
        ({"status": "設置予定", "start": "2026-04"}, "C_PLAN_STARTED", "H2"),
    ],
)  # fmt: skip
def test_one_record(changes, code, cell):
    finding = next(f for f in check(record(**changes)) if f.code == code)
    assert finding.cell == cell and finding.sheet == "枠組み設置状況"


def test_a_whole_prefecture_with_all_its_municipalities_is_fine():
    assert check(record(coverage="全域", municipalities="77")) == []


def test_the_same_framework_twice_stops_the_file():
    finding = next(f for f in check(record(1), record(2)) if f.code == "E_DUPLICATE")
    assert finding.severity == "要修正" and "2行目" in finding.why and finding.cell == "D3"


def test_contradicting_answers_of_one_place():
    assert "C_MIXED_STATUS" in codes(check(record(1), record(2, status="未設置", name="")))


def test_against_the_published_state():
    before = published(record(1), record(2, name="古い会"))
    found = check(record(municipalities="16"), before=before)
    assert codes(found) == ["C_REMOVED", "C_CHANGE"]
    assert "「古い会」" in found[0].why and "10から60％" in found[1].why
    assert "C_CHANGE" not in codes(check(record(municipalities="14"), before=published(record())))


def test_an_older_as_of_than_the_published_one():
    assert "C_OLDER" in codes(check(record(as_of="2026-09-30"), before=published(record())))
    # A month that ends on or after the published day is not older.
    assert "C_OLDER" not in codes(check(record(as_of="2026-10"), before=published(record())))


def test_missing_prefectures_of_a_national_file():
    some = [
        record(n, pref_code=code, pref_name=PLACES[code].name, municipalities="")
        for n, code in enumerate(CODES[:40])
    ]
    finding = next(f for f in check(*some) if f.code == "N_FEW_PLACES")
    assert (
        "40団体" in finding.why and "香川県" not in finding.why and "福岡県" not in finding.why[:20]
    )
    assert "N_FEW_PLACES" not in codes(check(record()))


def test_a_count_that_passes_the_published_one_is_asked_about_once():
    all_established = [
        record(n, pref_code=code, pref_name=PLACES[code].name, municipalities="")
        for n, code in enumerate(CODES)
    ]
    found = [f for f in check(*all_established) if f.code == "C_TOTALS"]
    published_number = FACTS["N_established"].display()
    assert any("47団体" in f.why and f"{published_number}団体" in f.why for f in found)
    # What is already beyond the published number is not this submission's doing.
    again = check(all_established[0], before=published(*all_established))
    assert "C_TOTALS" not in codes(again)


def test_doubled_and_unknown_tasks():
    task = {"task_id": "K1", "task": "認定調査", "size": ""}
    rows = [
        Record(
            "tasks", "00", "事務の課題分析", n, task, {"task_id": f"A{n + 1}", "task": f"B{n + 1}"}
        )
        for n in (1, 2)
    ]
    assert codes(check_tasks(rows, {})) == ["E_DUPLICATE_TASK"]
    assert codes(check_tasks(rows[:1], {"K9": "別の事務"})) == ["C_UNKNOWN_TASK"]
    assert codes(check_tasks(rows[:1], {"K9": "認定調査"})) == []


def test_rows_without_a_name_are_known_by_their_status():
    assert record_key("frameworks", GOOD | {"name": "", "status": "未設置"}) == "（未設置）"


def test_every_template_reads_well():
    for code, template in TEMPLATES.items():
        assert template.severity in SEVERITIES
        assert template.why.endswith("。") or template.why.endswith("{near}"), code
        assert template.mend.rstrip("{near}").endswith("。"), code
        assert not template.rule or template.rule[:3] in ("L1-", "L2-", "L3-")


def test_columns_published_are_the_form_and_its_as_of():
    assert [c.name for c in FRAMEWORK_COLUMNS] == list(GOOD)
