"""The first visitor of a fresh server, by deep link, in a closed network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from components.site import PAGES
from tests.browser.conftest import run_server, watch

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_deep_link_on_a_cold_server(browser, tmp_path, page):
    with run_server(tmp_path) as cold:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        visit = watch(context, cold)
        address = "" if page is PAGES[0] else page.address
        opened = visit.open(address)
        expect(opened.locator("h1")).to_have_text(page.title)
        expect(opened.get_by_role("dialog")).to_have_count(0)
        expect(opened).to_have_title(f"{page.title}｜持続可能な行政サービス ダッシュボード")
        assert visit.outside == [] and visit.errors == []
        # The server itself asked nobody either, not even for its own address.
        assert cold.lookups() == []
        context.close()


def test_a_page_that_does_not_exist_is_answered_in_japanese(visit):
    visit.open("nowhere")
    expect(visit.page.get_by_text("Page not found")).to_have_count(0)
    expect(visit.page.locator("h1")).to_have_text("概況")
