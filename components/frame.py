"""What every page has around its contents: title, question, freshness, messages (画面の枠)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st

from components.markup import esc, lines
from components.palette import swatch_rules
from components.shell import show_shell
from components.site import PAGE_BY_NAME
from domain.issues import DataFileError, Refusal

_STYLE = Path(__file__).with_name("style.css")


@lru_cache(maxsize=4)
def _style_sheet(changed_ns: int) -> str:
    return f"<style>{_STYLE.read_text(encoding='utf-8')}{swatch_rules()}</style>"


_log = logging.getLogger(__name__)


def show_frame() -> None:
    """Set up what all pages share: style sheet, page language, Japanese for built-in words."""
    st.html(_style_sheet(_STYLE.stat().st_mtime_ns))
    show_shell()


def show_version_strip(versions: tuple[int, int] | None, leave: Callable[[], None]) -> None:
    """Say on every page that an older version is looked at, with the way back.

    versions : (looked at, newest) or None.  leave : goes back to the newest.
    """
    if versions is None:
        return
    looked_at, newest = versions
    name = f"第{looked_at}版" if looked_at else "第0版（収録した資料だけ）"
    with st.container(horizontal=True, vertical_alignment="center", key="gs-version-strip"):
        st.html(
            f'<p class="gs-version" role="status"><b>{name}で見ています</b>'
            f"最新は第{newest}版です。過去の版は、いま公表されている内容と異なることがあります。</p>"
        )
        st.button("最新の版に戻す", on_click=leave, key="leave-version")


def show_title(name: str, freshness: str) -> None:
    """Show the page's title, its question, and the strip that says how fresh the data is."""
    page = PAGE_BY_NAME[name]
    st.html(
        f'<header class="gs-title"><h1>{esc(page.title)}</h1><p>{esc(page.question)}</p>'
        f'<span class="gs-tag">{esc(page.kind)}</span></header>'
        f'<p class="gs-strip">{esc(freshness)}</p>'
    )


def choose_part(parts: Mapping[str, str], key: str) -> str:
    """Ask which part of a page to show; the first one opens.

    parts : name in the code → label.  key : name in the address, unique over all pages.
    """
    return st.segmented_control(
        "内容",
        list(parts),
        default=next(iter(parts)),
        required=True,
        format_func=parts.__getitem__,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
    )


def show_page_link(name: str, label: str, **query: str) -> None:
    """Show a link to another page with its state in the address."""
    st.page_link(PAGE_BY_NAME[name].script(), label=label, query_params=query or None)


def show_data_problems(problems: Iterable[DataFileError]) -> None:
    """Say which files cannot be read while the page stands without their newest state."""
    for problem in problems:
        _show_message(
            "warning",
            "読み込めないデータファイルがあります。直前に読めた内容か、それを除いた内容を表示しています。",
            [issue.to_text() for issue in problem.issues],
        )


def show_data_error(error: DataFileError) -> None:
    """Explain why a page cannot be shown: which file, row and column, and how to mend it."""
    _show_message(
        "error",
        "データファイルに誤りがあるため、この画面を表示できません。他の画面は使えます。",
        [issue.to_text() for issue in error.issues],
    )


def show_unexpected_error(error: Exception) -> None:
    """Say in Japanese that something failed; the details go to the log only."""
    _log.error("uncaught error on a page", exc_info=error)
    _show_message(
        "error",
        "表示の途中で誤りが起きました。",
        [
            "ページを再読み込みしてください。データは失われていません。",
            "続けて起きるときは、この時刻と操作を管理者に伝えてください。",
        ],
    )


def show_failure(error: Exception) -> bool:
    """Explain any failure of a page or of a part of it; True, so that Streamlit adds nothing.

    Parts that run again by themselves do not pass through app.py, hence this hook of the server.
    """
    if isinstance(error, DataFileError):
        show_data_error(error)
    elif isinstance(error, Refusal):
        _show_message(
            "error", str(error), ["少し待って再読み込みし、続くときは管理者に伝えてください。"]
        )
    else:
        show_unexpected_error(error)
    return True


def _show_message(tone: str, title: str, texts: list[str]) -> None:
    items = "".join(f"<li>{lines(text)}</li>" for text in texts)
    role = "alert" if tone == "error" else "status"
    st.html(
        f'<div class="gs-message gs-{tone}" role="{role}"><b>{esc(title)}</b><ul>{items}</ul></div>'
    )


def show_sentences(title: str, sentences: Iterable[str]) -> None:
    """Show the page's message as plain sentences that can be copied."""
    items = "".join(f"<li>{lines(text)}</li>" for text in sentences)
    st.html(f'<section class="gs-message-box" aria-label="{esc(title)}"><ul>{items}</ul></section>')


def show_kpis(kpis: Iterable[Mapping[str, str]]) -> None:
    """Show large numbers: keys label, value, unit, base (母数), badge (HTML), note."""
    cards = "".join(
        f'<div class="gs-kpi"><p class="gs-kpi-label">{esc(kpi["label"])}{kpi["badge"]}</p>'
        f'<p class="gs-kpi-value"><b>{esc(kpi["value"])}</b><span>{esc(kpi["unit"])}</span>'
        f'<small>{esc(kpi["base"])}</small></p><p class="gs-kpi-note">{esc(kpi["note"])}</p></div>'
        for kpi in kpis
    )
    st.html(f'<div class="gs-kpis">{cards}</div>')


def show_section(title: str) -> None:
    """Show the heading of a part of a page."""
    st.html(f'<h2 class="gs-section">{esc(title)}</h2>')
