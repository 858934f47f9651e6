"""Files → checked tables. The only place that knows file formats.

Every reader either returns a table that fits its definition in `data.schema`, or raises
DataFileError with all faults it found, each naming file, row and column in Japanese.
"""

from __future__ import annotations

import math
import tomllib
import zipfile
from pathlib import Path

import pandas as pd

from data.schema import (
    FLAG,
    INTEGER,
    NUMBER,
    PERIOD,
    PREFECTURE,
    TABLE_BY_NAME,
    Column,
    Table,
)
from domain.frameworks import Framework, split_words
from domain.issues import DataFileError, Issue
from domain.measure_rules import VIEWPOINTS, Rule, parse_conditions
from domain.periods import PeriodError, parse_period
from domain.places import CODES, Prefecture
from domain.tasks import OWN_DRAFT, SMALL_TOWN, Mark, Task, Vehicle
from domain.values import Fact

MOST_ISSUES = 20
# How the framework table says that later slides are silent.
NOT_MENTIONED = "本資料に記載なし"


def read_table(name: str, root: Path) -> pd.DataFrame:
    """Read one table of `data.schema` and check it.

    Parameters
    ----------
    name : Table.name.  root : the data folder.

    Returns
    -------
    DataFrame, one row per `Table.one_row`, the columns of the definition in its order. Text
    is str with "" for an empty cell; numbers are float with NaN for an empty cell; 団体コード
    and periods stay text. Further columns of the file are kept after them, as text.

    Raises
    ------
    DataFileError : missing or unreadable file, missing column, bad cell.
    """
    table = TABLE_BY_NAME[name]
    raw = _read_cells(table, root)
    issues = [
        Issue(
            table.path,
            f"列「{column.file_header()}」がありません。",
            "1行目の項目名を確かめてください。",
        )
        for column in table.columns
        if column.file_header() not in raw.columns
    ]
    if issues:
        raise DataFileError(issues)
    renamed = raw.rename(columns={c.file_header(): c.name for c in table.columns})
    checked = {}
    for column in table.columns:
        checked[column.name], found = _check_column(table, column, renamed[column.name])
        issues.extend(found)
    if issues:
        raise DataFileError(issues[:MOST_ISSUES])
    rest = [c for c in renamed.columns if c not in checked]
    return pd.DataFrame(checked).join(renamed[rest])


def _read_cells(table: Table, root: Path) -> pd.DataFrame:
    """Read all cells as text, whatever the format; faults of the whole file raise."""
    path = root / table.path
    save_again = "表計算ソフトで開いて保存し直すか、控えに戻してください。"
    try:
        if path.suffix == ".xlsx":
            cells = pd.read_excel(
                path, sheet_name=table.sheet, dtype=str, na_filter=False, engine="openpyxl"
            )
        else:
            cells = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        issue = Issue(table.path, "ファイルがありません。", "控えから戻してください。")
    except UnicodeDecodeError:
        issue = Issue(
            table.path, "文字コードがUTF-8ではありません。", "UTF-8で保存し直してください。"
        )
    except pd.errors.EmptyDataError:
        issue = Issue(table.path, "ファイルが空です。", save_again)
    except pd.errors.ParserError as error:
        issue = Issue(table.path, f"表として読めません（{_line_of(error)}）。", save_again)
    except (zipfile.BadZipFile, KeyError, OSError):
        issue = Issue(table.path, "Excelファイルとして読めません。", save_again)
    except ValueError:
        issue = Issue(
            table.path, f"シート「{table.sheet}」がありません。", "シート名を確かめてください。"
        )
    else:
        return cells.map(str.strip)
    raise DataFileError([issue])


def _line_of(error: Exception) -> str:
    digits = [word.strip(",") for word in str(error).split() if word.strip(",").isdigit()]
    return f"{digits[1]}行目の列数が合いません" if len(digits) > 1 else "列数が行によって違います"


def _check_column(table: Table, column: Column, cells: pd.Series) -> tuple[pd.Series, list[Issue]]:
    issues = []

    def fault(position: int, message: str, mend: str) -> None:
        # The header is row 1, as Excel counts.
        issues.append(Issue(table.path, message, mend, position + 2, column.file_header()))

    values = []
    for position, cell in enumerate(cells):
        value: object = cell
        if cell == "":
            if column.required:
                fault(position, "必須の欄が空です。", "値を入れてください。")
            value = float("nan") if column.holds in (NUMBER, INTEGER, FLAG) else ""
        elif column.holds in (NUMBER, INTEGER, FLAG):
            value = _to_number(cell, column, position, fault)
        elif column.holds == PERIOD:
            try:
                parse_period(cell)
            except PeriodError as error:
                fault(
                    position, f"{error}。", "2025-10-01、2025-10、FY2025 のように書いてください。"
                )
        elif column.holds == PREFECTURE and cell not in CODES:
            fault(
                position,
                f"「{cell}」という都道府県コードはありません。",
                "01～47の2桁で書いてください。",
            )
        elif column.choices and cell not in column.choices:
            fault(
                position,
                f"「{cell}」は選べない値です。",
                "／".join(column.choices) + " のどれかにしてください。",
            )
        values.append(value)
    return pd.Series(values, index=cells.index, dtype=None if values else object), issues


