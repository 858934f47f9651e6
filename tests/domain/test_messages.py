"""Sentences follow the data and claim no more than it holds."""

from dataclasses import replace
from datetime import date

from domain import frameworks as fw
from domain.intake.rows import REPORT_SOURCE
from domain.messages import (
    count_sentence,
    count_things,
    describe_counted,
    describe_due,
    describe_place,
    describe_report_days,
    describe_unknown,
    due_status,
    framework_summary,
    framework_title,
    freshness_sentence,
    has_no_answer,
    keep_frameworks,
    list_frameworks,
    list_summaries,
    overview_sentences,
    shorten,
    shorten_middle,
    source_word,
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


def reported(**changes) -> fw.Framework:
    """Return a reported row: without the document's own words."""
    return replace(
        ROW, source_id=REPORT_SOURCE, coverage_note="", fields_state="", due_text="", quote="",
        evidence_day=date(2026, 10, 1), published_day=date(2026, 11, 20), **changes,
    )  # fmt: skip


def test_an_answer_without_a_framework_is_none():
    absent = reported(status=fw.ABSENT, name="", level="不明", origin="不明", start=None)
    assert framework_summary(absent) == "未設置との報告" and framework_title(absent) == "未設置"
    assert list_frameworks([absent, ROW]) == [ROW]
    state = fw.compute_prefecture_state(
        "01", [replace(absent, status=fw.NO_ANSWER)], absent.evidence_day
    )
    assert has_no_answer(state) and not keep_frameworks(state).frameworks
    assert describe_unknown({"01": state}) == "1団体は未回答"


def test_what_a_report_leaves_out_leaves_no_mark():
    bare = reported(name="", status=fw.PLANNED, level="不明", origin="不明", start=None, due=None)
    assert framework_summary(bare) == "（名称の記載なし）・設置予定・時期の記載なし"
    assert describe_due(bare, date(2026, 11, 20)) == "記載なし"
    assert describe_due(reported(), date(2026, 11, 20)) == (
        "令和8年3月31日（期限は過ぎている。結果は報告に記載なし）"
    )
    assert describe_place(replace(bare, locator="")) == "時点：令和8年10月1日"


def test_sentences_tell_document_and_reports_apart():
    assert source_word([]) == source_word([ROW]) == "資料"
    assert source_word([reported()]) == "報告" and source_word([ROW, reported()]) == "資料・報告"
    states = fw.compute_states(CODES, [ROW, reported(pref_code="02")], date(2026, 11, 20))
    assert describe_counted(states) == "資料による1団体と報告による1団体"
    assert describe_unknown(states) == "45団体は未入力"
    assert describe_report_days([ROW]) == ""
    later = replace(reported(), evidence_day=date(2026, 10, 5))
    assert describe_report_days([reported(), later]) == (
        "報告の時点：令和8年10月1日～令和8年10月5日（行により異なる）"
    )


def test_long_texts_are_cut():
    assert shorten("あいうえお", 3) == "あい…" and shorten("あい", 2) == "あい"
    assert shorten_middle("あいうえおかきくけこ", 5) == "あい…けこ"
    assert count_things(9) == "9つ" and count_things(10) == "10"
    assert list_summaries([ROW] * 5, 3)[-1] == "ほか3件" and len(list_summaries([ROW] * 3, 3)) == 3
