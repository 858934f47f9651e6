"""Which prefectures have a framework, and what may be said about it (枠組みの設置状況).

Two counts must never be mixed: 団体数 counts prefectures, 枠組み数 counts frameworks; a
prefecture may have several. What a source does not say stays 不明（未入力）: it is neither
未設置 nor zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.periods import Period
from domain.values import DERIVED, Fact

# 設置状況 of one row of the workbook.
ESTABLISHED, PLANNED, ABSENT, NO_ANSWER = "設置済み", "設置予定", "未設置", "未回答"
STATUSES = (ESTABLISHED, PLANNED, ABSENT, NO_ANSWER)
# 区分 of a framework.
CROSS_FIELD, SINGLE_FIELD, KIND_UNKNOWN = "分野横断", "単一分野", "不明"
FRAMEWORK_KINDS = (CROSS_FIELD, SINGLE_FIELD, KIND_UNKNOWN)
LEVELS = ("首長級", "部長級", "課長級", "課長補佐級", "その他", "不明")
ORIGINS = ("新設", "既存活用", "意見交換", "不明")
WHOLE, PARTIAL, COVERAGE_UNKNOWN = "全域", "一部", "不明"
COVERAGES = (WHOLE, PARTIAL, COVERAGE_UNKNOWN)

# State of a prefecture at a day, in the order of the legend.
BOTH, CROSS, SINGLE, UNSPECIFIED, PLAN, NONE, UNKNOWN = (
    "established_both",
    "established_cross",
    "established_single",
    "established_unspecified",
    "planned",
    "absent",
    "unknown",
)
STATE_LABELS = {
    BOTH: "設置済（横断＋単一）",
    CROSS: "設置済（分野横断）",
    SINGLE: "設置済（単一分野）",
    UNSPECIFIED: "設置済（型の記載なし）",
    PLAN: "設置予定",
    NONE: "未設置・予定の記載なし",
    UNKNOWN: "不明（未入力）",
}
STATES = tuple(STATE_LABELS)
ESTABLISHED_STATES = frozenset({BOTH, CROSS, SINGLE, UNSPECIFIED})


@dataclass(frozen=True)
class Framework:
    """One framework of a prefecture, or its answer that it has none (枠組み).

    start, due : Period or None where the source gives none.
    evidence_day : the day the source describes (時点).  published_day : the source's own date.
    fields : words of the source, in its order.  measures : 重点的な対応方策, often empty.
    """

    framework_id: str
    pref_code: str
    status: str
    name: str
    kind: str
    origin: str
    level: str
    start: Period | None
    coverage: str
    coverage_note: str
    municipalities: int | None
    members: str
    fields: tuple[str, ...]
    fields_state: str
    measures: tuple[str, ...]
    plan: str
    due: Period | None
    due_text: str
    later_note: str
    note: str
    evidence_day: date
    published_day: date
    value_kind: str
    source_id: str
    locator: str
    quote: str

    def known_from(self) -> date:
        """Return the first day on which the source lets us call it 設置済み.

        Without a start the framework counts from the day the source describes. With one it
        counts from the last day the start may mean, but no later than the source itself can
        have known: 「R7年度に新設」 in a table as of 10月末 was there on that day.
        """
        if self.start is None:
            return self.evidence_day
        if self.start.first > self.evidence_day:
            return min(self.start.last, self.published_day)
        return min(self.start.last, self.evidence_day)


@dataclass(frozen=True)
class PrefectureState:
    """What is known of one prefecture at a day (団体の状態)."""

    pref_code: str
    state: str
    partial: bool
    frameworks: tuple[Framework, ...]


def is_visible(framework: Framework, day: date) -> bool:
    """Does the row say anything about `day`?

    A plan or a 「未設置」 is an answer given at its own 時点 and says nothing about earlier
    days; an established framework is there from `known_from` on.
    """
    if framework.status == ESTABLISHED:
        return framework.known_from() <= day
    return framework.evidence_day <= day


def compute_prefecture_state(
    code: str, frameworks: Sequence[Framework], day: date
) -> PrefectureState:
    """What is the state of one prefecture at `day`?

    Parameters
    ----------
    frameworks : the prefecture's own rows, any order.

    Returns
    -------
    PrefectureState; `frameworks` holds only the rows that say something about `day`.
    """
    visible = tuple(row for row in frameworks if is_visible(row, day))
    established = [row for row in visible if row.status == ESTABLISHED]
    if established:
        kinds = {row.kind for row in established}
        if {CROSS_FIELD, SINGLE_FIELD} <= kinds:
            state = BOTH
        elif CROSS_FIELD in kinds:
            state = CROSS
        elif SINGLE_FIELD in kinds:
            state = SINGLE
        else:
            state = UNSPECIFIED
        coverages = {row.coverage for row in established}
        # One framework over the whole prefecture is enough for the whole to be covered.
        partial = WHOLE not in coverages and PARTIAL in coverages
        return PrefectureState(code, state, partial, visible)
    statuses = {row.status for row in visible}
    if PLANNED in statuses:
        return PrefectureState(code, PLAN, False, visible)
    if ABSENT in statuses:
        return PrefectureState(code, NONE, False, visible)
    return PrefectureState(code, UNKNOWN, False, visible)


def compute_states(
    codes: Iterable[str], frameworks: Iterable[Framework], day: date
) -> dict[str, PrefectureState]:
    """What is the state of every prefecture at `day`? Keys in the order of `codes`."""
    rows: dict[str, list[Framework]] = {}
    for row in frameworks:
        rows.setdefault(row.pref_code, []).append(row)
    return {code: compute_prefecture_state(code, rows.get(code, ()), day) for code in codes}


def count_states(states: Mapping[str, PrefectureState]) -> dict[str, int]:
    """How many prefectures are in each state? Every state has a key, 0 included (団体数)."""
    counts = dict.fromkeys(STATES, 0)
    for state in states.values():
        counts[state.state] += 1
    return counts


def list_evidence_days(frameworks: Iterable[Framework], *others: date) -> list[date]:
    """Which days can be looked at? Every 時点 and source date in the data, oldest first."""
    days = set(others)
    for row in frameworks:
        days.update((row.evidence_day, row.published_day))
    return sorted(days)


@dataclass(frozen=True)
class FrameworkFilter:
    """What the reader wants to see; an empty tuple means no limit (絞り込み)."""

    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    def is_empty(self) -> bool:
        """Is nothing limited?"""
        return not (self.states or self.kinds or self.fields or self.levels or self.measures)

    def matches_framework(self, row: Framework) -> bool:
        """Does one framework fit? An unstated measure is matched by the word 記載なし only."""
        measures = row.measures or (NOT_STATED,)
        return (
            (not self.kinds or row.kind in self.kinds)
            and (not self.fields or bool(set(self.fields) & set(row.fields)))
            and (not self.levels or row.level in self.levels)
            and (not self.measures or bool(set(self.measures) & set(measures)))
        )

    def matches(self, state: PrefectureState) -> bool:
        """Does a prefecture fit? One framework has to meet all limits together."""
        if self.states and state.state not in self.states:
            return False
        if not (self.kinds or self.fields or self.levels or self.measures):
            return True
        return any(self.matches_framework(row) for row in state.frameworks)


NOT_STATED = "記載なし"


def split_words(text: str) -> tuple[str, ...]:
    """Split a cell of several answers at 、 , ・ ; ／ and line breaks; empty parts vanish."""
    for separator in ",，;；／/\n・":
        text = text.replace(separator, "、")
    return tuple(word.strip() for word in text.split("、") if word.strip())


@dataclass(frozen=True)
class Check:
    """One line of the 突合: what was published against what our rows add up to."""

    label: str
    published: Fact
    counted: int | None
    verdict: str
    explanation: str


AGREES, DIFFERS, CANNOT_TELL = "一致", "不一致", "照合できない"


def derive_published(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Which numbers follow from the published ones? (算出)

    Parameters
    ----------
    facts : by fact_id; needs N_established, N_planned, N_cross_field, N_single_field, N_both and
        prefectures (the number of prefectures).

    Returns
    -------
    dict of Fact by id: not_stated (47−28−6), cross_only, single_only, union, unexplained.
    Nothing is smoothed: `unexplained` is the published total minus the union, 28−26.
    """
    total, established, planned = (
        facts[key] for key in ("prefectures", "N_established", "N_planned")
    )
    cross, single, both = (facts[key] for key in ("N_cross_field", "N_single_field", "N_both"))

    def derived(fact_id: str, label: str, value: float, formula: str, caution: str) -> Fact:
        return Fact(
            fact_id, label, value, "団体", established.as_of, DERIVED, established.source_id,
            established.locator, derivation=formula, caution=caution,
        )  # fmt: skip

    def formula(*parts: object) -> str:
        return "".join(
            f"{part.value:.0f}" if isinstance(part, Fact) else str(part) for part in parts
        )

    union = cross.value + single.value - both.value
    return {
        "not_stated": derived(
            "not_stated", "未設置・予定の記載なし", total.value - established.value - planned.value,
            formula(total, "−", established, "−", planned),
            "設置済と設置予定が重複しない前提。「設置しない」という意味ではない。",
        ),
        "cross_only": derived(
            "cross_only", "分野横断のみ", cross.value - both.value, formula(cross, "−", both),
            "分野横断の数が双方の団体を含むと読んだ場合。",
        ),
        "single_only": derived(
            "single_only", "単一分野のみ", single.value - both.value, formula(single, "−", both),
            "単一分野の数が双方の団体を含むと読んだ場合。",
        ),
        "union": derived(
            "union", "分野横断又は単一分野", union, formula(cross, "＋", single, "−", both),
            "分野横断・単一分野の数が双方の団体を含むと読んだ場合。",
        ),
        "unexplained": derived(
            "unexplained", "型が示されていない団体", established.value - union,
            formula(established, "−", int(union)),
            "理由は資料に書かれていない。",
        ),
    }  # fmt: skip


