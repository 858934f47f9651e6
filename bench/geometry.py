"""The same outlines with more points: does the cost of a change grow with them?"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMES = 5
_GEOJSON = ROOT / "static" / "geo" / "prefectures.geojson"
_APP_PARTS = ("app.py", "components", "data", "domain", "pages", "static", ".streamlit")
_DISPLAY = Path("static") / "geo" / "prefectures_display.json"
_COMMAND = re.compile(r"([MLHVZmlhvz])([^MLHVZmlhvz]*)")
_NUMBER = re.compile(r"-?(?:\d*\.\d+|\d+)")

Point = tuple[float, float]


def densify_ring(ring: list[Point], times: int) -> list[Point]:
    """Put times − 1 points on every straight piece of a ring; its shape stays the same."""
    dense = []
    for (x0, y0), (x1, y1) in zip(ring, ring[1:], strict=False):
        dense += [(x0 + (x1 - x0) * k / times, y0 + (y1 - y0) * k / times) for k in range(times)]
    return [*dense, ring[-1]] if ring else []


def write_peer_geometry(target: Path, times: int = 1) -> int:
    """Write our outlines as Plotly needs them, with `times` as many points; return their number.

    d3, inside Plotly, takes a counter-clockwise outer ring (the order of RFC 7946) for the rest
    of the globe and would fill the whole frame.
    """
    document = json.loads(_GEOJSON.read_text("utf-8"))
    points = 0
    for feature in document["features"]:
        shape = feature["geometry"]
        several = shape["type"] == "MultiPolygon"
        polygons = shape["coordinates"] if several else [shape["coordinates"]]
        written = [
            [_turned(densify_ring(ring, times), hole=place > 0) for place, ring in enumerate(rings)]
            for rings in polygons
        ]
        points += sum(len(ring) for rings in written for ring in rings)
        shape["coordinates"] = written if several else written[0]
    target.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), "utf-8")
    return points


def _turned(ring: list[Point], *, hole: bool) -> list[Point]:
    """Return a ring clockwise, a hole counter-clockwise, to four decimals."""
    double_area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:], strict=False))
    order = ring if (double_area > 0) == hole else ring[::-1]
    return [(round(x, 4), round(y, 4)) for x, y in order]


def copy_app(target: Path, source: Path = ROOT) -> None:
    """Copy what our app consists of; edits to the original no longer reach the copy."""
    target.mkdir(parents=True)
    for part in _APP_PARTS:
        if (source / part).is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source / part, target / part, ignore=ignore)
        else:
            shutil.copy(source / part, target / part)


def densify_map(app: Path) -> int:
    """Give a copy of our app outlines with TIMES as many points; return their number."""
    file = app / _DISPLAY
    document = json.loads(file.read_text("utf-8"))
    points = 0
    for place in document["prefectures"]:
        rings = [densify_ring(ring, TIMES) for ring in read_rings(place["path"])]
        points += sum(len(ring) for ring in rings)
        place["path"] = "".join(
            "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in ring) + "Z" for ring in rings
        )
    file.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), "utf-8")
    return points


def count_display_points() -> int:
    """How many points do the outlines have that our map draws?"""
    display = json.loads((ROOT / _DISPLAY).read_text("utf-8"))
    return sum(len(ring) for place in display["prefectures"] for ring in read_rings(place["path"]))


def read_rings(path: str) -> list[list[Point]]:
    """Return the rings of an SVG path of straight pieces, in absolute coordinates."""
    rings: list[list[Point]] = []
    x = y = 0.0
    for letter, rest in _COMMAND.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(rest)]
        kind, relative = letter.upper(), letter.islower()
        if kind == "Z":
            x, y = rings[-1][0]
            rings[-1].append((x, y))
            continue
        step = 1 if kind in "HV" else 2
        for at in range(0, len(numbers) - step + 1, step):
            dx = numbers[at] if kind != "V" else (0 if relative else x)
            dy = numbers[at + step - 1] if kind != "H" else (0 if relative else y)
            x, y = (x + dx, y + dy) if relative else (dx, dy)
            if kind == "M" and at == 0:
                rings.append([])
            rings[-1].append((x, y))
    return rings
