"""Cached loaders: pure readers behind st.cache_data, read again when their file changes.

The cache key holds the file's stamp, so a changed file is noticed at the next rerun. If the
new file cannot be read, the last good data stays on screen and `current_problems` says why.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data import read
from data.paths import data_root, file_stamp
from data.schema import TABLE_BY_NAME
from data.store.location import store_exists, store_url
from domain.frameworks import Framework, PrefectureState, compute_states
from domain.intake.rows import REPORT_SOURCE
from domain.issues import DataFileError, Issue
from domain.measure_rules import GOOD, SOME, STRONG, Rule
from domain.places import CODES, Prefecture
from domain.population import add_nation
from domain.tasks import Answers, Task, find_task, with_answer
from domain.values import Fact

if TYPE_CHECKING:
    from data.simulation import Inputs

_last_good: dict[tuple[str, str], Any] = {}
_problems: dict[tuple[str, str], DataFileError] = {}


@st.cache_data(show_spinner=False, max_entries=256)
def _cached_table(name: str, root: str, stamp: tuple[int, int]) -> pd.DataFrame:
    return read.read_table(name, Path(root))


# Tuples of frozen dataclasses cannot be changed by a caller, so they are shared, not copied.
@st.cache_resource(show_spinner=False, max_entries=64)
def _cached_object(reader: str, root: str, stamps: tuple[tuple[int, int], ...]) -> Any:
    return getattr(read, reader)(Path(root))


def _load(key: str, fetch: Callable[[str], Any]) -> Any:
    """Fetch fresh data; on a bad file fall back on the last good one and remember why."""
    root = str(data_root())
    place = (root, key)
    try:
        value = fetch(root)
    except DataFileError as error:
        _problems[place] = error
        if place in _last_good:
            return _last_good[place]
        raise
    _problems.pop(place, None)
    _last_good[place] = value
    return value


def current_problems() -> list[DataFileError]:
    """Which bundled files cannot be used just now? Each fault once, however many loaders met it."""
    root = str(data_root())
    return list({str(e): e for (place, _), e in _problems.items() if place == root}.values())


def _stamps(root: str, names: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(file_stamp(Path(root) / TABLE_BY_NAME[name].path) for name in names)


def load_table(name: str) -> pd.DataFrame:
    """Return one table of `data.schema`; see `data.read.read_table` for shape and errors."""
    return _load(name, lambda root: _cached_table(name, root, _stamps(root, (name,))[0]))


def load_prefectures() -> tuple[Prefecture, ...]:
    """Return the 47 prefectures in code order."""
    return _load(
        "prefectures()",
        lambda root: _cached_object("read_prefectures", root, _stamps(root, ("prefectures",))),
    )


def load_facts() -> dict[str, Fact]:
    """Return the numbers of the document by fact_id."""
    return _load(
        "facts()", lambda root: _cached_object("read_facts", root, _stamps(root, ("facts",)))
    )


def load_tasks() -> dict[str, Task]:
    """Return the tasks of the ten fields by id, as the bundled drafts judge them."""
    names = ("tasks", "task_vehicles", "task_evidence")
    return _load("tasks()", lambda root: _cached_object("read_tasks", root, _stamps(root, names)))


def load_rules() -> tuple[Rule, ...]:
    """Return the rules from the facts of a task to measures."""
    return _load(
        "rules()",
        lambda root: _cached_object("read_rules", root, _stamps(root, ("measure_rules",))),
    )


@dataclass(frozen=True)
class PublishedView:
    """Which version of the published data is looked at (版).

    no : version, 0 = the bundled data alone.  hidden : versions under embargo.  newest : the
    newest version that everybody may see.  chosen : is an older one looked at on purpose?
    stamp : content of the newest version; a number may come again after a restore.
    """

    url: str
    no: int
    hidden: tuple[int, ...]
    newest: int
    chosen: bool
    stamp: str = ""

    def key(self) -> tuple:
        """Return what cached data of this view depends on."""
        return self.url, self.no, self.hidden, self.stamp


# Every loader asks which version stands; within a moment the answer is the same.
_HEAD_SECONDS = 0.3
_heads: dict[str, tuple[float, int, tuple[int, ...], str]] = {}
VERSION_KEY = "version"


def forget_head() -> None:
    """Ask the store again which version stands; called after publishing."""
    _heads.clear()


def current_view() -> PublishedView:
    """Which version do the pages show now? An unreachable store counts as the last known one."""
    url = store_url()
    kept = _heads.get(url)
    if kept is None or time.monotonic() - kept[0] > _HEAD_SECONDS:
        place = (str(data_root()), "store()")
        try:
            kept = (time.monotonic(), *_ask_head(url))
            _problems.pop(place, None)
        except DataFileError as error:
            _problems[place] = error
            kept = (time.monotonic(), *(kept[1:] if kept else (0, (), "")))
        _heads[url] = kept
    _, head, hidden, stamp = kept
    newest = next((no for no in range(head, 0, -1) if no not in hidden), 0)
    # At start-up the loaders run without a visitor.
    visited = get_script_run_ctx(suppress_warning=True) is not None
    wanted = st.session_state.get(VERSION_KEY) if visited else None
    if isinstance(wanted, int) and 0 <= wanted < newest:
        return PublishedView(url, wanted, hidden, newest, True, stamp)
    return PublishedView(url, newest, hidden, newest, False, stamp)


def choose_version() -> tuple[int, int] | None:
    """Take the version to look at from the address, and keep it there on every page.

    Returns
    -------
    (version looked at, newest version) while an older one is chosen, else None.
    """
    asked = st.query_params.get(VERSION_KEY)
    if asked is not None and asked.isascii() and asked.isdigit():
        st.session_state[VERSION_KEY] = int(asked[:9])
    view = current_view()
    if not view.chosen:
        st.session_state.pop(VERSION_KEY, None)
        st.query_params.pop(VERSION_KEY, None)
        return None
    # A link to another page drops it; it has to stand in every address that is passed on.
    st.query_params[VERSION_KEY] = str(view.no)
    return view.no, view.newest


def leave_version() -> None:
    """Look at the newest version again."""
    st.session_state.pop(VERSION_KEY, None)
    st.query_params.pop(VERSION_KEY, None)


def _ask_head(url: str) -> tuple[int, tuple[int, ...], str]:
    if not store_exists(url):
        return 0, (), ""
    # Late: a dashboard that has published nothing never loads the database library.
    from data.store.errors import StoreError
    from data.store.store import Store

    try:
        store = Store.open(url, create=False)
        head = store.head()
        stamp = store.version(head).content_sha256 if head else ""
        return head, store.hidden(datetime.now(UTC)), stamp
    except StoreError as error:
        raise DataFileError([Issue("公表データの保管庫", str(error))]) from error


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_frameworks(
    root: str, stamps: tuple, url: str, no: int, hidden: tuple[int, ...], stamp: str
) -> tuple[Framework, ...]:
    if not no:
        return read.read_frameworks(Path(root))
    from data import published
    from data.store.errors import StoreError
    from data.store.store import Store

    try:
        return published.read_published_frameworks(
            Path(root), Store.open(url, create=False), no, hidden
        )
    except StoreError as error:
        raise DataFileError([Issue("公表データの保管庫", str(error))]) from error


def load_frameworks() -> tuple[Framework, ...]:
    """Return the frameworks that stand published in the version looked at, one a row."""
    view = current_view()
    names = ("frameworks", "prefectures")
    return _load(
        "frameworks()" if not view.chosen else f"frameworks({view.no})",
        lambda root: _cached_frameworks(root, _stamps(root, names), *view.key()),
    )


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_answers(
    root: str, stamps: tuple, url: str, no: int, hidden: tuple[int, ...], stamp: str
) -> Answers:
    if not no:
        return MappingProxyType({})
    from data import published
    from data.store.errors import StoreError
    from data.store.store import Store

    try:
        parts = published.published_parts(
            Path(root), Store.open(url, create=False), no, hidden, (published.TASKS,)
        )
    except StoreError as error:
        raise DataFileError([Issue("公表データの保管庫", str(error))]) from error
    tasks = read.read_tasks(Path(root))
    found: dict[str, dict[tuple[str, str], Task]] = {}
    for (_, scope), rows in sorted(parts.items()):
        for row in rows:
            if task := find_task(tasks, row.values):
                answer = with_answer(task, row.values, REPORT_SOURCE, row.place)
                size = row.values.get("size", "")
                found.setdefault(scope, {})[task.task_id, size] = answer
    return MappingProxyType(found)


def load_task_answers() -> Answers:
    """Return how prefectures judge the tasks: pref_code → (task id, size) → task."""
    view = current_view()
    names = ("tasks", "task_vehicles", "task_evidence")
    return _load(
        "answers()" if not view.chosen else f"answers({view.no})",
        lambda root: _cached_answers(root, _stamps(root, names), *view.key()),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _cached_card(source_id: str, root: str, stamp: tuple[int, int]) -> dict:
    return read.read_card(Path(root), source_id)


def load_card(source_id: str) -> dict:
    """Return the card of one source; see `data.read.read_card`. Not to be changed."""
    return _load(
        f"card:{source_id}",
        lambda root: _cached_card(
            source_id, root, file_stamp(Path(root) / "sources" / source_id / "source.toml")
        ),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _cached_states(
    day: date, root: str, stamps: tuple, url: str, no: int, hidden: tuple[int, ...], stamp: str
) -> Mapping[str, PrefectureState]:
    frameworks = _cached_frameworks(root, stamps, url, no, hidden, stamp)
    return MappingProxyType(compute_states(CODES, frameworks, day))


def load_states(day: date) -> Mapping[str, PrefectureState]:
    """Return the state of the 47 prefectures at a day, in code order."""
    view = current_view()
    names = ("frameworks", "prefectures")
    return _load(
        f"states:{day.isoformat()}" + (f"({view.no})" if view.chosen else ""),
        lambda root: _cached_states(day, root, _stamps(root, names), *view.key()),
    )


@st.cache_resource(show_spinner=False, max_entries=8)
def _cached_series(
    name: str, group: str, root: str, stamp: tuple[int, int]
) -> Mapping[tuple[str, str], Mapping[int, float]]:
    frame = add_nation(read.read_table(name, Path(root)), ["year", group])
    series: dict[tuple[str, str], dict[int, float]] = {}
    for row in frame.sort_values("year")[["pref_code", group, "year", "value"]].itertuples(
        index=False
    ):
        series.setdefault((row[0], row[1]), {})[int(row[2])] = float(row[3])
    return MappingProxyType(series)


def load_population() -> Mapping[tuple[str, str], Mapping[int, float]]:
    """Return (pref_code or "00", age group) → year → persons; "00" is the sum of the 47."""
    return _load(
        "population()",
        lambda root: _cached_series(
            "population", "age_group", root, _stamps(root, ("population",))[0]
        ),
    )


def load_staff() -> Mapping[tuple[str, str], Mapping[int, float]]:
    """Return (pref_code or "00", employer) → year → general-administration staff."""
    return _load(
        "staff()",
        lambda root: _cached_series("staff", "employer", root, _stamps(root, ("staff",))[0]),
    )


def load_cards() -> list[dict]:
    """Return the cards of all sources that can be read, in the order of their folders.

    One that cannot is left out and stays listed in `current_problems`.
    """
    cards = []
    for source_id in read.list_source_ids(data_root()):
        with contextlib.suppress(DataFileError):
            cards.append(load_card(source_id))
    return cards


def load_parameters() -> dict[str, dict]:
    """Return the assumptions by key: value, low, high, unit, kind, source, label_ja."""
    return {row["key"]: row for row in load_table("parameters").to_dict("records")}


def load_thresholds() -> dict[str, float]:
    """Return from how many points on a measure fits so well: ◎, ○, △ → points."""
    table = load_parameters()
    return {
        STRONG: table["measures.strong"]["value"],
        GOOD: table["measures.good"]["value"],
        SOME: table["measures.some"]["value"],
    }


def load_everything() -> None:
    """Read what the pages need into the caches; a bad file is left for its page to explain."""
    for load in (
        load_prefectures,
        load_facts,
        load_frameworks,
        load_population,
        load_staff,
        load_cards,
    ):
        with contextlib.suppress(DataFileError):
            load()


@st.cache_resource(show_spinner=False, max_entries=4)
def _cached_simulation(root: str, stamps: tuple) -> Inputs:
    from data.simulation import read_inputs

    return read_inputs(Path(root))


def load_simulation() -> Inputs:
    """Return world, work and assumptions of the simulation."""
    from data.simulation import TABLES

    return _load("simulation()", lambda root: _cached_simulation(root, _stamps(root, TABLES)))


def load_backtest_figures() -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return what the back-tests compare with, and how fast levers moved in the past."""
    from data.simulation import read_figures, read_paces

    return _load("backtests()", lambda root: (read_figures(Path(root)), read_paces(Path(root))))
