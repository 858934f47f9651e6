"""Everything for download: all tables as CSV and one workbook, with definitions and cards."""

from __future__ import annotations

import pandas as pd

from components import downloads
from components.site import PAGE_BY_NAME
from data.loaders import load_cards, load_frameworks, load_prefectures, load_table
from data.schema import TABLES, Table
from domain.intake.rows import FRAMEWORK_COLUMNS, of_framework
from pages.registry import list_all_figures

README_TEXT = """持続可能な行政サービス ダッシュボード 一括ダウンロード

・csv/ … 表ごとのCSV（UTF-8 BOM付き、カンマ区切り、1行目が項目名）
・図のデータ/ … 画面の図に使った値（図ごとのCSV、画面を開いたときの状態）
・全ての表.xlsx … 同じ表を1シート1表で収めたもの
・公表中の枠組み.csv … いま公表されている枠組み（収録した資料と都道府県の報告を合わせたもの）
・出典.csv … 出典カード（発行者・日付・使用条件・表示の文）
・項目の定義.csv … 表の項目・型・選択肢

空欄は未入力です。0や未設置の意味ではありません。
区分は、原典・算出・推計・仮定・下書きのどれかです。
"""


def japanese_table(table: Table) -> pd.DataFrame:
    """Return a table with the Japanese labels of its columns."""
    frame = load_table(table.name)
    labels = {column.name: column.label for column in table.columns}
    return frame.rename(columns=labels)


def definition_table() -> pd.DataFrame:
    """Return one row a column of every table (項目の定義)."""
    return pd.DataFrame(
        [
            {
                "表": table.title,
                "1行": table.one_row,
                "項目": column.label,
                "項目名（コード）": column.name,
                "型": column.holds,
                "必須": "必須" if column.required else "",
                "選択肢": "／".join(column.choices),
            }
            for table in TABLES
            for column in table.columns
        ]
    )


def card_table() -> pd.DataFrame:
    """Return one row a source (出典一覧)."""
    return pd.DataFrame(
        [
            {
                "資料": card["title"],
                "発行者": card["publisher"],
                "日付": str(card["published"]),
                "時点": str(card["as_of"]),
                "使用条件": card["licence"],
                "表示": card["credit"],
                "入手": card.get("obtained_from", ""),
                "注": card.get("note", ""),
            }
            for card in load_cards()
        ]
    )


def published_table() -> pd.DataFrame:
    """Return one row a framework that stands published, in the columns of the form."""
    names = {place.code: place.name for place in load_prefectures()}
    rows = []
    for framework in load_frameworks():
        values = of_framework(framework, names[framework.pref_code]).values
        row = {column.label: values.get(column.name, "") for column in FRAMEWORK_COLUMNS}
        rows.append(row | {"値の区分": framework.value_kind, "出典": framework.locator})
    return pd.DataFrame(rows)


def chart_tables() -> dict[str, pd.DataFrame]:
    """Return the table of every figure of the dashboard, by page title and headline."""
    return {
        f"{PAGE_BY_NAME[page].title}_{figure.file_stem}": figure.export_table()
        for page, figures in list_all_figures().items()
        for figure in figures
    }


def build_workbook() -> bytes:
    """Return one workbook with every table."""
    sheets = {table.title: japanese_table(table) for table in TABLES}
    return downloads.to_xlsx({"出典": card_table(), "項目の定義": definition_table(), **sheets})


def build_archive() -> bytes:
    """Return the zip of all CSV files, the workbook, cards and definitions."""
    files = {
        "はじめに.txt": README_TEXT.encode("utf-8-sig"),
        "出典.csv": downloads.to_csv(card_table()),
        "項目の定義.csv": downloads.to_csv(definition_table()),
        "全ての表.xlsx": build_workbook(),
        "公表中の枠組み.csv": downloads.to_csv(published_table()),
    }
    for title, table in chart_tables().items():
        files[f"図のデータ/{title}.csv"] = downloads.to_csv(table)
    for table in TABLES:
        files[f"csv/{table.title}.csv"] = downloads.to_csv(japanese_table(table))
    return downloads.to_zip(files)
