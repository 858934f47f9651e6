"""Tables of the intake: files, repairs, findings, changes, versions; one row an item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import pandas as pd

from components.markup import esc, lines
from components.sheet_view import change_list, pairs_table
from data import catalogue
from data.intake.service import FileReport, Submission
from data.published import JAPAN
from data.store.records import Draft, Version
from domain.intake import official
from domain.intake.changes import CHANGED, Difference
from domain.intake.findings import (
    CONFIRM,
    MUST_MEND,
    NOTE,
    SEVERITIES,
    VERDICT_LABELS,
    Finding,
    Repair,
)
from domain.intake.form import SHEET_BY_DATASET

_KINDS = {"publish": "公表", "undo": "取り消し", "import": "取り込み"}
DRAFT_STATES = {
    "open": "受付中",
    "published": "公表済み",
    "rejected": "差し戻し",
    "withdrawn": "取り下げ",
}
MOST_CHANGES = 200


def show_moment(moment: datetime) -> str:
    """Return a moment as people in Japan read it."""
    return f"{moment.astimezone(JAPAN):%Y-%m-%d %H:%M}"


def dataset_title(dataset: str) -> str:
    """Return the Japanese title of a dataset."""
    if dataset in SHEET_BY_DATASET:
        return SHEET_BY_DATASET[dataset].title
    return next((s.title for s in official.OFFICIAL_SHEETS if s.dataset == dataset), dataset)


def place_name(scope: str) -> str:
    """Return what a part is about: a prefecture's name, or the nation."""
    places = catalogue.places_by_code()
    if scope in places:
        return places[scope].name
    return ({"00": "全国"} | official.AGE_GROUPS).get(scope, scope)


def files_table(submission: Submission) -> pd.DataFrame:
    """Return one row a file with its verdict and counts."""
    return pd.DataFrame(
        [
            {
                "ファイル": report.file_name,
                "判定": VERDICT_LABELS[report.verdict],
                "団体": "、".join(sorted({place_name(r.scope) for r in report.records})[:3])
                + ("ほか" if len({r.scope for r in report.records}) > 3 else ""),
                "行": len(report.records),
                "補正": len(report.repairs),
                MUST_MEND: len(report.of(MUST_MEND)),
                CONFIRM: len(report.of(CONFIRM)),
                NOTE: len(report.of(NOTE)),
            }
            for report in submission.reports
        ]
    )


def findings_table(findings: Iterable[Finding], file_name: str) -> pd.DataFrame:
    """Return one row a finding, worst first."""
    ordered = sorted(findings, key=lambda f: SEVERITIES.index(f.severity))
    return pd.DataFrame(
        [
            {
                "重大度": f.severity, "規則": f.rule, "ファイル": file_name, "シート": f.sheet,
                "セル": f.cell, "項目": f.label, "見た値": f.value, "内容": f.why,
                "直し方": f.mend, "コード": f.code,
            }
            for f in ordered
        ],
        columns=["重大度", "規則", "ファイル", "シート", "セル", "項目", "見た値", "内容", "直し方", "コード"],
    )  # fmt: skip


def repairs_table(repairs: Sequence[Repair]) -> pd.DataFrame:
    """Return one row a repair."""
    return pd.DataFrame(
        [
            {
                "シート": r.sheet, "セル": r.cell, "項目": r.label, "前": r.before, "後": r.after,
                "補正": "・".join(r.kinds) + (f"（{r.source_cell}から）" if r.source_cell else ""),
            }
            for r in repairs
        ],
        columns=["シート", "セル", "項目", "前", "後", "補正"],
    )  # fmt: skip


def records_table(report: FileReport) -> dict[str, pd.DataFrame]:
    """Return what was read, by title of the table: one row a record."""
    found: dict[str, list[dict[str, str]]] = {}
    for record in report.records:
        sheet = SHEET_BY_DATASET.get(record.dataset)
        columns = sheet.columns if sheet else _official(record.dataset).columns
        row = {column.label: record.values.get(column.name, "") for column in columns}
        if "as_of" in record.values:
            row["時点"] = record.values["as_of"]
        found.setdefault(dataset_title(record.dataset), []).append(row)
    return {title: pd.DataFrame(rows) for title, rows in found.items()}


