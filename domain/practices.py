"""Which practices fit a question? (取組事例の絞り込み)"""

from __future__ import annotations

import pandas as pd

NATIONWIDE = "00"


def filter_practices(
    frame: pd.DataFrame, measure: str | None, field: str | None, place: str | None
) -> pd.DataFrame:
    """Return the practices that meet every given limit.

    frame : one row a practice; measures is codes joined by ";", pref_code "" for nationwide.
    measure : code of an end of the 対応方策.  field : field_label.
    place : pref_code, or NATIONWIDE for national schemes.
    """
    keep = pd.Series(True, index=frame.index)
    if measure:
        keep &= frame["measures"].str.split(";").map(lambda codes: measure in codes)
    if field:
        keep &= frame["field_label"] == field
    if place:
        keep &= frame["pref_code"] == ("" if place == NATIONWIDE else place)
    return frame[keep]


def count_by_prefecture(frame: pd.DataFrame) -> dict[str, int]:
    """How many practices has each prefecture? National schemes belong to none."""
    own = frame.loc[frame["pref_code"] != "", "pref_code"].value_counts()
    return {code: int(count) for code, count in own.items()}
