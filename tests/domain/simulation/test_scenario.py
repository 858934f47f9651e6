"""A scenario survives file and address, and a broken file says what is wrong."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.simulation.assumptions import Assumptions
from domain.simulation.levers import Choice
from domain.simulation.scenario import Scenario, read_query, read_scenario, write_query

NAMES = sorted(Assumptions.__dataclass_fields__)
SHARE = st.integers(0, 20).map(lambda n: n / 20)
SCENARIOS = st.builds(
    Scenario,
    st.text(max_size=20),
    st.builds(Choice, SHARE, SHARE, SHARE, SHARE, SHARE, SHARE, st.integers(2026, 2040)),
    st.dictionaries(st.sampled_from(NAMES), st.floats(-1e6, 1e6, allow_nan=False), max_size=5),
)


@given(SCENARIOS)
def test_a_file_gives_the_scenario_back(scenario):
    """I21."""
    opened = read_scenario(json.loads(scenario.to_json("d1")), "d1")
    assert opened.scenario == scenario and opened.warnings == ()
    assert opened.scenario.mark("d1") == scenario.mark("d1")


@given(SCENARIOS)
def test_an_address_gives_the_scenario_back(scenario):
    """I21."""
    again = read_query(write_query(scenario), scenario.name)
    assert again == scenario


def test_the_mark_follows_everything_but_the_name():
    one = Scenario("甲", Choice(0.5))
    assert one.mark("d1") == Scenario("乙", Choice(0.5)).mark("d1")
    others = (
        Scenario("甲", Choice(0.55)), Scenario("甲", Choice(0.5, start=2027)),
        Scenario("甲", Choice(0.5), {"growth": 0.001}),
    )  # fmt: skip
    assert len({one.mark("d1"), one.mark("d2"), *(other.mark("d1") for other in others)}) == 5


def test_another_version_is_said():
    content = Scenario("甲", Choice(0.5)).to_dict("d1")
    assert any("別のデータ" in text for text in read_scenario(content, "d2").warnings)
    assert any(
        "別の版の計算" in text for text in read_scenario(content | {"計算の版": 0}, "d1").warnings
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"手段": [1]}, "「手段」の書き方が違います"),
        ({"手段": {"Z": 1}}, "「Z」という手段はありません"),
        ({"手段": {"R": "多い"}}, "手段 R の値が数ではありません"),
        ({"手段": {"R": True}}, "手段 R の値が数ではありません"),
        ({"手段": {"R": float("nan")}}, "手段 R の値が数ではありません"),
        ({"手段": {"R": 1.5}}, "0から1まで"),
        ({"開始年": 1990}, "開始年は2026から2040まで"),
        ({"開始年": "来年"}, "開始年は2026から2040まで"),
        ({"前提の変更": {"gravity": 1}}, "「gravity」という前提はありません"),
        ({"前提の変更": {"growth": None}}, "前提 growth の値が数ではありません"),
        ({"前提の変更": 3}, "「前提の変更」の書き方が違います"),
    ],
)
def test_a_broken_file_says_what_is_wrong(changes, said):
    content = Scenario("甲", Choice(0.5)).to_dict("d1") | changes
    with pytest.raises(ValueError, match=said):
        read_scenario(content, "d1")


@pytest.mark.parametrize("content", [None, 3, "x", [], {}, {"名前": "甲"}])
def test_what_is_no_scenario_is_refused(content):
    with pytest.raises(ValueError, match="シナリオのファイルではありません"):
        read_scenario(content, "d1")


def test_a_wrong_address_is_taken_as_usual():
    query = {"lever-R": "200", "lever-T": "abc", "lever-Q": "1", "set-gravity": "1",
             "set-growth": "inf", "start": "1800", "lever-V": "50"}  # fmt: skip
    assert read_query(query) == Scenario("", Choice(vertical=0.5))
