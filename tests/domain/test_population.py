"""Indices, peers and codes."""

import pandas as pd
import pytest

from domain.places import CODES, compute_check_digit, neighbours_in_order
from domain.population import add_nation, compute_index, list_peers


def test_index_has_its_base_at_100_and_none_without_a_base():
    assert compute_index({2020: 50.0, 2050: 40.0}, 2020) == {2020: 100.0, 2050: 80.0}
    assert compute_index({2050: 40.0}, 2020) == {}
    assert compute_index({2020: 0.0, 2050: 40.0}, 2020) == {}


def test_peers_are_nearest_by_ratio():
    sizes = {"01": 100.0, "02": 50.0, "03": 199.0, "04": 101.0}
    assert list_peers(sizes, "01", 2) == ["04", "03"]
    assert list_peers(sizes, "01", 9) == ["04", "03", "02"]


def test_nation_is_the_sum_of_the_prefectures():
    frame = pd.DataFrame(
        {"pref_code": ["01", "02", "01"], "year": [2020, 2020, 2025], "value": [1.0, 2.0, 4.0]}
    )
    nation = add_nation(frame, ["year"]).query("pref_code == '00'")
    assert dict(zip(nation["year"], nation["value"], strict=True)) == {2020: 3.0, 2025: 4.0}


@pytest.mark.parametrize(("code", "digit"), [("01100", "2"), ("13101", "6"), ("47382", "1")])
def test_check_digits_of_known_codes(code, digit):
    assert compute_check_digit(code) == digit


def test_check_digit_wants_five_digits():
    with pytest.raises(ValueError, match="5桁"):
        compute_check_digit("1100")


def test_neighbours_form_a_ring():
    assert neighbours_in_order("01") == ("47", "02")
    assert neighbours_in_order("47") == ("46", "01")
    assert len(CODES) == 47
