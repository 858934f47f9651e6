"""The parts of データ・出典・用語; all of them are made from the files."""

from __future__ import annotations

import importlib.metadata
import platform
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from components import downloads
from components.frame import show_section
from components.markup import data_table, definition_list, esc, kind_badge, lines
from components.shell import probe_browser
from components.site import PAGE_BY_NAME
from data.loaders import load_cards, load_parameters, load_table
from data.schema import TABLES
from domain.values import KIND_MEANINGS
from pages.registry import list_all_figures
from pages.sources import bundle

PARTS = {
    "cards": "出典",
    "tables": "データと定義",
    "charts": "図のデータ",
    "parameters": "前提",
    "notes": "食い違いと未入力",
    "glossary": "用語",
    "licences": "ライセンス",
    "check": "接続点検",
}


def show_cards() -> None:
    """Show the card of every source, its files with their checksums behind it."""
    for card in load_cards():
        pairs = [
            ("発行者", esc(card["publisher"])),
            ("日付", esc(card["published"]) or "—"),
            ("時点", esc(card["as_of"]) or "—"),
            ("入手", esc(card.get("obtained_from", ""))),
            ("使用条件", esc(card["licence"])),
            ("表示", esc(card["credit"])),
            ("注", lines(card.get("note", "")) or "—"),
        ]
        with st.expander(f"{card['title']}（{card['publisher']}）"):
            st.html(definition_list(pairs))
            if card.get("processing"):
                items = "".join(f"<li>{lines(step)}</li>" for step in card["processing"])
                st.html(f'<h3 class="gs-sub">加工</h3><ul class="gs-list">{items}</ul>')
            files = pd.DataFrame(
                [
                    {
                        "ファイル": f["path"],
                        "内容": f.get("description", ""),
                        "SHA-256": f["sha256"],
                    }
                    for f in card.get("files", [])
                ]
            )
            if len(files):
                st.html(data_table(files, "収録ファイル"))


def show_tables() -> None:
    """Offer everything at once, then one table at a time with its definition."""
    st.html(
        '<p class="gs-note">表は、画面の図と同じファイルから作られています。CSVはUTF-8（BOM付き）、空欄は未入力です。</p>'
    )
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "全ての表をまとめて保存（zip）", data=bundle.build_archive, mime=downloads.ZIP_MIME,
            file_name="持続可能な行政サービス_全データ.zip", on_click="ignore", key="sources.zip",
        )  # fmt: skip
        st.download_button(
            "全ての表をExcelで保存", data=bundle.build_workbook, mime=downloads.XLSX_MIME,
            file_name="持続可能な行政サービス_全データ.xlsx", on_click="ignore", key="sources.xlsx",
        )  # fmt: skip
    titles = {table.name: table.title for table in TABLES}
    name = st.selectbox(
        "表", list(titles), format_func=titles.__getitem__, key="table", bind="query-params"
    )
    table = next(t for t in TABLES if t.name == name)
    frame = bundle.japanese_table(table)
    st.html(
        f'<p class="gs-note">1行＝{esc(table.one_row)}・{len(frame):,}行・data/{esc(table.path)}</p>'
    )
    with st.container(horizontal=True, gap="small"):
        for label, extension, mime, build in (
            ("CSV", "csv", downloads.CSV_MIME, partial(downloads.to_csv, frame)),
            (
                "Excel",
                "xlsx",
                downloads.XLSX_MIME,
                partial(downloads.to_xlsx, {table.title: frame}),
            ),
        ):
            st.download_button(
                f"{label}で保存", data=build, file_name=f"{table.title}.{extension}", mime=mime,
                key=f"sources.{extension}.one", on_click="ignore", type="tertiary",
            )  # fmt: skip
    most = 200
    if len(frame) > most:
        st.html(
            f'<p class="gs-note">画面には初めの{most}行を表示しています。全ての行は保存したファイルにあります。</p>'
        )
    st.html(data_table(frame.head(most), table.title))
    definition = bundle.definition_table()
    with st.expander("項目の定義"):
        st.html(
            data_table(
                definition[definition["表"] == table.title].drop(columns="表"),
                f"{table.title}の項目",
            )
        )


def show_charts() -> None:
    """List every figure of the dashboard with its numbers, in the state it opens with."""
    st.html(
        '<p class="gs-note">画面の図ごとに、使っている値・区分・出典を示します（画面を開いたときの状態）。</p>'
    )
    for page, figures in list_all_figures().items():
        show_section(PAGE_BY_NAME[page].title)
        for figure in figures:
            with st.expander(figure.headline):
                st.html(
                    data_table(figure.meta_table(), figure.headline, hide_caption=True)
                    + data_table(figure.table, figure.subtitle, dict(figure.digits))
                )


def show_parameters() -> None:
    """Show every assumption with its range, its 区分 and where it is used."""
    st.html(definition_list([(kind, esc(meaning)) for kind, meaning in KIND_MEANINGS.items()]))
    rows = [
        {
            "項目": row["label_ja"], "値": f"{row['value']:g}", "下限": f"{row['low']:g}",
            "上限": f"{row['high']:g}", "単位": row["unit"], "区分": row["kind"],
            "出典": row["source"], "使う画面": row["used_in"], "説明": row["note"],
        }
        for row in load_parameters().values()
    ]  # fmt: skip
    st.html(data_table(pd.DataFrame(rows), "前提の値"))
    weights = load_table("score_weights")
    weights.columns = ["水準", "重大度", "減点", "単位", "区分", "出典", "説明"]
    st.html('<h2 class="gs-section">機械可読性の点の配点（データ提出・公表）</h2>')
    st.html(data_table(weights, "機械可読性の配点"))


