"""Two invisible parts: the page's language and built-in words, and what the browser can do."""

from __future__ import annotations

import streamlit as st

from components.browser_component import browser_component

_SHELL = browser_component("page_shell", "shell.js")
_PRINT = browser_component("print_button", "print_button.js")
_PROBE = browser_component("browser_probe", "probe.js")


def show_shell() -> None:
    """Mark the page as Japanese and put Streamlit's own English words into Japanese."""
    with st.container(key="gs-shell"):
        _SHELL(key="gs-shell-part")


def show_print_button(label: str) -> None:
    """Show a button that opens the browser's own print dialogue."""
    _PRINT(key="gs-print", data={"label": label}, width="content")


def probe_browser() -> dict | None:
    """What can this browser do, and what did it ask for? None until it has answered.

    Returns
    -------
    dict with webgl (bool), outside (list of foreign hosts asked so far), requests (int),
    font (bool: the dashboard's own font is loaded), width, height, ratio (screen), agent.
    """
    with st.container(key="gs-probe"):
        result = _PROBE(key="gs-probe-part", on_facts_change=lambda: None)
    return result.facts
