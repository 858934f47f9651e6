"""分野別課題分析 in a real browser: a cell of the matrix, a mark judged otherwise, the address."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
FIELD = "tasks?analysis=分野の事務&task-field=介護保険"


def test_a_cell_answers_to_the_mouse(visit):
    page = visit.open(FIELD)
    page.locator('td[data-cell="K3.V4a"]').click()
    expect(page.get_by_text("実地検査は数年に一回であり", exact=False)).to_be_visible()
    expect(page.locator('td[data-cell="K3.V4a"]')).to_have_attribute("aria-selected", "true")
    page.locator('td[data-cell="K3.V4b"]').click()
    expect(page.get_by_text("要確認。結論と向きが合いにくく", exact=False)).to_be_visible()


def test_a_cell_answers_to_the_keyboard(visit):
    page = visit.open(FIELD)
    expect(page.get_by_role("grid")).to_be_visible()
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
    expect(page.get_by_text("変えた評定")).to_have_count(0)
    page.get_by_role("combobox", name="①事務量（■小）").click()
    page.get_by_role("option", name="大").click()
    expect(page.get_by_role("columnheader", name="変えた評定")).to_be_visible()
    visit.settle()
    address = page.url.split("/", 3)[3]
    assert "mark-K3-V1" in address
    again = visit.open(address)
    expect(again.get_by_role("columnheader", name="変えた評定")).to_be_visible()
    again.get_by_role("button", name="公表中の段階に戻す").click()
    expect(again.get_by_role("columnheader", name="変えた評定")).to_have_count(0)
    visit.settle()
    assert "mark-K3-V1" not in again.url
