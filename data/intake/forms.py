"""The form filled with what the dashboard knows: empty, or with the published data (様式)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from data import published, read
from data.intake.template import build_all_templates, build_template
from data.paths import data_root
from data.store.location import store_exists
from domain.intake.rows import Row, record_key
from domain.places import Prefecture


def _places(code: str) -> list[Prefecture]:
    places = read.read_prefectures(data_root())
    return [place for place in places if code in ("", place.code)]


def _fields() -> list[str]:
    return list(read.read_table("fields", data_root())["name"])


def _tasks() -> list[dict[str, str]]:
    """Return the tasks of コード表: task_id, task, field."""
    fields = read.read_table("fields", data_root()).set_index("field_code")["name"]
    return [
        {"task_id": task.task_id, "task": task.name, "field": fields[task.field_code]}
        for task in read.read_tasks(data_root()).values()
    ]


def build_empty(code: str = "") -> bytes:
    """Return the empty form of a prefecture, or of all 47."""
    return build_template(
        _places(code), fields=_fields(), all_places=_places(""), tasks_reference=_tasks()
    )


def build_all() -> dict[str, bytes]:
    """Return the empty forms of the 47, by file name."""
    return build_all_templates(_places(""), fields=_fields(), tasks_reference=_tasks())


def published_rows(code: str = "") -> dict[str, list[Row]]:
    """Return what everybody can see published, of a prefecture or of all: dataset → rows."""
    root = data_root()
    if store_exists():
        from data.store.store import Store

        store = Store.open(create=False)
        hidden = store.hidden(datetime.now(UTC))
        parts = published.published_parts(root, store, None, hidden, published.FORM_DATASETS)
    else:
        parts = published.bundled_parts(root)
    found: dict[str, list[Row]] = {name: [] for name in published.FORM_DATASETS}
    for (dataset, scope), rows in sorted(parts.items()):
        if code in ("", scope):
            found[dataset] += rows
    return found


def build_filled(code: str = "", tasks: Sequence[Mapping[str, str]] = ()) -> bytes:
    """Return the form with the published data of a prefecture, or of all 47.

    The 時点 stands on the cover when all rows share it, else in a column of its own.
    tasks : rows of 事務の課題分析 by column name; they take the place of the published ones of
    the same task and size.
    """
    rows = published_rows(code)
    mine = {record_key(published.TASKS, row) for row in tasks}
    rows[published.TASKS] = [row for row in rows[published.TASKS] if row.key not in mine]
    values = {dataset: [dict(row.values) for row in own] for dataset, own in rows.items()}
    values[published.TASKS] += [dict(row) for row in tasks]
    return build_template(
        _places(code),
        rows=values,
        fields=_fields(),
        all_places=_places(""),
        tasks_reference=_tasks(),
        data_version=_version(),
    )


def _version() -> str:
    if not store_exists():
        return "第0版（収録した資料）"
    from data.store.store import Store

    return f"第{Store.open(create=False).head()}版"
