"""受け付けた提出: everything that came in, whatever became of it."""

from __future__ import annotations

import streamlit as st

from components.markup import data_table, label_text
from data.store.records import DRAFT_STATES
from pages.submit import desk
from pages.submit.tables import DRAFT_STATES as STATE_NAMES
from pages.submit.tables import drafts_table, show_moment

MOST_DRAFTS = 200


def _open(draft_id: str) -> None:
    desk.put_on_desk(draft_id)
    st.session_state[desk.PART_KEY] = desk.DESK


def show_drafts() -> None:
    """List the submissions, newest first, and open one."""
    state = st.segmented_control(
        "状態",
        ["open", "published", "rejected", "withdrawn"],
        format_func=STATE_NAMES.__getitem__,
        key="draft-state",
    )
    drafts = desk.open_store().list_drafts((state,) if state else DRAFT_STATES)[:MOST_DRAFTS]
    if not drafts:
        st.html(
            '<p class="gs-note">提出はまだありません。「提出と公表」からファイルを出してください。</p>'
        )
        return
    # With number: of two options that read alike, only the first could ever be chosen.
    names = {
        d.id: f"{show_moment(d.created_at)} {label_text('、'.join(f.file_name for f in d.files[:2]))}"
        f"（{STATE_NAMES[d.state]}・{d.id}）"
        for d in drafts
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "開く提出", list(names), format_func=names.__getitem__, key="draft-choice"
        )
        # A link to the same page would stay on this part of it.
        st.button("この提出を開く", on_click=_open, args=(chosen,))
    st.html(data_table(drafts_table(drafts), "受け付けた提出", max_height=None))
    st.html(
        '<p class="gs-note">差し戻し・取り下げの提出は30日間残ります。公表した提出の原本は、版の履歴からいつでも受け取れます。</p>'
    )
