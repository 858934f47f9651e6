"""The way of a submission: received → read → checked → compared → published (提出の流れ).

The page and the command line both come through here. Every function is plain: it takes what
it needs, asks no clock and draws nothing, so that a closed tab or a second click cannot leave
it half done.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from data import published, read
from data.intake.child import Reader
from data.paths import data_root
from data.schema import TABLE_BY_NAME
from data.store.records import DRAFT_STATES, Draft, DraftFile, Publication, Published
from domain.intake import form, official, rules, scores
from domain.intake.catalogue import TEMPLATES
from domain.intake.changes import Difference, Effect, compute_difference, compute_effect
from domain.intake.findings import (
    ACCEPT,
    CONFIRM,
    CONFIRM_FIRST,
    MUST_MEND,
    REJECT,
    Finding,
    Repair,
    make_finding,
)
from domain.intake.records import Record
from domain.intake.rows import Row
from domain.issues import Refusal
from domain.places import CODES, Prefecture
from domain.values import Fact

if TYPE_CHECKING:
    from data.store.store import Store

# Files in one submission: all prefectures at once.
MOST_FILES = 47
# Files that are read before the first of them is told about: enough to share a child process.
READ_TOGETHER = 12
Part = tuple[str, str]
DATASETS = (form.FRAMEWORKS.dataset, form.TASKS.dataset, official.POPULATION, official.STAFF)


@dataclass(frozen=True)
class Context:
    """What a submission is checked against: places, national numbers, what stands published.

    tasks : id → name of the tasks of コード表.
    head : version the comparison is made with.  parts : (dataset, scope) → published rows,
    those under embargo included, because a new version stands on top of them.
    """

    root: Path
    places: Mapping[str, Prefecture]
    facts: Mapping[str, Fact]
    weights: Mapping[tuple[str, str], float]
    change_share: float
    tasks: Mapping[str, str]
    today: date
    head: int
    parts: Mapping[Part, Sequence[Row]]


def make_context(store: Store, now: datetime, datasets: Iterable[str] = ()) -> Context:
    """Read what submissions are checked against, at one moment.

    datasets : which tables the submission holds; the frameworks are always read.
    """
    root = data_root()
    head = store.head()
    stamps = published.table_stamps(
        root,
        "prefectures",
        "facts",
        "score_weights",
        "parameters",
        "tasks",
        "task_vehicles",
        "task_evidence",
    )
    wanted = [name for name in DATASETS if name in {form.FRAMEWORKS.dataset, *datasets}]
    return Context(
        root, *_read_yardsticks(root, stamps), now.astimezone(published.JAPAN).date(), head,
        published.published_parts(root, store, head, datasets=wanted),
    )  # fmt: skip


@lru_cache(maxsize=2)
def _read_yardsticks(root: Path, stamps: tuple) -> tuple:
    """Return places, facts, weights, change share and tasks, once for each state of their files."""
    weights = {
        (row["level"], row["severity"]): row["points"]
        for row in read.read_table("score_weights", root).to_dict("records")
    }
    parameters = read.read_table("parameters", root).set_index("key")["value"]
    return (
        MappingProxyType({place.code: place for place in read.read_prefectures(root)}),
        MappingProxyType(read.read_facts(root)),
        MappingProxyType(weights),
        float(parameters["intake.change_share"]),
        MappingProxyType({task.task_id: task.name for task in read.read_tasks(root).values()}),
    )


@dataclass(frozen=True)
class FileReport:
    """What is known of one file of a submission.

    verdict : ACCEPT, CONFIRM_FIRST or REJECT.  grid : first rows of every sheet as texts.
    scores : L1, L2, L3.
    """

    file_name: str
    sha256: str
    verdict: str
    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...] = ()
    records: tuple[Record, ...] = ()
    cover: Mapping[str, str] = field(default_factory=dict)
    grid: Sequence[Mapping[str, object]] = ()
    kind: str = ""
    refused: bool = False
    scores: tuple[scores.Score, ...] = ()

    def of(self, severity: str) -> list[Finding]:
        """Return the findings of one severity."""
        return [finding for finding in self.findings if finding.severity == severity]

    def to_dict(self) -> dict[str, object]:
        """Return the report for JSON, as the command line prints it."""
        return {
            "file": self.file_name,
            "sha256": self.sha256,
            "verdict": self.verdict,
            "findings": [finding.to_dict() for finding in self.findings],
            "repairs": [repair.to_dict() for repair in self.repairs],
            "records": [record.to_dict() for record in self.records],
            "cover": dict(self.cover),
            "scores": [asdict(score) | {"formula": score.formula()} for score in self.scores],
        }


@dataclass(frozen=True)
class Choices:
    """What the submitter decided, kept with the draft.

    declined : (file number, repair key).  confirmed : keys of `Submission.questions`.
    as_of : 時点 typed at the reception, canonical, "" if none.
    """

    declined: frozenset[tuple[int, str]] = frozenset()
    confirmed: frozenset[str] = frozenset()
    as_of: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the choices for the store."""
        return {
            "declined": sorted([n, key] for n, key in self.declined),
            "confirmed": sorted(self.confirmed),
            "as_of": self.as_of,
        }

    @staticmethod
    def of_dict(kept: Mapping[str, object]) -> Choices:
        """Return the choices the store kept."""
        return Choices(
            frozenset((int(n), str(key)) for n, key in kept.get("declined", ())),
            frozenset(map(str, kept.get("confirmed", ()))),
            str(kept.get("as_of", "")),
        )


