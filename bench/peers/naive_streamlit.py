"""設置状況マップ as it is usually written: one script, px.choropleth, GeoJSON in the figure.

Same data and computing as our page through `data` and `domain`, same filters as widgets, same
two tables; default settings; every change runs the whole page.
"""

import json
import os
from datetime import date
from pathlib import Path

import pandas as pd
import plotly.express as px
import streamlit as st

from data import catalogue
from data.loaders import load_frameworks
from domain import frameworks as fw
from domain.messages import framework_summary
from domain.periods import day_period, format_short

# In the order of fw.STATES, then for those outside the filter.
COLOURS = ["#00118f", "#3460fb", "#00a3bf", "#97d3ff", "#ffd43d", "#cccccc", "#ffffff", "#f0f0f0"]
LABELS = [*fw.STATE_LABELS.values(), "絞り込みの対象外"]
OUTSIDE = len(fw.STATES)


@st.cache_data
def load_geojson() -> dict:
    """Return the outlines of the 47 prefectures."""
    return json.loads(Path(os.environ["BENCH_GEOMETRY"]).read_text("utf-8"))


st.set_page_config(page_title="設置状況マップ", layout="wide")
places = catalogue.places_by_code()
rows = load_frameworks()
days = [day.isoformat() for day in catalogue.evidence_days()]
fields = list(dict.fromkeys(word for row in rows for word in row.fields))

st.title("設置状況マップ")
boxes = st.columns(5)
state = boxes[0].selectbox(
    "設置状況", fw.STATES, index=None, format_func=fw.STATE_LABELS.__getitem__
)
kind = boxes[1].selectbox("型", sorted({row.kind for row in rows}), index=None)
field = boxes[2].selectbox("対象分野（資料の語）", fields, index=None)
level = boxes[3].selectbox("会議の級", sorted({row.level for row in rows}), index=None)
measure = boxes[4].selectbox("対応方策", [fw.NOT_STATED], index=None)
day = date.fromisoformat(
    st.select_slider(
        "時点",
        days,
        value=days[-1],
        format_func=lambda text: format_short(day_period(*map(int, text.split("-")))),
    )  # fmt: skip
)

limits = fw.FrameworkFilter(
    *((value,) if value else () for value in (state, kind, field, level, measure))
)
states = fw.compute_states(places, rows, day)
table = pd.DataFrame(
    [
        {
            "団体コード": code,
            "都道府県": places[code].name,
            "設置状況": fw.STATE_LABELS[one.state],
            "表示": fw.STATES.index(one.state) if limits.matches(one) else OUTSIDE,
            "枠組み": "\n".join(framework_summary(row) for row in one.frameworks),
        }
        for code, one in states.items()
    ]
)

left, right = st.columns([7, 5])
with left:
    figure = px.choropleth(
        table,
        geojson=load_geojson(),
        locations="団体コード",
        featureidkey="properties.code",
        # As numbers: with text px would put the whole GeoJSON into the figure once a colour.
        color="表示",
        color_continuous_scale=COLOURS,
        range_color=(0, OUTSIDE),
        hover_name="都道府県",
        title=f"枠組みの設置状況・{format_short(day_period(day.year, day.month, day.day))}時点",
        height=620,
    )
    figure.update_coloraxes(colorbar={"tickvals": list(range(len(LABELS))), "ticktext": LABELS})
    figure.update_geos(fitbounds="locations", visible=False)
    # Without the stub that this points to, plotly.js draws nothing on a closed network.
    st.plotly_chart(figure, config={"topojsonURL": "app/static/"})
with right:
    st.selectbox("都道府県を選ぶ", [place.name for place in places.values()], index=None)
    st.dataframe(table[table["表示"] != OUTSIDE].drop(columns="表示"), hide_index=True)

st.header("対象分野 × 都道府県")
st.dataframe(
    pd.DataFrame(
        {
            place.name: [
                "●" if any(w in r.fields for r in rows if r.pref_code == code) else ""
                for w in fields
            ]
            for code, place in places.items()
            if any(row.pref_code == code for row in rows)
        },
        index=fields,
    )  # fmt: skip
)
