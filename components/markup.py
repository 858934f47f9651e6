"""Small pieces of HTML. Every text that comes from data passes through `esc`."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

import pandas as pd

from components.charts import Cell, MatrixChart
from components.palette import KIND_COLOURS, Mark
from domain.values import KIND_MEANINGS, MISSING


def esc(text: object) -> str:
    """Escape a text for HTML, quotes included."""
    return html.escape(str(text), quote=True)


def lines(text: object) -> str:
    """Escape a text and keep its line breaks."""
    return esc(text).replace("\n", "<br>")


# Labels and options of Streamlit's widgets are Markdown: a picture in them would call out.
_MARKDOWN = str.maketrans(
    {c: chr(ord(c) + 0xFEE0) for c in "![]()*_`$:<>#~|\\{}"} | {"\n": " ", "\r": " ", "\t": " "}
)


def label_text(text: object) -> str:
    """Return a text from outside for a widget's label or option: its signs full-width."""
    return str(text).translate(_MARKDOWN)


def kind_badge(kind: str) -> str:
    """Return the badge of a 区分, with its meaning as a title."""
    ink, ground = KIND_COLOURS[kind]
    return (
        f'<span class="gs-badge" style="color:{ink};background:{ground};border-color:{ink}" '
        f'title="{esc(KIND_MEANINGS[kind])}">{esc(kind)}</span>'
    )


def mark_swatch(mark: Mark) -> str:
    """Return the legend sign of a mark; its look is a class of `palette.swatch_rules`."""
    return f'<i class="gs-swatch gs-m-{mark.name}" aria-hidden="true">{esc(mark.sign)}</i>'


def legend(entries: Iterable[tuple[Mark, int]], unit: str = "団体") -> str:
    """Return a legend with counts, as a list."""
    items = "".join(
        f"<li>{mark_swatch(mark)}{esc(mark.label)} <b>{count:,}</b>{esc(unit)}</li>"
        for mark, count in entries
    )
    return f'<ul class="gs-legend">{items}</ul>'


