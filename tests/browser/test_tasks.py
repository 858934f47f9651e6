"""分野別課題分析 in a real browser: a cell of the matrix, a mark judged otherwise, the address."""

from __future__ import annotations

import pytest
from PIL import Image, ImageColor
from playwright.sync_api import expect

from components.palette import LEVEL_TINTS

pytestmark = pytest.mark.browser
FIELD = "tasks?analysis=分野の事務&task-field=介護保険"


def test_a_field_opens_from_its_cell(visit):
    page = visit.open("tasks")
    page.locator('td[data-cell="F06.V3a"]').click()
    table = page.get_by_role("region", name="道路　③専門性")
    expect(table).to_contain_text("R1 橋梁等の定期点検・診断")
    # What is looked at travels in the address.
    visit.settle()
    assert "cell-field=" in page.url and "cell-view=" in page.url
    page.get_by_role("link", name="道路の事務を開く").click()
    expect(page.locator('td[data-cell="R1.V1"]')).to_be_visible()


def test_a_measure_says_why_it_fits(visit):
    page = visit.open(FIELD)
    page.locator('td[data-cell="K4.P"]').click()
    expect(page.get_by_text("【上限 －】", exact=False).first).to_be_visible()


def test_the_example_is_followed_by_keyboard(visit):
    page = visit.open("tasks?analysis=分析例をたどる")
    page.locator('td[data-cell="1.H"]').focus()
    page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("都道府県も同種の事務を行っている（規則 V7）")).to_be_visible()
    expect(page.locator('td[data-cell="5.V"]')).to_have_attribute("aria-selected", "true")


def test_the_picture_of_a_matrix_has_its_bands(visit):
    page = visit.open("tasks")
    with page.expect_download() as saved:
        page.get_by_role("button", name="画像を保存").click()
    picture = Image.open(saved.value.path()).convert("RGB")
    colours = {colour for _, colour in picture.getcolors(1_000_000)}
    assert {ImageColor.getrgb(tint) for tint in LEVEL_TINTS} <= colours


def test_a_cell_answers_to_the_mouse(visit):
    page = visit.open(FIELD)
    page.locator('td[data-cell="K3.V4a"]').click()
    expect(page.get_by_text("実地検査は数年に一回であり", exact=False)).to_be_visible()
    expect(page.locator('td[data-cell="K3.V4a"]')).to_have_attribute("aria-selected", "true")
    page.locator('td[data-cell="K3.V4b"]').click()
    expect(page.get_by_text("要確認。結論と向きが合いにくく", exact=False)).to_be_visible()


def test_a_cell_answers_to_the_keyboard(visit):
    page = visit.open(FIELD)
    expect(page.get_by_role("grid").first).to_be_visible()
    page.locator('td[data-cell="K1.V1"]').focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator('td[data-cell="K3.V2b"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("市町村のほか都道府県も同種の事務", exact=False).first).to_be_visible()
    expect(page.locator('td[data-cell="K3.V2b"]')).to_have_attribute("aria-selected", "true")


def test_the_sheet_of_the_cells_task_opens(visit):
    page = visit.open(FIELD)
    page.locator('td[data-cell="K4.V1"]').click()
    page.get_by_role("link", name="K4の票を開く").click()
    expect(
        page.get_by_role("heading", name="K4 地域密着型サービス事業者の指定", exact=False)
    ).to_be_visible()


def test_a_scenario_travels_in_the_address(visit):
    page = visit.open("tasks?analysis=事務の票&task=K3 介護サービス事業者の運営指導")
    expect(page.get_by_text("変えた後")).to_have_count(0)
    page.get_by_role("combobox", name="①事務量（■小）").click()
    page.get_by_role("option", name="大").click()
    expect(page.get_by_role("columnheader", name="変えた後")).to_be_visible()
    visit.settle()
    address = page.url.split("/", 3)[3]
    assert "mark-K3-V1" in address
    again = visit.open(address)
    expect(again.get_by_role("columnheader", name="変えた後")).to_be_visible()
    again.get_by_role("button", name="公表中の段階に戻す").click()
    expect(again.get_by_role("columnheader", name="変えた後")).to_have_count(0)
    visit.settle()
    assert "mark-K3-V1" not in again.url
