"""The figure contract: nothing draws a chart outside this module (図の約束事).

A figure says something (主見出し), names what it measures with unit and as-of (副題), shows a
chart and the same numbers as a table, tells its 区分, notes and source, has a text for those
who cannot see it, and hands out its data. A figure that lacks one of these is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd
import streamlit as st

from components import downloads
from components.charts import (
    BarChart,
    Chart,
    ColumnMap,
    LineChart,
    MapChart,
    MatrixChart,
    NoChart,
    TableChart,
    TimelineChart,
)
from components.markup import data_table, esc, kind_badge, legend, lines, matrix_table
from components.svg_figure import pick_cell, png_button, svg_figure
from components.svg_payload import bar_payload, line_payload, map_payload
from domain.sources import SourceRef
from domain.values import KINDS

# Columns that say how far the values of their row may be trusted.
_KIND_COLUMNS = {"区分", "値の区分", "段階の区分"}
LONGEST_HEADLINE = 40


@dataclass(frozen=True)
class Figure:
    """One figure with everything the contract asks for.

    key : unique English name, e.g. "overview.population".
    headline : the message, up to LONGEST_HEADLINE characters.
    subtitle : 指標・対象・単位・時点 in words.
    chart : what is shown.  rows : the same numbers as a table, Japanese column names, one row
    a value or an item; a function where the table is wanted on request only (`table` calls it).
    alt : 種類＋要旨 for screen readers.
    kinds : 区分 of the values, one or more.  sources : at least one.
    file_stem, as_of : for the names of downloads.  digits : decimals by column of the table.
    """

    key: str
    headline: str
    subtitle: str
    chart: Chart
    rows: pd.DataFrame | Callable[[], pd.DataFrame]
    alt: str
    kinds: tuple[str, ...]
    sources: tuple[SourceRef, ...]
    file_stem: str
    as_of: str = ""
    notes: tuple[str, ...] = ()
    digits: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("key", "headline", "subtitle", "alt", "kinds", "sources", "file_stem"):
            if not getattr(self, name):
                raise ValueError(f"figure {self.key!r} lacks {name}")
        if len(self.headline) > LONGEST_HEADLINE:
            raise ValueError(f"figure {self.key!r}: headline longer than {LONGEST_HEADLINE}")
        if unknown := set(self.kinds) - set(KINDS):
            raise ValueError(f"figure {self.key!r}: unknown kinds {unknown}")

    @cached_property
    def table(self) -> pd.DataFrame:
        """The figure's numbers as a table."""
        return self.rows() if callable(self.rows) else self.rows

    def export_table(self) -> pd.DataFrame:
        """Return the table as it leaves the dashboard: every row says its 区分."""
        if not _KIND_COLUMNS.isdisjoint(self.table.columns):
            return self.table
        return self.table.assign(区分="・".join(self.kinds))

    def slug(self) -> str:
        """Return the key as it can stand in a CSS class and a widget key."""
        return self.key.replace(".", "-").replace("_", "-")

    def meta_table(self) -> pd.DataFrame:
        """Return what belongs to the numbers, as the second sheet of the workbook."""
        rows = [
            ("図", self.headline),
            ("指標・単位・時点", self.subtitle),
            ("区分", "・".join(self.kinds)),
            *(("出典", source.to_text()) for source in self.sources),
            *(("注", note) for note in self.notes),
        ]
        return pd.DataFrame(rows, columns=["項目", "内容"])

    def png_text(self) -> dict[str, str]:
        """Return title, subtitle, source line and file name for the picture."""
        return {
            "name": downloads.file_name(self.file_stem, self.as_of, "png"),
            "title": self.headline,
            "subtitle": f"【{'・'.join(self.kinds)}】{self.subtitle}",
            "source": "出典：" + "／".join(source.to_text() for source in self.sources),
        }


def show_figure(
    figure: Figure,
    *,
    tabs: bool = True,
    on_select: Callable[[str | None], None] | None = None,
    level: int = 2,
) -> str | None:
    """Show a figure as the contract asks, and return the selected prefecture, if any.

    tabs : False where the page has its own switch between 図 and 表.
    on_select : callback of a selectable map.  level : heading level of the headline.
    """
    with st.container(key=f"figure-{figure.slug()}"):
        show_figure_head(figure, level)
        selected = _show_views(figure, tabs, on_select)
        show_figure_foot(figure)
    return selected


def show_figure_beside(panel: Callable[[], Figure], on_select: Callable[[str], None]) -> None:
    """Show a figure with a panel beside it that says more of what is chosen in it.

    panel : shows itself and returns the figure, which depends on what is chosen in the panel.
    On a narrow screen the panel stands right below the chart.
    """
    head = st.container()
    chart, beside = st.columns([7, 3], gap="medium")
    foot = st.container()
    with beside:
        figure = panel()
    with head:
        show_figure_head(figure)
    with chart:
        _show_views(figure, True, on_select)
    with foot:
        show_figure_foot(figure)


def _show_views(
    figure: Figure, tabs: bool, on_select: Callable[[str | None], None] | None
) -> str | None:
    if isinstance(figure.chart, TableChart):
        show_figure_table(figure)
        return None
    if not tabs:
        return show_chart(figure, on_select)
    chart_tab, table_tab = st.tabs(["図", "表"], key=f"{figure.slug()}-tabs", on_change="rerun")
    with chart_tab:
        selected = show_chart(figure, on_select)
    # The table is built and sent when somebody opens it.
    if table_tab.open:
        with table_tab:
            show_figure_table(figure)
    return selected