def data_table(
    table: pd.DataFrame,
    caption: str = "",
    digits: dict[str, int] | None = None,
    *,
    row_header: bool = True,
    hide_caption: bool = False,
    max_height: int | None = 480,
    wide: bool = False,
) -> str:
    """Return a table as HTML that reads aloud, prints and can be copied.

    Numbers are set right with thousands commas; an empty number is 未入力, an empty text is
    an em dash. `digits` gives decimals by column; without it a column shows as many as it has. `hide_caption` keeps the
    caption for reading software where the same words stand right above. `wide` lets a table of
    many columns scroll sideways instead of pressing its columns together.
    """
    digits = digits or {}
    columns = [table.iloc[:, i].tolist() for i in range(table.shape[1])]
    head = "".join(
        f'<th scope="col"{_NUM if i and column and all(map(_is_number, column)) else ""}>{lines(name)}</th>'
        for i, (name, column) in enumerate(zip(table.columns, columns, strict=True))
    )
    digits = {str(n): _decimals(c) for n, c in zip(table.columns, columns, strict=True)} | digits
    # Words that fit on a line are not broken.
    short = [all(_is_number(c) or len(str(c)) <= _SHORT for c in column) for column in columns]
    body = []
    hidden = ' class="gs-hidden"' if hide_caption else ""
    for row in zip(*columns, strict=True):
        cells = []
        for position, (name, cell) in enumerate(zip(table.columns, row, strict=True)):
            shown = _show_cell(cell, digits.get(str(name), 0))
            kind = _NUM if _is_number(cell) else _WHOLE if short[position] else ""
            if position == 0 and row_header:
                cells.append(f'<th scope="row"{_WHOLE if short[0] else ""}>{shown}</th>')
            else:
                cells.append(f"<td{kind}>{shown}</td>")
        body.append("<tr>" + "".join(cells) + "</tr>")
    limit = f' style="max-height:{max_height}px"' if max_height else ""
    # A scrolling box has to be reachable by keyboard, hence tabindex and a name.
    return (
        f'<div class="gs-table{" gs-wide" if wide else ""}"{limit} tabindex="0" role="region" '
        f'aria-label="{esc(caption or "表")}"><table>'
        + (f"<caption{hidden}>{esc(caption)}</caption>" if caption else "")
        + f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


_NUM, _WHOLE = ' class="num"', ' class="gs-whole"'
_SHORT = 8


def _is_number(cell: object) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _decimals(cells: Sequence[object], most: int = 4) -> int:
    """Return how many decimals the numbers of a column have, up to `most`."""
    numbers = [c for c in cells if isinstance(c, float) and c == c]
    for count in range(most):
        if all(abs(n - round(n, count)) < 1e-9 for n in numbers):
            return count
    return most


def _show_cell(cell: object, digits: int) -> str:
    if _is_number(cell):
        return f"{cell:,.{digits}f}" if cell == cell else MISSING
    return lines(cell) if str(cell) else '<span aria-label="記載なし">—</span>'


def definition_list(pairs: Sequence[tuple[str, str]]) -> str:
    """Return label–text pairs; the texts are HTML already, the labels are not."""
    rows = "".join(f"<dt>{esc(label)}</dt><dd>{text}</dd>" for label, text in pairs)
    return f'<dl class="gs-pairs">{rows}</dl>'


def matrix_table(chart: MatrixChart, caption: str) -> str:
    """Return signs in a grid as a table; each cell reads as its word, not as its sign."""
    head = "".join(f'<th scope="col">{lines(name)}</th>' for name in chart.columns)
    body = "".join(
        f'<tr><th scope="row">{lines(name)}</th>{"".join(map(_matrix_cell, cells))}</tr>'
        for name, cells in zip(chart.rows, chart.cells, strict=True)
    )
    items = "".join(f"<li><b>{esc(sign)}</b>{esc(word)}</li>" for sign, word in chart.legend)
    items += "".join(
        f'<li data-fill="{esc(colour)}"><i class="gs-swatch" style="background:{esc(colour)}" '
        f'aria-hidden="true"></i>{esc(word)}</li>'
        for colour, word in chart.tints
    )
    # Few columns are for comparing: equally wide.
    even = " gs-even" if len(chart.columns) <= 3 else ""
    return (
        (f'<ul class="gs-legend">{items}</ul>' if items else "")
        + f'<div class="gs-table gs-matrix{even}" tabindex="0" role="region" aria-label="{esc(caption)}">'
        f'<table><caption class="gs-hidden">{esc(caption)}</caption>'
        f'<thead><tr><th scope="col">{esc(chart.corner)}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _bands(fill: Sequence[tuple[str, float]]) -> str:
    """Return the CSS background of a cell: colours side by side, each as wide as its share."""
    if len(fill) == 1 and fill[0][1] == 1:
        return fill[0][0]
    stops, at = [], 0.0
    for colour, share in [*fill, ("#ffffff", 1 - sum(share for _, share in fill))]:
        end = at + 100 * share
        stops.append(f"{colour} {at:.1f}% {end:.1f}%")
        at = end
    return f"linear-gradient(to right,{','.join(stops)})"


def _matrix_cell(cell: Cell) -> str:
    if not cell.sign:
        return "<td></td>"
    name = f' data-cell="{esc(cell.key)}"' if cell.key else ""
    style = f"color:{cell.colour or 'inherit'}"
    if cell.fill:
        # The picture of the table is drawn from the attribute.
        name += f' data-fill="{" ".join(f"{colour}:{share:.4f}" for colour, share in cell.fill)}"'
        style += f";background:{_bands(cell.fill)}"
    return (
        f'<td title="{esc(cell.word)}"{name} style="{style}">'
        f'<span aria-hidden="true">{lines(cell.sign)}</span>'
        f'<span class="gs-hidden">{esc(cell.word)}</span></td>'
    )