@dataclass(frozen=True)
class Submission:
    """All files of a submission against what stands published."""

    reports: tuple[FileReport, ...]
    parts: Mapping[Part, Sequence[Row]]
    part_files: Mapping[Part, int]
    difference: Difference
    effect: Effect
    base: int
    verdict: str

    def questions(self) -> dict[str, list[tuple[int, Finding]]]:
        """Return what wants a tick: key → findings with their file number.

        Equal findings of one file are one question.
        """
        asked: dict[str, list[tuple[int, Finding]]] = {}
        for n, report in enumerate(self.reports):
            for finding in report.of(CONFIRM):
                asked.setdefault(f"{n}:{finding.question()}", []).append((n, finding))
        return asked

    def open_questions(self, choices: Choices) -> list[str]:
        """Which questions have no tick yet?"""
        return [key for key in self.questions() if key not in choices.confirmed]


class NotReady(Refusal):
    """The submission must not be published as it is; the text says why."""


def read_file(
    reader: Reader,
    file_name: str,
    content: bytes,
    context: Context,
    declined: Iterable[str] = (),
    as_of: str = "",
) -> dict:
    """Read one file in the child process; see `data.intake.check.check_content`."""
    return read_files(reader, [(file_name, content)], context, declined, as_of)[0]


def read_files(
    reader: Reader,
    files: Iterable[tuple[str, bytes]],
    context: Context,
    declined: Iterable[str] = (),
    as_of: str = "",
) -> list[dict]:
    """Read files of one submission, which may share a child process; one answer for each.

    declined : keys of repairs, for all of the files.
    """
    options = {
        "places": [vars(place) for place in context.places.values()],
        "municipalities": str(context.root / TABLE_BY_NAME["municipalities"].path),
        "declined": list(declined),
        "as_of": as_of,
    }
    return reader.read_many(((content, name) for name, content in files), options)


def mark_file(file_name: str, content: bytes, findings: Sequence[Finding]) -> bytes:
    """Return the received workbook with the remarks in it (指摘入りExcel).

    Raises NotReady where the file does not let remarks be written into it.
    """
    with Reader("data.intake.check:mark_content") as reader:
        options = {"findings": [finding.to_dict() for finding in findings]}
        answer = reader.read(content, file_name, options, seconds=30)
    if "content" not in answer:
        why = answer.get("error", "このファイルには書き込めません。")
        raise NotReady(f"指摘をファイルに書き込めませんでした。{why}一覧の保存をお使いください。")
    return base64.b64decode(answer["content"])


