"""Charts → what the SVG component is sent: values and marks, never geometry."""

from __future__ import annotations

from collections.abc import Mapping

from components.charts import BarChart, LineChart, MapChart
from components.palette import Mark
from components.static_files import static_url
from domain.places import CODES

GEOMETRY = "geo/prefectures_display.json"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PARTIAL, DIMMED = 1, 2


def _mark_payload(mark: Mark) -> dict:
    fields = {
        "label": mark.label,
        "fill": mark.fill,
        "ink": mark.ink,
        "mark": mark.sign,
        "border": mark.border,
        "hatch": mark.hatch,
        "dashed": mark.dashed,
    }
    return {name: value for name, value in fields.items() if value}


def _letters(chart: MapChart) -> dict[str, str]:
    """Return what a change consists of: one letter a prefecture for state and for flags."""
    return {
        "s": "".join(_DIGITS[chart.place[code]] for code in CODES),
        "f": "".join(
            str(PARTIAL * (code in chart.partial) + DIMMED * (code in chart.dimmed))
            for code in CODES
        ),
    }


def map_payload(chart: MapChart, label: str, png: Mapping[str, str]) -> dict:
    """Return the map as the component reads it: one character a prefecture for state and flags.

    Raises KeyError if a prefecture has no place among the marks.
    """
    return {
        "kind": "map",
        "view": chart.view,
        "geo": static_url(GEOMETRY),
        "label": label,
        "states": [_mark_payload(mark) for mark in chart.marks],
        **_letters(chart),
        "notes": dict(chart.notes),
        "texts": dict(chart.texts),
        "selected": chart.selected,
        "selectable": chart.selectable,
        "maxHeight": chart.max_height,
        "follow": chart.follows,
        "frames": [_letters(step) for step in chart.steps],
        "png": dict(png),
    }


def line_payload(chart: LineChart, label: str, png: Mapping[str, str]) -> dict:
    """Return lines over time as the component reads them."""
    return {
        "kind": "line",
        "label": label,
        "unit": chart.unit,
        "x": list(chart.x),
        "xLabels": list(chart.x_labels),
        "yZero": chart.from_zero,
        "height": chart.height,
        "series": [
            {"name": s.name, "color": s.colour, "mark": s.mark, "values": list(s.values),
             "dashFrom": s.dash_from, "endLabel": s.end_label}
            for s in chart.series
        ],
        "bands": [
            {"name": b.name, "color": b.colour, "low": list(b.low), "high": list(b.high)}
            for b in chart.bands
        ],
        "png": dict(png),
    }  # fmt: skip


def bar_payload(chart: BarChart, label: str, png: Mapping[str, str]) -> dict:
    """Return horizontal bars as the component reads them."""
    return {
        "kind": "bar",
        "label": label,
        "unit": chart.unit,
        "categories": list(chart.categories),
        "series": [
            {"name": s.name, "color": s.colour, "hatch": s.hatch, "values": list(s.values)}
            for s in chart.series
        ],
        "stacked": chart.stacked,
        "height": chart.height,
        "png": dict(png),
    }
