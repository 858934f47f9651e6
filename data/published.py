"""What stands published: the bundled data under the versions of the store (公表データ)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data import read
from data.paths import file_stamp
from data.schema import TABLE_BY_NAME
from domain.frameworks import Framework
from domain.intake.rows import FRAMEWORK_COLUMNS, Row, of_framework, to_framework

if TYPE_CHECKING:
    from data.store.store import Store

Part = tuple[str, str]
FRAMEWORKS = "frameworks"
# What the form holds; the official workbooks are not part of it.
TASKS = "tasks"
FORM_DATASETS = (FRAMEWORKS, TASKS)
JAPAN = ZoneInfo("Asia/Tokyo")


def table_stamps(root: Path, *names: str) -> tuple[tuple[int, int], ...]:
    """Return the stamps of tables' files; a changed file has another one."""
    return tuple(file_stamp(root / TABLE_BY_NAME[name].path) for name in names)


def bundled_parts(root: Path) -> dict[Part, list[Row]]:
    """Return the rows of the bundled data, version 0: (dataset, scope) → rows."""
    parts = _bundled_parts(root, table_stamps(root, FRAMEWORKS, "prefectures"))
    return {part: list(rows) for part, rows in parts.items()}


@lru_cache(maxsize=2)
def _bundled_parts(root: Path, stamps: tuple) -> dict[Part, list[Row]]:
    names = {place.code: place.name for place in read.read_prefectures(root)}
    parts: dict[Part, list[Row]] = {}
    for framework in read.read_frameworks(root):
        row = of_framework(framework, names[framework.pref_code])
        parts.setdefault((FRAMEWORKS, framework.pref_code), []).append(row)
    return parts


def published_parts(
    root: Path,
    store: Store,
    no: int | None = None,
    hidden: Sequence[int] = (),
    datasets: Sequence[str] = (FRAMEWORKS,),
) -> dict[Part, list[Row]]:
    """What is published as of a version? A stored part replaces the bundled one of its place.

    Parameters
    ----------
    no : version, None for the newest.  hidden : versions under embargo, passed over.
    datasets : which to fetch; the official ones are large.

    Returns
    -------
    (dataset, scope) → rows. A row whose values are those of the bundled data keeps what the
    bundled data says beyond the form's columns (quotation, place in the document).
    """
    bundled = bundled_parts(root)
    parts = dict(bundled) if FRAMEWORKS in datasets else {}
    stored: dict[Part, list[Row]] = {}
    refs = store.parts_at(no, hidden)
    for (dataset, scope), ref in refs.items():
        if dataset in datasets and ref.present:
            stored[dataset, scope] = []
    for dataset in datasets:
        for scope, _, key, payload in store.rows_at(dataset, no, hidden):
            stored.setdefault((dataset, scope), []).append(
                Row.of_payload(dataset, scope, key, payload)
            )
    for part, rows in stored.items():
        known = {row.key: row for row in bundled.get(part, ())}
        parts[part] = [_with_base(row, known.get(row.key)) for row in rows]
    return parts


def _with_base(row: Row, bundled: Row | None) -> Row:
    if bundled is None:
        return row
    names = [column.name for column in FRAMEWORK_COLUMNS]
    if all(row.values.get(name, "") == bundled.values.get(name, "") for name in names):
        return replace(row, base=bundled.base)
    return row


def read_published_frameworks(
    root: Path, store: Store, no: int, hidden: Sequence[int]
) -> tuple[Framework, ...]:
    """Return the frameworks that stand published as of a version, in code order."""
    parts = published_parts(root, store, no, hidden)
    refs = store.parts_at(no, hidden)
    days = {version.no: version.at.astimezone(JAPAN).date() for version in store.history()}

    def day(part: Part) -> date | None:
        ref = refs.get(part)
        return days[ref.origin_no or ref.version_no] if ref and ref.present else None

    # A reported row has its own day of reception; the last argument serves only the bundled ones.
    return tuple(
        to_framework(row, day(part) or date.min, day(part))
        for part, rows in sorted(parts.items())
        if part[0] == FRAMEWORKS
        for row in rows
    )


def newest_as_of(rows: Sequence[Row]) -> str:
    """Return the common 時点 of rows, "" if they differ or have none."""
    days = {row.values.get("as_of", "") for row in rows}
    return days.pop() if len(days) == 1 else ""
