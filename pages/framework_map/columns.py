"""The 立体 view: choose a figure, see it as columns, or learn why it cannot be shown."""

from __future__ import annotations

from datetime import date

import streamlit as st

from components.figure import show_figure
from components.shell import probe_browser
from pages.framework_map.build import build_columns, list_heights


def show_columns(day: date) -> None:
    """Show the columns if the browser can; otherwise say so and point to the other views."""
    heights = list_heights()
    key = st.selectbox(
        "柱の高さ", options=list(heights), format_func=lambda k: heights[k].label,
        key="height", bind="query-params",
    )  # fmt: skip
    browser = probe_browser()
    if browser is None:
        st.html(
            '<p class="gs-note" role="status">このブラウザで立体を表示できるかを確かめています。</p>'
        )
    elif browser["webgl"]:
        show_figure(build_columns(heights[key], day))
    else:
        st.html(
            '<div class="gs-message gs-warning" role="status"><b>このブラウザでは立体を表示できません。</b>'
            "<ul><li>立体の表示にはWebGLが要ります。端末の設定で使えないようになっています。</li>"
            "<li>「地図」「タイル」「表」では同じ内容を見られます。</li></ul></div>"
        )
