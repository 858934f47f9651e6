"""Shared fixtures: the app through its own entry, clean caches, a copy of the data."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def fresh_caches():
    """Clear what outlives a test: st.cache_data and the last good data of the loaders."""
    import streamlit as st

    from data import loaders

    def clear() -> None:
        st.cache_data.clear()
        st.cache_resource.clear()
        loaders._last_good.clear()
        loaders._problems.clear()

    clear()
    yield
    clear()


@pytest.fixture(autouse=True)
def own_store(tmp_path_factory, monkeypatch):
    """Keep every test out of the checkout's own store."""
    if "DASHBOARD_VAR_DIR" not in os.environ:
        monkeypatch.setenv("DASHBOARD_VAR_DIR", str(tmp_path_factory.mktemp("var")))
    monkeypatch.delenv("DASHBOARD_STORE_URL", raising=False)


@pytest.fixture
def data_copy(tmp_path, monkeypatch) -> Path:
    """Return a copy of the data folder that the loaders now read."""
    copy = tmp_path / "data"
    shutil.copytree(ROOT / "data", copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    monkeypatch.setenv("DASHBOARD_DATA_DIR", str(copy))
    return copy


@pytest.fixture
def open_page():
    """Return a function that opens a page through app.py, as a visitor does."""
    from streamlit.testing.v1 import AppTest

    def open_one(script: str = "", **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        if script:
            for key, value in query.items():
                app.query_params[key] = value
            app.switch_page(script).run()
        return app

    return open_one
