"""One submission from reading to publishing (提出1件)."""

from __future__ import annotations

import contextlib

import streamlit as st

from components.frame import choose_part, show_page_link
from components.markup import data_table, esc, label_text
from components.sheet_view import message
from data.intake import service
from data.intake.child import Reader
from data.store.errors import DraftClosed
from data.store.records import OPEN, PUBLISHED, REJECTED, Draft
from data.store.store import Store
from domain.intake.findings import ACCEPT, CONFIRM_FIRST, REJECT, VERDICT_LABELS
from pages.submit import desk, difference, inspection, publishing, reading, reception
from pages.submit.tables import DRAFT_STATES, files_table, show_moment

STEPS = {"read": "② 読み取り", "check": "③ 点検", "diff": "④ 差分", "publish": "⑤ 公表"}


def show_draft(draft_id: str) -> None:
    """Show a submission at its present step; a vanished one says so."""
    store = desk.open_store()
    draft = store.read_draft(draft_id)
    if draft is None:
        st.html(
            message(
                "warning",
                f"受付番号「{draft_id}」の提出は見つかりません。",
                [
                    "差し戻しや取り下げから30日がたったか、アドレスが途中で切れています。",
                    "「受け付けた提出」から選ぶか、もう一度出してください。",
                ],
            )
        )
        st.button("受付に戻る", on_click=desk.clear_desk)
        return
    if any(not file.report for file in draft.files):
        if draft.state == OPEN:
            _read_all(store, draft)
            st.rerun()
        st.html(
            message(
                "warning",
                f"この提出は、読み取りが終わる前に{DRAFT_STATES[draft.state]}となりました。",
                ["公表するには、ファイルをもう一度出してください。"],
            )
        )
        st.button("受付に戻る", on_click=desk.clear_desk)
        return
    submission = desk.load_submission(store, draft)
    _show_state(store, draft, submission)
    # The way of the submission and the choice of what to see are one and the same row.
    with st.container(key=f"gs-steps-{_current_step(draft, submission)}"):
        step = choose_part(STEPS, "step")
    match step:
        case "read":
            reading.show_reading(store, draft, submission, _choose_file(draft, submission))
        case "check":
            inspection.show_inspection(store, draft, submission, _choose_file(draft, submission))
        case "diff":
            difference.show_difference(submission, store.hidden(desk.now()))
        case "publish":
            publishing.show_publishing(store, draft, submission)


def _read_all(store: Store, draft: Draft) -> None:
    """Read every file, with progress; breaking off loses nothing, the next visit reads again."""
    total = len(draft.files)
    bar = st.progress(0.0, text=f"読み取っています（0／{total}）")

    def tell(done: int, of: int) -> None:
        bar.progress(done / of, text=f"読み取っています（{done}／{of}）")

    # Another tab may read the same draft, and close it first.
    with Reader() as reader, contextlib.suppress(DraftClosed):
        service.recheck(store, reader, draft.id, desk.now(), tell)
        read = store.read_draft(draft.id)
        verdicts = {file.verdict for file in read.files}
        if REJECT in verdicts and not service.Choices.of_dict(read.choices).declined:
            # Kept with its report for 30 days; a mended file comes in as a new submission.
            store.reject(draft.id, draft.submitter, desk.now())


def _current_step(draft: Draft, submission: service.Submission) -> int:
    if draft.state == PUBLISHED:
        return len(STEPS) + 1
    if submission.verdict == REJECT:
        return 2
    if not submission.difference.rows:
        return 3
    choices = service.Choices.of_dict(draft.choices)
    return 2 if submission.open_questions(choices) else 4


def _show_state(store: Store, draft: Draft, submission: service.Submission) -> None:
    choices = service.Choices.of_dict(draft.choices)
    if draft.state == PUBLISHED:
        st.html(message("good", f"この提出は第{draft.version_no}版として公表済みです。"))
        show_page_link("framework_map", "設置状況マップで見る")
    elif submission.verdict == REJECT:
        kept = "この提出と指摘は30日間残ります。" if draft.state == REJECTED else ""
        st.html(
            message("error", "要修正の指摘があるため公表できません。",
                    ["③ 点検 の指摘のとおりにファイルを直し、出し直してください。指摘入りのExcelも受け取れます。" + kept])
        )  # fmt: skip
    elif draft.state != OPEN:
        st.html(
            message("warning", "この提出は取り下げられています。", ["30日間は内容を見られます。"])
        )
    elif not submission.difference.rows:
        st.html(
            message("good", "いま公表されている内容と同じです。", ["公表する変更はありません。"])
        )
    elif waiting := submission.open_questions(choices):
        st.html(
            message(
                "warning",
                f"確認が{len(waiting)}件残っています。",
                ["③ 点検 で1つずつ確かめると、⑤ 公表 に進めます。"],
            )
        )
    else:
        st.html(
            message(
                "good",
                "公表できます。",
                ["④ 差分 を確かめ、⑤ 公表 で理由を書いて公表してください。"],
            )
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="gs-note">{_origin(store, draft)}</p>')
        with st.popover("直したファイルを出し直す"):
            files = st.file_uploader(
                "直したファイル", accept_multiple_files=True, key=f"again-{draft.id}"
            )
            if files:
                replaces = draft.id if draft.state == OPEN else ""
                submitter = st.session_state.get(desk.OPERATOR_KEY) or draft.submitter
                reception.receive(
                    [(file.name, file.getvalue()) for file in files],
                    submitter,
                    choices.as_of,
                    replaces,
                )
        if draft.state == OPEN:
            st.button("取り下げる", on_click=_withdraw, args=(draft,))
        st.button("受付に戻る", on_click=desk.clear_desk)


def _origin(store: Store, draft: Draft) -> str:
    """Return where a submission comes from, as HTML."""
    told = f"受付番号 {draft.id}｜提出 {esc(draft.submitter)}｜{show_moment(draft.created_at)}｜{len(draft.files)}ファイル"
    if same := service.list_same_files(store, draft):
        others = "、".join(f"{other.id}（{DRAFT_STATES[other.state]}）" for other in same[:3])
        told += f"<br>同じ中身のファイルが、ほかの提出にもあります：{others}"
    return told


@desk.told
def _withdraw(draft: Draft) -> None:
    desk.open_store().withdraw(draft.id, draft.submitter, desk.now())
    desk.notify(
        "warning", "提出を取り下げました。", ("30日間は「受け付けた提出」から見られます。",)
    )
    desk.clear_desk()


def _choose_file(draft: Draft, submission: service.Submission) -> int:
    if len(submission.reports) < 2:
        return 0
    st.html(data_table(files_table(submission), "ファイルごとの判定", max_height=280))
    names = [
        f"{n + 1} {label_text(report.file_name)}（{VERDICT_LABELS[report.verdict]}）"
        for n, report in enumerate(submission.reports)
    ]
    order = [REJECT, CONFIRM_FIRST, ACCEPT]
    worst = min(range(len(names)), key=lambda n: order.index(submission.reports[n].verdict))
    return st.selectbox(
        "見るファイル", range(len(names)), index=worst, format_func=names.__getitem__, key=f"file-{draft.id}",
        persist_state="session",
    )  # fmt: skip