def _to_number(cell: str, column: Column, position: int, fault) -> float:
    try:
        number = float(cell)
    except ValueError:
        fault(
            position,
            f"「{cell}」は数値ではありません。",
            "単位や記号を外し、半角の数字だけにしてください。",
        )
        return float("nan")
    if not math.isfinite(number):
        fault(position, f"「{cell}」は有限の数ではありません。", "数字に直してください。")
    elif column.holds == INTEGER and not number.is_integer():
        fault(position, f"「{cell}」は整数ではありません。", "整数で書いてください。")
    elif column.holds == FLAG and number not in (0, 1):
        fault(position, f"「{cell}」は0でも1でもありません。", "0又は1で書いてください。")
    return number


def read_prefectures(root: Path) -> tuple[Prefecture, ...]:
    """Read the 47 prefectures in code order; a missing or double code raises DataFileError."""
    table = TABLE_BY_NAME["prefectures"]
    frame = read_table("prefectures", root).sort_values("pref_code")
    if tuple(frame["pref_code"]) != CODES:
        raise DataFileError(
            [
                Issue(
                    table.path,
                    "都道府県コードが01～47の1回ずつになっていません。",
                    "行の重複と不足を直してください。",
                )
            ]
        )
    return tuple(
        Prefecture(row.pref_code, row.name, row.name_short, row.region, int(row.municipality))
        for row in frame.itertuples(index=False)
    )


def read_facts(root: Path) -> dict[str, Fact]:
    """Read the numbers of the document, by fact_id. Double ids raise DataFileError."""
    table = TABLE_BY_NAME["facts"]
    facts: dict[str, Fact] = {}
    issues = []
    for position, row in enumerate(read_table("facts", root).to_dict("records")):
        if row["fact_id"] in facts:
            issues.append(
                Issue(
                    table.path,
                    f"項目ID「{row['fact_id']}」が2度あります。",
                    "片方を直してください。",
                    position + 2,
                    "fact_id",
                )
            )
        facts[row["fact_id"]] = Fact(
            row["fact_id"], row["label"], None if pd.isna(row["value"]) else row["value"],
            row["unit"], row["as_of"], row["kind"], table.source_id(), row["locator"],
            text=row["value_text"], caution=row["caution"],
        )  # fmt: skip
    if issues:
        raise DataFileError(issues)
    return facts


def read_frameworks(root: Path) -> tuple[Framework, ...]:
    """Read the frameworks, one a row, in the order of the file.

    Raises DataFileError if a code and a prefecture's name do not belong together, if an id
    stands twice, or if 時点 or 資料日 is not a single day.
    """
    table = TABLE_BY_NAME["frameworks"]
    names = {place.code: place.name for place in read_prefectures(root)}
    rows, issues, seen = [], [], set()
    for position, row in enumerate(read_table("frameworks", root).to_dict("records")):
        line = position + 2
        if row["pref_name"] != names[row["pref_code"]]:
            issues.append(
                Issue(table.path, f"団体コード{row['pref_code']}は{names[row['pref_code']]}です（記入は「{row['pref_name']}」）。",
                      "コードか名称を直してください。", line, "都道府県")
            )  # fmt: skip
        if row["framework_id"] in seen:
            issues.append(
                Issue(
                    table.path,
                    f"枠組みID「{row['framework_id']}」が2度あります。",
                    "片方を直してください。",
                    line,
                    "枠組みID",
                )
            )
        seen.add(row["framework_id"])
        rows.append(_to_framework(row, table))
    if issues:
        raise DataFileError(issues)
    return tuple(rows)


def _to_framework(row: dict, table: Table) -> Framework:
    def period(text: str):
        return parse_period(text) if text else None

    return Framework(
        framework_id=row["framework_id"], pref_code=row["pref_code"], status=row["status"],
        name=row["name"], kind=row["framework_kind"] or "不明", origin=row["origin"] or "不明",
        level=row["level"] or "不明", start=period(row["start"]),
        coverage=row["coverage"] or "不明", coverage_note=row["coverage_note"],
        municipalities=None if pd.isna(row["municipalities"]) else int(row["municipalities"]),
        members=row["members"], fields=split_words(row["fields"]),
        fields_state=row["fields_state"], measures=split_words(row["measures"]),
        plan=row["plan"], due=period(row["due"]), due_text=row["due_text"],
        later_note="" if row["later_note"] == NOT_MENTIONED else row["later_note"],
        note=row["note"],
        evidence_day=parse_period(row["as_of"]).last,
        published_day=parse_period(row["published"]).last, value_kind=row["kind"],
        source_id=table.source_id(), locator=row["locator"], quote=row["quote"],
    )  # fmt: skip


