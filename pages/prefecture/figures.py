"""The figures of 都道府県カルテ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from components.charts import (
    Cell,
    LineChart,
    MatrixChart,
    NoChart,
    Series,
    Span,
    TableChart,
    TimelineChart,
)
from components.figure import Figure
from components.palette import GROUP_COLOURS, NATION_GREY, PEER_COLOURS, PRIMARY
from domain.frameworks import Framework
from domain.messages import (
    DOCUMENT_DAY,
    NO_TIME,
    NOT_IN_DOCUMENT,
    REPORT,
    count_things,
    describe_report_days,
    due_status,
    format_day,
    framework_title,
    is_overdue,
    is_reported,
    list_frameworks,
    shorten,
    shorten_middle,
    source_word,
)
from domain.periods import Period, format_period, format_short
from domain.population import compute_index
from domain.sources import SourceRef
from domain.values import DRAFT, ESTIMATE, ORIGINAL

# 設置・意見交換・期限 are told apart by form: filled disc, open disc, open diamond.
STARTED, DUE, MENTIONED = "設置", "予定の期限", "その後の記載"
_FORM = {
    STARTED: ("circle", PRIMARY),
    DUE: ("diamond-open", "#8b3200"),
    MENTIONED: ("square", "#006173"),
}


# The axis shows these years around the day looked at; what lies outside stands at its edge.
_YEARS_SHOWN = 2
_MARGIN = timedelta(days=75)
# Start and deadline nearer than this share of the axis are written as one label.
_NEAR_SHARE = 0.3
# Characters of a name beside the timeline: two lines of it.
_LONGEST_TITLE = 26
_FEW_ROWS, _TALL_ROW, _LOW_ROW = 6, 62, 48


def draw_timeline(
    name: str,
    rows: Sequence[Framework],
    today: date,
    today_label: str,
    sources: tuple[SourceRef, ...],
    absence: str,
    most: int = 0,
) -> Figure:
    """What did the prefecture set up when, and by when is something due?

    rows : of the prefecture, also its answer that it has none.
    today : the newest day of the data; what was due before it has no known result unless a
    later slide tells one.  today_label : what that day is.
    absence : where nothing is said of a prefecture without rows.
    most : rows drawn, 0 for all; the table has them all.
    """
    told = any(map(is_reported, rows))
    frameworks = list_frameworks(rows)
    drawn = frameworks if not most or len(frameworks) <= most else frameworks[:most]
    table = pd.DataFrame([_timeline_row(row, today, today_label, told) for row in rows])
    subtitle = "枠組みの設置と予定の期限・帯の幅は時点の精度（月・年度）"
    overdue = sum(is_overdue(row, today) for row in frameworks)
    if frameworks:
        headline = (
            f"{name}の枠組みは{count_things(len(frameworks))}、"
            f"期限を過ぎた予定は{count_things(overdue)}"
        )
        chart = _timeline_chart(drawn, today, today_label) or NoChart(
            f"枠組みの設置年月も期限も、{source_word(rows)}に記載がありません。"
        )
    elif rows:
        headline = f"{name}の枠組みは、{rows[0].status}との報告"
        subtitle = f"枠組みの設置状況への回答・{describe_report_days(rows)}"
        chart = TableChart()
        # An answer has no name, start or deadline: columns without a word tell nothing.
        table = table.drop(columns="枠組み").loc[:, lambda some: some.any()]
    else:
        headline = f"{name}の枠組みは、データ未入力"
        chart = NoChart(
            f"{absence}、この都道府県の枠組みの記載はありません。設置していないという意味ではありません。"
        )
    notes = (
        (
            f"●設置　◇予定の期限　点線は{today_label}。",
            f"期限が{today_label}より前のものは、結果の記載がない限り「予定」とは扱わない。",
        )
        if isinstance(chart, TimelineChart) or (frameworks and not told)
        else (),
        (f"◀▶は、前後{_YEARS_SHOWN}年より外の時期。",) if _has_outside(chart) else (),
        (f"{describe_report_days(rows)}。",) if told else (),
    )
    return Figure(
        key="prefecture.timeline",
        headline=headline,
        subtitle=subtitle
        + (f"・はじめの{count_things(len(drawn))}" if len(drawn) < len(frameworks) else ""),
        chart=chart,
        rows=table
        if len(table)
        else pd.DataFrame([{"枠組み": "データ未入力", "設置年月": "", "予定": "", "期限": ""}]),
        alt=f"{name}の枠組みの年表。"
        + ("".join(_describe_timeline_row(row) for row in rows) or "データ未入力。"),
        kinds=(ORIGINAL,),
        sources=sources,
        file_stem=f"枠組みの年表_{name}",
        as_of=today.isoformat(),
        notes=tuple(note for some in notes for note in some),
    )


def _timeline_row(row: Framework, today: date, label: str, told: bool) -> dict[str, str]:
    """Return one row of the table. told : is anything of the prefecture reported?"""
    due = format_period(row.due) if row.due else "記載なし"
    start = format_period(row.start) if row.start else NO_TIME
    standing = "資料の時点での状態" if label == DOCUMENT_DAY else f"{label}での状態"
    if not told:
        return {
            "枠組み": row.name,
            "設置年月": start,
            "新設・既存": row.origin,
            "予定": row.plan,
            "期限": due,
            standing: due_status(row, today),
        }
    framework = bool(list_frameworks([row]))
    return {
        "枠組み": framework_title(row),
        "設置状況": row.status,
        "設置年月": start if framework else "",
        "新設・既存": row.origin if framework else "",
        "予定": row.plan,
        "期限": due if framework or row.due else "",
        standing: due_status(row, today) if framework or row.due else "",
        "時点": format_day(row.evidence_day),
        "出所": REPORT if is_reported(row) else "資料",
    }


def _describe_timeline_row(row: Framework) -> str:
    if not list_frameworks([row]):
        return f"{row.status}との報告。"
    start = format_period(row.start) if row.start else NO_TIME
    due = format_period(row.due) if row.due else "記載なし"
    return f"{framework_title(row)}：設置 {start}、期限 {due}。"


def _timeline_chart(
    rows: Sequence[Framework], today: date, today_label: str
) -> TimelineChart | None:
    """Return the chart, or None if no row has a date."""
    titles: list[str] = []
    for row in rows:
        title = shorten_middle(framework_title(row), _LONGEST_TITLE)
        if title in titles:
            title = f"{shorten_middle(title, _LONGEST_TITLE - 4)}（{len(titles) + 1}）"
        titles.append(title)
    dated = [(row, title) for row, title in zip(rows, titles, strict=True) if row.start or row.due]
    if not dated:
        return None
    periods = [period for row, _ in dated for period in (row.start, row.due) if period]
    years = timedelta(days=365 * _YEARS_SHOWN)
    first = max(min(*(p.first for p in periods), today) - _MARGIN, today - years)
    last = min(max(*(p.last for p in periods), today) + _MARGIN, today + years)
    near = (last - first) * _NEAR_SHARE
    spans = []
    for row, title in dated:
        started = format_short(row.start) if row.start else ""
        due = f"期限 {format_short(row.due)}" if row.due else ""
        middles = [min(max(_middle(p), first), last) for p in (row.start, row.due) if p]
        if len(middles) == 2 and abs(middles[1] - middles[0]) < near:
            # Side by side the two labels would lie on each other.
            started, due = "", f"{started}／{due}"
        if row.start:
            spans.append(_span(title, started, row.start, STARTED, first, last))
        if row.due:
            spans.append(_span(title, due, row.due, DUE, first, last))
    count = len({title for _, title in dated})
    return TimelineChart(
        spans=tuple(spans),
        first=first.isoformat(),
        last=last.isoformat(),
        today=today.isoformat(),
        today_label=today_label,
        height=110 + (_TALL_ROW if count <= _FEW_ROWS else _LOW_ROW) * count,
    )


def _middle(period: Period) -> date:
    return period.first + (period.last - period.first) / 2


def _span(row: str, label: str, period: Period, kind: str, first: date, last: date) -> Span:
    """Return the mark of a period; outside the axis it stands at the edge and says so."""
    mark, colour = _FORM[kind]
    if period.last < first:
        edge = (first + _MARGIN).isoformat()
        return Span(row, f"◀{label}" if label else "", edge, edge, kind, colour, mark)
    if period.first > last:
        edge = (last - _MARGIN).isoformat()
        return Span(row, f"{label}▶" if label else "", edge, edge, kind, colour, mark)
    begin, end = max(period.first, first), min(period.last, last)
    return Span(row, label, begin.isoformat(), end.isoformat(), kind, colour, mark)


def _has_outside(chart: object) -> bool:
    return isinstance(chart, TimelineChart) and any(
        "◀" in span.label or "▶" in span.label for span in chart.spans
    )


# What stands for the fields of a framework that names a measure but no field.
NO_FIELD = "（分野の記載なし）"


def draw_field_measures(
    name: str,
    rows: Sequence[Framework],
    practices: pd.DataFrame,
    measures: pd.DataFrame,
    sources: tuple[SourceRef, ...],
    absence: str,
    most: int = 0,
) -> Figure:
    """Which measures are there for which field: by practice (下書き) and by framework?

    A measure that was reported keeps its own word; one that is no end of the document's four
    groups has a column of its own.  absence, most : see `draw_timeline`; most counts fields.
    """
    told = any(map(is_reported, rows))
    codes = list(measures["measure_code"])
    words = dict.fromkeys(word for row in rows for word in row.measures)
    extra = [word for word in words if word not in set(measures["name"])]
    # A line break where a narrow column needs one.
    heads = [name.replace("生産性を", "生産性を\n") for name in measures["name"]]
    place = {word: i for i, word in enumerate((*measures["name"], *extra))}
    columns = [*heads, *(_break_word(word) for word in extra), "未入力"]
    colours = [GROUP_COLOURS[group] for group in measures["group_name"]]
    lines: dict[str, list[Cell]] = {}

    def line(field: str) -> list[Cell]:
        return lines.setdefault(field, [Cell()] * len(columns))

    for practice in practices.to_dict("records"):
        for code in practice["measures"].split(";"):
            at = codes.index(code)
            line(practice["field_label"])[at] = Cell(
                "●", f"{heads[at]}（取組事例・下書き）", colours[at]
            )
    for row in rows:
        for field in row.fields or ((NO_FIELD,) if row.measures else ()):
            if not row.measures:
                line(field)[-1] = Cell("？", "枠組みの対象分野。対応方策は未入力", NATION_GREY)
            for measure in row.measures:
                line(field)[place[measure]] = Cell("■", f"{measure}（枠組み）", PRIMARY)
    if told:
        # Columns without a sign would only push the others out of sight.
        kept = [i for i in range(len(columns)) if any(cells[i].sign for cells in lines.values())]
        columns = [columns[i] for i in kept]
        lines = {field: [cells[i] for i in kept] for field, cells in lines.items()}
    table = pd.DataFrame(
        [
            {"分野": field, **{h: c.word for h, c in zip(columns, cells, strict=True)}}
            for field, cells in lines.items()
        ]
    )
    drawn = dict(list(lines.items())[:most]) if most else lines
    drafted = bool(len(practices)) or not told
    signs = {cell.sign for cells in lines.values() for cell in cells}
    legend = (
        (("●", "取組事例（下書き）"),) if drafted else (),
        (("■", "枠組みの対応方策"),) if "■" in signs else (),
        (("？", "枠組みの対象分野（方策は未入力）"),) if not told or "？" in signs else (),
    )
    spread = "枠組みの対応方策は枠組みごとの記載で、その対象分野の全てに印を付けた。"
    fields = [field for field in lines if field != NO_FIELD]
    return Figure(
        key="prefecture.measures",
        headline=f"{name}の分野と対応方策：{len(fields)}分野"
        if lines
        else f"{name}の分野と対応方策は未入力",
        subtitle=f"分野（{source_word(rows)}の語）×対応方策"
        + (f"・はじめの{len(drawn)}分野" if len(drawn) < len(lines) else "")
        + ("・取組事例への当てはめは下書き" if drafted else "・単位 記載の有無"),
        chart=MatrixChart(
            "分野",
            tuple(shorten(field, _LONGEST_TITLE) for field in drawn),
            tuple(columns),
            tuple(map(tuple, drawn.values())),
            tuple(entry for some in legend for entry in some),
        )
        if lines
        else NoChart(
            "取組事例も枠組みの対象分野も、本資料に記載がありません。"
            if absence == NOT_IN_DOCUMENT
            else f"枠組みの対象分野は{absence}、取組事例は資料に、記載がありません。"
        ),
        rows=table if lines else pd.DataFrame([{"分野": "データ未入力"}]),
        alt=f"{name}の分野と対応方策の表。"
        + (
            "、".join(
                f"{field}は" + "・".join(h for h, c in zip(columns, cells, strict=True) if c.sign)
                for field, cells in lines.items()
            )
            or "データ未入力"
        )
        + "。",
        kinds=(ORIGINAL, DRAFT) if drafted else (ORIGINAL,),
        sources=sources,
        file_stem=f"分野と対応方策_{name}",
        notes=(spread,) if "■" in signs else (),
    )


def _break_word(word: str, width: int = 6) -> str:
    return "\n".join(word[i : i + width] for i in range(0, len(word), width))


@dataclass(frozen=True)
class IndexSeries:
    """One place in an index chart. values : year → value in the unit of the figure."""

    name: str
    values: Mapping[int, float]


def draw_index(
    key: str,
    subject: str,
    own: IndexSeries,
    nation: IndexSeries,
    peers: Sequence[IndexSeries],
    base_year: int,
    first_estimate: int | None,
    unit: str,
    source: SourceRef,
) -> Figure:
    """How does the prefecture move against the nation and its peers (base year = 100)?

    first_estimate : first year that is 推計, None if the series is all 原典.
    """
    years = tuple(sorted(own.values))
    dash = None if first_estimate is None else years.index(first_estimate)
    looks = [
        (own, PRIMARY, "circle"),
        (nation, NATION_GREY, "square"),
        *(
            (peer, PEER_COLOURS[i], ("triangle", "diamond", "circle")[i])
            for i, peer in enumerate(peers)
        ),
    ]
    series, columns = [], {"年": [f"{year}年" for year in years]}
    for place, colour, mark in looks:
        index = compute_index(dict(place.values), base_year)
        series.append(
            Series(place.name, tuple(round(index[y], 2) for y in years), colour, mark, dash)
        )
        columns[f"{place.name}（{unit}）"] = [float(place.values[y]) for y in years]
        columns[f"{place.name}（{base_year}年=100）"] = [index[y] for y in years]
    columns["区分"] = [
        ESTIMATE if first_estimate is not None and year >= first_estimate else ORIGINAL
        for year in years
    ]
    last, difference = series[0].values[-1], series[0].values[-1] - series[1].values[-1]
    versus = (
        "全国並み"
        if not round(difference)
        else f"全国より{abs(difference):.0f}ポイント{'高い' if difference > 0 else '低い'}"
    )
    return Figure(
        key=key,
        headline=f"{subject}は{years[-1]}年に{last:.0f}、{versus}",
        subtitle=f"{subject}の指数（{base_year}年=100）・{own.name}・全国・類似団体・{years[0]}〜{years[-1]}年"
        + ("（破線は推計）" if dash is not None else ""),
        chart=LineChart(
            x=years,
            x_labels=tuple(f"{year}\n({_era(year)})" for year in years),
            unit=f"{base_year}年=100",
            series=tuple(series),
            from_zero=False,
            height=300,
        ),
        rows=pd.DataFrame(columns),
        alt=f"折れ線グラフ。{subject}の指数は{years[-1]}年に"
        + "、".join(f"{s.name}{s.values[-1]:.0f}" for s in series)
        + "。",
        kinds=(ORIGINAL, ESTIMATE) if dash is not None else (ORIGINAL,),
        sources=(source,),
        file_stem=f"{subject}の指数_{own.name}",
        notes=("全国は47都道府県の合計（算出）。",),
        digits={c: 1 for c in columns if "=100" in c},
    )


def _era(year: int) -> str:
    return f"R{year - 2018}" if year >= 2019 else f"H{year - 1988}"
