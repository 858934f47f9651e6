"""将来シミュレーション as a member uses it: levers, scope, who is helped, what remains, checks."""

from __future__ import annotations

import re

import pytest

from components.charts import LineChart
from domain.simulation.levers import Choice
from domain.simulation.names import LEVERS
from pages.simulation import build, numbers
from pages.simulation.view import CLASSES, Scope, add_balance

PAGE = "pages/simulation/page.py"


def shown(app) -> str:
    bodies = (element.proto.body for element in app.get("html"))
    html = "\n".join(body for body in bodies if "<style>" not in body)
    assert not app.exception and "gs-error" not in html
    assert not re.search(r"\bnan\b|NaN|inf人", html)
    return html


def test_every_part_says_that_it_is_a_trial(open_page):
    app = open_page(PAGE)
    for part in ("trial", "effects", "checks", "assumptions"):
        html = shown(app.segmented_control(key="simulation").set_value(part).run())
        assert "試算であり、将来を予測するものではありません" in html
        assert all(f">{kind}</span>" in html for kind in ("推計", "仮定", "下書き"))


def test_a_lever_changes_numbers_and_the_usual_stays_beside_them(open_page):
    app = open_page(PAGE)
    before = shown(app)
    html = shown(app.slider(key="lever-T").set_value(50).run())
    assert before != html
    now = add_balance(build.compute(Choice(digital=0.5)), Scope()).at(2040)
    usual = add_balance(build.compute(build.USUAL), Scope()).at(2040)
    assert now["gap"] < usual["gap"]
    assert f"充足率{now['staffing']:.1%}" in html and f"（{usual['staffing']:.1%}）" in html


def test_presets_move_all_levers_and_back(open_page):
    app = open_page(PAGE)
    app.button(key="preset-最大").click().run()
    assert [app.slider(key=f"lever-{code}").value for code in LEVERS] == [100] * 6
    shown(app.button(key="preset-現状維持").click().run())
    assert [app.slider(key=f"lever-{code}").value for code in LEVERS] == [0] * 6


@pytest.mark.parametrize("scope", ["全国", "東京都", "人口5千人未満の市町村"])
def test_every_scope_opens(open_page, scope):
    app = open_page(PAGE)
    html = shown(app.selectbox(key="scope").set_value(scope).run())
    # The prefectures' own staff belongs to no class of municipalities.
    assert ("都道府県の職員の不足" in html) == (not scope.startswith("人口"))
    shown(app.segmented_control(key="simulation").set_value("effects").run())


def test_the_range_is_shown_for_the_country():
    figure = build.build_balance(Scope(), build.USUAL, 2040, with_range=True)
    assert isinstance(figure.chart, LineChart) and len(figure.chart.bands) == 1
    band, need = figure.chart.bands[0], figure.chart.series[0].values
    assert all(
        low <= value <= high for low, value, high in zip(band.low, need, band.high, strict=True)
    )
    assert not build.build_balance(
        Scope("東京都", "13"), build.USUAL, 2040, with_range=True
    ).chart.bands


def test_scopes_add_up():
    result = build.compute(Choice(0.2, 0.3, 0.4, 0.5, 0.1, 0.1))
    whole = add_balance(result, Scope())
    parts = [add_balance(result, Scope(size_class=code)) for code in CLASSES]
    assert sum(part.gap for part in parts) == pytest.approx(whole.gap)


def test_a_small_town_finds_what_helps():
    figure = build.build_effects(Choice(), 2040)
    table = figure.table.set_index("人口規模")
    row = table.loc["5千人未満"]
    best = row.drop(["手段なし（％）", "選んだ手段（％）"]).idxmax()
    assert figure.headline.startswith(f"5千人未満で最も効くのは{best.removesuffix('（％）')}")
    assert row["手段なし（％）"] < table.loc["50万人以上", "手段なし（％）"]
    assert row["選んだ手段（％）"] == pytest.approx(row["手段なし（％）"])


def test_what_is_out_of_reach_says_what_remains():
    table = build.build_reach(Scope(), Choice(), 2050).table.set_index("手段")
    assert table.loc["住民参加", "単独で不足をなくすには"] == "届かない"
    assert table.loc["住民参加", "単独で全て行った残り（人）"] > 0
    full = build.build_reach(Scope(), Choice(1, 1, 1, 1, 1, 1), 2040)
    assert "不足はなくなる" in full.headline


def test_the_ledger_is_the_whole_work():
    table = build.build_ledger(Scope(), Choice(0.5, 0.5, 0.5, 0.5, 0.5, 0.5), 2050).table
    assert table["割合（％）"].sum() == pytest.approx(100)


def test_the_checks_stand_as_worked_out(open_page):
    app = open_page(PAGE)
    html = shown(app.segmented_control(key="simulation").set_value("checks").run())
    figure = build.run_checks()
    assert figure.headline in html and html.count("✔ 合う") == 14 and "✘" not in html


def test_people_move_they_do_not_appear():
    kpis = {k["label"]: k for k in numbers.list_kpis(Scope(), Choice(vertical=1), 2040)}
    usual = build.gap_of_prefectures(Scope(), build.USUAL, 2040)
    assert build.gap_of_prefectures(Scope(), Choice(vertical=1), 2040) > usual
    assert "手段なし" in kpis["都道府県の職員の不足"]["note"]
