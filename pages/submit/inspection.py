"""③ 点検: findings by kind, each 確認 with its own tick, the marked file to take away."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from components import downloads
from components.frame import show_section
from components.markup import esc, label_text
from data.intake import service
from data.store.records import OPEN, Draft
from data.store.store import Store
from domain.intake.findings import CONFIRM, MUST_MEND, NOTE, SEVERITIES, Finding
from pages.submit import desk
from pages.submit.reading import show_grid
from pages.submit.tables import findings_table

MOST_PLACES = 20
MOST_BOXES = 20
_TONES = {MUST_MEND: "must", CONFIRM: "confirm", NOTE: "note"}
_SCORE_NAMES = {"L1": "L1 最低限", "L2": "L2 望ましい", "L3": "L3 理想"}


def show_inspection(store: Store, draft: Draft, submission: service.Submission, n: int) -> None:
    """Show scores, downloads and findings of one file."""
    report = submission.reports[n]
    _show_scores(report)
    _show_downloads(store, draft, report, n)
    choices = service.Choices.of_dict(draft.choices)
    if not report.findings:
        st.html('<p class="gs-note">指摘はありません。</p>')
    for severity in SEVERITIES:
        groups = _group(report.of(severity))
        if not groups:
            continue
        count = sum(len(group) for group in groups)
        if severity == NOTE:
            with st.expander(f"参考（{count}件）次からのお願い。このままで公表できます"):
                _show_boxes(groups)
            continue
        show_section(f"{severity}（{count}件）")
        if severity == MUST_MEND:
            _show_boxes(groups)
            continue
        # Every question needs its tick, so none of them is left out.
        for group in groups:
            st.html(_finding_box(group))
            if draft.state == OPEN:
                _ask(draft, choices, f"{n}:{group[0].question()}", group)
    if report.grid:
        show_section("指摘のあるセル")
        show_grid(report, f"marks-{draft.id}-{n}")


def _group(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return equal findings together, those of one code beside each other."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.question()), []).append(finding)
    order = list(dict.fromkeys(code for code, _ in groups))
    return [groups[key] for key in sorted(groups, key=lambda key: order.index(key[0]))]


def _show_boxes(groups: Sequence[Sequence[Finding]]) -> None:
    for group in groups[:MOST_BOXES]:
        st.html(_finding_box(group))
    if len(groups) > MOST_BOXES:
        rest = sum(len(group) for group in groups[MOST_BOXES:])
        st.html(f'<p class="gs-note">ほか {rest:,}件。一覧の保存で全て見られます。</p>')


def _finding_box(group: Sequence[Finding]) -> str:
    first = group[0]
    rule = f"｜規則 {first.rule}" if first.rule else ""
    count = f"（{len(group)}件）" if len(group) > 1 else ""
    items = []
    for finding in group[:MOST_PLACES]:
        where = esc(finding.place() + (f"（{finding.label}）" if finding.label else ""))
        seen = f"「{esc(finding.value)}」" if finding.value else ""
        items.append(f"<li>{where}{seen}</li>")
    rest = len(group) - MOST_PLACES
    more = f"<p>ほか {rest:,}件（一覧の保存で全て見られます）</p>" if rest > 0 else ""
    return (
        f'<section class="gs-finding gs-f-{_TONES[first.severity]}">'
        f"<h3>{first.severity}{count}：{esc(first.why)} <small>［{esc(first.code)}{rule}］</small></h3>"
        f"<p>→ {esc(first.mend)}</p><ul>{''.join(items)}</ul>{more}</section>"
    )


def _ask(draft: Draft, choices: service.Choices, key: str, group: Sequence[Finding]) -> None:
    widget = f"tick-{draft.id}-{key}"
    where = label_text(group[0].place()) + (f" ほか{len(group) - 1}件" if len(group) > 1 else "")
    st.checkbox(
        f"確かめました（{group[0].code}・{where}）",
        value=key in choices.confirmed,
        key=widget,
        on_change=_tick,
        args=(draft.id, key, widget),
    )


@desk.told
def _tick(draft_id: str, key: str, widget: str) -> None:
    store = desk.open_store()
    choices = service.Choices.of_dict(store.read_draft(draft_id).choices)
    confirmed = set(choices.confirmed)
    (confirmed.add if st.session_state[widget] else confirmed.discard)(key)
    new = service.Choices(choices.declined, frozenset(confirmed), choices.as_of)
    store.save_choices(draft_id, new.to_dict(), desk.now())


def _show_scores(report: service.FileReport) -> None:
    items = "".join(
        f"<li><b>{score.value}</b>点　{_SCORE_NAMES[score.level]}<br>{esc(score.formula())}</li>"
        for score in report.scores
    )
    st.html(
        f'<ul class="gs-scores" aria-label="機械可読性の点">{items}</ul>'
        '<p class="gs-note">行政データにおける機械可読性に関するルール（L1～L3）に照らした点。100から、破れた規則ごとに1度ずつ引いています。'
        "配点は公式のものではなく、前提の一覧にあります。点は公表の可否に関わりません。</p>"
    )


def _show_downloads(store: Store, draft: Draft, report: service.FileReport, n: int) -> None:
    stem = report.file_name.rsplit(".", 1)[0]
    table = findings_table(report.findings, report.file_name)
    with st.container(horizontal=True, gap="small"):
        if report.kind == "xlsx":
            st.download_button(
                "指摘入りExcel",
                data=lambda: _marked(store, draft, report, n),
                file_name=downloads.file_name(f"{stem}_指摘入り", "", "xlsx"),
                mime=downloads.XLSX_MIME,
                on_click="ignore",
                key=f"remarks-{draft.id}-{n}",
            )
        for label, extension, mime, build in (
            ("指摘の一覧をCSVで保存", "csv", downloads.CSV_MIME, lambda: downloads.to_csv(table)),
            ("指摘の一覧をExcelで保存", "xlsx", downloads.XLSX_MIME,
             lambda: downloads.to_xlsx({"指摘一覧": table})),
        ):  # fmt: skip
            st.download_button(
                label,
                data=build,
                file_name=downloads.file_name(f"{stem}_指摘一覧", "", extension),
                mime=mime,
                on_click="ignore",
                key=f"findings-{extension}-{draft.id}-{n}",
            )


def _marked(store: Store, draft: Draft, report: service.FileReport, n: int) -> bytes:
    """Return the marked workbook, or the list of findings where the file refuses to be marked."""
    try:
        return service.mark_file(
            report.file_name, store.draft_content(draft.id, n), report.findings
        )
    except service.NotReady as error:
        table = findings_table(report.findings, report.file_name)
        note = pd.DataFrame({"お知らせ": [str(error)]})
        return downloads.to_xlsx({"お知らせ": note, "指摘一覧": table})
