"""Batches without a screen: check, publish, history, undo, backup, restore (コマンド).

Called by run.py. The page and these commands share `data.intake.service`.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from data.intake import service
from data.intake.child import Reader
from data.published import JAPAN
from data.store.errors import NothingToPublish, StoreError
from data.store.store import Store
from domain.intake.findings import (
    ACCEPT,
    CONFIRM_FIRST,
    REJECT,
    SEVERITIES,
    VERDICT_LABELS,
    Finding,
    Repair,
)
from domain.intake.form import FINAL, RELEASES
from domain.periods import PeriodError, parse_period

EXIT_CODES = {ACCEPT: 0, CONFIRM_FIRST: 1, REJECT: 2}
FAILED = 3
MOST_SHOWN = 20


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="run.py", description="データの点検と公表")
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, help_text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_text)
        command.add_argument("--json", action="store_true", help="結果をJSONで書く")
        return command

    check = add("check", "ファイルを点検する（0 受け取れる、1 確認が必要、2 受け取れない）")
    publish = add("publish", "ファイルを点検して公表する")
    for command in (check, publish):
        command.add_argument("files", nargs="+", metavar="FILE", type=Path)
        command.add_argument("--as-of", default="", help="時点（ファイルに書かれていないとき）")
        command.add_argument("--decline", action="append", default=[], metavar="KEY",
                             help="取り消す補正（--json の repairs の key）")  # fmt: skip
    publish.add_argument("--reason", required=True, help="公表の理由")
    publish.add_argument(
        "--release",
        choices=RELEASES,
        default="",
        help="暫定又は確定（既定は表紙の記載、無ければ確定）",
    )
    publish.add_argument(
        "--confirm", action="append", default=[], metavar="CODE", help="確かめた指摘のコード"
    )
    publish.add_argument("--confirm-all", action="store_true", help="全ての確認の指摘を確かめた")
    publish.add_argument("--visible-from", default="", metavar="ISO", help="公表予定日時（解禁）")
    publish.add_argument("--by", default="", help="提出した人（既定はこの端末の利用者）")
    publish.add_argument("--approver", default="", help="承認した人（既定は提出した人）")
    add("history", "版の一覧を出す")
    undo = add("undo", "版を取り消す（新しい版ができる）")
    undo.add_argument("version", type=int)
    undo.add_argument("--reason", required=True, help="取り消しの理由")
    undo.add_argument("--by", default="", help="取り消す人（既定はこの端末の利用者）")
    backup = add("backup", "保管庫の控えを取る")
    backup.add_argument("file", type=Path)
    restore = add("restore", "控えから戻す")
    restore.add_argument("file", type=Path)
    restore.add_argument(
        "--replace", action="store_true", help="いまの保管庫を置き換える（控えは自動で残る）"
    )
    add("verify", "保管庫に欠けや食い違いが無いか確かめる")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one command; the return value is the exit code."""
    options = build_parser().parse_args(arguments)
    now = datetime.now(UTC)
    try:
        return _COMMANDS[options.command](options, now)
    except StoreError as error:
        return _fail(options, str(error))
    except service.NotReady as error:
        return _fail(options, str(error))


def _fail(options: argparse.Namespace, message: str) -> int:
    if options.json:
        print(json.dumps({"error": message}, ensure_ascii=False))
    else:
        print(message, file=sys.stderr)
    return FAILED


def _user(given: str) -> str:
    try:
        return given or getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "（名前の分からない利用者）"


def _as_of(text: str) -> str:
    if not text:
        return ""
    try:
        return parse_period(text).to_text()
    except PeriodError as error:
        raise service.NotReady(f"--as-of：{error}。2026-10-01 のように書いてください。") from None


def _read_files(paths: Sequence[Path]) -> list[tuple[str, bytes]]:
    files = []
    for path in paths:
        try:
            files.append((path.name, path.read_bytes()))
        except OSError as error:
            raise service.NotReady(f"{path} を開けません（{error.strerror}）。") from None
    return files


def _check(options: argparse.Namespace, now: datetime) -> int:
    files = _read_files(options.files)
    as_of = _as_of(options.as_of)
    store = Store.open(create=False)
    context = service.make_context(store, now)
    with Reader() as reader:
        answers = [
            service.read_file(reader, name, content, context, options.decline, as_of)
            for name, content in files
        ]
    submission = service.compare_answers(store, answers, now)
    if options.json:
        print(json.dumps(_submission_dict(submission), ensure_ascii=False, indent=1))
    else:
        _print_submission(submission)
    return EXIT_CODES[submission.verdict]