def show_notes() -> None:
    """Show where the document contradicts itself, and what it holds only as a picture."""
    st.html('<h2 class="gs-section">本資料の食い違い（直さずに両方を示す）</h2>')
    for row in load_table("contradictions").to_dict("records"):
        with st.expander(row["title"]):
            quotes = "".join(
                f'<blockquote class="gs-quote">「{lines(row[f"quote_{side}"])}」<br>{lines(row[f"place_{side}"])}</blockquote>'
                for side in "ab"
                if row[f"quote_{side}"]
            )
            st.html(
                f"{quotes}<p>{lines(row['explanation'])}{'（' + esc(row['arithmetic']) + '）' if row['arithmetic'] else ''}</p>"
                f'<p class="gs-note">本製品での扱い：{lines(row["treatment"])}</p>'
            )
    st.html('<h2 class="gs-section">図でしか示されていない値（データ未入力）</h2>')
    missing = load_table("missing_figures")[
        ["title", "known", "missing", "upload_sheet", "screen", "locator"]
    ]
    missing.columns = [
        "図",
        "文字で分かること",
        "未入力のもの",
        "入力先の様式",
        "画面",
        "資料内の位置",
    ]
    st.html(data_table(missing, "図でしか示されていない値", max_height=640))
    st.html('<h2 class="gs-section">対象分野の語と10分野の対応</h2>' + kind_badge("下書き"))
    names = dict(load_table("fields")[["field_code", "name"]].itertuples(index=False))
    terms = load_table("field_terms")
    shown = pd.DataFrame(
        {
            "資料の語": terms["term"],
            "10分野の候補": [
                "、".join(names.get(c, c) for c in codes.split(";") if c)
                for codes in terms["field_code"]
            ],
            "注": terms["note"],
        }
    )
    st.html(data_table(shown, "対象分野の語と10分野の対応（下書き）"))


def show_glossary() -> None:
    """Show the terms; a search narrows them as the reader types."""
    frame = load_table("glossary")
    words = st.text_input(
        "用語を探す", key="term", bind="query-params", live=True, placeholder="例：垂直補完"
    )
    if words:
        text = frame["term_ja"] + frame["reading"] + frame["term_en"] + frame["definition"]
        frame = frame[text.str.contains(words, case=False, regex=False)]
    shown = frame[["term_ja", "reading", "term_en", "definition", "source"]]
    shown.columns = ["用語", "読み", "英語", "意味", "出典"]
    st.html(
        data_table(shown, f"用語 {len(shown)}件", max_height=700)
        if len(shown)
        else '<p class="gs-note">当てはまる用語はありません。</p>'
    )


def show_licences() -> None:
    """Show what may be done with the data, the fonts and the software."""
    cards = bundle.card_table()[["資料", "発行者", "使用条件", "表示"]]
    st.html(data_table(cards, "資料・地図・書体の使用条件"))
    notice = Path(__file__).resolve().parents[2] / "NOTICE"
    st.html('<h2 class="gs-section">使っているソフトウェア</h2>')
    st.html(data_table(_software(), "ライブラリと版"))
    with st.expander("お知らせ（NOTICE）"):
        st.text(notice.read_text(encoding="utf-8"))


_LIBRARIES = (
    "streamlit",
    "plotly",
    "pandas",
    "geopandas",
    "pydeck",
    "openpyxl",
    "XlsxWriter",
    "scipy",
    "numpy",
)


def _software() -> pd.DataFrame:
    rows = []
    for name in _LIBRARIES:
        meta = importlib.metadata.metadata(name)
        licence = meta.get("License-Expression") or meta.get("License") or ""
        if len(licence) > 60 or not licence:
            classifiers = [
                c.split(" :: ")[-1]
                for c in meta.get_all("Classifier", [])
                if c.startswith("License")
            ]
            licence = "、".join(classifiers)
        rows.append({"ライブラリ": name, "版": meta["Version"], "使用条件": licence})
    return pd.DataFrame(rows)


def show_check() -> None:
    """Prove from inside this browser that nothing is asked from outside."""
    facts = probe_browser()
    if facts is None:
        st.html('<p class="gs-note" role="status">このブラウザを調べています。</p>')
        return
    outside = facts["outside"]
    rows = [
        (
            "外部への要求",
            "0件" if not outside else f"{len(outside)}件：{'、'.join(outside)}",
            not outside,
        ),
        ("このサーバーへの要求", f"{facts['requests']}件", True),
        ("WebSocket", "つながっています", True),
        (
            "書体（Noto Sans JP）",
            "読み込み済み" if facts["font"] else "端末の書体で表示しています",
            True,
        ),
        (
            "立体（WebGL）",
            "使えます" if facts["webgl"] else "使えません（地図・タイル・表は使えます）",
            True,
        ),
        ("画面", f"{facts['width']}×{facts['height']}（倍率 {facts['ratio']:g}）", True),
        ("ブラウザ", facts["agent"], True),
        (
            "サーバー",
            f"Python {platform.python_version()}・Streamlit {importlib.metadata.version('streamlit')}",
            True,
        ),
    ]
    table = pd.DataFrame(
        [{"項目": k, "結果": v, "判定": "○ 問題なし" if ok else "△ 要確認"} for k, v, ok in rows]
    )
    st.html(data_table(table, "接続点検の結果"))
    st.html(
        '<p class="gs-note">「外部への要求」は、この画面を開いてからこのブラウザが他のホストに送ろうとした要求の数です。</p>'
    )
