"""② 読み取り: the received sheet beside what was read, and every repair, declinable."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from components import downloads
from components.frame import show_section
from components.markup import data_table, label_text
from components.sheet_view import CellMark, grid_legend, sheet_view
from data.intake import service
from data.intake.child import Reader
from data.store.records import OPEN, Draft
from data.store.store import Store
from domain.intake.findings import CONFIRM, MUST_MEND, NOTE, SEVERITIES, Repair
from pages.submit import desk
from pages.submit.tables import records_table, repairs_table

MOST_RECORDS, MOST_REPAIRS, MOST_CHOICES = 100, 200, 1000
_TONES = {MUST_MEND: "must", CONFIRM: "confirm", NOTE: "note"}


def show_reading(store: Store, draft: Draft, submission: service.Submission, n: int) -> None:
    """Show the original with its marks on the left, the records on the right."""
    report = submission.reports[n]
    if report.refused:
        st.html(
            '<p class="gs-note">このファイルは開けなかったため、お見せできる中身がありません。③ 点検 をご覧ください。</p>'
        )
        return
    left, right = st.columns(2, gap="medium")
    with left:
        show_section("受け取ったシート")
        show_grid(report, f"grid-{draft.id}-{n}")
    with right:
        show_section("読み取った内容")
        tables = records_table(report)
        for title, table in tables.items():
            head = table.head(MOST_RECORDS)
            st.html(data_table(head, f"{title}（{len(table):,}行）", wide=True))
            if len(table) > MOST_RECORDS:
                st.html(f'<p class="gs-note">最初の{MOST_RECORDS}行です。</p>')
        if not tables:
            st.html('<p class="gs-note">公表できる行はまだありません。</p>')
    _show_repairs(store, draft, report, n)


def show_grid(report: service.FileReport, key: str) -> None:
    """Show a sheet of the original with its marked cells."""
    sheets = list(report.grid)
    if not sheets:
        return
    # The sheet with the worst open first; the cover, where little stands, only if it is that one.
    said = [(SEVERITIES.index(f.severity), f.sheet) for f in report.findings if f.cell]
    marked = said + [(len(SEVERITIES), r.sheet) for r in report.repairs]
    least = min((rank for rank, _ in marked), default=0)
    worst = Counter(title for rank, title in marked if rank == least)
    first = max(range(len(sheets)), key=lambda i: (worst[sheets[i]["title"]], -i))
    names = [label_text(sheet["title"]) or "（名前なし）" for sheet in sheets]
    chosen = first
    if len(sheets) > 1:
        chosen = st.selectbox(
            "シート", range(len(names)), index=first, format_func=names.__getitem__, key=key
        )
    sheet = sheets[chosen]
    marks = [
        CellMark(f.cell, _TONES[f.severity], f.why)
        for f in report.findings
        if f.sheet == sheet["title"] and f.cell
    ] + [
        CellMark(r.cell, "repair", f"{'・'.join(r.kinds)}：{r.label}は「{r.after or '未入力'}」")
        for r in report.repairs
        if r.sheet == sheet["title"] and r.cell
    ]
    if legend := grid_legend(mark.tone for mark in marks):
        st.html(legend)
    st.html(
        sheet_view(
            names[chosen],
            sheet["rows"],
            marks,
            sheet["hidden_rows"],
            sheet["total_rows"],
            sheet["merges"],
        )  # fmt: skip
    )


def _repair_name(repair: Repair) -> str:
    after = repair.after or "未入力"
    place = f"{label_text(repair.sheet)} {repair.cell}"
    return f"{place} {repair.label} → {label_text(after[:20])}"


def _show_repairs(store: Store, draft: Draft, report: service.FileReport, n: int) -> None:
    show_section("補正の一覧")
    declined = [key for m, key in service.Choices.of_dict(draft.choices).declined if m == n]
    if not report.repairs and not declined:
        st.html('<p class="gs-note">補正はありません。全ての値がセルに書かれたとおりです。</p>')
        return
    counts: dict[str, int] = {}
    for repair in report.repairs:
        for kind in repair.kinds:
            counts[kind] = counts.get(kind, 0) + 1
    summary = "、".join(f"{kind} {count}" for kind, count in counts.items())
    extracted = sum(repair.extracted for repair in report.repairs)
    note = f"うち{extracted}件は文章からの自動抽出（要確認）です。" if extracted else ""
    st.html(
        f'<p class="gs-note">{summary}。{note}取り消した補正は行わず、セルに書かれたとおりに扱います。</p>'
    )
    # A declined repair is no longer among the repairs, but has to stay choosable.
    names = {repair.key(): _repair_name(repair) for repair in report.repairs[:MOST_CHOICES]}
    names |= {key: f"{label_text(key)}（取り消し済み）" for key in declined if key not in names}
    chosen_key = f"decline-{draft.id}-{n}"
    st.multiselect(
        "取り消す補正",
        list(names),
        default=declined,
        format_func=names.__getitem__,
        key=chosen_key,
        placeholder="取り消すものがあれば選んでください",
        disabled=draft.state != OPEN,
        on_change=_decline,
        args=(draft.id, n, chosen_key),
    )
    table = repairs_table(report.repairs)
    st.html(data_table(table.head(MOST_REPAIRS), "補正の一覧", row_header=False))
    if len(table) > MOST_REPAIRS:
        st.html(f'<p class="gs-note">{len(table):,}件のうち最初の{MOST_REPAIRS}件です。</p>')
    st.download_button(
        "補正の一覧をExcelで保存",
        data=lambda: downloads.to_xlsx({"補正": table}),
        file_name=downloads.file_name("補正の一覧", "", "xlsx"),
        mime=downloads.XLSX_MIME,
        on_click="ignore",
        key=f"repairs-{draft.id}-{n}",
        type="tertiary",
    )


@desk.told
def _decline(draft_id: str, n: int, key: str) -> None:
    """Keep which repairs are declined and read the files again without them."""
    store = desk.open_store()
    draft = store.read_draft(draft_id)
    choices = service.Choices.of_dict(draft.choices)
    others = {(m, kept) for m, kept in choices.declined if m != n}
    declined = frozenset(others | {(n, kept) for kept in st.session_state[key]})
    new = service.Choices(declined, choices.confirmed, choices.as_of)
    store.save_choices(draft_id, new.to_dict(), desk.now())
    with Reader() as reader:
        service.recheck(store, reader, draft_id, desk.now())
