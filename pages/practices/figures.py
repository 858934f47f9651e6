"""The figures of 取組事例."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from components.charts import TILE, Band, BarChart, LineChart, MapChart, Series
from components.figure import Figure
from components.palette import BAND, CASE_MARKS, NATION_GREY, NO_CASE, PRIMARY
from domain.diffusion import DiffusionBand
from domain.periods import format_period, parse_period
from domain.places import Prefecture
from domain.practices import count_by_prefecture
from domain.sources import SourceRef
from domain.values import ASSUMPTION, DERIVED, DRAFT, ESTIMATE, ORIGINAL, Fact


def draw_practice_map(
    frame: pd.DataFrame, places: Mapping[str, Prefecture], selected: str | None, source: SourceRef
) -> Figure:
    """Where are the practices of the current selection?"""
    counts = count_by_prefecture(frame)
    national = int((frame["pref_code"] == "").sum())
    marks = (NO_CASE, *CASE_MARKS.values())

    def place_of(count: int) -> int:
        return 1 + next(i for i, most in enumerate(CASE_MARKS) if count <= most) if count else 0

    return Figure(
        key="practices.map",
        headline=f"{len(frame)}件：{len(counts)}都府県の{len(frame) - national}件と全国の制度等{national}件",
        subtitle="取組事例の数・都道府県別・単位 件・資料の時点は事例ごとに異なる",
        chart=MapChart(
            view=TILE,
            marks=marks,
            place={code: place_of(counts.get(code, 0)) for code in places},
            texts={code: f"{count}件" for code, count in counts.items()},
            notes={
                code: "\n".join(frame.loc[frame["pref_code"] == code, "title"]) for code in counts
            },
            selected=selected,
            selectable=True,
            max_height=430,
        ),
        rows=pd.DataFrame(
            {
                "事例ID": frame["practice_id"],
                "団体": frame["place_name"],
                "取組": frame["title"],
                "分野": frame["field_label"],
                "対応方策（下書き）": frame["measures"],
                "状態": frame["status"],
                "概要": frame["summary"],
                "数値（原文の表記）": frame["figures"],
                "資料内の位置": frame["locator"],
            }
        ).reset_index(drop=True),
        alt="取組事例の数の地図。"
        + "、".join(f"{places[c].name}{n}件" for c, n in sorted(counts.items()))
        + f"、全国{national}件。",
        kinds=(ORIGINAL, DRAFT),
        sources=(source,),
        file_stem="取組事例",
        notes=("記載のない都道府県に取組がないという意味ではない。対応方策の当てはめは下書き。",),
    )


def draw_measure_counts(frame: pd.DataFrame, measures: pd.DataFrame, source: SourceRef) -> Figure:
    """Which measures do the practices of the current selection use (several allowed)?"""
    split = frame["measures"].str.split(";").explode()
    counts = split.value_counts()
    rows = [
        (m["name"], int(counts.get(m["measure_code"], 0)), m["group_name"])
        for m in measures.to_dict("records")
    ]
    most = max(rows, key=lambda row: row[1])
    return Figure(
        key="practices.measures",
        headline=f"最も多いのは{most[0]}（{most[1]}件）"
        if most[1]
        else "条件に合う事例はありません",
        subtitle="取組事例に当てはめた対応方策・複数可・単位 件・当てはめは下書き",
        chart=BarChart(
            categories=tuple(row[0] for row in rows),
            unit="件",
            series=(Series("事例", tuple(float(row[1]) for row in rows), PRIMARY),),
            live=True,
            height=300,
        ),
        rows=pd.DataFrame(rows, columns=["対応方策", "事例（件）", "大分類"]),
        alt="棒グラフ。" + "、".join(f"{name}{count}件" for name, count, _ in rows) + "。",
        kinds=(DRAFT,),
        sources=(source,),
        file_stem="取組事例_対応方策別",
    )


def draw_convenience_share(
    years: Sequence[int],
    shares: Sequence[float],
    bands: Sequence[DiffusionBand],
    horizon: Sequence[int],
    confidence: float,
    source: SourceRef,
) -> Figure:
    """How far may コンビニ交付 spread? What six points say and what they do not.

    shares : % of all copies by year.  bands : the families fitted, the drawn one first.
    horizon : years of the bands' paths, starting with the first observed year.
    """
    drawn = bands[0]
    last = len(years) - 1
    accepted = drawn.paths[drawn.accepted]
    low, high = accepted.min(axis=0) * 100, accepted.max(axis=0) * 100
    best = drawn.paths[drawn.best] * 100
    x = tuple(horizon)
    observed = tuple(shares) + (None,) * (len(x) - len(years))
    ahead = (None,) * last + (shares[-1],) + tuple(round(v, 1) for v in best[last + 1 :])
    shown_low = (None,) * last + (shares[-1],) + tuple(round(v, 1) for v in low[last + 1 :])
    shown_high = (None,) * last + (shares[-1],) + tuple(round(v, 1) for v in high[last + 1 :])
    table = pd.DataFrame(
        {
            "年": [f"{year}年" for year in x],
            "コンビニ交付の割合（％）": [float("nan") if v is None else v for v in observed],
            "見込みの下限（％）": [float("nan") if v is None else v for v in shown_low],
            f"見込みの中心・{drawn.name}（％）": [float("nan") if v is None else v for v in ahead],
            "見込みの上限（％）": [float("nan") if v is None else v for v in shown_high],
            "区分": [ORIGINAL if i <= last else ESTIMATE for i in range(len(x))],
        }
    )
    spans = "、".join(
        f"{band.name} {100 * band.low():.0f}〜{100 * band.high():.0f}％"
        f"（最もよく合う上限は{100 * band.ceilings[band.best]:.0f}％）"
        for band in bands
    )
    reason = (
        f"上限は6点では決まらない：上限を{100 * drawn.ceilings[0]:.0f}％から100％まで変えても、"
        f"どれも{100 * confidence:.0f}％の水準で棄却されない。"
        if not drawn.ceiling_is_identified()
        else f"上限100％は{100 * confidence:.0f}％の水準で棄却される。"
    )
    return Figure(
        key="practices.convenience_share",
        headline=f"{x[-1]}年のコンビニ交付は{100 * drawn.low():.0f}〜{100 * drawn.high():.0f}％、上限は未確定",
        subtitle=f"住民票の写しの全交付数に占める割合・全国・単位 ％・{years[0]}〜{years[-1]}年（以後は推計）",
        chart=LineChart(
            x=x,
            x_labels=tuple(
                f"{year}\n({'R元' if year == 2019 else f'R{year - 2018}'})" for year in x
            ),
            unit="％",
            series=(
                Series("実績", tuple(observed), PRIMARY, "circle", end_label=False),
                Series("見込みの中心", ahead, NATION_GREY, "diamond", dash_from=0),
            ),
            bands=(Band("見込みの幅", shown_low, shown_high, BAND),),
            height=360,
        ),
        rows=table,
        alt=f"折れ線グラフ。実績は{years[0]}年{shares[0]}％から{years[-1]}年{shares[-1]}％。"
        f"{x[-1]}年の見込みは{100 * drawn.low():.0f}〜{100 * drawn.high():.0f}％。",
        kinds=(ORIGINAL, ESTIMATE, ASSUMPTION),
        sources=(source,),
        file_stem="コンビニ交付の割合",
        notes=(
            reason,
            f"当てはめた曲線ごとの{x[-1]}年の幅：{spans}。",
            "「年」は資料の表記のまま（年度かどうかの記載なし）。住民票記載事項証明書を含む。",
        ),
        digits={c: 1 for c in table.columns if "％" in c},
    )


def draw_convenience_volume(
    years: Sequence[int], copies: Sequence[float], shares: Sequence[float], source: SourceRef
) -> Figure:
    """How many copies were issued at convenience stores, and how many elsewhere?

    The number issued elsewhere is 算出: copies ÷ share − copies.
    """
    elsewhere = [round(c / (s / 100) - c) for c, s in zip(copies, shares, strict=True)]
    labels = [f"{'令和元' if y == 2019 else f'令和{y - 2018}'}年" for y in years]
    return Figure(
        key="practices.convenience_volume",
        headline=f"窓口等の交付は{elsewhere[0]:,}万件から{elsewhere[-1]:,}万件へ",
        subtitle=f"住民票の写しの交付件数・全国・単位 万件・{labels[0]}〜{labels[-1]}",
        chart=BarChart(
            categories=tuple(labels),
            unit="万件",
            series=(
                Series("コンビニ交付", tuple(copies), PRIMARY),
                Series("窓口等（算出）", tuple(float(v) for v in elsewhere), "#9db7f9"),
            ),
            stacked=True,
            height=360,
        ),
        rows=pd.DataFrame(
            {
                "年": labels,
                "コンビニ交付（万件）": copies,
                "全交付数に占める割合（％）": shares,
                "窓口等の交付（万件・算出）": [float(v) for v in elsewhere],
            }
        ),
        alt=f"積み上げ棒グラフ。コンビニ交付は{copies[0]:,.0f}万件から{copies[-1]:,.0f}万件、窓口等は{elsewhere[0]:,}万件から{elsewhere[-1]:,}万件。",
        kinds=(ORIGINAL, DERIVED),
        sources=(source,),
        file_stem="コンビニ交付の件数",
        notes=("窓口等＝コンビニ交付÷割合−コンビニ交付。割合の丸めにより数万件の幅がある。",),
        digits={"全交付数に占める割合（％）": 1},
    )


def draw_fire(before: Fact, after: Fact, source: SourceRef) -> Figure:
    """How much have fire headquarters been merged?"""
    fell = before.value - after.value
    when = format_period(parse_period(after.as_of), with_western=False)
    return Figure(
        key="practices.fire",
        headline=f"消防本部は{before.value:.0f}から{after.value:.0f}へ、{fell:.0f}減った",
        subtitle=f"消防本部の総数・全国・単位 本部・{when}時点と広域化前（時点の記載なし）",
        chart=BarChart(
            categories=("広域化前", when),
            unit="本部",
            series=(Series("消防本部", (before.value, after.value), PRIMARY),),
            height=200,
        ),
        rows=pd.DataFrame(
            [
                {
                    "時点": "広域化前（時点の記載なし）",
                    "消防本部": before.value,
                    "区分": before.kind,
                },
                {"時点": when, "消防本部": after.value, "区分": after.kind},
                {"時点": "差", "消防本部": -fell, "区分": DERIVED},
            ]
        ),
        alt=f"棒グラフ。消防本部は{before.value:.0f}から{after.value:.0f}。",
        kinds=(ORIGINAL, DERIVED),
        sources=(source,),
        file_stem="消防本部の数",
        notes=(f"減少率は{100 * fell / before.value:.1f}％（算出）。",),
    )


def draw_corporations(frame: pd.DataFrame, source: SourceRef) -> Figure:
    """What do the local incorporated agencies do?"""
    ordered = frame.sort_values("value", ascending=False, kind="stable")
    total = int(frame["value"].sum())
    top = ordered.iloc[0]
    return Figure(
        key="practices.corporations",
        headline=f"地方独立行政法人{total}のうち{top['label']}が{top['value']:.0f}",
        subtitle="地方独立行政法人の数・対象業務別・単位 法人・令和7年4月1日時点",
        chart=BarChart(
            categories=tuple(ordered["number"] + ordered["label"]),
            unit="法人",
            series=(Series("法人数", tuple(ordered["value"]), PRIMARY),),
            height=300,
        ),
        rows=frame[["number", "label", "added_by_revision", "value", "kind"]].rename(
            columns={
                "number": "番号",
                "label": "対象業務",
                "added_by_revision": "追加・拡大",
                "value": "法人数",
                "kind": "区分",
            }
        ),
        alt="棒グラフ。"
        + "、".join(f"{r.label}{r.value:.0f}" for r in ordered.itertuples())
        + f"、計{total}法人。",
        kinds=(ORIGINAL,),
        sources=(source,),
        file_stem="地方独立行政法人の数",
        as_of="2025-04-01",
    )


def draw_sewage(facts: Mapping[str, Fact], source: SourceRef) -> Figure:
    """How much of the work has 長野県下水道公社 taken over?"""
    rows = [
        ("終末処理場（場）", facts["sewage_plants_entrusted"], facts["sewage_plants_total"]),
        ("市町村・組合", facts["sewage_bodies_entrusted"], facts["sewage_bodies_total"]),
    ]
    shares = [100 * part.value / whole.value for _, part, whole in rows]
    return Figure(
        key="practices.sewage",
        headline=f"長野県の処理場{rows[0][2].value:.0f}のうち{rows[0][1].value:.0f}を公社が受託",
        subtitle="長野県下水道公社の受託・単位 ％（数は表）・令和6年度時点（全体の数は時点の記載なし）",
        chart=BarChart(
            categories=tuple(label for label, _, _ in rows),
            unit="％",
            series=(
                Series("受託している", tuple(round(s, 1) for s in shares), PRIMARY),
                Series("それ以外", tuple(round(100 - s, 1) for s in shares), "#cccccc"),
            ),
            stacked=True,
            height=220,
        ),
        rows=pd.DataFrame(
            [
                {"対象": label, "受託": part.value, "全体": whole.value, "割合（％・算出）": share}
                for (label, part, whole), share in zip(rows, shares, strict=True)
            ]
        ),
        alt="100％積み上げ棒グラフ。"
        + "、".join(
            f"{label}は{share:.1f}％" for (label, _, _), share in zip(rows, shares, strict=True)
        )
        + "。",
        kinds=(ORIGINAL, DERIVED),
        sources=(source,),
        file_stem="長野県下水道公社の受託",
        as_of="",
        digits={"割合（％・算出）": 1},
    )
