"""The 立体 view: choose a figure, see it as columns, or learn why it cannot be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from components.figure import show_figure
from components.shell import probe_browser
from data import catalogue
from data.loaders import load_table
from domain.frameworks import PrefectureState
from domain.places import Prefecture
from domain.values import DERIVED, ESTIMATE, ORIGINAL
from pages.framework_map.figures import draw_columns


@dataclass(frozen=True)
class Height:
    """A figure that can be the height of the columns."""

    label: str
    unit: str
    as_of: str
    kind: str
    source_id: str
    values: Mapping[str, float]


def list_heights() -> dict[str, Height]:
    """Which official figures can be columns? English key of the address → figure."""
    people, staff = load_table("population"), load_table("staff")
    years = sorted(people["year"].unique())
    first, last = int(years[0]), int(years[-1])

    def population(year: int, group: str) -> Mapping[str, float]:
        chosen = people[(people["year"] == year) & (people["age_group"] == group)]
        return _by_code(chosen)

    latest = int(staff["year"].max())
    town = staff[(staff["year"] == latest) & (staff["employer"] == "市町村")]
    before, after = population(first, "15-64"), population(last, "15-64")
    loss = {code: 100 * (1 - after[code] / before[code]) for code in before}
    return {
        "people": Height("総人口", "人", f"{first}年（国勢調査）", ORIGINAL, catalogue.PROJECTION, population(first, "total")),
        "workers": Height("15〜64歳人口", "人", f"{last}年（推計）", ESTIMATE, catalogue.PROJECTION, after),
        "loss": Height("15〜64歳人口の減少率", "％", f"{first}〜{last}年（推計から算出）", DERIVED, catalogue.PROJECTION, loss),
        "staff": Height("市町村の一般行政職員", "人", f"{latest}年4月1日", ORIGINAL, catalogue.STAFF, _by_code(town)),
    }  # fmt: skip


def _by_code(frame: pd.DataFrame) -> Mapping[str, float]:
    return dict(zip(frame["pref_code"], frame["value"].astype(float), strict=True))


def show_columns(states: Mapping[str, PrefectureState], places: Mapping[str, Prefecture]) -> None:
    """Show the columns if the browser can; otherwise say so and point to the other views."""
    heights = list_heights()
    key = st.selectbox(
        "柱の高さ", options=list(heights), format_func=lambda k: heights[k].label,
        key="height", bind="query-params",
    )  # fmt: skip
    browser = probe_browser()
    if browser is None:
        st.html(
            '<p class="gs-note" role="status">このブラウザで立体を表示できるかを確かめています。</p>'
        )
        return
    if not browser["webgl"]:
        st.html(
            '<div class="gs-message gs-warning" role="status"><b>このブラウザでは立体を表示できません。</b>'
            "<ul><li>立体の表示にはWebGLが要ります。端末の設定で使えないようになっています。</li>"
            "<li>「地図」「タイル」「表」では同じ内容を見られます。</li></ul></div>"
        )
        return
    chosen = heights[key]
    frame = load_table("prefectures")
    capitals = {
        row.pref_code: (float(row.capital_lon), float(row.capital_lat))
        for row in frame.itertuples(index=False)
    }
    show_figure(
        draw_columns(
            states, places, capitals, chosen.values, chosen.label, chosen.unit, chosen.as_of,
            chosen.kind, catalogue.source_ref(chosen.source_id),
        )
    )  # fmt: skip