def reconcile(facts: Mapping[str, Fact], states: Mapping[str, PrefectureState]) -> list[Check]:
    """Do the published numbers agree with our rows, and with each other? (突合)

    Never blocks anything: a row is 一致, 不一致, or 照合できない while prefectures are 未入力.
    A count that already exceeds the published number is 不一致 even then.
    """
    derived = derive_published(facts)
    counts = count_states(states)
    unknown = counts[UNKNOWN]
    untyped = counts[UNSPECIFIED]
    established = sum(counts[state] for state in ESTABLISHED_STATES)
    counted = {
        "N_established": (established, unknown),
        "N_planned": (counts[PLAN], unknown),
        "not_stated": (counts[NONE], unknown),
        "N_cross_field": (counts[CROSS] + counts[BOTH], unknown + untyped),
        "N_single_field": (counts[SINGLE] + counts[BOTH], unknown + untyped),
        "N_both": (counts[BOTH], unknown + untyped),
    }
    checks = []
    for fact_id, (count, open_cases) in counted.items():
        published = facts.get(fact_id) or derived[fact_id]
        if count > published.value:
            verdict, why = DIFFERS, "都道府県別の行の方が多い。時点の違いを確かめる。"
        elif open_cases:
            verdict = CANNOT_TELL
            why = f"{open_cases}団体が未入力又は型の記載なし。"
        elif count == published.value:
            verdict, why = AGREES, ""
        else:
            verdict, why = DIFFERS, "都道府県別の行の方が少ない。"
        checks.append(Check(published.label, published, count, verdict, why))
    union = derived["union"]
    gap = derived["unexplained"].value
    checks.append(
        Check(
            f"型の内訳の合計（{union.derivation}）",
            facts["N_established"],
            int(union.value),
            AGREES if gap == 0 else DIFFERS,
            ""
            if gap == 0
            else f"公表値どうしが{abs(gap):.0f}団体合わない。理由は資料に無く、直さずに示す。",
        )
    )
    return checks
