"""How does a page draw a figure that must repaint fast?

One component for maps, lines and horizontal bars. The browser keeps the drawing and fetches the
geometry once; Python sends values only. The frontend is static/js/figure.js, plain JavaScript
without a build step.

Fields of every figure: kind ("map", "line", "bar"), label (text for those who cannot see it),
rev (optional, shown as data-revision once drawn), png (optional: name, title, subtitle, source).

map: view ("tile" 47 equal tiles, "outline"), geo (address of the geometry), states (list of label,
fill, ink, mark, border, hatch "" | "diagonal" | "dots", dashed), s (47 base-36 digits in code
order: which state), f (47 digits, sum of 1 一部の地域, 2 outside the filter, 4 star), notes and
texts (code → text for the tooltip, short value in the tile), selected, selectable, maxHeight,
partialLabel, starLabel.
line: unit, digits, x, xLabels, yZero, height, series (name, color, mark, values with None for
missing, dashFrom, endLabel), bands (name, color, low, high), rules (x, text).
bar: unit, digits, categories, series (name, color, hatch, values), stacked, height.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from components.browser_component import browser_component

_FIGURE = browser_component("svg_figure", "figure.js")
_PNG_BUTTON = browser_component("png_button", "png_button.js")
_CELL_PICKER = browser_component("cell_picker", "cell_picker.js")


def svg_figure(
    data: dict[str, Any],
    *,
    key: str,
    on_select: Callable[[], None] | None = None,
) -> str | None:
    """Draw a figure; which prefecture is selected in it?

    data holds the fields listed above. With "selected" in data the page owns the selection and
    keeps it up to date in on_select; without it the figure remembers the selection itself.
    on_select is called before the rerun that a choice causes. While it runs,
    st.session_state[key]["selected"] is the chosen code, or "" if the selection was cleared.

    Returns the two-digit code of the selected prefecture, or None.
    """
    memory = f"{key}:selected"
    owned = "selected" in data
    if not owned:
        data = {**data, "selected": st.session_state.get(memory)}
    # A choice is an event, not a state: a stored "05" would stay in the browser after the page
    # has moved on to "13", and choosing "05" again would then count as no change.
    result = _FIGURE(key=key, data=_pack(data), on_selected_change=on_select or _do_nothing)
    chosen = result.get("selected")
    if chosen is None:
        return data["selected"]
    if not owned:
        st.session_state[memory] = chosen or None
    return chosen or None


def _pack(data: dict[str, Any]) -> bytes:
    """Write the data as UTF-8; Streamlit's own JSON takes six bytes for a Japanese character."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _do_nothing() -> None:
    """Without a callback Streamlit would not tell the event apart from the state."""


def png_button(box: str, texts: dict[str, str], *, key: str) -> None:
    """Show 「画像を保存」 for a Plotly chart or a table. box : CSS selector of what holds it."""
    _PNG_BUTTON(key=key, data={"box": box, "png": texts})


def pick_cell(box: str, selected: str | None, *, key: str, on_pick: Callable[[str], None]) -> None:
    """Let the cells of a table answer to click and keyboard.

    box : CSS selector of what holds the table.  selected : `Cell.key` of the chosen one.
    on_pick : called with the key of a cell before the rerun that choosing it causes.
    """

    def tell() -> None:
        if chosen := st.session_state[key]["selected"]:
            on_pick(chosen)

    _CELL_PICKER(key=key, data={"box": box, "selected": selected}, on_selected_change=tell)
