"""⑤ 公表: the reason, the release, the embargo — and one plain function behind the button."""

from __future__ import annotations

import unicodedata
from datetime import datetime, time

import streamlit as st

from components.frame import show_sentences
from components.sheet_view import message
from data.intake import service
from data.published import JAPAN
from data.store.errors import Conflict, StoreError
from data.store.records import OPEN, PUBLISHED, Draft
from data.store.store import Store
from domain.intake.findings import REJECT
from domain.intake.form import FINAL, PROVISIONAL, RELEASES
from domain.periods import DAY, parse_period
from pages.submit import desk
from pages.submit.difference import effect_sentence, touches_frameworks
from pages.submit.tables import place_name, show_moment


def show_publishing(store: Store, draft: Draft, submission: service.Submission) -> None:
    """Ask for what a publication needs, and publish."""
    if draft.state == PUBLISHED:
        st.html('<p class="gs-note">公表済みです。取り消しは「版の履歴」から行えます。</p>')
        return
    choices = service.Choices.of_dict(draft.choices)
    if draft.state != OPEN or submission.verdict == REJECT:
        st.html(
            '<p class="gs-note">この提出は公表できません。直したファイルを出し直してください。</p>'
        )
        return
    if not submission.difference.rows:
        st.html('<p class="gs-note">公表する変更がありません。</p>')
        return
    if waiting := submission.open_questions(choices):
        st.html(
            message(
                "warning",
                f"確認が{len(waiting)}件残っているため、まだ公表できません。",
                ["③ 点検 で1つずつ確かめてください。"],
            )
        )
        return
    difference = submission.difference
    changes = "、".join(
        f"{kind}{difference.count(kind)}行"
        for kind in ("追加", "変更", "削除")
        if difference.count(kind)
    )
    scopes = list(dict.fromkeys(place_name(scope) for _, scope in difference.scopes()))
    shown = "、".join(scopes[:6]) + (f"ほか（計{len(scopes)}団体）" if len(scopes) > 6 else "")
    effect = [effect_sentence(submission.effect)] if touches_frameworks(difference) else []
    show_sentences("公表する内容", [f"{shown}：{changes}", *effect])
    _show_form(store, draft, submission)


def _cover_release(submission: service.Submission) -> str:
    said = {report.cover.get("release", "") for report in submission.reports}
    return PROVISIONAL if PROVISIONAL in said else FINAL


def _show_form(store: Store, draft: Draft, submission: service.Submission) -> None:
    # A form runs once however often its button is hit; the idempotency key is the second wall.
    with st.form(f"publish-{draft.id}", border=True):
        release = st.radio(
            "暫定／確定",
            RELEASES,
            index=RELEASES.index(_cover_release(submission)),
            horizontal=True,
        )
        reason = st.text_area(
            "公表の理由（必須）", max_chars=500, placeholder="例：令和8年10月1日時点の定期報告"
        )
        approver = desk.ask_person("公表する人（履歴に残ります）", "approver")
        embargo = st.text_input(
            "公表予定日時（解禁。空ならすぐに公表）",
            placeholder="例：2026-12-01 9:00、令和8年12月1日",
            max_chars=40,
        )
        if st.form_submit_button("この内容で公表する", type="primary"):
            _publish(store, draft, submission, release, reason, approver, embargo)


def read_moment(text: str) -> datetime | None:
    """Read 「2026-12-01 9:00」 or 「令和8年12月1日」 as a moment in Japan; None if empty.

    Raises NotReady with the way to write it.
    """
    if not text.strip():
        return None
    day, _, clock = unicodedata.normalize("NFKC", text).strip().partition(" ")
    try:
        period = parse_period(day)
        hour = time.fromisoformat(f"{clock.strip() or '00:00':0>5}")
    except ValueError:
        period, hour = None, time()
    if period is None or period.precision != DAY:
        raise service.NotReady(
            f"公表予定日時「{text}」を読めません。2026-12-01 9:00 のように、日まで書いてください。"
        )
    return datetime.combine(period.first, hour, JAPAN)


def _publish(
    store: Store,
    draft: Draft,
    submission: service.Submission,
    release: str,
    reason: str,
    approver: str,
    embargo: str,
) -> None:
    try:
        visible_from = read_moment(embargo)
        done = service.publish_draft(
            store, draft.id, submission, release=release, reason=reason, approver=approver,
            now=desk.now(), visible_from=visible_from, two_persons=desk.signed_in(),
        )  # fmt: skip
    except service.NotReady as error:
        st.html(message("error", str(error)))
        return
    except Conflict as conflict:
        _tell_conflict(conflict)
        return
    except StoreError as error:
        st.html(message("error", str(error), ["公表されていません。"]))
        return
    desk.after_publishing()
    when = f"{show_moment(visible_from)} に解禁されます。" if visible_from else ""
    title = (
        f"第{done.no}版として公表しました。{when}"
        if done.was_new
        else f"この提出は既に第{done.no}版として公表されています。"
    )
    desk.notify("good", title, ("取り消すときは「版の履歴」から行えます。",))
    st.rerun()


def _tell_conflict(conflict: Conflict) -> None:
    """Say who published what meanwhile; the next run shows the new difference."""
    told = [
        f"第{v.no}版（{show_moment(v.at)}、{v.approver}）：{'、'.join(place_name(p.scope) for p in v.parts[:6])}　理由：{v.reason}"
        for v in conflict.versions
    ]
    desk.notify(
        "warning",
        "この画面を開いた後に、別の公表がありました。まだ公表していません。",
        (
            *told,
            "④ 差分 は新しい版と比べたものに変わっています。確かめてから、もう一度公表してください。",
        ),
    )
    st.rerun()
