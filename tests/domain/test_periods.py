"""Dates as people write them."""

from datetime import date

import pytest

from domain.periods import (
    PeriodError,
    describe_as_of,
    format_period,
    format_short,
    parse_period,
)


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("R7.2", "2025-02-01", "2025-02-28", "月"),
        ("Ｒ７．２", "2025-02-01", "2025-02-28", "月"),
        ("令和7年2月", "2025-02-01", "2025-02-28", "月"),
        ("R6.2", "2024-02-01", "2024-02-29", "月"),
        ("令和元年", "2019-01-01", "2019-12-31", "年"),
        ("R7.10.1", "2025-10-01", "2025-10-01", "日"),
        ("令和7年10月1日時点", "2025-10-01", "2025-10-01", "日"),
        ("令和7年10月末", "2025-10-31", "2025-10-31", "日"),
        ("R7年度", "2025-04-01", "2026-03-31", "年度"),
        ("R7年度末", "2026-03-31", "2026-03-31", "日"),
        ("2025年度", "2025-04-01", "2026-03-31", "年度"),
        ("FY2025", "2025-04-01", "2026-03-31", "年度"),
        ("2025-02", "2025-02-01", "2025-02-28", "月"),
        ("2025/2", "2025-02-01", "2025-02-28", "月"),
        ("2025-10-01", "2025-10-01", "2025-10-01", "日"),
        ("２０２５年１０月", "2025-10-01", "2025-10-31", "月"),
        ("H31.4.1", "2019-04-01", "2019-04-01", "日"),
        ("平成31年5月", "2019-05-01", "2019-05-31", "月"),
        ("S50", "1975-01-01", "1975-12-31", "年"),
    ],
)
def test_reads_what_people_write(text, first, last, precision):
    period = parse_period(text)
    assert (period.first.isoformat(), period.last.isoformat(), period.precision) == (
        first,
        last,
        precision,
    )


@pytest.mark.parametrize(
    "text", ["", "R7.13", "R0.1", "R7.2.30", "未定", "2025-13", "R7.4ごろか", "3025"]
)
def test_refuses_with_a_japanese_reason(text):
    with pytest.raises(PeriodError) as error:
        parse_period(text)
    assert any("ぁ" <= char <= "ん" for char in str(error.value))


@pytest.mark.parametrize("text", ["2025-10-01", "2025-10", "2025", "FY2025"])
def test_canonical_text_survives_a_round_trip(text):
    assert parse_period(text).to_text() == text


def test_writes_japanese_and_western_years():
    assert format_period(parse_period("2025-10-01")) == "令和7年10月1日（2025年10月1日）"
    assert format_period(parse_period("FY2025")) == "令和7年度（2025年度）"
    assert format_period(parse_period("2019-05")) == "令和元年5月（2019年5月）"
    assert format_short(parse_period("2025-10-01")) == "R7.10.1"
    assert describe_as_of("") == "時点の記載なし"


def test_knows_what_is_certain_by_a_day():
    month = parse_period("2025-10")
    assert month.possibly_by(date(2025, 10, 1)) and not month.certainly_by(date(2025, 10, 1))
    assert month.certainly_by(date(2025, 10, 31))
