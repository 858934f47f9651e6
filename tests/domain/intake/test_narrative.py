"""What a sentence about a framework says, and that nothing is said for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.read import read_table
from domain.intake import form
from domain.intake.narrative import (
    MOST_FRAMEWORKS,
    Extract,
    extract_frameworks,
    is_narrative_header,
    split_bullets,
)
from domain.intake.normalise import normalise
from domain.periods import Period, parse_period

ROOT = Path(__file__).resolve().parents[3]
# The table says of itself: ※令和7年10月末時点の状況.
AS_OF = parse_period("令和7年10月末")

# The source's eight rows as their text stands there, one line a bullet.
EIGHT = {
    "北海道": (
        "・R7.2に上川総合振興局と管内市町村で構成される「上川管内地域連携・共創推進会議」(首長級)を立上げ",
        "・分野別の部会を開催し、広域連携に関する実証事業等の展開を目指す",
        "・DX\n・人材確保等\n・公共施設管理",
    ),
    "秋田県": (
        "・R7.3に県と5市町で構成される「地方税業務のあり方研究会」(課長級)を立上げ\n"
        "・R7年度末までに県内3カ所で「県と市町村との意見交換会」(首長級)を実施予定",
        "・「地方税業務のあり方研究会」については、12月までに報告書のとりまとめを目指す\n"
        "・「県と市町村との意見交換会」での議論を踏まえ、将来的に他分野への展開を予定",
        "・地方税\n・その他の分野にも展開予定",
    ),
    "福井県": (
        "・R7.10に県と県内全17市町で構成される「市町の業務改善に関する検討会」(課長補佐級)を立上げ",
        "・年度末までに中間とりまとめを目指す",
        "・検討中(土木、福祉、計画策定事務などを想定)",
    ),
    "長野県": (
        "・県と市町村(市長会・町村会の代表者)で構成される既存の「県と市町村との協議の場」(首長級)を活用し、取組を推進",
        "・11月に優先的に対応すべき事務を決定し、R8年度に具体的な連携方策について準備、R9年度から連携の取組を開始",
        "・検討中(専門職員確保、インフラなどを想定)",
    ),
    "大阪府": (
        "・府内2地域(南河内・泉州南)で府と市町村で構成される3つの検討体制(首長級)を立上げ(うち2つはR7年度に新設)",
        "・年度末に、進捗状況のとりまとめ及び次年度の取組の方向性の決定を目指す。",
        "・公共施設、地域活性化、将来のあり方等",
    ),
    "愛媛県": (
        "・県と県内全20市町で構成される既存の「愛媛県・市町連携推進本部」(首長級)を活用し、取組を推進",
        "・年度内に2回開催し、R8年度プランを策定予定",
        "・R8年度プランの内容は検討中(R7年度プランでは、市町道整備事業の県受託施行等の取組)",
    ),
    "鹿児島県": (
        "・R7.11に県と離島市町村等による「持続可能な行政サービスのあり方に関する意見交換会」(課長級)を実施",
        "・年度末までに、持続可能な行政サービスのあり方に関する意見交換会(課長級)において対応策のとりまとめを目指す",
        "・検討中(離島市町村等を中心に課題を抽出)",
    ),
    "沖縄県": (
        "・R7.8に県・4市・4町村で構成される「持続可能な行政サービスのあり方に関する検討会」(課長級)を新たに立上げ",
        "・年度末までに対応策のとりまとめを目指す",
        "・検討中(土木、国保、DXを検討会で提示)",
    ),
}
COMPARED = (
    "status", "name", "origin", "level", "start", "coverage", "municipalities", "fields",
    "measures", "plan", "due",
)  # fmt: skip
# Cells where whoever typed the truth knew more than the row says: (truth, extracted, why).
KNEW_MORE = {
    ("FW05-2", "origin"): (
        "新設", "意見交換",
        "The row says 「意見交換会」を実施予定; that it is counted as new comes from the count of "
        "seven new bodies, not from this sentence.",
    ),
    ("FW27-3", "origin"): (
        "既存活用", "",
        "Derived from 3 − 2 (算出): the row says of two that they are new and nothing of the third.",
    ),
}  # fmt: skip


def values_of(row: dict[str, Extract]) -> dict[str, str]:
    return {key: extract.value for key, extract in row.items()}


def read(setup: str, plan: str = "", fields: str = "", as_of: Period | None = AS_OF):
    return [values_of(row) for row in extract_frameworks(setup, plan, fields, as_of)]


def truth() -> dict[str, list[dict[str, object]]]:
    rows: dict[str, list[dict[str, object]]] = {}
    for row in read_table("frameworks", ROOT / "data").to_dict("records"):
        rows.setdefault(row["pref_name"], []).append(row)
    return rows


def text_of(value: object) -> str:
    """Return a cell of the truth as the form would: nothing for 不明 and for no number."""
    if isinstance(value, str):
        return "" if value == "不明" else value
    return "" if value != value else str(int(value))


@pytest.mark.parametrize("pref", EIGHT)
def test_the_eight_rows_of_the_source(pref):
    expected = truth()[pref]
    found = read(*EIGHT[pref])
    assert len(found) == len(expected)
    for row, extracted in zip(expected, found, strict=True):
        # 区分 is not said in this table; the truth has 不明.
        assert row["framework_kind"] == "不明" and "framework_kind" not in extracted
        for column in COMPARED:
            right = text_of(row[column])
            if difference := KNEW_MORE.get((row["framework_id"], column)):
                assert right == difference[0]
                right = difference[1]
            assert extracted.get(column, "") == right, (row["framework_id"], column)


def test_every_difference_from_the_truth_is_one_of_the_listed():
    known = {row["framework_id"] for rows in truth().values() for row in rows}
    assert {framework for framework, _ in KNEW_MORE} <= known


def test_the_eight_rows_keep_their_values_in_other_typing():
    wide = str.maketrans("0123456789.()", "０１２３４５６７８９．（）")
    for setup, plan, fields in EIGHT.values():
        expected = [
            {key: value for key, value in row.items() if key != "plan"}
            for row in read(setup, plan, fields)
        ]
        for change in (
            lambda text: text.translate(wide),
            lambda text: text.replace("・R", "○R").replace("\n・", "\n○"),
            lambda text: text.removeprefix("・").replace("\n・", "\n"),
            lambda text: text.replace("\n", "\r\n"),
        ):
            typed = [
                {key: value for key, value in row.items() if key != "plan"}
                for row in read(change(setup), change(plan), change(fields))
            ]
            assert typed == expected


def test_without_a_day_the_year_of_a_month_is_not_guessed():
    assert "due" not in read(*EIGHT["福井県"], as_of=None)[0]
    # 11月 has no year, R8年度 names its own.
    assert read(*EIGHT["長野県"], as_of=None)[0]["due"] == "FY2026"
    assert read(*EIGHT["福井県"], as_of=None)[0]["start"] == "2025-10"


@pytest.mark.parametrize(
    ("as_of", "due"),
    [
        ("2025-10", "2026-03-31"),
        ("FY2024", "2025-03-31"),
        ("2026-02-01", "2026-03-31"),
        ("2025", None),
    ],
)
def test_the_end_of_the_fiscal_year_follows_the_day(as_of, due):
    # A calendar year lies in two fiscal years.
    row = read("「A協議会」を設置", "年度末までにとりまとめ", as_of=parse_period(as_of))[0]
    assert row.get("due") == due


def test_wordings_tell_how_a_date_was_resolved():
    rows = extract_frameworks(*EIGHT["秋田県"], AS_OF)
    assert rows[0]["due"] == Extract("2025-12", "12月まで", "plan")
    assert rows[1]["due"] == Extract("2026-03-31", "R7年度末まで", "setup")
    assert rows[0]["start"] == Extract("2025-03", "R7.3", "setup")
    assert rows[0]["municipalities"] == Extract("5", "5市町", "setup")
    assert rows[0]["fields"] == Extract("地方税", "地方税", "fields")


def test_bodies_that_are_counted_but_not_named():
    rows = extract_frameworks(*EIGHT["大阪府"], AS_OF)
    assert [row["name"].value for row in rows] == [f"（名称の記載なし）{n}" for n in "①②③"]
    assert {row["name"].wording for row in rows} == {"3つの検討体制"}
    assert [("start" in row, "origin" in row) for row in rows] == [(True, True), (True, True), (False, False)]  # fmt: skip


# Rows in the manner of prefectures: (setup, plan, fields) → what each framework must say. A key
# with None must be missing; keys not named are not looked at.
INVENTED = {
    "full-width digits, 全市町村": (
        ("・令和７年４月に県及び県内全市町村で構成する「市町村行政サービス検討会議」（部長級）を設置", "・令和８年３月までに中間報告", "・土木　・福祉"),
        [{"status": "設置済み", "name": "市町村行政サービス検討会議", "level": "部長級", "start": "2025-04",
          "coverage": "全域", "municipalities": None, "origin": None, "fields": "土木、福祉", "due": "2026-03"}],
    ),
    "half-width kana and brackets": (
        ("令和7年4月、｢ﾃﾞｼﾞﾀﾙ推進会議｣(課長級)を設置", "R8年度に報告書を策定予定", "DX、ＤＸ人材"),
        [{"name": "デジタル推進会議", "start": "2025-04", "fields": "DX、DX人材", "due": "FY2026"}],
    ),
    "no brackets, two bullets, plans by name": (
        ("○R7.5に行政サービス連携協議会（部長級）を設置\n○R7.8に税務共同化研究会（課長級）を新たに設置",
         "○行政サービス連携協議会では年度末までに方針を決定\n○税務共同化研究会では12月までに報告", "○地方税\n○土木、福祉"),
        [{"name": "行政サービス連携協議会", "level": "部長級", "start": "2025-05", "origin": None, "due": "2026-03-31"},
         {"name": "税務共同化研究会", "level": "課長級", "start": "2025-08", "origin": "新設", "due": "2025-12"}],
    ),
    "two in one sentence, one date": (
        ("R7.4に「A連携会議」（首長級）及び「B研究会」（課長級）を設置", "", ""),
        [{"name": "A連携会議", "level": "首長級", "start": "2025-04"}, {"name": "B研究会", "level": "課長級", "start": "2025-04"}],
    ),
    "two in one sentence, two dates": (
        ("R7.4に「A連携会議」（首長級）を、R7.6に「B研究会」（課長級）を設置", "", ""),
        [{"name": "A連携会議", "start": "2025-04"}, {"name": "B研究会", "start": "2025-06"}],
    ),
    "three with one level": (
        ("「A協議会」、「B協議会」、「C協議会」（いずれも課長級）をR7.5に設置", "", ""),
        [{"name": f"{sign}協議会", "level": "課長級", "start": "2025-05"} for sign in "ABC"],
    ),
    "two sentences in one bullet": (
        ("「連携会議」を設立（2025-02）。2025/6に「実務者研究会」を開催予定。", "", ""),
        [{"status": "設置済み", "start": "2025-02", "origin": "新設"}, {"status": "設置予定", "due": "2025-06", "start": None}],
    ),
    "未設置": (("未設置", "", "検討中"), [{"status": "未設置", "name": None, "fields": None, "plan": None}]),
    "設置していない": (("・現時点で枠組みは設置していない。", "引き続き情報収集", ""), [{"status": "未設置", "plan": "引き続き情報収集"}]),
    "なし": (("なし", "", ""), [{"status": "未設置"}]),
    "未設置, the plan names one": (
        ("未設置", "R8年度に「行政サービス検討会議」（部長級）を設置予定", "未定"),
        [{"status": "設置予定", "name": "行政サービス検討会議", "level": "部長級", "due": "FY2026", "fields": None}],
    ),
    "an empty cell, the plan names one": (
        ("", "令和8年4月に「連携協議会」を立上げ予定", ""), [{"status": "設置予定", "name": "連携協議会", "due": "2026-04"}],
    ),
    "not yet but coming": (
        ("枠組みは設置していないが、令和８年度の設置に向け検討中", "", ""), [{"status": "設置予定", "due": "FY2026", "start": None}],
    ),
    "検討中 only": (("検討中", "検討中", "検討中"), []),
    "予定 only": (("設置予定", "検討中", "検討中"), [{"status": "設置予定", "name": None, "fields": None, "due": None}]),
    "設置予定 with a day": (("設置予定（R8.4）", "", ""), [{"status": "設置予定", "due": "2026-04", "start": None}]),
    "whether at all": (("枠組みの設置の要否を検討中", "", ""), []),
    "empty": (("", "", ""), []),
    "dashes": (("－", "―", "-"), []),
    "English": (("Joint Council established in February 2025 (governor level)", "Report by March 2026", "DX, Tax"), []),
    "numbers go through all cells": (
        ("①「地方税共同化研究会」（課長級）：R7.4設置\n②「インフラ維持管理協議会」（部長級）：R8.4設置予定",
         "①R8.3までに報告\n②R8年度中に方針決定", "①地方税\n②道路、橋りょう"),
        [{"status": "設置済み", "start": "2025-04", "fields": "地方税", "plan": "R8.3までに報告", "due": "2026-03"},
         {"status": "設置予定", "start": None, "due": "2026-04", "fields": "道路、橋りょう"}],
    ),
    "existing without brackets": (
        ("既存の市町村連携推進会議を活用し、取組を推進", "年２回開催", "・消防\n・水道"),
        [{"status": "設置済み", "name": "市町村連携推進会議", "origin": "既存活用", "start": None, "due": None, "fields": "消防、水道"}],
    ),
    "founded long ago": (
        ("平成28年11月に設置した「県・市町村協議の場」（首長級）において検討を進めている", "", ""),
        [{"status": "設置済み", "start": "2016-11", "level": "首長級", "origin": None}],
    ),
    "a line that announces the names": (
        ("・以下の会議を設置\n・「A協議会」（部長級）\n・「B部会」（課長級）", "", ""),
        [{"name": "A協議会", "status": "設置済み"}, {"name": "B部会", "status": "設置済み"}],
    ),
    "states as headings": (
        ("【設置済】\n・「A協議会」（部長級）\n【設置予定】\n・「B研究会」（課長級）", "", ""),
        [{"name": "A協議会", "status": "設置済み"}, {"name": "B研究会", "status": "設置予定"}],
    ),
    "a body without a name": (
        ("県と８市町村で構成する研究会をR7.7に立上げ", "", ""),
        [{"name": None, "status": "設置済み", "coverage": "一部", "municipalities": "8", "start": "2025-07", "origin": "新設"}],
    ),
    "counted bodies, each with its origin": (
        ("2つの研究会（課長級）を立ち上げ（うち１つは既存の会議を活用、1つはR7.6に新設）", "", ""),
        [{"name": "（名称の記載なし）①", "origin": "既存活用", "start": None}, {"name": "（名称の記載なし）②", "origin": "新設", "start": "2025-06"}],
    ),
    "a provisional name and a breakdown": (
        ("県と15市町村（10市５町村）で構成する『行財政改革推進会議』（仮称）をR8.4に設置予定", "", ""),
        [{"status": "設置予定", "name": "行財政改革推進会議", "municipalities": "15", "coverage": "一部", "due": "2026-04"}],
    ),
    "part of a number": (("県内15市町村のうち8市町村による「A研究会」を設置", "", ""), [{"municipalities": "8", "coverage": "一部"}]),
    "about a number": (("県と約10市町村で「A研究会」を設置", "", ""), [{"municipalities": None, "coverage": "一部"}]),
    "two numbers": (("北部の5市町村、南部の3市町村で「A研究会」をR7.5に設置", "", ""), [{"municipalities": None, "coverage": "一部"}]),
    "lines broken by hand": (
        ("R7.2に上川総合振興局と管内市町村で\n構成される「上川管内地域連携・\n共創推進会議」（首長級）を立上げ", "", ""),
        [{"name": "上川管内地域連携・共創推進会議", "start": "2025-02", "level": "首長級", "coverage": "一部"}],
    ),
    "an inquiry is no coverage": (
        ("全市町村にアンケートを実施し、R7.8に「業務検討会」（課長級）を設置", "", ""), [{"name": "業務検討会", "start": "2025-08", "coverage": None}],
    ),
    "closed down": (("「A協議会」をR5.4に設置したがR7.3に廃止", "", ""), [{"status": None}]),
    "a month that is none": (("R7.13に「A協議会」を設置", "", ""), [{"status": "設置済み", "start": None}]),
    "half a name in brackets": (
        ("「持続可能な行政サービス」検討会議を令和７年６月２日に設置（部課長級）", "R7年度～R8年度に検討", ""),
        [{"name": "「持続可能な行政サービス」検討会議", "start": "2025-06-02", "level": None, "due": "FY2026"}],
    ),
    "two levels": (("R7.6に「A研究会」（県：課長級、市町村：部長級）を設置", "", ""), [{"level": None, "start": "2025-06"}]),
    "another level": (("「A研究会」（副知事級）を設置", "", ""), [{"level": "その他"}]),
    "a level in a long word": (("「A研究会」（市町村担当課長級）を設置", "", ""), [{"level": "課長級"}]),
    "markup": (
        ("<b>「A協議会」</b>(首長級)を設置", "<script>alert(1)</script>", "<i>DX</i>、=cmd|' /C calc'!A0"),
        [{"name": "A協議会", "fields": None, "plan": "<script>alert(1)</script>"}],
    ),
    "a formula": (("=cmd|'/C calc'!A0", "@SUM(A1)", "+1"), []),
    "a plan is no body": (("「県市町村デジタル化計画」を実施", "", ""), []),
    "a meeting below another": (
        ("既存の「県町村協議会」の下に「専門職確保ＷＧ」（課長級）をR7.5に新設", "", "保健師、獣医師など"),
        [{"name": "専門職確保ＷＧ", "origin": "新設", "start": "2025-05", "fields": "保健師、獣医師など"}],
    ),
    "kind and measures where they stand": (
        ("分野横断的な「行政サービス維持連携会議」をR7.4.1に設置", "重点的な対応方策：広域連携、垂直補完", "インフラ（道路、橋りょう）、福祉・介護、その他"),
        [{"framework_kind": "分野横断", "start": "2025-04-01", "measures": "広域連携、垂直補完", "fields": "インフラ、福祉、介護"}],
    ),
    "one field": (("「A検討会」を設置", "", "単一分野（地方税）"), [{"framework_kind": "単一分野", "fields": "地方税"}]),
    "one framework over several bullets": (
        ("「A会議」（首長級）\nR7.4に設置\n県内全35市町村が参加", "", ""),
        [{"name": "A会議", "status": "設置済み", "start": "2025-04", "coverage": "全域", "municipalities": "35"}],
    ),
    "both ways of the year": (
        ("2025年（令和7年）4月1日に「A協議会」を創設", "令和８（2026）年３月末までに", "①消防②水道③税務"),
        [{"start": "2025-04-01", "due": "2026-03-31", "fields": "消防、水道、税務"}],
    ),
    "a third meeting is no beginning": (("「A協議会」の第3回会合をR7.7に開催", "〃", "〃"), [{"status": "設置済み", "start": None, "plan": None, "fields": None}]),
    "a deadline that has passed": (("「A協議会」を設置", "9月までにとりまとめ", ""), [{"due": None}]),
    "all of an area is not all": (("県と管内全8市町村で「A協議会」を設置", "", ""), [{"coverage": "一部", "municipalities": "8"}]),
    "an exchange of views": (("市町村長との意見交換会（首長級）をR7.9に実施", "", ""), [{"origin": "意見交換", "level": "首長級", "start": "2025-09"}]),
    "a comma before the number": (("Ｒ７．４に県，１９市町村で構成する「Ａ研究会」（課長クラス）を立上げ", "", ""), [{"municipalities": "19", "level": "課長級", "name": "Ａ研究会"}]),
    "short for": (("「A協議会」（以下「協議会」という。）をR7.4に設置し、協議会において検討", "", ""), [{"name": "A協議会", "start": "2025-04"}]),
    "a new framework after another's report": (
        ("・「A研究会」を令和６年度に設置\n・同研究会の報告を受け、令和８年度に枠組みを設置予定", "", ""),
        [{"name": "A研究会", "start": "FY2024"}, {"name": None, "status": "設置予定", "due": "FY2026"}],
    ),
    "a briefing is none": (("市町村行政課が事務局となり、全市町村を対象とした説明会を開催", "", ""), []),
}  # fmt: skip


@pytest.mark.parametrize("case", INVENTED)
def test_rows_in_the_manner_of_prefectures(case):
    cells, expected = INVENTED[case]
    found = read(*cells)
    assert len(found) == len(expected), found
    for row, wanted in zip(found, expected, strict=True):
        for key, value in wanted.items():
            assert row.get(key) == value, (key, row)


def test_there_are_enough_rows():
    assert len(INVENTED) >= 25


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("・DX\n・人材確保等", ["DX", "人材確保等"]),
        (
            "○一つ目\r\n●二つ目\n* 三つ目\n- 四つ目\n•五つ目",
            ["一つ目", "二つ目", "三つ目", "四つ目", "五つ目"],
        ),
        ("①消防②水道③税務", ["消防", "水道", "税務"]),
        ("1. 消防\n2. 水道\n(3) 税務", ["消防", "水道", "税務"]),
        ("・消防　・水道", ["消防", "水道"]),
        ("地域連携・共創", ["地域連携・共創"]),
        ("県・4市・4町村", ["県・4市・4町村"]),
        ("○○県と○○市", ["○○県と○○市"]),
        ("R7.2に設置\nR8.4に拡充", ["R7.2に設置", "R8.4に拡充"]),
        ("・「上川・\n　共創会議」を設置\n・DX", ["「上川・\n　共創会議」を設置", "DX"]),
        ("", []),
        ("・\n－\n 　", []),
    ],
)
def test_bullets(cell, items):
    assert split_bullets(cell) == items


PREF, SETUP, PLAN, FIELDS = "都道府県", "枠組みの立上げ状況", "今後の予定", "対象分野"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([PREF, SETUP, PLAN, FIELDS], (0, 1, 2, 3)),
        ([FIELDS, "No.", PLAN, "", SETUP, "担当課", PREF, "備考"], (6, 4, 2, 0)),
        (
            ["都道府県名", "枠組みの\n立ち上げ状況", "今後の予定（Ｒ７年度）", "対象分野等"],
            (0, 1, 2, 3),
        ),
        (["団体名", "設置状況等(自由記述)", "今後の取組予定", "検討対象分野"], (0, 1, 2, 3)),
        (["県 名", "①枠組みの設置状況", "②今後の予定", "③対象分野"], (0, 1, 2, 3)),
    ],
)
def test_header(labels, expected):
    assert is_narrative_header(labels) == dict(
        zip(("pref", "setup", "plan", "fields"), expected, strict=True)
    )


@pytest.mark.parametrize(
    "labels",
    [
        [],
        ["", "", ""],
        [PREF, PLAN, FIELDS],
        [PREF, SETUP, PLAN],
        [column.label for column in form.FRAMEWORKS.columns],
        [PREF, "設置状況", "設置年月", PLAN, FIELDS],
        [PREF, "枠組みの設置状況", "枠組みの名称", PLAN, FIELDS],
        list(EIGHT["北海道"]) + ["北海道"],
        ["x" * 100_000] * 4,
    ],
)
def test_no_header(labels):
    assert is_narrative_header(labels) is None


# --- properties --------------------------------------------------------------------------------
CELL_OF = {"setup": 0, "plan": 1, "fields": 2}
VOCABULARY = """・ ○ ● ① ② 1. (1) - * ※ 「 」 『 』 （ ） ( ) 、 。 ， ／ : ～ R7.2 R7.4.1 Ｒ７．２ 令和7年2月 令和元年 2025年2月 2025/2
    R7年度 R7年度末 年度末 年度内 12月 12月まで 11月に まで から に で を の と は が 県 県内 全市町村 県内全17市町 5市町
    4市・4町村 管内 2地域 ｱｶﾞ 検討会 A協議会 研究会 ﾃﾞｼﾞﾀﾙ会議 「A会議」 「B研究会」（課長級） 意見交換会 首長級 （首長級） 部課長級 課長補佐級 既存の 新たに
    立上げ 立ち上げ 設置 新設 開催 実施 活用し 推進 予定 検討 検討中 未設置 設置していない うち2つは 3つの検討体制 同会議 以下の
    DX 人材確保等 地方税 その他 を想定 などを想定 分野横断 単一分野 方策： 広域連携 R7.13 R0.1 999市町村 0市 99年 <b> =cmd| @ \u200b
    \ud800 ㈱ ㍻ ① \x00 \u3099 \r\n \t"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\n", "\r\n", "\t", " ", "　"])
