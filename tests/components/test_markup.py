"""Text of data reaches the screen as text."""

from __future__ import annotations

import pandas as pd

from components import markup
from components.charts import Cell, MatrixChart
from components.palette import STATE_MARKS
from domain.values import KINDS

EVIL = '<script>x</script><img src="http://x.invalid/a" onerror=1>"\'&'


def test_tables_escape_every_cell_header_and_caption():
    out = markup.data_table(pd.DataFrame({EVIL: [EVIL]}), EVIL)
    assert "<script" not in out and "<img" not in out


def test_matrix_escapes_and_reads_words_not_signs():
    chart = MatrixChart(EVIL, (EVIL,), (EVIL,), ((Cell("●", EVIL),),), ((EVIL, EVIL),))
    out = markup.matrix_table(chart, EVIL)
    assert "<script" not in out and "<img" not in out
    assert '<span aria-hidden="true">●</span>' in out


def test_bands_of_a_cell_are_as_wide_as_their_shares():
    cell = Cell("同数 2", "高2、低2", fill=(("#111111", 0.25), ("#222222", 0.5)))
    chart = MatrixChart("角", ("行",), ("列",), ((cell,),), tints=(("#111111", EVIL),))
    out = markup.matrix_table(chart, "表")
    # What is left stays white; the picture is drawn from the attribute.
    assert "#111111 0.0% 25.0%,#222222 25.0% 75.0%,#ffffff 75.0% 100.0%" in out
    assert 'data-fill="#111111:0.2500 #222222:0.5000"' in out
    assert "<script" not in out


def test_short_words_are_not_broken_and_long_ones_are():
    table = pd.DataFrame({"名": ["国の整理", "下書き"], "文": ["短い", "とても長い文をここに書く"]})
    out = markup.data_table(table)
    assert '<th scope="row" class="gs-whole">国の整理' in out and "<td>短い" in out


def test_missing_numbers_are_not_zero_and_decimals_follow_the_data():
    out = markup.data_table(pd.DataFrame({"名": ["a", "b"], "数": [1234.5, float("nan")]}))
    assert "1,234.5" in out and "未入力" in out and ">0<" not in out
    assert "43.0642" in markup.data_table(pd.DataFrame({"名": ["a"], "緯度": [43.0642]}))
    assert ">179<" in markup.data_table(pd.DataFrame({"名": ["a"], "数": [179.0]}))


def test_every_kind_and_every_state_has_a_badge_with_words():
    assert all(kind in markup.kind_badge(kind) for kind in KINDS)
    legend = markup.legend((mark, 1) for mark in STATE_MARKS.values())
    assert all(mark.label in legend for mark in STATE_MARKS.values())
