"""A published row: what the store keeps of a record, and what the pages make of it (公表行)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.frameworks import Framework, split_words
from domain.intake import form
from domain.intake.form import FormColumn
from domain.intake.records import Record
from domain.periods import parse_period
from domain.values import ORIGINAL

# Columns that are published of a framework, in the order of the form.
FRAMEWORK_COLUMNS = (*form.FRAMEWORKS.columns, form.COVER.column("as_of"))
REPORT_SOURCE = "prefectural_reports"


@dataclass(frozen=True)
class Row:
    """One row as it is published. values : column name → text; "" is 未入力.

    place : file, sheet and cell it was read from.  base : what the bundled data says beyond the
    form's columns, kept while the row's own values are unchanged; None for a reported row.
    """

    dataset: str
    scope: str
    key: str
    values: Mapping[str, str]
    place: str = ""
    received: str = ""
    base: Framework | None = None

    @staticmethod
    def of_record(record: Record, file_name: str = "", received: str = "") -> Row:
        """Return the row a record becomes."""
        place = f"{file_name}「{record.sheet}」{record.row + 1}行目" if file_name else ""
        key = record_key(record.dataset, record.values)
        return Row(record.dataset, record.scope, key, dict(record.values), place, received)

    def to_payload(self) -> dict[str, str]:
        """Return the row as the store keeps it."""
        return dict(self.values) | {"_place": self.place, "_received": self.received}

    @staticmethod
    def of_payload(dataset: str, scope: str, key: str, payload: Mapping[str, str]) -> Row:
        """Return the row the store kept."""
        values = {name: text for name, text in payload.items() if not name.startswith("_")}
        return Row(
            dataset, scope, key, values, payload.get("_place", ""), payload.get("_received", "")
        )


def columns_of(dataset: str) -> Sequence[FormColumn]:
    """Return the columns that are published of a dataset, in order."""
    if dataset == form.FRAMEWORKS.dataset:
        return FRAMEWORK_COLUMNS
    if dataset in form.SHEET_BY_DATASET:
        return form.SHEET_BY_DATASET[dataset].columns
    from domain.intake import official

    return next(sheet.columns for sheet in official.OFFICIAL_SHEETS if sheet.dataset == dataset)


def record_key(dataset: str, values: Mapping[str, str]) -> str:
    """Return what makes a row the same row in two versions, within its scope."""
    if dataset == form.FRAMEWORKS.dataset:
        # Without a name there is one row a status: 「設置予定」 twice would be the same answer.
        return values.get("name") or f"（{values.get('status', '')}）"
    if dataset == form.TASKS.dataset:
        size = values.get("size", "")
        return (values.get("task_id") or values.get("task", "")) + (f"｜{size}" if size else "")
    return values.get("code5", "")


def to_framework(row: Row, today: date, published: date | None = None) -> Framework:
    """Return the framework a row describes.

    today : the day it counts as known when the row gives no 時点 (the day of reception if the
    row has one).  published : the day it was published.
    """
    if row.base is not None:
        return row.base
    values = row.values

    def period(name: str):
        return parse_period(values[name]) if values.get(name) else None

    as_of = period("as_of")
    received = date.fromisoformat(row.received) if row.received else today
    evidence = as_of.last if as_of else received
    return Framework(
        framework_id=f"R{row.scope}-{row.key}", pref_code=row.scope, status=values["status"],
        name=values.get("name", ""), kind=values.get("framework_kind") or "不明",
        origin=values.get("origin") or "不明", level=values.get("level") or "不明",
        start=period("start"), coverage=values.get("coverage") or "不明", coverage_note="",
        municipalities=int(values["municipalities"]) if values.get("municipalities") else None,
        members="", fields=split_words(values.get("fields", "")), fields_state="",
        measures=split_words(values.get("measures", "")), plan=values.get("plan", ""),
        due=period("due"), due_text="", later_note="", note=values.get("note", ""),
        evidence_day=evidence, published_day=max(published or received, evidence),
        value_kind=ORIGINAL, source_id=REPORT_SOURCE, locator=row.place, quote="",
    )  # fmt: skip


def of_framework(framework: Framework, pref_name: str) -> Row:
    """Return the row of a framework of the bundled data, in the form's columns."""

    def period(value) -> str:
        return value.to_text() if value else ""

    values = {
        "pref_code": framework.pref_code, "pref_name": pref_name, "status": framework.status,
        "name": framework.name, "framework_kind": framework.kind, "origin": framework.origin,
        "level": framework.level, "start": period(framework.start),
        "coverage": framework.coverage,
        "municipalities": "" if framework.municipalities is None else str(framework.municipalities),
        "fields": "、".join(framework.fields), "measures": "、".join(framework.measures),
        "plan": framework.plan, "due": period(framework.due), "note": framework.note,
        "as_of": framework.evidence_day.isoformat(),
    }  # fmt: skip
    key = record_key("frameworks", values)
    return Row("frameworks", framework.pref_code, key, values, framework.locator, base=framework)
