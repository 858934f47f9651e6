"""A fresh store for every test, on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from data.store.engine import close_engines
from data.store.location import file_url
from data.store.store import Store
from tests.data.store import postgres


@pytest.fixture(autouse=True)
def fresh_caches():
    """The store keeps nothing of what the shared fixture of this name clears."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Return the address of a running PostgreSQL that every test gets a schema of."""
    if postgres.find_binaries() is None:
        message = "PostgreSQL がありません。`apt-get install postgresql` で入れてください。"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with postgres.running_server("fsync=off", "full_page_writes=off") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request) -> str:
    """Return the engine a test runs on."""
    return request.param


@pytest.fixture
def new_url(engine_name, tmp_path, request):
    """Return a function that gives the address of a store that does not exist yet."""
    made = []

    def new() -> str:
        if engine_name == "sqlite":
            url = file_url(tmp_path / f"store{len(made)}" / "store.sqlite3")
        else:
            url = postgres.fresh_schema(request.getfixturevalue("postgres_server"))
        made.append(url)
        return url

    yield new
    for url in made:
        close_engines(url)


@pytest.fixture
def url(new_url) -> str:
    """Return the address of a store that does not exist yet."""
    return new_url()


@pytest.fixture
def store(url) -> Store:
    """Return an empty store."""
    return Store.open(url)