def _submission_dict(submission: service.Submission) -> dict[str, object]:
    return {
        "verdict": submission.verdict,
        "exit_code": EXIT_CODES[submission.verdict],
        "files": [report.to_dict() for report in submission.reports],
        "changes": service.count_changes(submission.difference),
        "effect": submission.effect.to_dict(),
        "base_version": submission.base,
    }


def _print_submission(submission: service.Submission) -> None:
    for report in submission.reports:
        print(f"■ {report.file_name}：{VERDICT_LABELS[report.verdict]}")
        counts = "、".join(f"{s} {len(report.of(s))}件" for s in SEVERITIES)
        print(f"  行 {len(report.records)}件、補正 {len(report.repairs)}件、{counts}")
        for score in report.scores:
            print(f"  {score.level}：{score.formula()}")
        _print_findings(report.findings)
        _print_repairs(report.repairs)
    counts = submission.difference
    print(
        f"差分：追加 {counts.count('追加')}、変更 {counts.count('変更')}、"
        f"削除 {counts.count('削除')}、変更なし {counts.unchanged}"
    )
    was, now = submission.effect.established()
    print(f"設置済みの団体（都道府県別の行で数えたもの）：{was} → {now}")


def _print_repairs(repairs: Sequence[Repair]) -> None:
    kinds = Counter(kind for repair in repairs for kind in repair.kinds)
    if kinds:
        print("  補正：" + "、".join(f"{kind} {count}" for kind, count in kinds.items()))
    for repair in repairs[:MOST_SHOWN]:
        print(
            f"  補正 {repair.sheet}!{repair.cell}（{repair.label}）"
            f"「{repair.before}」→「{repair.after}」 {'・'.join(repair.kinds)}"
        )
    if len(repairs) > MOST_SHOWN:
        print(f"  ほか {len(repairs) - MOST_SHOWN}件の補正（--json で全て）")


def _print_findings(findings: Sequence[Finding]) -> None:
    for severity in SEVERITIES:
        some = [finding for finding in findings if finding.severity == severity]
        for finding in some[:MOST_SHOWN]:
            print(f"  {severity} {finding.to_text()}")
        if len(some) > MOST_SHOWN:
            print(f"  {severity} ほか {len(some) - MOST_SHOWN}件（--json で全て）")


def _publish(options: argparse.Namespace, now: datetime) -> int:
    files = _read_files(options.files)
    as_of = _as_of(options.as_of)
    visible_from = None
    if options.visible_from:
        try:
            visible_from = datetime.fromisoformat(options.visible_from)
        except ValueError:
            raise service.NotReady(
                "--visible-from は 2026-12-01T09:00 のように書いてください。"
            ) from None
        if visible_from.tzinfo is None:
            visible_from = visible_from.replace(tzinfo=JAPAN)
    submitter = _user(options.by)
    store = Store.open()
    draft_id = service.receive(store, files, submitter, now)
    declined = frozenset((n, key) for n in range(len(files)) for key in options.decline)
    choices = service.Choices(declined=declined, as_of=as_of)
    store.save_choices(draft_id, choices.to_dict(), now)
    with Reader() as reader:
        service.recheck(store, reader, draft_id, now)
    submission = service.load_submission(store, draft_id, now)
    if submission.verdict == REJECT:
        store.reject(draft_id, submitter, now)
        _say_not_published(
            options, submission, draft_id, "要修正の指摘があるため公表していません。"
        )
        return EXIT_CODES[REJECT]
    confirmed = {
        key
        for key in submission.questions()
        if options.confirm_all or key.split(":")[1] in options.confirm
    }
    choices = service.Choices(declined, frozenset(confirmed), as_of)
    store.save_choices(draft_id, choices.to_dict(), now)
    if submission.open_questions(choices):
        codes = sorted({key.split(":")[1] for key in submission.open_questions(choices)})
        _say_not_published(
            options, submission, draft_id,
            f"確認の指摘（{'、'.join(codes)}）を確かめていないため公表していません。"
            "確かめたら --confirm コード を付けるか、画面で続けてください。",
        )  # fmt: skip
        return EXIT_CODES[CONFIRM_FIRST]
    release = options.release or _cover_release(submission)
    try:
        done = service.publish_draft(
            store, draft_id, submission, release=release, reason=options.reason,
            approver=_user(options.approver or options.by), now=now, visible_from=visible_from,
        )  # fmt: skip
    except NothingToPublish as nothing:
        store.withdraw(draft_id, submitter, now)
        if options.json:
            print(
                json.dumps(
                    {"published": False, "unchanged": True, "message": str(nothing)},
                    ensure_ascii=False,
                )
            )
        else:
            print(str(nothing))
        return 0
    if options.json:
        print(
            json.dumps(
                {"published": True, "version": done.no} | _submission_dict(submission),
                ensure_ascii=False,
            )
        )
    else:
        _print_submission(submission)
        print(f"第{done.no}版として公表しました（{release}）。")
    return 0


