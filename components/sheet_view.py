"""A received sheet as it is, with the cells marked that something is said about (原本の見え方).

Cell texts come from outside: every one is escaped, none is ever rendered as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from components.markup import esc, lines

# Tone → (sign, word); the sign stands beside the colour, so that neither is needed alone.
TONES = {
    "must": ("✕", "要修正"),
    "confirm": ("△", "確認"),
    "repair": ("◇", "補正"),
    "note": ("・", "参考"),
}
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ROW_SPAN = re.compile(r"(\d{1,7}):(\d{1,7})")
_COLUMN_SPAN = re.compile(r"([A-Z]{1,3}):([A-Z]{1,3})")
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class CellMark:
    """What is said about a place of a sheet. place : A1, a range, 「5:5」 or 「B:B」."""

    place: str
    tone: str
    text: str


def _letters(column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _worst(marks: Sequence[CellMark]) -> str:
    return min((mark.tone for mark in marks), key=list(TONES).index)


def _by_place(marks: Iterable[CellMark]) -> dict[str, list[CellMark]]:
    """Return address, 「row 5」 or 「column B」 → marks; a range counts at its first cell."""
    found: dict[str, list[CellMark]] = {}
    for mark in marks:
        first = mark.place.split(":")[0]
        if match := _ROW_SPAN.fullmatch(mark.place):
            key = f"row {match[1]}"
        elif match := _COLUMN_SPAN.fullmatch(mark.place):
            key = f"column {match[1]}"
        elif _CELL.fullmatch(first):
            key = first
        else:
            continue
        found.setdefault(key, []).append(mark)
    return found


def sheet_view(
    title: str,
    rows: Sequence[Sequence[str]],
    marks: Iterable[CellMark],
    hidden_rows: Iterable[int] = (),
    total_rows: int = 0,
    merges: Iterable[Sequence[int]] = (),
) -> str:
    """Return a sheet as an HTML grid with row numbers and column letters.

    rows : texts of the first rows.  hidden_rows : rows hidden in the file, from 0.
    total_rows : rows of the whole sheet, to say what is not shown.
    merges : (first row, first column, last row, last column) of merged areas.
    """
    said = _by_place(marks)
    hidden = set(hidden_rows)
    width = max((len(row) for row in rows), default=0)
    spans, covered = _spans(merges, len(rows), width, said)
    head = "".join(
        _head_cell(_letters(c), said.get(f"column {_letters(c)}", ()), "col") for c in range(width)
    )
    body = []
    for r, row in enumerate(rows):
        cells = [_head_cell(str(r + 1), said.get(f"row {r + 1}", ()), "row")]
        for c in range(width):
            address = f"{_letters(c)}{r + 1}"
            if (r, c) in covered:
                continue
            text = row[c] if c < len(row) else ""
            cells.append(_data_cell(text, said.get(address, ()), spans.get((r, c), "")))
        body.append(f"<tr{' class=gs-was-hidden' if r in hidden else ''}>{''.join(cells)}</tr>")
    rest = total_rows - len(rows)
    more = (
        f'<p class="gs-note">ほか {rest:,}行は表示を省いています（読み取りは全ての行に行っています）。</p>'
        if rest > 0
        else ""
    )
    return (
        f'<div class="gs-grid" tabindex="0" role="region" aria-label="{esc(title)}の原本">'
        f'<table><caption class="gs-hidden">{esc(title)}の原本。印のあるセルには説明があります。</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>{more}"
    )


def _spans(
    merges: Iterable[Sequence[int]], height: int, width: int, said: Mapping[str, object]
) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """Return the HTML spans of merged areas by their first cell, and the cells they cover.

    An area with a remark inside is not merged on screen, or the remark would have no place.
    """
    spans, covered = {}, set()
    for top, left, bottom, right in merges:
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        if top > bottom or left > right:
            continue
        area = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        inner = area - {(top, left)}
        if any(f"{_letters(c)}{r + 1}" in said for r, c in inner):
            continue
        spans[top, left] = f' rowspan="{bottom - top + 1}" colspan="{right - left + 1}"'
        covered |= inner
    return spans, covered


def _head_cell(name: str, marks: Sequence[CellMark], scope: str) -> str:
    if not marks:
        return f'<th scope="{scope}">{name}</th>'
    tone = _worst(marks)
    sign, word = TONES[tone]
    told = esc(" / ".join(mark.text for mark in marks))
    return (
        f'<th scope="{scope}" class="gs-g-{tone}" title="{told}">{name}<i aria-hidden="true">{sign}</i>'
        f'<span class="gs-hidden">{word}：{told}</span></th>'
    )


def _data_cell(text: str, marks: Sequence[CellMark], span: str) -> str:
    shown = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    if not marks:
        return f"<td{span}>{lines(shown)}</td>"
    tone = _worst(marks)
    sign, word = TONES[tone]
    told = esc(" / ".join(mark.text for mark in marks))
    return (
        f'<td{span} class="gs-g-{tone}" title="{told}"><i aria-hidden="true">{sign}</i>{lines(shown)}'
        f'<span class="gs-hidden">（{word}：{told}）</span></td>'
    )


def grid_legend(tones: Iterable[str]) -> str:
    """Return the legend of the marks that occur."""
    present = set(tones)
    items = "".join(
        f'<li><i class="gs-swatch gs-g-{tone}" aria-hidden="true">{sign}</i>{word}</li>'
        for tone, (sign, word) in TONES.items()
        if tone in present
    )
    return f'<ul class="gs-legend">{items}</ul>' if items else ""


def stepper(steps: Sequence[tuple[str, str]], current: int) -> str:
    """Return the way of a submission: (name, what stands there) in order, one of them current."""
    items = []
    for position, (name, text) in enumerate(steps):
        state = "done" if position < current else "now" if position == current else "next"
        word = {"done": "済み", "now": "いまここ", "next": "これから"}[state]
        mark = ' aria-current="step"' if state == "now" else ""
        items.append(
            f'<li class="gs-step-{state}"{mark}><b>{esc(name)}</b><span>{esc(text)}</span>'
            f'<span class="gs-hidden">（{word}）</span></li>'
        )
    return f'<ol class="gs-steps" aria-label="提出の流れ">{"".join(items)}</ol>'


def change_list(before: str, after: str) -> str:
    """Return one value before and after as HTML; an empty one is 未入力."""

    def show(text: str) -> str:
        return lines(text) if text else '<span class="gs-blank">未入力</span>'

    return f'<span class="gs-before">{show(before)}</span> → <b>{show(after)}</b>'


def pairs_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], caption: str, max_height: int = 480
) -> str:
    """Return a table whose cells are HTML already; head and caption are not."""
    top = "".join(f'<th scope="col">{esc(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    return (
        f'<div class="gs-table" style="max-height:{max_height}px" tabindex="0" role="region" '
        f'aria-label="{esc(caption)}"><table><caption class="gs-hidden">{esc(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def message(tone: str, title: str, texts: Mapping[str, str] | Sequence[str] = ()) -> str:
    """Return a message box: tone "good", "warning" or "error"; texts are plain."""
    told = [lines(text) for text in texts]
    role = "alert" if tone == "error" else "status"
    # One more sentence goes on in the same line; several are a list.
    body = "<ul>" + "".join(f"<li>{text}</li>" for text in told) + "</ul>" if told else ""
    if len(told) == 1:
        body = f" <span>{told[0]}</span>"
    return f'<div class="gs-message gs-{tone}" role="{role}"><b>{esc(title)}</b>{body}</div>'
