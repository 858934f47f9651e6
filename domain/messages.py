"""Sentences made from the data (画面の文章). No number stands in these texts by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain import frameworks as fw
from domain.frameworks import PrefectureState
from domain.periods import describe_as_of, format_period, parse_period
from domain.values import Fact


def overview_sentences(
    facts: Mapping[str, Fact],
    derived: Mapping[str, Fact],
    states: Mapping[str, PrefectureState],
    working_age: Mapping[int, float],
    projection_title: str,
) -> list[str]:
    """What has to be said on the first page? Three sentences.

    working_age : year → persons 15–64 of the nation; first and last year are compared.
    """
    established, planned, total = (
        facts[key] for key in ("N_established", "N_planned", "prefectures")
    )
    first, last = min(working_age), max(working_age)
    change = 100 * (working_age[last] / working_age[first] - 1)
    described = [state for state in states.values() if state.state in fw.ESTABLISHED_STATES]
    rows = [row for state in described for row in state.frameworks]
    partial = sum(state.partial for state in described)
    unknown = fw.count_states(states)[fw.UNKNOWN]
    return [
        f"検討の枠組みを設置している都道府県は{total.display()}団体のうち{established.display()}団体、"
        f"今後設置予定は{planned.display()}団体、どちらの記載もないのは"
        f"{derived['not_stated'].display()}団体（算出）。{describe_as_of(established.as_of)}。",
        f"資料が名前を挙げて枠組みを紹介しているのは{len(described)}団体・{len(rows)}枠組みで、"
        f"うち{partial}団体は都道府県の一部の地域・市町村が対象。"
        f"残る{unknown}団体がどこに当たるかは資料では図のみで、データ未入力。",
        f"背景：全国の15〜64歳人口は{first}年から{last}年までに{abs(change):.0f}％"
        f"{'減る' if change < 0 else '増える'}と推計されている（{projection_title}）。",
    ]


def freshness_sentence(as_of: Sequence[str], published: str) -> str:
    """How fresh is the data? Names the oldest and newest 時点 and the date of the source."""
    days = sorted((parse_period(text) for text in as_of if text), key=lambda p: p.first)
    if not days:
        return f"データ時点：記載なし｜収録資料の日付：{format_period(parse_period(published))}"
    first, last = format_period(days[0]), format_period(days[-1])
    span = first if first == last else f"{first} ～ {last}"
    return f"データ時点：{span}｜収録資料の日付：{format_period(parse_period(published))}"


def count_sentence(matching: int, total: int) -> str:
    """How many prefectures does the filter leave?"""
    return f"{total}団体中 {matching}団体が条件に合います"


def framework_summary(row: fw.Framework) -> str:
    """Return one framework as one line: name, level, start."""
    start = format_period(row.start, with_western=False) if row.start else "時期の記載なし"
    level = "" if row.level == "不明" else f"（{row.level}）"
    status = f"{row.status}・" if row.status != fw.ESTABLISHED else ""
    return f"{row.name}{level}・{status}{row.origin}・{start}"


def is_overdue(row: fw.Framework, day: date) -> bool:
    """Has the deadline of a framework's plan passed at `day`?"""
    return row.due is not None and row.due.last <= day


def due_status(row: fw.Framework, day: date) -> str:
    """Where does the plan of a framework stand at `day`?

    A deadline that has passed is never shown as a plan. What later slides say is quoted; whether
    it is the result is for the reader to judge, and without it the result is unknown.
    """
    later = f"その後の記載：{row.later_note}" if row.later_note else ""
    if is_overdue(row, day):
        return f"期限は過ぎている。{later or '結果は資料に記載なし'}"
    return later or ("期限の記載なし" if row.due is None else "予定")