SENTENCES = st.lists(WORDS, max_size=40).map("".join)
CELLS = st.one_of(
    SENTENCES, st.text(max_size=80), st.sampled_from([c for r in EIGHT.values() for c in r])
)
DAYS = st.sampled_from(
    [
        None,
        *(parse_period(text) for text in ("2025-10-31", "2025-10", "2025", "FY2025", "2026-03-31")),
    ]
)


@settings(max_examples=600, deadline=None)
@given(CELLS, CELLS, CELLS, DAYS)
def test_every_value_is_valid_and_stands_in_its_cell(setup, plan, fields, as_of):
    cells = (setup, plan, fields)
    rows = extract_frameworks(*cells, as_of)
    assert len(rows) <= MOST_FRAMEWORKS
    for row in rows:
        assert "status" in row or "name" in row
        for key, extract in row.items():
            column = form.FRAMEWORKS.column(key)
            assert extract.wording and extract.wording in cells[CELL_OF[extract.column]]
            if column.holds == form.CHOICE:
                assert extract.value in column.choices
            elif column.holds == form.CHOICES:
                assert set(extract.value.split("、")) <= set(column.choices)
            elif column.holds == form.PERIOD:
                assert parse_period(extract.value).to_text() == extract.value
            elif column.holds == form.INTEGER:
                assert (
                    extract.value.isascii() and extract.value.isdigit() and int(extract.value) > 0
                )
            # The form reads the value back as it is, with nothing to repair.
            again = normalise(column, extract.value, {})
            assert (again.value, again.kinds, again.problem) == (extract.value, (), "")


