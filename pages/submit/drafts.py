"""受け付けた提出: everything that came in, whatever became of it."""

from __future__ import annotations

import streamlit as st

from components.frame import show_page_link
from components.markup import data_table, label_text
from data.store.records import DRAFT_STATES
from pages.submit import desk
from pages.submit.tables import DRAFT_STATES as STATE_NAMES
from pages.submit.tables import drafts_table

MOST_DRAFTS = 200


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
    names = {
        d.id: f"{label_text('、'.join(f.file_name for f in d.files[:2]))}（{STATE_NAMES[d.state]}）"
        for d in drafts
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "開く提出", list(names), format_func=names.__getitem__, key="draft-choice"
        )
        show_page_link("submit", "この提出を開く", draft=chosen)
    st.html(data_table(drafts_table(drafts), "受け付けた提出", max_height=None))
    st.html(
        '<p class="gs-note">差し戻し・取り下げの提出は30日間残ります。公表した提出の原本は、版の履歴からいつでも受け取れます。</p>'
    )
