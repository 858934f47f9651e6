"""The figures of 概況."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from components.charts import TILE, BarChart, LineChart, NoChart, Series, TableChart
from components.figure import Figure
from components.palette import NATION_GREY, PRIMARY
from components.state_map import build_state_map, build_state_table, describe_state_map
from domain import frameworks as fw
from domain.frameworks import Check, Framework, PrefectureState
from domain.intake.form import MEASURES
from domain.messages import (
    collect_rows,
    describe_counted,
    describe_report_days,
    describe_unknown,
    shorten,
)
from domain.periods import Period, describe_as_of, format_period
from domain.places import Prefecture
from domain.population import compute_index
from domain.sources import SourceRef
from domain.values import DERIVED, ESTIMATE, ORIGINAL, Fact


def draw_states(
    states: Mapping[str, PrefectureState],
    places: Mapping[str, Prefecture],
    when: Period,
    sources: tuple[SourceRef, ...],
    facts: Mapping[str, Fact],
) -> Figure:
    """Where are frameworks described? The 47 tiles at the latest day.

    facts : the document's numbers, of which only the sums are known by name.
    """
    counts = fw.count_states(states)
    unknown = counts[fw.UNKNOWN]
    known = len(states) - unknown
    rows = collect_rows(states)
    counted = describe_counted(states)
    sums = "・".join(f"{facts[key].display()}団体" for key in ("N_established", "N_planned"))
    notes = (
        f"{sums}がどの都道府県かは資料では図のみ。未入力は「未設置」を意味しない。"
        if any(not state.frameworks for state in states.values())
        else "",
        "斜めに区切った枡は、都道府県の一部の地域・市町村だけを対象とする枠組み。",
        f"都道府県別の行は、{counted}。{describe_report_days(rows)}。" if counted else "",
    )
    return Figure(
        key="overview.states",
        headline=f"名前の分かる{known}団体と、未入力の{unknown}団体"
        if not counted
        else f"設置状況が分かるのは{known}団体、{describe_unknown(states)}"
        if unknown
        else _describe_complete(counts),
        subtitle=f"都道府県別の設置状況（{len(states)}団体）・{format_period(when)}時点",
        chart=build_state_map(states, TILE, max_height=460),
        rows=lambda: build_state_table(states, places),
        alt=describe_state_map(counts, format_period(when)),
        kinds=(ORIGINAL,),
        sources=sources,
        file_stem="設置状況_都道府県別",
        as_of=when.to_text(),
        notes=tuple(filter(None, notes)),
    )


def _describe_complete(counts: Mapping[str, int]) -> str:
    established = sum(counts[state] for state in fw.ESTABLISHED_STATES)
    return f"設置済みは{established}団体、設置予定{counts[fw.PLAN]}、未設置{counts[fw.NONE]}"


def draw_reported_measures(
    states: Mapping[str, PrefectureState], when: Period, sources: tuple[SourceRef, ...]
) -> Figure:
    """Which measures do the frameworks weigh, in how many prefectures (重点的な対応方策)?

    Only those that name a measure are counted; the others are 未入力, not 0.
    """
    having: dict[str, list[Framework]] = {}
    for code, state in states.items():
        if rows := [row for row in state.frameworks if row.measures]:
            having[code] = rows
    words = dict.fromkeys(
        (*MEASURES, *(m for rows in having.values() for r in rows for m in r.measures))
    )
    prefectures = {
        word: sum(any(word in row.measures for row in rows) for rows in having.values())
        for word in words
    }
    order = sorted(words, key=lambda word: -prefectures[word])
    base, most = len(having), prefectures[order[0]]
    first = [word for word in order if prefectures[word] == most]
    name = f"「{shorten(first[0], 12)}」" + (f"など{len(first)}つ" if len(first) > 1 else "")
    rest = len(states) - base
    days = describe_report_days(row for rows in having.values() for row in rows)
    notes = (
        f"複数を選べるため、足しても{base}団体にならない。",
        f"対応方策の記載がない{rest}団体（未設置・未入力を含む）は数に入れていない。"
        if rest
        else "",
        "都道府県別の行を数えたもので、資料の棒グラフ（図のみ）の値ではない。",
        f"{days}。" if days else "",
    )
    return Figure(
        key="overview.measures",
        headline=f"対応方策で多いのは{name}、{base}団体のうち{most}団体",
        subtitle="重点的に検討を行っている・行う予定の対応方策・単位 団体"
        f"・記載のある{base}団体・{format_period(when)}までの報告",
        # Drawn by our own component: the first page does without the large library.
        chart=BarChart(
            categories=tuple(order),
            unit="団体",
            series=(Series("団体数", tuple(float(prefectures[word]) for word in order), PRIMARY),),
            live=True,
            height=34 * len(order),
        ),
        rows=pd.DataFrame(
            {
                "対応方策": order,
                "団体数（団体）": [prefectures[word] for word in order],
                "枠組み数（枠組み）": [
                    sum(word in row.measures for rows in having.values() for row in rows)
                    for word in order
                ],
                "記載のある団体（団体）": base,
            }
        ),
        alt=f"重点的な対応方策の棒グラフ。記載のある{base}団体のうち、"
        + "、".join(f"{word}は{prefectures[word]}団体" for word in order)
        + "。複数選択。",
        kinds=(DERIVED,),
        sources=sources,
        file_stem="重点的な対応方策",
        as_of=when.to_text(),
        notes=tuple(filter(None, notes)),
    )


def draw_measures(missing: pd.Series, source: SourceRef) -> Figure:
    """Which measures do the frameworks weigh? Only a picture in the document.

    missing : the row of missing_figures that describes the picture.
    """
    return Figure(
        key="overview.measures",
        headline="重点的な対応方策の数は、データ未入力",
        subtitle="重点的に検討を行っている・行う予定の対応方策（団体数・枠組み数）・時点の記載なし",
        chart=NoChart(
            f"文字で分かること：{missing['known']}\n"
            f"資料では図のみ：{missing['missing']}\n"
            f"様式「{missing['upload_sheet']}」の「{missing['upload_column']}」が入ると表示されます。"
        ),
        rows=pd.DataFrame(
            [
                {
                    "図": missing["title"],
                    "文字で分かること": missing["known"],
                    "未入力のもの": missing["missing"],
                }
            ]
        ),
        alt="重点的な対応方策の棒グラフ。値は資料では図のみのため未入力。",
        kinds=(ORIGINAL,),
        sources=(source,),
        file_stem="重点的な対応方策",
    )


def draw_working_age(
    nation: Mapping[int, float],
    chosen: Mapping[int, float] | None,
    chosen_name: str,
    source: SourceRef,
) -> Figure:
    """How does the working-age population change until 2050 (生産年齢人口)?

    nation, chosen : year → persons 15–64; the first year is the census, later ones 推計.
    Alone the nation is shown in 万人; beside a prefecture both are indices of the first year.
    """
    years = tuple(sorted(nation))
    base = years[0]
    rows = {"全国": nation} if chosen is None else {chosen_name: chosen, "全国": nation}
    columns: dict[str, list] = {"年": [f"{year}年" for year in years]}
    series = []
    for position, (name, values) in enumerate(rows.items()):
        index = compute_index(dict(values), base)
        shown = {y: v / 10_000 for y, v in values.items()} if chosen is None else index
        series.append(
            Series(
                name,
                tuple(round(shown[y], 2) for y in years),
                NATION_GREY if position else PRIMARY,
                "square" if position else "circle",
                dash_from=1,
            )
        )
        columns[f"{name}（人）"] = [float(values[y]) for y in years]
        columns[f"{name}（{base}年=100）"] = [index[y] for y in years]
    columns["区分"] = [ORIGINAL if year == base else ESTIMATE for year in years]
    first = next(iter(rows))
    rest = columns[f"{first}（{base}年=100）"][-1]
    unit = "万人" if chosen is None else f"{base}年=100"
    return Figure(
        key="overview.working_age",
        headline=f"{first}の働き手は{years[-1]}年に{base}年の{rest:.0f}％",
        subtitle=f"15〜64歳人口・{'・'.join(rows)}・単位 {unit}・{base}〜{years[-1]}年（破線は推計）",
        chart=LineChart(
            x=years,
            x_labels=tuple(f"{year}\n(R{year - 2018})" for year in years),
            unit=unit,
            series=tuple(series),
            from_zero=chosen is None,
            height=330,
        ),
        rows=pd.DataFrame(columns),
        alt="折れ線グラフ。"
        + "、".join(
            f"{s.name}は{years[0]}年{s.values[0]:,.0f}から{years[-1]}年{s.values[-1]:,.0f}へ"
            for s in series
        )
        + f"（単位 {unit}、{years[1]}年以降は推計）。",
        kinds=(ORIGINAL, ESTIMATE),
        sources=(source,),
        file_stem=f"生産年齢人口_{chosen_name or '全国'}",
        as_of="",
        notes=("全国は47都道府県の合計（算出）。",),
        digits={c: 1 for c in columns if "=100" in c},
    )


def draw_checks(
    checks: list[Check],
    sources: tuple[SourceRef, ...],
    when: Period,
    states: Mapping[str, PrefectureState],
) -> Figure:
    """Do the published numbers agree with our rows and with each other?

    states : what was counted, at `when`.
    """
    counted = describe_counted(states)
    rows = collect_rows(states)
    published = next(check.published for check in checks)
    differing = sum(check.verdict == fw.DIFFERS for check in checks)
    table = pd.DataFrame(
        [
            {
                "項目": check.label,
                "公表値（団体）": check.published.value,
                "集計値（団体）": float("nan") if check.counted is None else float(check.counted),
                "判定": check.verdict,
                "説明": check.explanation,
            }
            for check in checks
        ]
    )
    return Figure(
        key="overview.checks",
        headline=f"公表値と集計値の突合：不一致{differing}件",
        subtitle="公表値（本資料）と、都道府県別の行の集計値・単位 団体"
        + (f"・集計は{format_period(when)}時点" if counted else ""),
        chart=TableChart(),
        rows=table,
        alt="公表値と集計値の突合の表。"
        + "、".join(f"{c.label}は{c.verdict}" for c in checks)
        + "。",
        kinds=(ORIGINAL, DERIVED),
        sources=sources,
        file_stem="突合_公表値と集計値",
        as_of=when.to_text() if counted else "",
        notes=("不一致は直さずに示す。一致しなくても公表や登録は止めない。",)
        + (
            (
                f"集計値の元は、{counted}の行。公表値（{describe_as_of(published.as_of)}）とは"
                f"時点が違う。{describe_report_days(rows)}。",
            )
            if counted
            else ()
        ),
    )
