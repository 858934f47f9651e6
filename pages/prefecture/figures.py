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
    TimelineChart,
)
from components.figure import Figure
from components.palette import GROUP_COLOURS, NATION_GREY, PEER_COLOURS, PRIMARY
from domain.frameworks import Framework
from domain.messages import due_status, is_overdue
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


def draw_timeline(name: str, rows: Sequence[Framework], today: date, source: SourceRef) -> Figure:
    """What did the prefecture set up when, and by when is something due?

    today : the document's own date; what was due before it has no known result unless a
    later slide tells one.
    """
    spans, table = [], []
    for row in rows:
        title = row.name
        if row.start:
            spans.append(_span(title, format_short(row.start), row.start, STARTED))
        if row.due:
            spans.append(_span(title, f"期限 {format_short(row.due)}", row.due, DUE))
        table.append(
            {
                "枠組み": title,
                "設置年月": format_period(row.start) if row.start else "時期の記載なし",
                "新設・既存": row.origin,
                "予定": row.plan,
                "期限": format_period(row.due) if row.due else "記載なし",
                "資料の時点での状態": due_status(row, today),
            }
        )
    if not spans:
        chart = NoChart("枠組みの設置年月も期限も、資料に記載がありません。")
    else:
        days = [date.fromisoformat(day) for span in spans for day in (span.first, span.last)]
        chart = TimelineChart(
            spans=tuple(spans),
            first=(min(*days, today) - timedelta(days=75)).isoformat(),
            last=(max(*days, today) + timedelta(days=75)).isoformat(),
            today=today.isoformat(),
            today_label="資料の日付",
            height=110 + 62 * len({span.row for span in spans}),
        )
    overdue = sum(is_overdue(row, today) for row in rows)
    return Figure(
        key="prefecture.timeline",
        headline=f"{name}の枠組みは{len(rows)}つ、期限を過ぎた予定は{overdue}つ"
        if rows
        else f"{name}の枠組みは、データ未入力",
        subtitle="枠組みの設置と予定の期限・帯の幅は時点の精度（月・年度）",
        chart=chart
        if rows
        else NoChart(
            "本資料に、この都道府県の枠組みの記載はありません。設置していないという意味ではありません。"
        ),
        rows=pd.DataFrame(table)
        if table
        else pd.DataFrame([{"枠組み": "データ未入力", "設置年月": "", "予定": "", "期限": ""}]),
        alt=f"{name}の枠組みの年表。"
        + (
            "".join(f"{r['枠組み']}：設置 {r['設置年月']}、期限 {r['期限']}。" for r in table)
            or "データ未入力。"
        ),
        kinds=(ORIGINAL,),
        sources=(source,),
        file_stem=f"枠組みの年表_{name}",
        as_of=today.isoformat(),
        notes=(
            "●設置　◇予定の期限　点線は資料の日付。",
            "期限が資料の日付より前のものは、結果の記載がない限り「予定」とは扱わない。",
        )
        if rows
        else (),
    )


def _span(row: str, label: str, period: Period, kind: str) -> Span:
    mark, colour = _FORM[kind]
    return Span(row, label, period.first.isoformat(), period.last.isoformat(), kind, colour, mark)


def draw_field_measures(
    name: str,
    rows: Sequence[Framework],
    practices: pd.DataFrame,
    measures: pd.DataFrame,
    source: SourceRef,
) -> Figure:
    """Which measures are there for which field: by practice (下書き) and by framework?"""
    codes = list(measures["measure_code"])
    # A line break where a narrow column needs one.
    heads = [name.replace("生産性を", "生産性を\n") for name in measures["name"]]
    colours = [GROUP_COLOURS[group] for group in measures["group_name"]]
    lines: dict[str, list[Cell]] = {}
    for practice in practices.to_dict("records"):
        cells = lines.setdefault(practice["field_label"], [Cell()] * (len(codes) + 1))
        for code in practice["measures"].split(";"):
            place = codes.index(code)
            cells[place] = Cell("●", f"{heads[place]}（取組事例・下書き）", colours[place])
    for row in rows:
        for word in row.fields:
            cells = lines.setdefault(word, [Cell()] * (len(codes) + 1))
            if not row.measures:
                cells[-1] = Cell("？", "枠組みの対象分野。対応方策は未入力", NATION_GREY)
            for measure in row.measures:
                if measure in heads:
                    cells[heads.index(measure)] = Cell("■", f"{measure}（枠組み）", PRIMARY)
    columns = (*heads, "未入力")
    table = pd.DataFrame(
        [
            {"分野": field, **{h: c.word for h, c in zip(columns, cells, strict=True)}}
            for field, cells in lines.items()
        ]
    )
    return Figure(
        key="prefecture.measures",
        headline=f"{name}の分野と対応方策：{len(lines)}分野" if lines else f"{name}の分野と対応方策は未入力",
        subtitle="分野（資料の語）×対応方策・取組事例への当てはめは下書き",
        chart=MatrixChart(
            "分野", tuple(lines), columns, tuple(map(tuple, lines.values())),
            (("●", "取組事例（下書き）"), ("？", "枠組みの対象分野（方策は未入力）")),
        )
        if lines
        else NoChart("取組事例も枠組みの対象分野も、本資料に記載がありません。"),
        rows=table if lines else pd.DataFrame([{"分野": "データ未入力"}]),
        alt=f"{name}の分野と対応方策の表。" + "、".join(
            f"{field}は" + "・".join(h for h, c in zip(columns, cells, strict=True) if c.sign) for field, cells in lines.items()
        ) + "。",
        kinds=(ORIGINAL, DRAFT),
        sources=(source,),
        file_stem=f"分野と対応方策_{name}",
    )  # fmt: skip


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
