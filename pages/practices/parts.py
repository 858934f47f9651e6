"""Parts of 取組事例 that are not charts: choices, cards, and the two readable tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components.frame import show_section
from components.markup import data_table, esc, kind_badge, lines
from components.palette import GROUP_COLOURS, GROUP_SIGNS
from domain.periods import format_period, parse_period
from domain.places import Prefecture
from domain.practices import NATIONWIDE
from domain.values import DRAFT

PARTS = {
    "library": "事例集",
    "charts": "数で見る",
    "roles": "役割分担の見直し",
    "digital": "デジタル共通基盤",
}


def choose_filter(frame: pd.DataFrame, measures: pd.DataFrame, places: Mapping[str, Prefecture]):
    """Ask for measure, field and place; returns the three choices, None where open."""
    names = dict(zip(measures["measure_code"], measures["name"], strict=True))
    owners = sorted(set(frame["pref_code"]) - {""})
    measure = st.pills(
        "対応方策", list(names), format_func=names.__getitem__, key="lever", bind="query-params"
    )
    left, right, _ = st.columns([3, 3, 4], gap="small")
    with left:
        field = st.selectbox(
            "分野", sorted(frame["field_label"].unique()), index=None, placeholder="すべて",
            key="topic", bind="query-params",
        )  # fmt: skip
    with right:
        place = st.selectbox(
            "団体", [*owners, NATIONWIDE], index=None, placeholder="すべて",
            format_func=lambda c: "全国の制度等" if c == NATIONWIDE else places[c].name,
            key="place", bind="query-params",
        )  # fmt: skip
    return measure, field, place


def show_cards(frame: pd.DataFrame, figures: pd.DataFrame, measures: pd.DataFrame) -> None:
    """Show the practices as cards with their numbers and the document's words."""
    if frame.empty:
        st.html(
            '<div class="gs-missing"><b>条件に合う事例はありません</b><p>対応方策・分野・団体の選択を外してください。</p></div>'
        )
        return
    groups = measures.set_index("measure_code")[["group_name", "name"]].to_dict("index")
    numbers: dict[str, list[dict]] = {}
    for number in figures.to_dict("records"):
        numbers.setdefault(number["practice_id"], []).append(number)
    cards = "".join(
        _card_html(row, numbers.get(row["practice_id"], []), groups)
        for row in frame.to_dict("records")
    )
    st.html(f'<div class="gs-cards">{cards}</div>')


def _card_html(row: dict, figures: list[dict], groups: dict[str, dict[str, str]]) -> str:
    chips = "".join(
        f'<span class="gs-chip" style="color:{GROUP_COLOURS[groups[code]["group_name"]]}">'
        f"{GROUP_SIGNS[groups[code]['group_name']]} {esc(groups[code]['name'])}</span>"
        for code in row["measures"].split(";")
    )
    numbers = "".join(
        f"<li>{esc(f['label'])}：<b>{f['value']:,.10g}</b>{esc(f['unit'])}</li>"
        for f in figures
        if f["value"] == f["value"]
    )
    facts = [esc(row["status"])]
    if row["started"]:
        facts.append("開始 " + esc(format_period(parse_period(row["started"]), with_western=False)))
    if row["as_of"]:
        facts.append("時点 " + esc(format_period(parse_period(row["as_of"]), with_western=False)))
    if row["vehicle"]:
        facts.append(esc(row["vehicle"]))
    return (
        f'<article class="gs-card"><p class="gs-product">{esc(row["place_name"])}・{esc(row["field_label"])}</p>'
        f"<h3>{esc(row['title'])}</h3><p>{chips}{kind_badge(DRAFT)}</p><p>{esc(row['summary'])}</p>"
        + (f'<ul class="gs-list">{numbers}</ul>' if numbers else "")
        + f'<p class="gs-note">{"・".join(facts)}</p>'
        f'<blockquote class="gs-quote">「{lines(row["quote"])}」<br>{esc(row["locator"])}</blockquote></article>'
    )


def show_role_review(frame: pd.DataFrame) -> None:
    """Show 役割分担の見直し as the grid it is: what was the base, what came, where it goes."""
    grid = frame[frame["column_order"] > 0]
    columns = grid.sort_values("column_order").drop_duplicates("column_order")
    heads = "".join(f'<th scope="col">{esc(name)}</th>' for name in columns["column_name"])
    body = []
    for _, cells in grid.sort_values("row_order").groupby("row_order", sort=True):
        row = f'<th scope="row">{esc(cells["row_name"].iloc[0])}</th>'
        for order in columns["column_order"]:
            row += f"<td>{_role_cell(cells[cells['column_order'] == order])}</td>"
        body.append(f"<tr>{row}</tr>")
    st.html(
        '<div class="gs-table gs-roles" tabindex="0" role="region" aria-label="役割分担の見直し"><table>'
        f'<thead><tr><th scope="col">観点</th>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'
    )
    direction = frame[frame["column_order"] == 0]
    if len(direction):
        items = "".join(f"<li>{lines(text)}</li>" for text in direction["text"])
        st.html(
            f'<h3 class="gs-sub">{esc(direction["row_name"].iloc[0])}</h3><ul class="gs-list">{items}</ul>'
        )


def _role_cell(cells: pd.DataFrame) -> str:
    parts, last = [], ""
    for row in cells.to_dict("records"):
        heading = row["heading"].strip("<>＜＞")
        heading, last = ("" if heading == last else heading), heading
        items = "".join(f"<li>{esc(item)}</li>" for item in row["items"].split("\n") if item)
        parts.append(
            (f"<b>{esc(heading)}</b>" if heading else "")
            + f"<p>{lines(row['text'])}</p>"
            + (f'<ul class="gs-list">{items}</ul>' if items else "")
        )
    return "".join(parts) or '<span aria-label="記載なし">—</span>'


def show_reference_tables(
    bodies: pd.DataFrame, insurance: pd.DataFrame, scope: pd.DataFrame
) -> None:
    """Show the slides that hold tables: national bodies, 国保 roles, what may be entrusted."""
    grid = bodies.groupby(["item", "body_name"], sort=False)["text"].agg("\n".join).unstack()
    grid = grid.reindex(bodies["item"].drop_duplicates()).fillna("").reset_index()
    grid.columns = ["項目", *grid.columns[1:]]
    roles = insurance.groupby("role_of", sort=False)["text"].agg("\n".join).reset_index()
    roles.columns = ["担う団体", "主な役割"]
    entrusted = scope[["item", "assignment", "note"]]
    entrusted.columns = ["指導監査の事務", "委託の可否", "注"]
    for title, table in (
        ("全国単位の法人", grid),
        ("国民健康保険の役割分担", roles),
        ("障害福祉の指導監査で委託できる範囲", entrusted),
    ):
        show_section(title)
        st.html(data_table(table, title, hide_caption=True, max_height=None))


def show_digital_foundation(frame: pd.DataFrame) -> None:
    """Show the slide on the shared digital foundation, part by part."""
    for section, rows in frame.groupby("section", sort=False):
        body = ""
        for subsection, texts in rows.groupby("subsection", sort=False):
            items = "".join(
                f"<li>{lines(text)}</li>" for text in texts.sort_values("order")["text"]
            )
            heading = f"<h4>{esc(subsection)}</h4>" if subsection else ""
            body += f'<div>{heading}<ul class="gs-list">{items}</ul></div>'
        st.html(
            f'<section class="gs-card gs-wide"><h3>{esc(section)}</h3><div class="gs-columns">{body}</div></section>'
        )