CARD_KEYS = ("id", "title", "publisher", "published", "as_of", "licence", "credit", "short")


def list_source_ids(root: Path) -> list[str]:
    """Return the folders below sources/, one a source, in order."""
    return sorted(path.name for path in (root / "sources").iterdir() if path.is_dir())


def read_card(root: Path, source_id: str) -> dict:
    """Read the card of one source (出典カード).

    Returns
    -------
    dict with the keys of source.toml and `files`, each with path, sha256, description.

    Raises
    ------
    DataFileError if the card is missing, is not TOML, or lacks one of CARD_KEYS.
    """
    file = f"sources/{source_id}/source.toml"
    try:
        card = tomllib.loads((root / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        issues = [Issue(file, "出典カードがありません。", "控えから戻してください。")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        issues = [
            Issue(
                file, f"出典カードとして読めません（{error}）。", "TOMLの書き方を直してください。"
            )
        ]
    else:
        issues = [
            Issue(file, f"項目「{key}」がありません。", "書き足してください。")
            for key in CARD_KEYS
            if key not in card
        ]
    if issues:
        raise DataFileError(issues)
    return card


def read_tasks(root: Path) -> dict[str, Task]:
    """Read the tasks of the ten fields by id, in the order of the file.

    Raises DataFileError if an id stands twice, or if another table names a task there is not.
    """
    names = ("tasks", "task_vehicles", "task_evidence")
    tasks, vehicles, evidence = (read_table(name, root).to_dict("records") for name in names)
    issues = [
        Issue(TABLE_BY_NAME["tasks"].path, f"事務ID「{row['task_id']}」が2度あります。", "片方を直してください。",
              line, "task_id")
        for line, row in enumerate(tasks, 2)
        if any(row["task_id"] == other["task_id"] for other in tasks[: line - 2])
    ]  # fmt: skip
    known = {row["task_id"] for row in tasks}
    issues += [
        Issue(TABLE_BY_NAME[name].path, f"事務ID「{row['task_id']}」は事務の表にありません。",
              "事務の表のIDに直してください。", line, "task_id")
        for name, rows in zip(names[1:], (vehicles, evidence), strict=True)
        for line, row in enumerate(rows, 2)
        if row["task_id"] not in known
    ]  # fmt: skip
    if issues:
        raise DataFileError(issues[:MOST_ISSUES])
    return {row["task_id"]: _to_task(row, vehicles, evidence) for row in tasks}


def _to_task(row: dict, vehicles: list[dict], evidence: list[dict]) -> Task:
    task_id = row["task_id"]
    said = {
        one["fact"]: Mark(
            one["mark"], one["evaluator"], one["kind"], one["size"], one["text"],
            one["source_id"], one["locator"], one["note"],
        )
        for one in evidence
        if one["task_id"] == task_id
    }  # fmt: skip
    source = TABLE_BY_NAME["tasks"].source_id()
    drafts = {
        code: Mark(row[code], OWN_DRAFT, row["kind"], SMALL_TOWN if code == "V1" else "", source_id=source)
        for code in VIEWPOINTS
    }  # fmt: skip
    return Task(
        task_id, row["field_code"], row["task"], row["legal_basis"], row["law_check"],
        row["power"], row["power_note"], row["private"], row["private_note"], row["pref"],
        row["pref_note"],
        drafts | {code: mark for code, mark in said.items() if code in VIEWPOINTS},
        tuple(
            Vehicle(one["vehicle"], one["measure_code"], one["kind"], one["note"])
            for one in vehicles
            if one["task_id"] == task_id
        ),
        {fact: mark for fact, mark in said.items() if fact not in VIEWPOINTS},
        row["note"],
    )  # fmt: skip


def read_rules(root: Path) -> tuple[Rule, ...]:
    """Read the rules from facts to measures. A condition that cannot be met is a fault."""
    table = TABLE_BY_NAME["measure_rules"]
    rules, issues = [], []
    for line, row in enumerate(read_table("measure_rules", root).to_dict("records"), 2):
        try:
            conditions = parse_conditions(row["conditions"])
        except ValueError as error:
            mend = "「V1=小 & V3b=中|高」のように、ある視点とある値で書いてください。"
            issues.append(
                Issue(table.path, f"条件を読めません。{error}。", mend, line, "conditions")
            )
            continue
        points = 0 if pd.isna(row["points"]) else int(row["points"])
        rules.append(
            Rule(
                row["rule_id"], row["measure_code"], row["effect"], conditions, points, row["cap"],
                row["reason"], row["kind"], row["source"], row["note"],
            )
        )  # fmt: skip
    if issues:
        raise DataFileError(issues[:MOST_ISSUES])
    return tuple(rules)
