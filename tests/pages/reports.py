"""Reports of prefectures as they stand published, for tests: one, or all 47 in every state."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from data.store.records import Publication
from data.store.store import Store
from domain.intake import form
from domain.intake.rows import Row, record_key
from domain.places import CODES

PUBLISHED = datetime(2026, 11, 20, 3, tzinfo=UTC)
FIRST_DAY = date(2026, 9, 1)
LONG_NAME = (
    "持続可能な行政サービスの提供に向けた県・市町村間の広域連携及び事務の共同処理に関する検討会議"
)
# 47 answers: every status, kind and number of frameworks, and one left open.
OPEN, LARGE = "47", "13"


def row(code: str, name: str = "", status: str = "設置済み", **values: str) -> dict[str, str]:
    """Return the values of one row as the form holds them."""
    return {"pref_code": code, "name": name, "status": status} | values


def publish(reports: Mapping[str, Sequence[Mapping[str, str]]], at: datetime = PUBLISHED) -> int:
    """Publish rows by prefecture as one version on top of whatever is there; return its number."""
    parts = {}
    for code, rows in reports.items():
        parts["frameworks", code] = [
            (
                key := record_key("frameworks", values),
                Row(
                    "frameworks", code, key, dict(values),
                    f"報告_{code}.xlsx「{form.FRAMEWORKS.title}」{number}行目", "2026-10-20",
                ).to_payload(),
            )
            for number, values in enumerate(rows, 5)
        ]  # fmt: skip
    store = Store.open()
    publication = Publication(
        parts, store.head(), "確定", "報告の公表", "提出者", "承認者", secrets.token_hex(8)
    )
    return store.publish(publication, at).no


def tokyo() -> dict[str, list[dict[str, str]]]:
    """Return the report of one prefecture that the document does not name."""
    return {
        "13": [
            row(
                "13", "多摩地域の事務の共同処理に関する協議会", framework_kind="分野横断",
                origin="新設", level="部長級", start="2026-05", coverage="一部",
                municipalities="26", fields="税務、介護", measures="水平連携、デジタル活用",
                plan="中間のまとめを公表", due="2027-03", note="島しょ部は別に検討",
                as_of="2026-10-01",
            )
        ]
    }  # fmt: skip


def everybody() -> dict[str, list[dict[str, str]]]:
    """Return reports of all 47, each as of its own day."""
    reports = {}
    for number, code in enumerate(CODES):
        as_of = (FIRST_DAY + timedelta(days=number)).isoformat()
        reports[code] = [values | {"as_of": as_of} for values in _answer(number, code)]
    return reports


def _answer(number: int, code: str) -> list[dict[str, str]]:
    measures = "、".join(form.MEASURES[: 1 + number % 4])
    words = ("介護", "税務", "水道", f"地域の課題{number}", "道路・橋梁の維持管理に関する事務")
    established = {
        "start": ("2026-04", "FY2025", "2017-06-01", "2026-08")[number % 4],
        "coverage": ("全域", "一部", "不明")[number % 3], "origin": ("新設", "既存活用", "不明")[number % 3],
        "level": ("首長級", "課長級", "不明")[number % 3], "fields": "、".join(words[: 1 + number % 5]),
        "measures": measures, "plan": "年度内に方針を決める", "due": ("2027-03-31", "2026-09", "")[number % 3],
    }  # fmt: skip
    if code == OPEN:
        return [row(code, status="未回答")]
    if code == LARGE:
        return [
            row(code, f"{LONG_NAME}（第{n}部会）", framework_kind="単一分野", **established)
            for n in range(1, 16)
        ]
    match number % 6:
        case 0:
            return [row(code, "広域連携推進会議", framework_kind="分野横断", **established)]
        case 1:
            return [row(code, "税務共同化研究会", framework_kind="単一分野", **established)]
        case 2:
            return [
                row(code, "市町村連携会議", framework_kind="分野横断", **established),
                row(code, "水道広域化の検討の場", framework_kind="単一分野", **established),
            ]
        case 3:
            return [row(code, status="設置予定", plan="来年度に立ち上げる", due="FY2027")]
        case 4:
            return [row(code, status="未設置")]
    return [row(code, "意見交換会", start="2026-07-15")]
