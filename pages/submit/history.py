"""版の履歴: every version, seen again, compared, its originals, and taken back."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from components import downloads
from components.frame import show_section
from components.markup import data_table, definition_list, esc, label_text
from components.sheet_view import message
from data import published
from data.intake import service
from data.loaders import VERSION_KEY, leave_version
from data.paths import data_root
from data.store.errors import StoreError
from data.store.records import Version
from data.store.store import Store
from domain.intake.changes import compute_effect
from domain.places import CODES
from pages.submit import desk
from pages.submit.difference import show_changes, show_effect, touches_frameworks
from pages.submit.tables import place_name, show_moment, version_state, versions_table


def show_history() -> None:
    """List the versions; one of them opens."""
    store = desk.open_store()
    versions = store.history()
    st.html(data_table(versions_table(versions, desk.now()), "版の一覧", max_height=360))
    if not versions:
        st.html(
            '<p class="gs-note">公表した版はまだありません。画面は収録した資料のデータ（第0版）を示しています。</p>'
        )
        return
    names = {v.no: f"第{v.no}版 {show_moment(v.at)} {label_text(v.reason[:20])}" for v in versions}
    chosen = st.selectbox("見る版", list(names), format_func=names.__getitem__, key="history-no")
    version = next(v for v in versions if v.no == chosen)
    left, right = st.columns(2, gap="large")
    with left:
        _show_version(store, version, versions[0].no)
    with right:
        _show_undo(store, version, versions)
    _offer_originals(store, version)
    _show_comparison(store, version, versions)


def _show_version(store: Store, version: Version, newest: int) -> None:
    show_section(f"第{version.no}版")
    effect = version.effect.get("established")
    pairs = [
        ("日時", esc(show_moment(version.at))),
        ("状態", esc(version_state(version, desk.now()))),
        ("理由", esc(version.reason)),
        ("提出／承認", f"{esc(version.submitter)}／{esc(version.approver)}"),
        ("団体", esc("、".join(dict.fromkeys(place_name(part.scope) for part in version.parts)))),
        ("行数", f"{sum(part.n_rows for part in version.parts):,}行"),
        ("内容のSHA-256", f"{esc(version.content_sha256[:16])}…"),
    ]
    if effect:
        pairs.insert(5, ("設置済みの団体", f"{effect[0]} → {effect[1]}"))
    st.html(definition_list(pairs))
    with st.container(horizontal=True, gap="small"):
        if version.no < newest:
            st.button("この版で画面を見る", on_click=look_at, args=(version.no,))
        st.button("第0版（収録した資料だけ）で見る", on_click=look_at, args=(0,))


def _offer_originals(store: Store, version: Version) -> None:
    """Hand out the files a version rests on, as they were received."""
    uploads = store.uploads_of(version.no)
    if not uploads:
        st.html('<p class="gs-note">この版に原本はありません（前の版の内容に戻したものです）。</p>')
        return
    table = pd.DataFrame(
        [
            {"原本": u.file_name, "大きさ（バイト）": u.size, "提出": u.actor, "SHA-256": u.sha256}
            for u in uploads
        ]
    )
    st.html(data_table(table, "原本", max_height=200))

    def pack() -> bytes:
        # Numbered: two originals may have one name, and a name may hold a path.
        return downloads.to_zip(
            {
                f"{n:02d}_{downloads.file_name(u.file_name, '', '').rstrip('.')}": store.original(
                    u.sha256
                )[1]
                for n, u in enumerate(uploads, start=1)
            }
        )

    st.download_button(
        f"原本を受け取る（{len(uploads)}ファイル、zip）",
        data=pack,
        file_name=f"原本_第{version.no}版.zip",
        mime=downloads.ZIP_MIME,
        on_click="ignore",
        key=f"originals-{version.no}",
    )


def look_at(no: int | None) -> None:
    """Let every page show the data as of a version; None goes back to the newest."""
    if no is None:
        leave_version()
    else:
        st.session_state[VERSION_KEY] = no
        # The address wins over the session, so both have to change.
        st.query_params[VERSION_KEY] = str(no)
        desk.notify(
            "warning",
            f"全ての画面が第{no}版のデータを示しています。",
            ("上の帯の「最新の版に戻す」で戻ります。",),
        )


def _show_undo(store: Store, version: Version, versions: Sequence[Version]) -> None:
    show_section("取り消し")
    if version.undone_by:
        st.html(
            f'<p class="gs-note">この版は第{version.undone_by}版で取り消されています。第{version.undone_by}版を取り消すと、元に戻ります。</p>'
        )
        return
    st.html(
        '<p class="gs-note">取り消すと、この版が変えた所を前の内容に戻した新しい版ができます。何も消えません。'
        "取り消しも、取り消せます。</p>"
    )
    head = versions[0].no
    with st.form(f"undo-{version.no}"):
        reason = st.text_input("取り消しの理由（必須）", max_chars=500)
        actor = desk.ask_person("取り消す人（履歴に残ります）", "actor")
        if st.form_submit_button(f"第{version.no}版を取り消す"):
            _undo(store, version, head, reason.strip(), actor)


def _undo(store: Store, version: Version, head: int, reason: str, actor: str) -> None:
    if not reason:
        st.html(message("error", "取り消しの理由を書いてください。"))
        return
    try:
        done = store.undo(
            version.no, expected_head=head, reason=reason, actor=actor, now=desk.now(),
            idem_key=f"undo:{version.no}:{head}",
        )  # fmt: skip
    except StoreError as error:
        st.html(message("error", str(error), ["取り消していません。"]))
        return
    desk.after_publishing()
    desk.notify("good", f"第{version.no}版を取り消し、第{done.no}版としました。")
    st.rerun()


def _show_comparison(store: Store, version: Version, versions: Sequence[Version]) -> None:
    show_section("版を比べる")
    names = {v.no: f"第{v.no}版" for v in versions if v.no != version.no} | {
        0: "第0版（収録した資料）"
    }
    ordered = sorted(names, reverse=True)
    other = st.selectbox(
        f"第{version.no}版と比べる版", ordered, index=ordered.index(version.parent_no),
        format_func=names.__getitem__, key=f"compare-{version.no}",
    )  # fmt: skip
    first, second = sorted((other, version.no))
    before, after = (
        published.published_parts(data_root(), store, no, (), service.DATASETS)
        for no in (first, second)
    )
    difference = service.list_row_changes(before, after)
    show_changes(difference, f"compare-{version.no}")
    if touches_frameworks(difference):
        absent = {part: () for part in before if part not in after}
        effect = compute_effect(CODES, before, {**absent, **after}, desk.now().date())
        show_effect(effect, (f"第{first}版", f"第{second}版"))