@settings(max_examples=300, deadline=None)
@given(CELLS)
def test_items_are_parts_of_the_cell_in_order(cell):
    at = 0
    for item in split_bullets(cell):
        assert item and item == item.strip("\n")
        at = cell.index(item, at) + len(item)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=20), st.sampled_from([PREF, SETUP, PLAN, FIELDS])), max_size=8
    )
)
def test_header_never_raises_and_points_into_the_row(labels):
    found = is_narrative_header(labels)
    if found:
        assert sorted(found) == ["fields", "plan", "pref", "setup"]
        assert len(set(found.values())) == 4 and all(0 <= at < len(labels) for at in found.values())


@settings(max_examples=150, deadline=None)
@given(SENTENCES, DAYS)
def test_a_name_is_never_made_up(setup, as_of):
    for row in extract_frameworks(setup, "", "", as_of):
        name = row.get("name")
        if name and not name.value.startswith("（名称の記載なし）"):
            assert len(name.value) <= 120
            assert name.column == "setup"


BOMBS = (
    "「", "」", "(", ")", "()", "「」", "・", "①", "\n", "\n・A", "R7.4", "R7.4に設置、", "設置予定", "検討", "検討会を", "5市町、",
    "県と5市町", "級", "課長級・", "一二三四五", "「A会議」", "「A会議」(首長級)を設置。", "うち1つは", "3つの検討体制", "年度末まで",
    "12月", "を", "、DX", "管内", "全", "全市町村", "<b>", "=cmd|", "a", "1", "ｶﾞ", "\u3099", "等", "方策は", "の下に", "既存の", " ",
)  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_time_grows_with_the_length_only(bomb):
    text = (bomb * 10_000)[:10_000]
    many = "".join(f"・「A{number}会議」を設置\n" for number in range(60))
    begun = time.process_time()
    for cells in ((text, "", ""), ("「A会議」を設置", text, text), (many, text, text)):
        assert len(extract_frameworks(*cells, AS_OF)) <= MOST_FRAMEWORKS
        split_bullets(cells[0])
    # Quadratic searches take minutes here; the bound leaves room for a busy machine.
    assert time.process_time() - begun < 10


def test_odd_cells_are_no_error():
    for cell in (None, 0, 7.2, True, float("nan")):
        assert isinstance(extract_frameworks(cell, cell, cell, None), list)
        assert isinstance(split_bullets(cell), list)
    assert is_narrative_header([None, 1, 2.5, ""]) is None
