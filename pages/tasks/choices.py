"""What one may choose on 分野別課題分析; all of it stands in the address."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from components import downloads
from components.markup import label_text
from domain.measure_rules import FACTS, UNRATED, VIEWPOINTS
from domain.places import Prefecture
from domain.tasks import Answers, Task, sizes_of
from pages.tasks.details import show_task_link
from pages.tasks.words import task_labels, viewpoint_name

JUDGED = ("fields", "field", "task", "search", "compare")
BUNDLED = "収録（国の整理・下書き）"
EVERY_SIZE = "すべて（評価ごとの想定）"
NO_SIZE = "規模の記載なし"


@dataclass(frozen=True)
class Judge:
    """Whose judgement is looked at, and for which size of municipality; None for the drafts."""

    pref_code: str | None = None
    size: str | None = None

    def suffix(self) -> str:
        """Return what tells the keys of one judge's marks from another's."""
        size = f"-{zlib.crc32(self.size.encode()):x}" if self.size else ""
        return (f"-{self.pref_code}" if self.pref_code else "") + size


def _choose(label: str, options: Sequence, key: str, show: Callable = str, **more):
    """Ask for one of some options, kept in the address; an option that is gone is forgotten."""
    if key in st.session_state and st.session_state[key] not in (*options, None):
        del st.session_state[key]
    return st.selectbox(
        label, list(options), key=key, format_func=show, bind="query-params", **more
    )  # fmt: skip


def choose_judge(
    answers: Answers, places: Mapping[str, Prefecture], tasks: Iterable[Task]
) -> Judge:
    """Ask whose judgement to show, and for which size of municipality."""
    whose = _choose(
        "誰の評価", [None, *answers], "evaluator",
        lambda code: f"□ {places[code].name}の回答" if code else BUNDLED,
    )  # fmt: skip
    label = "想定する市町村の規模"
    if whose:
        sizes = list(dict.fromkeys(size for _, size in answers[whose]))
        size = _choose(label, sizes, "answer-size", lambda one: label_text(one) or NO_SIZE)
    else:
        sizes = [None, *sizes_of(tasks)]
        size = _choose(label, sizes, "task-size", lambda one: one or EVERY_SIZE)
    return Judge(whose, size)


def choose_field(names: Sequence[str]) -> str:
    """Ask for a field."""
    return _choose("分野", names, "task-field")


@dataclass(frozen=True)
class CellChoice:
    """Which cell of a matrix is looked at: the choice of a row and of a column beside it."""

    row_label: str
    row_key: str
    column_label: str
    column_key: str

    def pick(self, key: str) -> None:
        """Note the cell that was chosen in the matrix."""
        st.session_state[self.row_key], st.session_state[self.column_key] = key.split(".")

    def ask(
        self, rows: Mapping[str, str], columns: Mapping[str, str], first: str | None = None
    ) -> tuple[str, str]:
        """Ask for a row and a column, each code → name. first : column to begin with."""
        names = list(columns)
        return (
            _choose(self.row_label, rows, self.row_key, rows.__getitem__),
            _choose(self.column_label, names, self.column_key, columns.__getitem__,
                    index=names.index(first) if first else 0),
        )  # fmt: skip


FIELD_CELL = CellChoice("選んだ分野", "cell-field", "選んだ視点", "cell-view")
TASK_CELL = CellChoice("選んだ事務", "cell-task", "選んだ視点", "cell-view")
FIT_CELL = CellChoice("選んだ事務", "fit-task", "選んだ方策", "fit-measure")
SENTENCE_CELL = CellChoice("選んだ文", "sentence", "選んだ方策", "sentence-measure")
VIEWPOINT_NAMES = {code: viewpoint_name(code) for code in VIEWPOINTS}


def choose_task(tasks: Iterable[Task]) -> str:
    """Ask for a task; returns its id."""
    labels = task_labels(tasks)
    return _choose("事務", labels, "task", labels.__getitem__)


def choose_limits(names: Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    """Ask for measure, 公権力 and 専門性; None where open."""

    def choose(label: str, options: Sequence[str], key: str, show=str) -> str | None:
        return _choose(label, options, key, show, index=None, placeholder="すべて")

    with st.container(horizontal=True, gap="small"):
        return (
            choose("合う対応方策（◎○）", list(names), "fitting", names.__getitem__),
            choose("公権力の行使", FACTS["power"], "power"),
            choose("専門性", VIEWPOINTS["V3a"], "expertise"),
        )


def choose_found(found: Sequence[Task]) -> None:
    """Ask for one of the tasks that were found, with the way to its sheet."""
    if not found:
        st.html('<p class="gs-note">条件に合う事務がありません。条件を1つ外してください。</p>')
        return
    labels = task_labels(found)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = _choose("票を開く事務", labels, "found", labels.__getitem__)
        show_task_link(next(task for task in found if task.task_id == chosen))


def choose_pairing() -> bool:
    """Ask whether two fields are compared instead of two tasks."""
    return (
        st.segmented_control(
            "比べるもの", ["事務", "分野"], default="事務", required=True, key="pairing",
            bind="query-params",
        )
        == "分野"
    )  # fmt: skip


def choose_pair(
    options: Mapping[str, str], what: str, keys: tuple[str, str], first: tuple[str, str]
) -> tuple[str, str] | None:
    """Ask for two of some options, code → name; None if it is twice the same."""
    codes = list(options)
    with st.container(horizontal=True, gap="small"):
        pair = tuple(
            _choose(label, codes, key, options.__getitem__, index=codes.index(code))
            for label, key, code in zip(
                (f"比べる{what}", f"相手の{what}"), keys, first, strict=True
            )
        )
    if pair[0] != pair[1]:
        return pair
    st.html(f'<p class="gs-note">同じ{what}が選ばれています。相手の{what}を変えてください。</p>')
    return None


def _key(task: Task, code: str, judge: Judge) -> str:
    # By task and judge, so that each starts from its own marks and a link means one task.
    return f"mark-{task.task_id}-{code}{judge.suffix()}"


def reset_marks(task: Task, judge: Judge) -> None:
    """Go back to the published marks."""
    for code, mark in task.marks.items():
        st.session_state[_key(task, code, judge)] = mark.value or UNRATED
    st.session_state["scenario"] = ""


def ask_marks(task: Task, judge: Judge) -> dict[str, str]:
    """Ask how each viewpoint is judged; returns what differs from the published mark."""
    changed = {}
    # A long label takes two lines; the choices still stand in line.
    room = st.container(horizontal=True, gap="small", vertical_alignment="bottom")
    for code in VIEWPOINTS:
        mark = task.marks[code]
        own = mark.value or UNRATED
        options = [*VIEWPOINTS[code], UNRATED]
        with room:
            value = _choose(
                f"{viewpoint_name(code)}（{mark.sign()}{own}）", options, _key(task, code, judge),
                index=options.index(own), width=156,
            )  # fmt: skip
        if value != own:
            changed[code] = "" if value == UNRATED else value
    return changed


def name_scenario(task: Task, judge: Judge) -> str:
    """Ask for a name of what is judged otherwise, and offer the way back."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.text_input(
            "この場合の名前（任意）", max_chars=12, key="scenario", bind="query-params",
            placeholder="例：合併後の規模",
        )  # fmt: skip
        st.button("公表中の段階に戻す", on_click=reset_marks, args=(task, judge))
    st.html(
        '<p class="gs-note">変えた段階と名前は、この画面のアドレスに入っています。'
        "アドレスを控えるか送ると、同じ場合をもう一度開けます。</p>"
    )
    return name


def offer_form(task: Task, changed: Mapping[str, str], places: Mapping[str, Prefecture],
               fill: Callable[[Task, Mapping[str, str], str], bytes]) -> None:  # fmt: skip
    """Offer this judgement as a filled form, to be handed in as a prefecture's answer."""
    with st.popover("この評定を様式で保存"):
        code = st.selectbox(
            "都道府県", list(places), format_func=lambda one: places[one].name, key="form-of"
        )
        st.html(
            '<p class="gs-note">公表中のデータ入りの様式に、この評定を「県の回答」として1行加えます。'
            "根拠を書き足し、データ提出・公表から出してください。</p>"
        )
        st.download_button(
            "様式（.xlsx）を保存",
            data=lambda: fill(task, changed, code),
            file_name=downloads.file_name(f"事務の課題分析_{task.task_id}_{places[code].name}", "", "xlsx"),
            mime=downloads.XLSX_MIME,
            on_click="ignore",
            key="task-form",
        )  # fmt: skip