def make_report(answer: Mapping[str, object], context: Context) -> FileReport:
    """Judge what was read from one file: business rules, verdict, scores."""
    findings = [_finding(row) for row in answer["findings"]]
    records = tuple(Record(**row) for row in answer["records"])
    refused = bool(answer.get("refused", False)) or answer.get("verdict") == REJECT
    if not refused:
        findings += _check(records, context)
    return FileReport(
        str(answer["file"]), str(answer["sha256"]), judge(findings), tuple(findings),
        tuple(_repair(row) for row in answer["repairs"]), records,
        answer.get("cover", {}), answer.get("grid", ()), str(answer.get("kind", "")), refused,
        tuple(scores.compute_scores(findings, context.weights, fatal=refused)),
    )  # fmt: skip


def _check(records: Sequence[Record], context: Context) -> list[Finding]:
    frameworks = [r for r in records if r.dataset == form.FRAMEWORKS.dataset]
    tasks = [r for r in records if r.dataset == form.TASKS.dataset]
    standing = {
        scope: rows for (name, scope), rows in context.parts.items() if name == "frameworks"
    }
    findings = []
    if frameworks:
        findings += rules.check_frameworks(
            frameworks, standing, context.places, context.facts,
            today=context.today, change_share=context.change_share,
        )  # fmt: skip
    if tasks:
        findings += rules.check_tasks(tasks, context.tasks)
    return findings


def judge(findings: Sequence[Finding]) -> str:
    """What may happen to a file with these findings?"""
    severities = {finding.severity for finding in findings}
    if MUST_MEND in severities:
        return REJECT
    return CONFIRM_FIRST if CONFIRM in severities else ACCEPT


def _finding(row: Mapping[str, str]) -> Finding:
    return Finding(**{name: text for name, text in row.items() if name != "message"})


def _repair(row: Mapping[str, object]) -> Repair:
    kept = {name: value for name, value in row.items() if name not in ("key", "kinds")}
    return Repair(**kept, kinds=tuple(row["kinds"]))


def combine(reports: Sequence[FileReport], context: Context) -> Submission:
    """Put the files of a submission together and compare them with what stands published.

    Two files that say something about the same place and table are a fault of the later one.
    """
    parts: dict[Part, list[Row]] = {}
    owner: dict[Part, int] = {}
    judged = []
    received = context.today.isoformat()
    for n, report in enumerate(reports):
        own: dict[Part, list[Row]] = {}
        for record in report.records:
            row = Row.of_record(record, report.file_name, received)
            own.setdefault((record.dataset, record.scope), []).append(row)
        doubled = [part for part in own if part in owner]
        if doubled:
            extra = [_same_place(part, reports[owner[part]], context) for part in doubled]
            findings = (*report.findings, *extra)
            report = FileReport(
                **{**report.__dict__, "findings": findings, "verdict": judge(findings)}
            )
        elif report.verdict != REJECT:
            for part, rows in own.items():
                parts[part], owner[part] = rows, n
        judged.append(report)
    difference = compute_difference(context.parts, parts)
    touched = {part for part in parts if part in difference.scopes()}
    changed = {part: rows for part, rows in parts.items() if part in touched}
    return Submission(
        tuple(judged), changed, {part: owner[part] for part in changed}, difference,
        compute_effect(CODES, context.parts, changed, context.today), context.head,
        judge([finding for report in judged for finding in report.findings]),
    )  # fmt: skip


def _same_place(part: Part, first: FileReport, context: Context) -> Finding:
    place = context.places[part[1]].name if part[1] in context.places else part[1]
    return make_finding(TEMPLATES, "E_SAME_PLACE_TWICE", place=place, other=first.file_name)


def receive(store: Store, files: Sequence[tuple[str, bytes]], submitter: str, now: datetime) -> str:
    """Keep received files as a draft, durable before this returns; drafts past their time go.

    Raises NotReady for no file or more than MOST_FILES.
    """
    if not 1 <= len(files) <= MOST_FILES:
        raise NotReady(
            f"一度に出せるのは{MOST_FILES}ファイルまでです（{len(files)}ファイルありました）。"
            "いくつかに分けて出してください。"
        )
    store.purge(now)
    return store.receive(files, submitter, now)


