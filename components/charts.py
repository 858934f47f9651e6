"""What a figure shows, apart from how it is drawn (図の中身).

A chart holds numbers, names and marks. The same object is drawn in the browser (SVG or
Plotly), written as a table, and exported; none of these needs to know the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.palette import Mark


@dataclass(frozen=True)
class Series:
    """One line or one set of bars.

    dash_from : first index that is 推計, None for none.  end_label : False if the line ends
    early, where a label at the right would look like a flat continuation.
    """

    name: str
    values: tuple[float | None, ...]
    colour: str
    mark: str = "circle"
    dash_from: int | None = None
    hatch: str = ""
    end_label: bool = True


@dataclass(frozen=True)
class Band:
    """A range around a line (推計の幅)."""

    name: str
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    colour: str


@dataclass(frozen=True)
class LineChart:
    """Values over time. x : years; x_labels : what stands under them, may hold a newline."""

    x: tuple[float, ...]
    x_labels: tuple[str, ...]
    unit: str
    series: tuple[Series, ...]
    bands: tuple[Band, ...] = ()
    from_zero: bool = True
    height: int = 320


@dataclass(frozen=True)
class BarChart:
    """Values by category, horizontal so that long Japanese names stay readable.

    live : the values change with a choice on the page.
    """

    categories: tuple[str, ...]
    unit: str
    series: tuple[Series, ...]
    stacked: bool = False
    live: bool = False
    height: int = 320


@dataclass(frozen=True)
class MapChart:
    """A mark for each of the 47 prefectures, on the outline map or on equal tiles.

    marks : the legend, in order.  place : pref_code → index into marks.
    partial, dimmed : codes drawn as covering only a part, or as not matching the filter.
    notes : a further line of the tooltip.  texts : a short value under the name on a tile.
    follows : CSS selector of a slider of the page; while its handle moves, the map shows
    steps[i], computed ahead, and the server's own answer follows.
    """

    view: str
    marks: tuple[Mark, ...]
    place: Mapping[str, int]
    partial: frozenset[str] = frozenset()
    dimmed: frozenset[str] = frozenset()
    notes: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    selected: str | None = None
    selectable: bool = False
    max_height: int = 620
    follows: str = ""
    steps: tuple[MapChart, ...] = ()


OUTLINE, TILE = "outline", "tile"


@dataclass(frozen=True)
class ColumnMap:
    """A column on each prefecture, its height the value (立体).

    values : pref_code → value in unit.  colours : #rrggbb.  places : (longitude, latitude).
    """

    values: Mapping[str, float]
    unit: str
    colours: Mapping[str, str]
    names: Mapping[str, str]
    places: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Cell:
    """One cell of a matrix: a sign with its word, and further text for the screen reader.

    colour : #rrggbb of the sign, "" for the default.  fill : (#rrggbb, share) of what lies behind
    it, from left to right; what is left of 1 stays white.
    key : what choosing the cell reports, "" if it cannot be chosen.
    """

    sign: str = ""
    word: str = ""
    colour: str = ""
    fill: tuple[tuple[str, float], ...] = ()
    key: str = ""


@dataclass(frozen=True)
class MatrixChart:
    """Signs in a grid. cells : one tuple a row, one Cell a column.  selected : key of a cell.

    legend : (sign, word).  tints : (#rrggbb, word) of what lies behind the signs.
    """

    corner: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    legend: tuple[tuple[str, str], ...] = ()
    tints: tuple[tuple[str, str], ...] = ()
    selected: str | None = None


@dataclass(frozen=True)
class Span:
    """One mark on a timeline: from first to last day (the same for a point), with its row."""

    row: str
    label: str
    first: str
    last: str
    kind: str
    colour: str
    mark: str


@dataclass(frozen=True)
class TimelineChart:
    """What happened and what is due. today : ISO day of the line 「資料の時点」, or ""."""

    spans: tuple[Span, ...]
    first: str
    last: str
    today: str = ""
    today_label: str = ""
    height: int = 260


@dataclass(frozen=True)
class NoChart:
    """A figure whose values the source holds only as a picture (データ未入力)."""

    message: str


@dataclass(frozen=True)
class TableChart:
    """A figure that is best read as its table; there is no second view."""


Chart = (
    LineChart | BarChart | MapChart | ColumnMap | MatrixChart | TimelineChart | NoChart | TableChart
)