def _official(dataset: str):
    return next(sheet for sheet in official.OFFICIAL_SHEETS if sheet.dataset == dataset)


def changes_html(difference: Difference, caption: str) -> str:
    """Return the changes as HTML, one line a row: of a changed one each value before → after."""
    rows = []
    for change in difference.rows[:MOST_CHANGES]:
        if change.kind == CHANGED:
            told = "".join(
                f"<li>{esc(value.label)}：{change_list(value.before, value.after)}</li>"
                for value in change.values
            )
        else:
            told = "".join(
                f"<li>{esc(value.label)}：{lines(value.after or value.before)}</li>"
                for value in change.values
                if value.name not in ("pref_code", "pref_name", "name")
            )
        rows.append(
            [
                esc(place_name(change.scope)), f'<span class="gs-nowrap">{esc(change.kind)}</span>',
                esc(change.key), f'<ul class="gs-values">{told}</ul>',
            ]
        )  # fmt: skip
    return pairs_table(["団体", "種別", "行", "内容（変更は 前 → 後）"], rows, caption)


def changes_table(difference: Difference) -> pd.DataFrame:
    """Return the changes value by value, for download."""
    return pd.DataFrame(
        [
            {
                "表": dataset_title(change.dataset), "団体コード": change.scope,
                "団体": place_name(change.scope), "種別": change.kind, "行": change.key,
                "項目": value.label, "前": value.before, "後": value.after,
            }
            for change in difference.rows
            for value in change.values
        ],
        columns=["表", "団体コード", "団体", "種別", "行", "項目", "前", "後"],
    )  # fmt: skip


def drafts_table(drafts: Sequence[Draft]) -> pd.DataFrame:
    """Return one row a submission."""
    return pd.DataFrame(
        [
            {
                "受付": show_moment(draft.created_at),
                "提出": draft.submitter,
                "状態": DRAFT_STATES[draft.state]
                + (f"（第{draft.version_no}版）" if draft.version_no else ""),
                "ファイル": "、".join(f.file_name for f in draft.files[:3])
                + (f"ほか{len(draft.files) - 3}" if len(draft.files) > 3 else ""),
                "受付番号": draft.id,
            }
            for draft in drafts
        ]
    )


def versions_table(versions: Sequence[Version], moment: datetime) -> pd.DataFrame:
    """Return one row a version, newest first; the bundled data is 第0版."""
    rows = [
        {
            "版": f"第{v.no}版",
            "日時": show_moment(v.at),
            "種別": f"第{v.undoes_no}版の取り消し"
            if v.undoes_no
            else f"{_KINDS[v.kind]}（{v.release}）",
            "団体・表": _parts_text(v),
            "行の増減": _changes_text(v),
            "理由": v.reason,
            "提出": v.submitter,
            "承認": v.approver,
            "状態": version_state(v, moment),
        }
        for v in versions
    ]
    rows.append(
        {
            "版": "第0版", "日時": "", "種別": "収録した資料", "団体・表": "収録した資料の表",
            "行の増減": "", "理由": "", "提出": "", "承認": "", "状態": "もとのデータ",
        }
    )  # fmt: skip
    return pd.DataFrame(rows)


def _parts_text(version: Version) -> str:
    names = [place_name(part.scope) for part in version.parts]
    return "、".join(dict.fromkeys(names[:4])) + (
        f"ほか（計{len(names)}）" if len(names) > 4 else ""
    )


def _changes_text(version: Version) -> str:
    changes = version.effect.get("changes", {})
    return "　".join(f"{kind}{count}" for kind, count in changes.items() if count)


def version_state(version: Version, moment: datetime) -> str:
    """Return where a version stands: undone, under embargo, published."""
    if version.undone_by:
        return f"第{version.undone_by}版で取り消し済み"
    if version.visible_from and version.visible_from > moment:
        return f"{show_moment(version.visible_from)} に解禁"
    return "公表中"