def list_same_files(store: Store, draft: Draft) -> list[Draft]:
    """Which other submissions hold a file of the same content?"""
    own = {file.sha256 for file in draft.files}
    return [
        other
        for other in store.list_drafts(DRAFT_STATES)
        if other.id != draft.id and own & {file.sha256 for file in other.files}
    ]


# --- drafts --------------------------------------------------------------------------------------


def recheck(store: Store, reader: Reader, draft_id: str, now: datetime, progress=None) -> None:
    """Read every file of a draft again with the draft's choices and keep the answers.

    progress : called with (files done, files in all).
    """
    draft = store.read_draft(draft_id)
    context = make_context(store, now)
    choices = Choices.of_dict(draft.choices)

    def together(file: DraftFile) -> tuple[int, frozenset[str]]:
        declined = frozenset(key for n, key in choices.declined if n == file.n)
        return file.n // READ_TOGETHER, declined

    for (_, declined), group in groupby(draft.files, together):
        files = list(group)
        contents = ((file.file_name, store.draft_content(draft_id, file.n)) for file in files)
        answers = read_files(reader, contents, context, declined, choices.as_of)
        for file, answer in zip(files, answers, strict=True):
            report = make_report(answer, context)
            store.save_report(
                draft_id, file.n, json.dumps(answer, ensure_ascii=False), report.verdict, now
            )
            if progress:
                progress(file.n + 1, len(draft.files))


def load_submission(store: Store, draft_id: str, now: datetime) -> Submission:
    """Return a draft's submission as it stands against the newest version.

    Files that have not been read yet are left out; `recheck` reads them.
    """
    draft = store.read_draft(draft_id)
    answers = [json.loads(file.report) for file in draft.files if file.report]
    return compare_answers(store, answers, now)


def compare_answers(
    store: Store, answers: Sequence[Mapping[str, object]], now: datetime
) -> Submission:
    """Return what files that were read would change, against the newest version."""
    datasets = {record["dataset"] for answer in answers for record in answer["records"]}
    context = make_context(store, now, datasets)
    return combine([make_report(answer, context) for answer in answers], context)


def publish_draft(
    store: Store,
    draft_id: str,
    submission: Submission,
    *,
    release: str,
    reason: str,
    approver: str,
    now: datetime,
    visible_from: datetime | None = None,
    two_persons: bool = False,
) -> Published:
    """Publish a draft as it was shown. The same draft never becomes two versions.

    Raises
    ------
    NotReady while something must be mended, confirmed or explained.
    StoreError : Conflict if somebody published meanwhile, NothingToPublish, SamePerson, …
    """
    draft = store.read_draft(draft_id)
    if draft.state == "published":
        return Published(draft.version_no, False)
    choices = Choices.of_dict(draft.choices)
    if submission.verdict == REJECT:
        raise NotReady(
            "要修正の指摘があるため公表できません。ファイルを直して、もう一度出してください。"
        )
    if submission.open_questions(choices):
        raise NotReady("確認のしるしが付いていない指摘があります。1つずつ確かめてください。")
    if not reason.strip():
        raise NotReady("公表の理由を書いてください。")
    return store.publish(
        Publication(
            parts={
                part: [(row.key, row.to_payload()) for row in rows]
                for part, rows in submission.parts.items()
            },
            expected_head=submission.base, release=release, reason=reason.strip(),
            submitter=draft.submitter, approver=approver, idem_key=f"draft:{draft_id}",
            draft_id=draft_id, part_files=submission.part_files, visible_from=visible_from,
            effect=submission.effect.to_dict() | count_changes(submission.difference),
            two_persons=two_persons,
        ),
        now,
    )  # fmt: skip


def count_changes(difference: Difference) -> dict[str, object]:
    """Return the numbers of changed rows for the history."""
    return {
        "changes": {kind: difference.count(kind) for kind in ("追加", "変更", "削除")},
        "unchanged": difference.unchanged,
    }


def list_row_changes(
    before: Mapping[Part, Sequence[Row]], after: Mapping[Part, Sequence[Row]]
) -> Difference:
    """Return the difference between two published states, parts that vanish included."""
    both = {part: after.get(part, ()) for part in {*before, *after}}
    return compute_difference(before, both)
