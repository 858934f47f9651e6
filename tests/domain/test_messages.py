"""Sentences follow the data and claim no more than it holds."""

from dataclasses import replace
from datetime import date

from domain import frameworks as fw
from domain.messages import (
    count_sentence,
    due_status,
    framework_summary,
    freshness_sentence,
    overview_sentences,
)
from domain.periods import parse_period
from domain.places import CODES
from domain.values import ORIGINAL, Fact

ROW = fw.Framework(
    framework_id="x", pref_code="01", status=fw.ESTABLISHED, name="会議", kind="不明", origin="新設",
    level="首長級", start=parse_period("2025-02"), coverage="一部", coverage_note="", municipalities=None,
    members="", fields=(), fields_state="確定", measures=(), plan="まとめる", due=parse_period("2026-03-31"),
    due_text="年度末", later_note="", note="", evidence_day=date(2025, 10, 31),
    published_day=date(2025, 11, 18), value_kind=ORIGINAL, source_id="s", locator="l", quote="q",
)  # fmt: skip


def fact(key: str, value: float) -> Fact:
    return Fact(key, key, value, "団体", "2025-10-01", ORIGINAL, "s", "l")


def test_a_passed_deadline_is_never_a_plan():
    assert due_status(ROW, date(2026, 3, 30)) == "予定"
    assert due_status(ROW, date(2026, 3, 31)) == "期限は過ぎている。結果は資料に記載なし"
    told = replace(ROW, later_note="報告書を取りまとめ")
    assert (
        due_status(told, date(2026, 4, 22)) == "期限は過ぎている。その後の記載：報告書を取りまとめ"
    )
    assert due_status(replace(ROW, due=None), date(2026, 4, 22)) == "期限の記載なし"


def test_a_planned_framework_is_called_planned():
    assert framework_summary(ROW) == "会議（首長級）・新設・令和7年2月"
    assert "設置予定" in framework_summary(replace(ROW, status=fw.PLANNED, start=None))


def test_overview_numbers_come_from_the_data():
    facts = {
        key: fact(key, value)
        for key, value in {
            "prefectures": 47, "N_established": 30, "N_planned": 7, "N_cross_field": 21,
            "N_single_field": 11, "N_both": 6,
        }.items()
    }  # fmt: skip
    states = fw.compute_states(CODES, [ROW], date(2026, 4, 22))
    first, second, third = overview_sentences(
        facts, fw.derive_published(facts), states, {2020: 100.0, 2050: 80.0}, "推計"
    )
    assert "30団体" in first and "7団体" in first and "10団体（算出）" in first
    assert "1団体・1枠組み" in second and "残る46団体" in second and "データ未入力" in second
    assert "20％減る" in third


def test_freshness_names_oldest_and_newest():
    text = freshness_sentence(["2026-01", "2025-04-01", ""], "2026-04-22")
    assert text.startswith("データ時点：令和7年4月1日（2025年4月1日） ～ 令和8年1月（2026年1月）")
    assert freshness_sentence([], "2026-04-22").startswith("データ時点：記載なし")
    assert count_sentence(3, 47) == "47団体中 3団体が条件に合います"
