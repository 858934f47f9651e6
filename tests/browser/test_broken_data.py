"""A data file breaks while people look: the page explains it and stays up."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, run_server, watch

pytestmark = pytest.mark.browser


@pytest.fixture
def broken(browser, tmp_path):
    """A server on a copy of the data, with a visitor."""
    copy = tmp_path / "data"
    shutil.copytree(ROOT / "data", copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    with run_server(tmp_path, DASHBOARD_DATA_DIR=str(copy)) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        yield watch(context, server), copy / "sources" / "mic_wg47_20260422"
        context.close()


def test_a_file_that_breaks_leaves_the_last_good_data_and_a_message(broken):
    visit, folder = broken
    visit.open("map?view=タイル")
    whole = (folder / "frameworks.xlsx").read_bytes()
    (folder / "frameworks.xlsx").write_bytes(b"PK broken")
    page = visit.page
    # A part of the page that runs again by itself keeps working on the last good data …
    page.get_by_role("slider", name="時点").focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-code][data-mark='○']")).to_have_count(3)
    # … and the whole page says which file it is.
    visit.open("map?view=タイル")
    expect(page.get_by_text("直前に読めた内容か、それを除いた内容を表示しています")).to_be_visible()
    expect(page.get_by_text("frameworks.xlsx：Excelファイルとして読めません")).to_be_visible()
    expect(page.locator("[data-code]")).to_have_count(47)
    (folder / "frameworks.xlsx").write_bytes(whole)
    visit.open("map?view=タイル")
    expect(page.get_by_text("直前に読めた内容か、それを除いた内容を表示しています")).to_have_count(
        0
    )
    assert visit.errors == [] and visit.outside == []


def test_a_table_nobody_has_read_yet_is_explained_without_a_traceback(broken):
    visit, folder = broken
    (folder / "practices.csv").write_bytes(b"")
    page = visit.open("practices")
    expect(page.get_by_text("practices.csv：ファイルが空です")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("取組事例")
