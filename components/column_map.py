"""The 立体 view: a column on every prefecture, drawn by pydeck without any base map.

Needs WebGL 2 in the browser; pages offer it only after the browser said it has it.
"""

from __future__ import annotations

import pydeck as pdk

from components.charts import ColumnMap
from components.static_files import static_url

OUTLINES = "geo/prefectures.geojson"
# Tallest column, in metres on the ground: half of Honshu's length looks right from the side.
TALLEST_M = 450_000
_RADIUS_M = 17_000


def _rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def draw_columns(chart: ColumnMap) -> pdk.Deck:
    """Draw columns whose height is proportional to the value, the ground by static address."""
    tallest = max(chart.values.values(), default=1) or 1
    rows = [
        {
            "lon": chart.places[code][0],
            "lat": chart.places[code][1],
            "height": TALLEST_M * max(value, 0) / tallest,
            "colour": _rgb(chart.colours[code]),
            "name": chart.names[code],
            "value": f"{value:,.10g}{chart.unit}",
        }
        for code, value in chart.values.items()
    ]
    ground = pdk.Layer(
        "GeoJsonLayer", data=static_url(OUTLINES), id="ground", get_fill_color=[242, 242, 242],
        get_line_color=[118, 118, 118], line_width_min_pixels=1,
    )  # fmt: skip
    columns = pdk.Layer(
        "ColumnLayer", data=rows, id="columns", get_position="[lon, lat]", get_elevation="height",
        get_fill_color="colour", radius=_RADIUS_M, elevation_scale=1, pickable=True,
        auto_highlight=True,
    )  # fmt: skip
    return pdk.Deck(
        layers=[ground, columns],
        initial_view_state=pdk.ViewState(
            longitude=137.2, latitude=36.2, zoom=4.25, pitch=48, bearing=-8, min_zoom=3, max_zoom=8
        ),
        # map_style must not even be passed: the default asks an outside host for a style.
        map_provider=None,
        tooltip={"text": "{name}\n{value}"},
    )
