"""The figure contract, over every figure of the dashboard and every prefecture."""

from __future__ import annotations

import io
import json
import re

import openpyxl
import pandas as pd
import pytest

from components import downloads, plotly_charts
from components.charts import (
    BarChart,
    ColumnMap,
    LineChart,
    MapChart,
    NoChart,
    Series,
    TimelineChart,
)
from components.column_map import draw_columns
from components.figure import LONGEST_HEADLINE, Figure
from components.svg_payload import bar_payload, line_payload, map_payload
from domain.places import CODES
from domain.sources import SourceRef
from domain.values import ORIGINAL
from pages.prefecture.build import list_figures as list_prefecture_figures
from pages.registry import list_all_figures

SOURCE = SourceRef("s", "資料", "発行者", "資料を加工して作成", "表1")


@pytest.fixture(scope="module")
def figures() -> list[Figure]:
    return [figure for group in list_all_figures().values() for figure in group]


def make(**changes) -> Figure:
    fields = {
        "key": "test.figure", "headline": "言えること", "subtitle": "指標・単位 人・2020年",
        "chart": NoChart("なし"), "rows": pd.DataFrame({"項目": ["a"]}), "alt": "説明",
        "kinds": (ORIGINAL,), "sources": (SOURCE,), "file_stem": "図",
    }  # fmt: skip
    return Figure(**(fields | changes))


@pytest.mark.parametrize(
    "missing", ["headline", "subtitle", "alt", "kinds", "sources", "file_stem"]
)
def test_a_figure_that_lacks_something_is_refused(missing):
    with pytest.raises(ValueError, match=missing):
        make(**{missing: () if missing in ("kinds", "sources") else ""})


def test_a_long_headline_and_an_unknown_kind_are_refused():
    with pytest.raises(ValueError, match="headline"):
        make(headline="あ" * (LONGEST_HEADLINE + 1))
    with pytest.raises(ValueError, match="unknown kinds"):
        make(kinds=("本当",))


def test_every_export_says_how_far_it_may_be_trusted(figures):
    for figure in figures:
        columns = {"区分", "値の区分", "段階の区分"} & set(figure.export_table().columns)
        assert columns, figure.key
        assert figure.kinds[0] in figure.png_text()["subtitle"]
    # A table of its own 区分 keeps it; 年齢区分 is none.
    own = make(rows=pd.DataFrame({"年齢区分": ["0〜14歳"], "区分": ["推計"]}))
    assert own.export_table() is own.table
    other = make(rows=pd.DataFrame({"年齢区分": ["0〜14歳"]}))
    assert other.export_table()["区分"].tolist() == ["原典"]


def test_there_are_many_figures_with_unique_keys(figures):
    keys = [figure.key for figure in figures]
    assert len(keys) > 15 and len(set(keys)) == len(keys)
    assert len({figure.slug() for figure in figures}) == len(keys)


def test_every_figure_tells_what_it_measures(figures):
    for figure in figures:
        assert re.search(r"単位|指数|設置状況|時点|対象分野|枠組み|分野", figure.subtitle), (
            figure.key
        )
        assert figure.alt.endswith("。") and len(figure.alt) > 15, figure.key
        assert len(figure.table) and len(figure.table.columns) >= 2, figure.key
        assert all(re.search(r"[ぁ-んァ-ヶ一-龠]|ID", str(c)) for c in figure.table.columns), (
            figure.key
        )
        assert all(source.short for source in figure.sources), figure.key


@pytest.mark.parametrize("code", CODES)
def test_the_karte_of_every_prefecture_can_be_built(code):
    for figure in list_prefecture_figures(code):
        assert figure.headline
        assert "nan" not in figure.alt and "nan" not in figure.headline


def test_the_drawn_numbers_are_those_of_the_table(figures):
    for figure in figures:
        chart = figure.chart
        if not isinstance(chart, BarChart | LineChart):
            continue
        shown = {
            round(float(cell), 2)
            for column in figure.table.columns
            for cell in figure.table[column]
            if isinstance(cell, (int, float)) and cell == cell
        }
        # Shares of a whole are drawn beside their rest, which the table leaves out.
        drawn = {
            round(v, 2)
            for s in chart.series
            for v in s.values
            if v is not None and s.name != "それ以外"
        }
        off = {
            v
            for v in drawn
            if not any(abs(v - t) < 0.06 or abs(v - t / 10_000) < 0.06 for t in shown)
        }
        assert not off, (figure.key, off)


def test_every_chart_can_be_drawn(figures):
    for figure in figures:
        chart, png = figure.chart, figure.png_text()
        if isinstance(chart, MapChart):
            payload = map_payload(chart, figure.alt, png)
            assert len(payload["s"]) == len(payload["f"]) == 47
            assert max(int(c, 36) for c in payload["s"]) < len(payload["states"])
        elif isinstance(chart, LineChart):
            json.dumps(line_payload(chart, figure.alt, png), allow_nan=False)
        elif isinstance(chart, BarChart) and chart.live:
            json.dumps(bar_payload(chart, figure.alt, png), allow_nan=False)
        elif isinstance(chart, BarChart):
            assert plotly_charts.draw_bars(chart).data
        elif isinstance(chart, TimelineChart):
            assert plotly_charts.draw_timeline(chart).data
        elif isinstance(chart, ColumnMap):
            assert len(draw_columns(chart).layers) == 2


def test_plotly_uses_cartesian_traces_only(figures):
    for figure in figures:
        if isinstance(figure.chart, BarChart | TimelineChart):
            drawn = (
                plotly_charts.draw_bars(figure.chart)
                if isinstance(figure.chart, BarChart)
                else plotly_charts.draw_timeline(figure.chart)
            )
            assert {trace.type for trace in drawn.data} <= {"bar", "scatter"}


def test_a_map_change_sends_values_and_no_geometry(figures):
    chart = next(f.chart for f in figures if f.key == "map.states")
    figure = next(f for f in figures if f.key == "map.states")
    size = len(json.dumps(map_payload(chart, figure.alt, figure.png_text())).encode())
    assert size < 6_000
    assert "path" not in json.dumps(map_payload(chart, "", {}))


def test_pydeck_asks_no_host_and_has_the_ground_by_address(figures):
    chart = next(f.chart for f in figures if isinstance(f.chart, ColumnMap))
    text = draw_columns(chart).to_json()
    assert "http" not in text and "app/static/geo/prefectures.geojson" in text
    assert len(json.loads(text)["layers"][1]["data"]) == 47


def test_texts_of_data_cannot_become_markup_in_plotly():
    series = Series("<b>名</b>", (1.0,), "#000000")
    drawn = plotly_charts.draw_bars(BarChart(("<a href='x'>k</a>",), "件", (series,)))
    assert "<" not in drawn.data[0].name and "<" not in drawn.data[0].y[0]


def test_downloads_of_every_figure_open_again(figures):
    for figure in figures:
        content = downloads.to_csv(figure.export_table())
        again = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
        assert list(again.columns) == [str(c) for c in figure.export_table().columns]
        assert len(again) == len(figure.export_table())
        book = openpyxl.load_workbook(
            io.BytesIO(
                downloads.to_xlsx(
                    {"データ": figure.export_table(), "出典・注": figure.meta_table()}
                )
            )
        )
        assert book.sheetnames == ["データ", "出典・注"]
        for sheet in book:
            assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
