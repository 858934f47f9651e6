"""A store of its own for every test of the intake, and workbooks to put into it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LABELS = ["団体コード", "都道府県", "設置状況", "枠組みの名称", "区分", "新設・既存", "会議の級", "設置年月",
          "対象範囲", "参加市町村数", "対象分野", "重点的な対応方策", "今後の予定", "予定の期限", "備考"]  # fmt: skip


def build(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return a workbook of sheets."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if value is not None:
                        sheet.write(r, c, value)
    return buffer.getvalue()


def report(code: str = "13", name: str = "東京都", **changes: object) -> bytes:
    """Return a prefecture's clean report with one framework."""
    row = {
        "団体コード": code, "都道府県": name, "設置状況": "設置済み", "枠組みの名称": f"{name}広域検討会",
        "区分": "分野横断", "新設・既存": "新設", "会議の級": "課長級", "設置年月": "2026-04",
        "対象範囲": "一部", "参加市町村数": 10, "対象分野": "介護保険、道路",
        "重点的な対応方策": "水平連携、デジタル活用", "今後の予定": "中間とりまとめ", "予定の期限": "2027-03-31",
    } | changes  # fmt: skip
    cover = [
        ["団体コード", code],
        ["都道府県", name],
        ["時点", "2026-10-01"],
        ["暫定／確定", "確定"],
    ]
    body = [row.get(label) for label in LABELS]
    return build({"表紙": cover, "枠組み設置状況": [LABELS, body]})


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Return an empty store, used by everything under test."""
    monkeypatch.setenv("DASHBOARD_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("DASHBOARD_STORE_URL", raising=False)
    from data import loaders
    from data.store.engine import close_engines
    from data.store.store import Store

    loaders.forget_head()
    yield Store.open()
    close_engines()
    loaders.forget_head()


@pytest.fixture(scope="session")
def reader():
    """Return one reading process for all tests."""
    from data.intake.child import Reader

    with Reader() as one:
        yield one