def _cover_release(submission: service.Submission) -> str:
    """Return 暫定 if any cover says so, else 確定."""
    said = {report.cover.get("release", "") for report in submission.reports}
    return RELEASES[0] if RELEASES[0] in said else FINAL


def _say_not_published(
    options: argparse.Namespace, submission: service.Submission, draft_id: str, why: str
) -> None:
    if options.json:
        answer = {"published": False, "message": why, "draft": draft_id}
        print(json.dumps(answer | _submission_dict(submission), ensure_ascii=False))
    else:
        _print_submission(submission)
        print(f"{why}（受付番号 {draft_id}）")


def _history(options: argparse.Namespace, now: datetime) -> int:
    versions = Store.open(create=False).history()
    if options.json:
        rows = [
            {
                "version": v.no, "kind": v.kind, "at": v.at.isoformat(), "release": v.release,
                "reason": v.reason, "submitter": v.submitter, "approver": v.approver,
                "undoes": v.undoes_no, "undone_by": v.undone_by,
                "visible_from": v.visible_from.isoformat() if v.visible_from else None,
                "parts": [[p.dataset, p.scope, p.n_rows] for p in v.parts],
                "effect": dict(v.effect), "content_sha256": v.content_sha256,
            }
            for v in versions
        ]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    if not versions:
        print("公表した版はまだありません（収録資料のデータが第0版です）。")
    for v in versions:
        at = v.at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")
        what = f"第{v.undoes_no}版の取り消し" if v.undoes_no else v.release
        print(
            f"第{v.no}版 {at} {what} {len(v.parts)}か所 提出 {v.submitter} 承認 {v.approver} 理由：{v.reason}"
        )
    return 0


def _undo(options: argparse.Namespace, now: datetime) -> int:
    store = Store.open()
    head = store.head()
    done = store.undo(
        options.version, expected_head=head, reason=options.reason, actor=_user(options.by),
        now=now, idem_key=f"undo:{options.version}:{head}",
    )  # fmt: skip
    if options.json:
        print(json.dumps({"version": done.no, "undoes": options.version}))
    else:
        print(f"第{options.version}版を取り消し、第{done.no}版としました。")
    return 0


def _backup(options: argparse.Namespace, now: datetime) -> int:
    from data.store.backup import backup

    backup(Store.open(create=False), options.file)
    _say_done(options, f"控えを {options.file} に取り、確かめました。")
    return 0


def _restore(options: argparse.Namespace, now: datetime) -> int:
    from data.store.backup import restore
    from data.store.location import store_url

    restored = restore(options.file, store_url(), replace=options.replace, actor=_user(""), now=now)
    kept = restored.kept
    _say_done(
        options,
        "控えから戻し、確かめました。"
        + (f"それまでの保管庫は {kept.name} に残しました。" if kept else ""),
    )
    return 0


def _verify(options: argparse.Namespace, now: datetime) -> int:
    from data.store.verify import verify

    problems = verify(Store.open(create=False))
    if options.json:
        print(json.dumps({"problems": problems}, ensure_ascii=False))
    else:
        print("\n".join(problems) or "保管庫に欠けも食い違いもありません。")
    return FAILED if problems else 0


def _say_done(options: argparse.Namespace, message: str) -> None:
    print(json.dumps({"message": message}, ensure_ascii=False) if options.json else message)


_COMMANDS = {
    "check": _check, "publish": _publish, "history": _history, "undo": _undo,
    "backup": _backup, "restore": _restore, "verify": _verify,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
