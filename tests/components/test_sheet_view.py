"""The received sheet on screen: marks at their cells, spans, and nothing that is not text."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from components.sheet_view import (
    LONGEST_SHOWN,
    TONES,
    CellMark,
    change_list,
    grid_legend,
    message,
    pairs_table,
    sheet_view,
    stepper,
)

NASTY = "<img src=x onerror=alert(1)>'\"&</td>"


def cells(page: str) -> dict[str, ElementTree.Element]:
    """Return the cells of a grid by address, as a browser places them under spans."""
    table = re.search(r"<table>.*</table>", page, re.DOTALL)[0]
    table = table.replace("<br>", "<br/>").replace("class=gs-was-hidden", 'class="gs-was-hidden"')
    body = ElementTree.fromstring(table).find("tbody")
    found, taken = {}, set()
    for r, row in enumerate(body):
        c = 0
        for cell in row.findall("td"):
            while (r, c) in taken:
                c += 1
            found[f"{chr(65 + c)}{r + 1}"] = cell
            wide, high = int(cell.get("colspan", 1)), int(cell.get("rowspan", 1))
            taken |= {(r + i, c + j) for i in range(high) for j in range(wide)}
            c += wide
    return found


def text_of(cell: ElementTree.Element) -> str:
    return "".join(cell.itertext())


@pytest.mark.parametrize("place", ["B2", "B2:C4"])
def test_a_mark_stands_at_its_cell_with_sign_and_words(place):
    page = sheet_view("表", [["a", "b"], ["c", "d"]], [CellMark(place, "must", "読めません")])
    marked = cells(page)["B2"]
    assert marked.get("class") == "gs-g-must" and marked.get("title") == "読めません"
    assert text_of(marked) == "✕d（要修正：読めません）"
    assert [a for a, cell in cells(page).items() if cell.get("class")] == ["B2"]


def test_the_worst_of_several_marks_gives_the_colour_and_all_are_told():
    marks = [CellMark("A1", tone, tone) for tone in ("note", "confirm", "repair")]
    marked = cells(sheet_view("表", [["a"]], marks))["A1"]
    assert (
        marked.get("class") == "gs-g-confirm" and marked.get("title") == "note / confirm / repair"
    )


def test_rows_and_columns_are_marked_at_their_heads():
    marks = [CellMark("2:2", "note", "見出し"), CellMark("B:B", "confirm", "隠れた列")]
    page = sheet_view("表", [["a", "b"], ["c", "d"]], marks)
    assert re.search(r'<th scope="row" class="gs-g-note"[^>]*>2<', page)
    assert re.search(r'<th scope="col" class="gs-g-confirm"[^>]*>B<', page)


@pytest.mark.parametrize("place", ["", "?", "A0x", "a1", "１:１", "B2 C3", "A1" * 400, "!A1"])
def test_a_place_that_is_none_is_passed_over(place):
    assert "gs-g-" not in sheet_view("表", [["a"]], [CellMark(place, "must", "x")])


def test_merged_cells_span_and_keep_the_place_of_the_others():
    rows = [["題", "", ""], ["a", "b", "c"], ["", "d", "e"]]
    found = cells(sheet_view("表", rows, [], merges=[(0, 0, 0, 2), (1, 0, 2, 0)]))
    assert found["A1"].get("colspan") == "3" and found["A2"].get("rowspan") == "2"
    assert {a: text_of(c) for a, c in found.items()} == {
        "A1": "題", "A2": "a", "B2": "b", "C2": "c", "B3": "d", "C3": "e",
    }  # fmt: skip


def test_a_merge_with_a_remark_inside_is_opened():
    rows = [["a", ""], ["", ""]]
    page = sheet_view("表", rows, [CellMark("B2", "repair", "補う")], merges=[(0, 0, 1, 1)])
    assert "span=" not in page.split("<caption")[1].split("</caption>")[1]
    assert cells(page)["B2"].get("class") == "gs-g-repair"


def test_merges_reach_no_further_than_what_is_shown():
    far = [(0, 0, 99_999, 16_383), (50, 50, 60, 60)]
    found = cells(sheet_view("表", [["a", "b"], ["c", "d"]], [], merges=far))
    assert list(found) == ["A1"] and found["A1"].get("rowspan") == "2"


def test_short_rows_are_filled_and_rows_left_out_are_told():
    page = sheet_view("表", [["a", "b"], ["c"]], [], hidden_rows=[1], total_rows=1002)
    assert text_of(cells(page)["B2"]) == "" and "ほか 1,000行" in page
    assert page.count("gs-was-hidden") == 1
    assert "<tbody></tbody>" in sheet_view("表", [], [])


def test_long_texts_are_cut_and_lines_kept():
    page = sheet_view("表", [["長" * 500, "一\n二"]], [])
    assert "長" * (LONGEST_SHOWN - 1) + "…" in page and "長" * LONGEST_SHOWN not in page
    assert "一<br>二" in page


def test_columns_beyond_z_have_two_letters():
    page = sheet_view("表", [["x"] * 30], [CellMark("AD1", "must", "x")])
    assert '<th scope="col">AA</th>' in page and page.count('class="gs-g-must"') == 1


def test_nothing_from_a_file_is_ever_html():
    page = (
        sheet_view(
            NASTY, [[NASTY, NASTY]], [CellMark("A1", "must", NASTY), CellMark("1:1", "note", NASTY)]
        )
        + change_list(NASTY, NASTY)
        + message("error", NASTY, [NASTY])
        + pairs_table([NASTY], [], NASTY)
        + stepper([(NASTY, NASTY)], 0)
    )
    assert "<img" not in page and "onerror=alert(1)>" not in page
    # No quote closes an attribute early.
    assert "&quot;" in page and "x onerror=alert(1)&gt;&#x27;" in page


def test_the_legend_lists_what_occurs_and_nothing_else():
    assert grid_legend([]) == ""
    page = grid_legend(["repair", "must", "must"])
    assert page.count("<li>") == 2 and page.index("要修正") < page.index("補正")
    assert {word for _, word in TONES.values()} == {"要修正", "確認", "補正", "参考"}


def test_the_way_says_where_one_is():
    page = stepper([("①", "a"), ("②", "b"), ("③", "c")], 1)
    assert page.count("aria-current") == 1
    assert re.findall("（(済み|いまここ|これから)）", page) == [
        "済み", "いまここ", "これから",
    ]  # fmt: skip
    assert "aria-current" not in stepper([("①", "a")], 5)


def test_an_empty_value_of_a_change_is_not_entered_yet():
    assert change_list("", "甲") == (
        '<span class="gs-before"><span class="gs-blank">未入力</span></span> → <b>甲</b>'
    )
    assert "一<br>二" in change_list("一\n二", "")


def test_only_an_error_interrupts_reading_software():
    assert 'role="alert"' in message("error", "x") and 'role="status"' in message("good", "x")
    assert "<ul>" not in message("good", "x")
