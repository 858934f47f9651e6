"""① 受付: the form to fill in, and the place to drop what is filled in."""

from __future__ import annotations

import streamlit as st

from components import downloads
from components.frame import show_section
from components.sheet_view import message, stepper
from data import catalogue
from data.intake import forms, service
from domain.periods import PeriodError, parse_period
from pages.submit import desk

ALL = "全47都道府県"
STEPS = ("① 受付", "② 読み取り", "③ 点検", "④ 差分", "⑤ 公表")
_HINTS = (
    "様式を受け取り、記入して出す",
    "読めた値と補正を確かめる",
    "指摘を直すか、確かめる",
    "いまの公表内容と比べる",
    "理由を書いて公表する",
)
MOST_MEGABYTES = 10


def steps(current: int) -> str:
    """Return the way of a submission with one step current."""
    return stepper(list(zip(STEPS, _HINTS, strict=True)), current)


def show_reception() -> None:
    """Offer the form, and take in files."""
    st.html(steps(0))
    left, right = st.columns(2, gap="large")
    with left:
        _show_forms()
    with right:
        _show_drop_zone()


def _show_forms() -> None:
    show_section("様式を受け取る")
    places = catalogue.places_by_code()
    names = {"": ALL} | {code: place.name for code, place in places.items()}
    code = st.selectbox("都道府県", list(names), format_func=names.__getitem__, key="form-place")
    st.html(
        '<p class="gs-note">公表中のデータ入りを直して出すと、書き直す手間と間違いが少なくなります。'
        "列の順を変えても、列を足しても、上に表題があっても読めます。手元の表のままでも出せます。</p>"
    )
    name = names[code]
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "公表中のデータ入りの様式",
            data=lambda: forms.build_filled(code),
            file_name=downloads.file_name(f"都道府県報告様式_{name}_公表中", "", "xlsx"),
            mime=downloads.XLSX_MIME,
            on_click="ignore",
            key="form-filled",
        )
        st.download_button(
            "空の様式",
            data=lambda: forms.build_empty(code),
            file_name=downloads.file_name(f"都道府県報告様式_{name}", "", "xlsx"),
            mime=downloads.XLSX_MIME,
            on_click="ignore",
            key="form-empty",
        )
        if not code:
            st.download_button(
                "県別の空の様式をまとめて",
                data=lambda: downloads.to_zip(forms.build_all()),
                file_name="都道府県報告様式_県別.zip",
                mime=downloads.ZIP_MIME,
                on_click="ignore",
                key="form-zip",
            )


def _show_drop_zone() -> None:
    show_section("記入したファイルを出す")
    submitter = desk.ask_operator()
    as_of = _ask_as_of()
    st.html(
        f'<p class="gs-note">形式は .xlsx か .csv、1つ{MOST_MEGABYTES}MBまで、一度に{service.MOST_FILES}ファイルまで。'
        "受け取ったファイルはすぐに保管され、画面を閉じても消えません。公表されるのは、差分を確かめて公表を押した後です。</p>"
    )
    # No limit by extension here: a wrong file gets an answer that says what it is instead.
    files = st.file_uploader(
        "ここにファイルを置くか、選んでください", accept_multiple_files=True, key="drop"
    )
    if files and as_of is not None:
        receive([(file.name, file.getvalue()) for file in files], submitter, as_of)


def _ask_as_of() -> str | None:
    """Ask for the 時点 of files that carry none; None if what was typed is no date."""
    text = st.text_input(
        "時点（ファイルに書かれていないときだけ）",
        key="drop-as-of",
        placeholder="例：令和8年10月1日",
    )
    if not text.strip():
        return ""
    try:
        return parse_period(text).to_text()
    except PeriodError as error:
        mend = "令和8年10月1日、2026-10-01 のように書き直してください。直るまでファイルは受け付けません。"
        st.html(message("error", f"時点を読めません。{error}。", [mend]))
        return None


def receive(
    files: list[tuple[str, bytes]], submitter: str, as_of: str = "", replaces: str = ""
) -> None:
    """Store files as a draft and open it. replaces : draft that these files take the place of."""
    store = desk.open_store()
    try:
        draft_id = service.receive(store, files, submitter, desk.now())
    except service.NotReady as error:
        st.html(message("error", str(error)))
        return
    if as_of:
        store.save_choices(draft_id, service.Choices(as_of=as_of).to_dict(), desk.now())
    if replaces:
        store.withdraw(replaces, submitter, desk.now())
    desk.put_on_desk(draft_id)
    st.rerun()
