"""Sentences made from the data (画面の文章). No number stands in these texts by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from domain import frameworks as fw
from domain.frameworks import PrefectureState
from domain.intake.rows import REPORT_SOURCE
from domain.periods import (
    day_period,
    describe_as_of,
    format_period,
    parse_period,
)
from domain.values import Fact

# What stands where a row says nothing.
NO_NAME, NO_TIME = "（名称の記載なし）", "時期の記載なし"
REPORT = "都道府県の報告"
NOT_IN_DOCUMENT = "本資料に"
# What the newest day of the pages is.
DOCUMENT_DAY, REPORT_DAY = "資料の日付", "最新の報告の日"


def is_reported(row: fw.Framework) -> bool:
    """Was the row reported by the prefecture, not taken from the document?"""
    return row.source_id == REPORT_SOURCE


def collect_rows(states: Mapping[str, PrefectureState]) -> list[fw.Framework]:
    """Return the rows that say something about the day of the states, in code order."""
    return [row for state in states.values() for row in state.frameworks]


def list_frameworks(rows: Iterable[fw.Framework]) -> list[fw.Framework]:
    """Which rows are frameworks, there or planned? 未設置 and 未回答 are answers, not ones."""
    return [row for row in rows if row.status in (fw.ESTABLISHED, fw.PLANNED)]


def keep_frameworks(state: PrefectureState) -> PrefectureState:
    """Return the state without the rows that are no framework, for filters of frameworks."""
    rows = tuple(list_frameworks(state.frameworks))
    return state if len(rows) == len(state.frameworks) else replace(state, frameworks=rows)


def has_no_answer(state: PrefectureState) -> bool:
    """Did the prefecture report, but leave the question open (未回答)?"""
    return state.state == fw.UNKNOWN and bool(state.frameworks)


def describe_unknown(states: Mapping[str, PrefectureState]) -> str:
    """How many prefectures are 不明, and why: 39団体は未入力, 1団体は未回答? "" for none."""
    silent = sum(map(has_no_answer, states.values()))
    blank = fw.count_states(states)[fw.UNKNOWN] - silent
    parts = ((blank, "未入力"), (silent, "未回答"))
    return "、".join(f"{count}団体は{word}" for count, word in parts if count)


def source_word(rows: Iterable[fw.Framework]) -> str:
    """Whose words are these: 資料, 報告, or both? Without a row it is the document."""
    found = {is_reported(row) for row in rows}
    return "報告" if found == {True} else "資料・報告" if True in found else "資料"


def count_things(number: int) -> str:
    """Write a number of things as it is read: 3つ, but 12."""
    return f"{number}つ" if number < 10 else f"{number:,}"


def shorten(text: str, most: int) -> str:
    """Return the text, cut to `most` characters where it is longer."""
    return text if len(text) <= most else text[: most - 1] + "…"


def shorten_middle(text: str, most: int) -> str:
    """Return the text without its middle: names of one family differ at their end."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"


def format_day(day: date) -> str:
    """Write a day for a sentence: 令和8年10月1日."""
    return format_period(day_period(day.year, day.month, day.day), with_western=False)


def describe_report_days(rows: Iterable[fw.Framework]) -> str:
    """Which days do the reported rows describe? One day or a span; "" without a report."""
    days = sorted({row.evidence_day for row in rows if is_reported(row)})
    if not days:
        return ""
    if len(days) == 1:
        return f"報告の時点：{format_day(days[0])}"
    return f"報告の時点：{format_day(days[0])}～{format_day(days[-1])}（行により異なる）"


def describe_counted(states: Mapping[str, PrefectureState]) -> str:
    """How many prefectures do we know, and from where? "" while nothing is reported.

    A prefecture whose rows are both the document's and reported counts as reported.
    """
    reported = sum(any(map(is_reported, state.frameworks)) for state in states.values())
    if not reported:
        return ""
    known = sum(bool(state.frameworks) for state in states.values())
    parts = [f"報告による{reported}団体"]
    if known > reported:
        parts.insert(0, f"資料による{known - reported}団体")
    return "と".join(parts)


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
    reported = any(map(is_reported, collect_rows(states)))
    return [
        ("資料の公表値では、" if reported else "")
        + f"検討の枠組みを設置している都道府県は{total.display()}団体のうち{established.display()}団体、"
        f"今後設置予定は{planned.display()}団体、どちらの記載もないのは"
        f"{derived['not_stated'].display()}団体（算出）。{describe_as_of(established.as_of)}。",
        _describe_rows(states) if reported else _describe_document(states),
        f"背景：全国の15〜64歳人口は{first}年から{last}年までに{abs(change):.0f}％"
        f"{'減る' if change < 0 else '増える'}と推計されている（{projection_title}）。",
    ]


def _describe_document(states: Mapping[str, PrefectureState]) -> str:
    described = [state for state in states.values() if state.state in fw.ESTABLISHED_STATES]
    rows = [row for state in described for row in state.frameworks]
    partial = sum(state.partial for state in described)
    unknown = fw.count_states(states)[fw.UNKNOWN]
    return (
        f"資料が名前を挙げて枠組みを紹介しているのは{len(described)}団体・{len(rows)}枠組みで、"
        f"うち{partial}団体は都道府県の一部の地域・市町村が対象。"
        f"残る{unknown}団体がどこに当たるかは資料では図のみで、データ未入力。"
    )