def show_bare_figure(figure: Figure, height: int = 0, level: int = 3) -> None:
    """Show headline, subtitle and chart alone, for a sheet that carries the rest once.

    height : px, for a chart that has one; 0 keeps its own.
    """
    sized = height and hasattr(figure.chart, "height")
    chart = replace(figure.chart, height=height) if sized else figure.chart
    with st.container(key=f"sheet-{figure.slug()}", gap=None):
        show_figure_head(figure, level)
        show_chart(replace(figure, chart=chart), bare=True)


def show_figure_head(figure: Figure, level: int = 2) -> None:
    """Show headline, badges and subtitle."""
    badges = "".join(kind_badge(kind) for kind in figure.kinds)
    st.html(
        f'<div class="gs-figure-head"><h{level}>{esc(figure.headline)}</h{level}>'
        f"<p>{badges}{esc(figure.subtitle)}</p></div>"
    )


def show_chart(
    figure: Figure,
    on_select: Callable[[str | None], None] | None = None,
    *,
    bare: bool = False,
) -> str | None:
    """Draw the chart with the renderer that suits it; return the selected prefecture, if any.

    bare : without the button that saves a picture.

    What moves with a choice on the page is our own SVG (it repaints in place and needs no
    large script): maps, lines, live bars. Other bars and timelines are Plotly, columns on a
    map pydeck, grids of signs an HTML table.
    """
    chart, key = figure.chart, f"{figure.slug()}-chart"
    png = {} if bare else figure.png_text()
    match chart:
        case MapChart():

            def tell() -> None:
                on_select(st.session_state[key]["selected"] or None)

            counts = Counter(chart.place.values())
            st.html(legend((mark, counts[i]) for i, mark in enumerate(chart.marks)))
            data = map_payload(chart, figure.alt, png)
            return svg_figure(data, key=key, on_select=tell if on_select else None)
        case LineChart():
            svg_figure(line_payload(chart, figure.alt, png), key=key)
        case BarChart(live=True):
            svg_figure(bar_payload(chart, figure.alt, png), key=key)
        case BarChart() | TimelineChart():
            _show_plotly(figure, key)
            if png:
                png_button(f".st-key-{key}", png, key=f"{key}-png")
        case MatrixChart():
            _show_table_with_picture(key, matrix_table(chart, figure.subtitle), png)
            if on_select:
                pick_cell(
                    f".st-key-{key}",
                    chart.selected,
                    key=f"{figure.slug()}-cells",
                    on_pick=on_select,
                )
        case ColumnMap():
            _show_columns(figure, key)
        case NoChart():
            st.html(
                f'<div class="gs-missing" role="note"><b>データ未入力</b><p>{lines(chart.message)}</p></div>'
            )
    return None


def _show_table_with_picture(key: str, table: str, png: dict[str, str]) -> None:
    with st.container(key=key):
        st.html(table)
    if png:
        png_button(f".st-key-{key}", png, key=f"{key}-png")


def _show_plotly(figure: Figure, key: str) -> None:
    from components import plotly_charts  # late: a page without Plotly need not load it

    chart = figure.chart
    drawn = (
        plotly_charts.draw_bars(chart)
        if isinstance(chart, BarChart)
        else plotly_charts.draw_timeline(chart)
    )
    st.plotly_chart(
        drawn,
        theme=None,
        key=key,
        alt=figure.alt,
        height=chart.height,
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False},
    )


def _show_columns(figure: Figure, key: str) -> None:
    from components.column_map import draw_columns  # late: pydeck is wanted here only

    st.pydeck_chart(draw_columns(figure.chart), height=560, key=key, alt=figure.alt)


def show_figure_table(figure: Figure) -> None:
    """Show the figure's numbers as a table; one that is all the figure has is never cut."""
    whole = isinstance(figure.chart, TableChart)
    table = data_table(
        figure.table,
        figure.subtitle,
        dict(figure.digits),
        hide_caption=True,
        max_height=None if whole else 480,
    )
    if whole:
        _show_table_with_picture(f"{figure.slug()}-chart", table, figure.png_text())
    else:
        st.html(table)


def show_figure_foot(figure: Figure) -> None:
    """Show notes and source, and hand out the data."""
    notes = "".join(f"<li>{lines(note)}</li>" for note in figure.notes)
    sources = "／".join(esc(source.to_text()) for source in figure.sources)
    st.html(
        f'<div class="gs-figure-foot">{f"<ul>{notes}</ul>" if notes else ""}'
        f"<p>出典：{sources}</p></div>"
    )
    with st.container(horizontal=True, gap="small", key=f"{figure.slug()}-downloads"):
        for label, extension, mime, build in (
            # Functions: nothing is written before somebody asks for it.
            ("CSV", "csv", downloads.CSV_MIME, lambda: downloads.to_csv(figure.export_table())),
            ("Excel", "xlsx", downloads.XLSX_MIME, lambda: _workbook(figure)),
        ):
            st.download_button(
                f"{label}で保存",
                data=build,
                file_name=downloads.file_name(figure.file_stem, figure.as_of, extension),
                mime=mime,
                key=f"{figure.slug()}-{extension}",
                on_click="ignore",
                type="tertiary",
            )


def _workbook(figure: Figure) -> bytes:
    return downloads.to_xlsx({"データ": figure.export_table(), "出典・注": figure.meta_table()})
