"""Population and staff series made comparable (人口・職員数の指数, 類似団体)."""

from __future__ import annotations

import math

import pandas as pd

NATION = "00"


def add_nation(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """What is the national sum beside the prefectures?

    Parameters
    ----------
    frame : one row per pref_code × keys; value.
    keys : the other key columns, e.g. ["year", "age_group"].

    Returns
    -------
    the same columns with rows of pref_code "00" appended: the sum over the prefectures,
    kind 算出 being implied for them.
    """
    nation = frame.groupby(keys, as_index=False, sort=False)["value"].sum()
    return pd.concat([frame, nation.assign(pref_code=NATION)], ignore_index=True)


def compute_index(values: dict[int, float], base_year: int) -> dict[int, float]:
    """How does a series stand against its base year (=100)?

    values : year → value.  Returns year → index; empty if the base year is missing or zero,
    since an index without a base would be invented.
    """
    base = values.get(base_year)
    if not base:
        return {}
    return {year: 100 * value / base for year, value in values.items()}


def list_peers(sizes: dict[str, float], code: str, count: int) -> list[str]:
    """Which prefectures are closest in size (類似団体)?

    sizes : pref_code → population, persons.  Distance is the ratio of the populations
    (absolute difference of logarithms), ties go to the smaller code.
    Returns up to `count` codes, nearest first, without the prefecture itself.
    """
    own = math.log(sizes[code])
    others = [(abs(math.log(size) - own), other) for other, size in sizes.items() if other != code]
    return [other for _, other in sorted(others)[:count]]