def _describe_rows(states: Mapping[str, PrefectureState]) -> str:
    """Say what the rows of document and reports together hold; nothing of what is complete."""
    counts = fw.count_states(states)
    answered = [state for state in states.values() if state.frameworks]
    reports = [state for state in answered if any(map(is_reported, state.frameworks))]

    def frameworks(some: Iterable[PrefectureState]) -> int:
        return sum(len(list_frameworks(state.frameworks)) for state in some)

    if len(reports) == len(states):
        first = f"{len(states)}団体の全てから報告があり、枠組みは{frameworks(reports)}件（設置予定を含む）。"
    else:
        told = [f"報告による{len(reports)}団体・{frameworks(reports)}枠組み"]
        if len(answered) > len(reports):
            others = [state for state in answered if state not in reports]
            told.insert(0, f"資料による{len(others)}団体・{frameworks(others)}枠組み")
        first = f"都道府県別の内容が入っているのは{len(answered)}団体（{'と'.join(told)}）。"
    established = sum(counts[state] for state in fw.ESTABLISHED_STATES)
    partial = sum(state.partial for state in answered)
    unknown = len(states) - len(answered)
    parts = [
        f"設置済み{established}団体"
        + (f"（うち{partial}団体は都道府県の一部の地域・市町村が対象）" if partial else ""),
        *(
            f"{word}{counts[state]}団体"
            for word, state in (("設置予定", fw.PLAN), ("未設置", fw.NONE))
            # While prefectures are missing, none found yet is no finding.
            if counts[state] or not unknown
        ),
    ]
    if open_answers := sum(map(has_no_answer, states.values())):
        parts.append(f"未回答{open_answers}団体")
    rest = f"残る{unknown}団体は未入力（どの状況かは資料では図のみ）。" if unknown else ""
    return f"{first}{'、'.join(parts)}。{rest}"


def freshness_sentence(as_of: Sequence[str], published: str, reported: str = "") -> str:
    """How fresh is the data? Names the oldest and newest 時点 and the date of the source.

    reported : day the newest report was published, "" while there is none.
    """
    days = sorted((parse_period(text) for text in as_of if text), key=lambda p: p.first)
    if days:
        first, last = format_period(days[0]), format_period(days[-1])
        span = first if first == last else f"{first} ～ {last}"
    else:
        span = "記載なし"
    text = f"データ時点：{span}｜収録資料の日付：{format_period(parse_period(published))}"
    if reported:
        text += f"｜{REPORT_DAY}：{format_period(parse_period(reported), with_western=False)}"
    return text


def count_sentence(matching: int, total: int) -> str:
    """How many prefectures does the filter leave?"""
    return f"{total}団体中 {matching}団体が条件に合います"


def framework_title(row: fw.Framework) -> str:
    """Return the name of a framework, or what stands for it where there is none."""
    if row.name:
        return row.name
    if row.status in (fw.ESTABLISHED, fw.PLANNED):
        return NO_NAME if row.status == fw.ESTABLISHED else f"{NO_NAME}{row.status}"
    return row.status


def framework_summary(row: fw.Framework) -> str:
    """Return one framework as one line: name, level, start; or the answer that there is none."""
    if row.status not in (fw.ESTABLISHED, fw.PLANNED):
        told = f"{row.status}との報告" if is_reported(row) else row.status
        return f"{told}（{row.name}）" if row.name else told
    start = format_period(row.start, with_western=False) if row.start else NO_TIME
    level = "" if row.level == "不明" else f"（{row.level}）"
    parts = [
        f"{row.name or NO_NAME}{level}",
        "" if row.status == fw.ESTABLISHED else row.status,
        "" if row.origin == "不明" else row.origin,
        start,
    ]
    return "・".join(filter(None, parts))


def list_summaries(rows: Sequence[fw.Framework], most: int, longest: int = 60) -> list[str]:
    """Return one line a row, no more than `most`; the last one then says how many are left."""
    shown = rows if len(rows) <= most else rows[: most - 1]
    texts = [shorten(framework_summary(row), longest) for row in shown]
    return texts + ([f"ほか{len(rows) - len(shown)}件"] if len(rows) > len(shown) else [])


def describe_place(row: fw.Framework) -> str:
    """Where does a reported row stand, and what day does it describe?"""
    place = f"{row.locator}・" if row.locator else ""
    return f"{place}時点：{format_day(row.evidence_day)}"


def describe_absence(rows: Iterable[fw.Framework]) -> str:
    """Where is something not said? rows : all there are, of document and reports."""
    told = any(map(is_reported, rows))
    return "資料にも都道府県の報告にも" if told else NOT_IN_DOCUMENT


def describe_due(row: fw.Framework, day: date) -> str:
    """Return the deadline of a framework's plan with its standing at `day`."""
    standing = due_status(row, day)
    if not is_reported(row):
        return f"{row.due_text or '記載なし'}（{standing}）"
    if row.due is None:
        return "記載なし"
    return f"{format_period(row.due, with_western=False)}（{standing}）"


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
        return f"期限は過ぎている。{later or f'結果は{source_word([row])}に記載なし'}"
    return later or ("期限の記載なし" if row.due is None else "予定")
