"""Two invisible components: the page's language and built-in words, and what the browser can."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components.static_files import static_url

# Components run from a blob address, which cannot resolve relative imports; the page can.
_LOADER = """
export default function (component) {{
  return import(new URL("{address}", document.baseURI)).then((module) => module.default(component));
}}
"""


@st.cache_resource(show_spinner=False)
def _component(name: str, address: str) -> Any:
    return st.components.v2.component(
        name, html="<span></span>", js=_LOADER.format(address=address)
    )


def show_shell() -> None:
    """Mark the page as Japanese and put Streamlit's own English words into Japanese."""
    with st.container(key="gs-shell"):
        _component("gs_shell", static_url("js/shell.js"))(key="gs-shell-component")


def probe_browser() -> dict | None:
    """What can this browser do, and what did it ask for? None until it has answered.

    Returns
    -------
    dict with webgl (bool), outside (list of foreign hosts asked so far), requests (int),
    font (bool: the dashboard's own font is loaded), width, height, ratio (screen), agent.
    """
    with st.container(key="gs-probe"):
        result = _component("gs_probe", static_url("js/probe.js"))(
            key="gs-probe-component", on_facts_change=lambda: None
        )
    return result.facts
