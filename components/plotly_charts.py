"""Charts → Plotly figures in the house style. Pure: no st calls, no network traces.

Only cartesian traces are used: `geo` and `map` traces fetch their ground from outside hosts.
Building and validating a figure takes tens of milliseconds, so equal charts share one; callers
must not change what they get.
"""

from __future__ import annotations

import html
from datetime import date, timedelta
from functools import lru_cache

import plotly.graph_objects as go

from components.charts import BarChart, TimelineChart
from components.palette import FONT_FAMILY, GRID, INK, MUTED, NATION_GREY, WHITE

TEXT_SIZE = 14
# A four-digit number needs about this share of a chart's width.
LEAST_ROOM_SHARE = 0.08
# Plotly's own template adds 6.5 kB to every figure and changes colours; none is wanted.
_TEMPLATE = "none"


def _esc(text: object) -> str:
    """Plotly reads <b>, <a> and the like in texts; data must not."""
    return html.escape(str(text), quote=False)


def _layout(height: int, **more) -> dict:
    return {
        "template": _TEMPLATE,
        "height": height,
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "font": {"family": FONT_FAMILY, "size": TEXT_SIZE, "color": INK},
        "paper_bgcolor": WHITE,
        "plot_bgcolor": WHITE,
        "hoverlabel": {"font": {"family": FONT_FAMILY, "size": TEXT_SIZE}, "bgcolor": WHITE},
        "showlegend": False,
        "dragmode": False,
        **more,
    }


def _axis(**more) -> dict:
    return {
        "gridcolor": GRID,
        "zeroline": False,
        "linecolor": MUTED,
        "automargin": True,
        "fixedrange": True,
        "tickfont": {"size": TEXT_SIZE, "color": INK},
        **more,
    }


@lru_cache(maxsize=256)
def draw_bars(chart: BarChart) -> go.Figure:
    """Draw horizontal bars, the first category on top, values written at their ends.

    In a stack a value is written only where its bar has room for it; the table has them all.
    """
    figure = go.Figure()
    longest = max(sum(s.values[i] or 0 for s in chart.series) for i in range(len(chart.categories)))
    for series in chart.series:
        pattern = (
            {"shape": "/", "fgcolor": WHITE, "size": 6, "fillmode": "overlay", "fgopacity": 1}
            if series.hatch
            else {"shape": ""}
        )
        figure.add_bar(
            y=[_esc(c) for c in chart.categories], x=list(series.values), orientation="h",
            name=_esc(series.name), marker={"color": series.colour, "pattern": pattern},
            text=[None if v is None else f"{v:,.10g}" for v in series.values],
            textposition=[
                "outside" if not chart.stacked
                else "inside" if (v or 0) > LEAST_ROOM_SHARE * longest else "none"
                for v in series.values
            ],
            textfont={"size": TEXT_SIZE}, textangle=0, constraintext="none", cliponaxis=False,
            hovertemplate="%{y}：%{x:,}" + _esc(chart.unit) + "<extra>" + _esc(series.name) + "</extra>",
        )  # fmt: skip
    figure.update_layout(
        **_layout(
            chart.height,
            barmode="stack" if chart.stacked else "group",
            bargap=0.35,
            margin={"l": 8, "r": 48, "t": 28 if len(chart.series) > 1 else 8, "b": 8},
            showlegend=len(chart.series) > 1,
            legend={
                "orientation": "h",
                "x": 0,
                "y": 1,
                "yanchor": "bottom",
                "traceorder": "normal",
            },
            xaxis=_axis(
                title={"text": f"（{_esc(chart.unit)}）", "font": {"size": TEXT_SIZE}},
                rangemode="tozero",
                tickformat=",",
            ),
            yaxis=_axis(autorange="reversed", showgrid=False, ticklabelstandoff=6),
        )
    )
    return figure


@lru_cache(maxsize=256)
def draw_timeline(chart: TimelineChart) -> go.Figure:
    """Draw spans and points on rows; a span as wide as its precision, a due date hollow."""
    rows = list(dict.fromkeys(span.row for span in chart.spans))
    figure = go.Figure()
    for span in chart.spans:
        first, last = date.fromisoformat(span.first), date.fromisoformat(span.last)
        middle = first + (last - first) / 2
        y = rows.index(span.row)
        if last > first:
            figure.add_scatter(
                x=[first.isoformat(), last.isoformat()], y=[y, y], mode="lines",
                line={"color": span.colour, "width": 10}, opacity=0.35, hoverinfo="skip",
            )  # fmt: skip
        figure.add_scatter(
            x=[middle.isoformat()], y=[y], mode="markers+text", text=[_esc(span.label)],
            textposition="top center", textfont={"size": TEXT_SIZE, "color": INK},
            marker={"symbol": span.mark, "size": 13, "color": span.colour,
                    "line": {"width": 2, "color": span.colour}},
            cliponaxis=False,
            hovertemplate=f"{_esc(span.row)}<br>{_esc(span.label)}<br>{_esc(span.kind)}<extra></extra>",
        )  # fmt: skip
    shapes, annotations = [], []
    if chart.today:
        shapes.append({"type": "line", "x0": chart.today, "x1": chart.today, "y0": -0.7,
                       "y1": len(rows) - 0.5, "line": {"color": NATION_GREY, "width": 1.5, "dash": "dot"}})  # fmt: skip
        annotations.append({"x": chart.today, "y": -0.7, "text": _esc(chart.today_label), "showarrow": False,
                            "yanchor": "bottom", "font": {"size": TEXT_SIZE, "color": NATION_GREY}})  # fmt: skip
    figure.update_layout(
        **_layout(
            chart.height,
            hovermode="closest",
            shapes=shapes,
            annotations=annotations,
            margin={"l": 8, "r": 24, "t": 12, "b": 8},
            xaxis=_axis(
                type="date",
                range=[chart.first, chart.last],
                tickvals=list(_half_years(chart.first, chart.last)),
                ticktext=[_half_year_label(day) for day in _half_years(chart.first, chart.last)],
            ),
            yaxis=_axis(
                tickvals=list(range(len(rows))),
                ticktext=[_wrap(row) for row in rows],
                range=[len(rows) - 0.4, -0.9],
                showgrid=False,
                ticklabelstandoff=8,
            ),
        )
    )
    return figure


def _half_years(first: str, last: str):
    day = date.fromisoformat(first)
    end = date.fromisoformat(last)
    while day <= end:
        if day.day == 1 and day.month in (4, 10):
            yield day.isoformat()
        day += timedelta(days=1)


def _half_year_label(day: str) -> str:
    year, month, _ = day.split("-")
    return f"R{int(year) - 2018}.{int(month)}<br>({year})"


def _wrap(text: str, width: int = 13) -> str:
    return "<br>".join(_esc(text[i : i + width]) for i in range(0, len(text), width))
