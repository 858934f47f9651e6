"""What the parts of データ提出・公表 share: the store, the submission on the desk, who works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec

import streamlit as st

from components.sheet_view import message
from data.intake import service
from data.loaders import forget_head
from data.store.errors import StoreError
from data.store.location import store_url
from data.store.records import OPEN, Draft
from data.store.store import Store
from pages.submit.tables import show_moment

_P = ParamSpec("_P")
DRAFT_KEY = "draft"
# Which part of the page is open, and the part a submission is worked on in.
PART_KEY, DESK = "desk", "desk"
_NOTICE = "submit.notice"
OPERATOR_KEY = "submit.operator"
NOBODY = "（お名前の記入なし）"


def open_store() -> Store:
    """Return the store; the first use makes it."""
    return Store.open(store_url())


def now() -> datetime:
    """Return the moment, for everything that is written down."""
    return datetime.now(UTC)


def standing() -> str:
    """Return what stands published and what waits, as one line."""
    store = open_store()
    versions = store.history()
    waiting = len(store.list_drafts((OPEN,)))
    newest = next((v for v in versions if not v.visible_from or v.visible_from <= now()), None)
    version = (
        f"第{newest.no}版（{show_moment(newest.at)}）"
        if newest
        else "第0版（収録した資料のデータ）"
    )
    return f"公表中：{version}｜公表していない提出：{waiting}件"


def signed_in() -> bool:
    """Is sign-in on, and has this visitor signed in? Then two persons are asked for."""
    return bool(st.user.get("is_logged_in", False))


def ask_operator() -> str:
    """Ask who works at this screen; the name goes into the history."""
    if signed_in():
        return _signed_name()
    name = st.text_input(
        "操作する人（履歴に残ります）",
        key=OPERATOR_KEY,
        persist_state="session",
        placeholder="例：○○県 市町村課 担当",
        max_chars=60,
    )
    return name.strip() or NOBODY


def ask_person(label: str, key: str) -> str:
    """Ask who publishes or undoes; a signed-in visitor is who they are."""
    if signed_in():
        return _signed_name()
    given = st.session_state.get(OPERATOR_KEY, "")
    name = st.text_input(label, value=given, key=f"submit.{key}", max_chars=60)
    return name.strip() or NOBODY


def _signed_name() -> str:
    return str(st.user.get("name") or st.user.get("email") or st.user.get("sub"))


def current_draft_id() -> str:
    """Which submission is on the desk? "" if none."""
    return st.query_params.get(DRAFT_KEY, "")


def put_on_desk(draft_id: str) -> None:
    """Open a submission; its number stands in the address from now on."""
    st.query_params[DRAFT_KEY] = draft_id


def clear_desk() -> None:
    """Leave the submission; it stays in the store."""
    st.query_params.pop(DRAFT_KEY, None)


def notify(tone: str, title: str, texts: tuple[str, ...] = ()) -> None:
    """Say something at the top of the page after the next run."""
    st.session_state[_NOTICE] = (tone, title, texts)


def told(action: Callable[_P, None]) -> Callable[_P, None]:
    """Let a callback say at the top of the page what the store refused.

    Left alone, a refusal there ends the run before anything is drawn.
    """

    @wraps(action)
    def tell(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except StoreError as error:
            notify("error", str(error), ("いまの状態は下のとおりです。",))

    return tell


def show_notice() -> None:
    """Show what the last action has to say, once."""
    if notice := st.session_state.pop(_NOTICE, None):
        st.html(message(*notice))


@st.cache_resource(show_spinner=False, max_entries=24)
def _cached_submission(
    url: str, draft_id: str, updated: str, head: int, day: str
) -> service.Submission:
    return service.load_submission(Store.open(url), draft_id, now())


def load_submission(store: Store, draft: Draft) -> service.Submission:
    """Return the submission against the newest version; not to be changed."""
    moment = now()
    return _cached_submission(
        store_url(), draft.id, draft.updated_at.isoformat(), store.head(), moment.date().isoformat()
    )


def after_publishing() -> None:
    """Let every page see the new version at once."""
    forget_head()
