"""The map page and 概況 in Dash: Patch() for changes, geometry by address, no outside requests.

Same data and computing as our pages through `data` and `domain`. Everything that does not
depend on the choice is read once at start, as Dash does best.
"""

import argparse
import logging
from datetime import date

import plotly.graph_objects as go
from dash import Dash, Input, Output, Patch, dcc, html

from data import catalogue
from data.loaders import load_frameworks
from domain import frameworks as fw
from domain.messages import count_sentence, framework_summary, overview_sentences
from domain.periods import day_period, format_short

# In the order of fw.STATES, then for those outside the filter.
COLOURS = ("#00118f", "#3460fb", "#00a3bf", "#97d3ff", "#ffd43d", "#cccccc", "#ffffff", "#f0f0f0")
LABELS = [*fw.STATE_LABELS.values(), "絞り込みの対象外"]
OUTSIDE = len(fw.STATES)
CONFIG = {"topojsonURL": "/assets/", "displayModeBar": False}
_STEP = {state: number for number, state in enumerate(fw.STATES)}

places = catalogue.places_by_code()
codes = list(places)
rows = load_frameworks()
days = catalogue.evidence_days()
facts, derived = catalogue.published_facts()
nation = catalogue.national_working_age()
projection = catalogue.source_ref(catalogue.PROJECTION)


def draw_map(states: dict[str, fw.PrefectureState], height: int) -> go.Figure:
    """Draw the states on the outline map; the geometry is fetched by address."""
    scale = [
        [edge / len(COLOURS), colour]
        for number, colour in enumerate(COLOURS)
        for edge in (number, number + 1)
    ]
    figure = go.Figure(
        go.Choropleth(
            geojson="/assets/prefectures.geojson",
            featureidkey="properties.code",
            locations=codes,
            z=[_STEP[states[code].state] for code in codes],
            zmin=-0.5,
            zmax=OUTSIDE + 0.5,
            colorscale=scale,
            marker={"line": {"color": "#767676", "width": 0.8}},
            text=[place.name for place in places.values()],
            colorbar={"tickvals": list(range(len(LABELS))), "ticktext": LABELS},
        )
    )
    figure.update_geos(fitbounds="locations", visible=False)
    figure.update_layout(template="none", height=height, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return figure


def draw_line() -> go.Figure:
    """Draw the nation's working-age population."""
    figure = go.Figure(
        go.Scatter(x=list(nation), y=[n / 10_000 for n in nation.values()], mode="lines+markers")
    )
    figure.update_layout(
        template="none", height=330, yaxis={"title": "万人", "rangemode": "tozero"}
    )
    return figure


def list_matching(states: dict[str, fw.PrefectureState], matching: frozenset[str]) -> list:
    """List the prefectures that meet the filter, as our page does."""
    return [
        html.Li(
            [html.B(places[code].name), *(html.P(framework_summary(row)) for row in one.frameworks)]
        )
        for code, one in states.items()
        if code in matching and one.state != fw.UNKNOWN
    ]


def choose(name: str, label: str, options: dict[str, str]) -> html.Div:
    """Return a labelled dropdown."""
    return html.Div([html.Label(label), dcc.Dropdown(options, id=name)], style={"width": "18%"})


def lay_out_map() -> html.Div:
    """Return the map page."""
    states = fw.compute_states(codes, rows, days[-1])

    def same(values) -> dict[str, str]:
        return {value: value for value in dict.fromkeys(values)}

    return html.Div(
        [
            html.H1("設置状況マップ"),
            html.Div(
                [
                    choose("state", "設置状況", dict(fw.STATE_LABELS)),
                    choose("kind", "型", same(row.kind for row in rows)),
                    choose("field", "対象分野", same(w for row in rows for w in row.fields)),
                    choose("level", "会議の級", same(row.level for row in rows)),
                    choose("measure", "対応方策", same([fw.NOT_STATED])),
                ],
                style={"display": "flex", "gap": "1%"},
            ),
            html.Label("時点"),
            dcc.Slider(
                0, len(days) - 1, step=1, value=len(days) - 1, id="day",
                marks={number: format_short(day_period(d.year, d.month, d.day))
                       for number, d in enumerate(days)},
            ),
            html.H2(count_sentence(len(codes), len(codes)), id="headline"),
            html.Div(
                [
                    dcc.Graph(id="map", figure=draw_map(states, 620), config=CONFIG,
                              style={"width": "58%"}),
                    html.Ul(list_matching(states, frozenset(codes)), id="list"),
                ],
                # The list must not stretch the figure: Plotly would lay it out anew each time.
                style={"display": "flex", "alignItems": "flex-start"},
            ),
        ]
    )  # fmt: skip


def lay_out_overview() -> html.Div:
    """Return 概況: sentences, large numbers, map and line, the table of checks."""
    states = fw.compute_states(codes, rows, catalogue.document_day())
    sentences = overview_sentences(facts, derived, states, nation, projection.title)
    large = [
        facts["N_established"],
        facts["N_planned"],
        derived["not_stated"],
        facts["N_cross_field"],
    ]
    checks = fw.reconcile(facts, states)
    names = {code: place.name for code, place in places.items()}
    return html.Div(
        [
            html.H1("概況"),
            html.Ul([html.Li(sentence) for sentence in sentences]),
            html.Div(
                [html.Div([html.P(f.label), html.B(f.display() + f.unit)]) for f in large],
                style={"display": "flex", "gap": "3%"},
            ),
            html.Div(
                [
                    dcc.Graph(figure=draw_map(states, 460), config=CONFIG, style={"width": "58%"}),
                    html.Div(
                        [choose("area", "都道府県を重ねて見る", names),
                         dcc.Graph(figure=draw_line(), config=CONFIG)],
                        style={"width": "42%"},
                    ),
                ],
                style={"display": "flex"},
            ),
            html.Table(
                [html.Tr([html.Td(c.label), html.Td(c.published.display()), html.Td(str(c.counted)),
                          html.Td(c.verdict), html.Td(c.explanation)]) for c in checks]
            ),
        ]
    )  # fmt: skip


def build_app(page: str, assets: str) -> Dash:
    """Build an app with one page: Dash's own router would cost it a further round trip."""
    app = Dash(__name__, assets_folder=assets)
    if page == "overview":
        app.layout = lay_out_overview
        return app
    app.layout = lay_out_map

    @app.callback(
        Output("map", "figure"),
        Output("headline", "children"),
        Output("list", "children"),
        *(Input(name, "value") for name in ("day", "state", "kind", "field", "level", "measure")),
        prevent_initial_call=True,
    )
    def show_choice(day: int, *choice: str | None):
        when: date = days[day]
        states = fw.compute_states(codes, rows, when)
        limits = fw.FrameworkFilter(*((value,) if value else () for value in choice))
        matching = frozenset(code for code in codes if limits.matches(states[code]))
        patch = Patch()
        patch["data"][0]["z"] = [
            _STEP[states[code].state] if code in matching else OUTSIDE for code in codes
        ]
        return patch, count_sentence(len(matching), len(codes)), list_matching(states, matching)

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--page", choices=("map", "overview"), required=True)
    parser.add_argument("--assets", required=True)
    options = parser.parse_args()
    # One line a request would be charged to Dash in the CPU figures.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    build_app(options.page, options.assets).run(host="127.0.0.1", port=options.port, debug=False)
