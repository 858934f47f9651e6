"""The commands as an operator types them: exit codes, texts, JSON, nothing left half done."""

from __future__ import annotations

import json

import pytest

from data import command_line
from tests.data.intake.conftest import report, store  # noqa: F401

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def files(tmp_path):
    written = {
        "good": report(),
        "ask": report(設置年月=None),
        "bad": report(設置年月="R7.13"),
        "trash": b"\x00\x01 trash",
    }
    paths = {}
    for name, content in written.items():
        paths[name] = str(tmp_path / f"{name}.xlsx")
        (tmp_path / f"{name}.xlsx").write_bytes(content)
    return paths


def run(*arguments: str) -> int:
    return command_line.main(list(arguments))


def run_json(capsys, *arguments: str):
    code = run(*arguments, "--json")
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("name", "code", "verdict"),
    [("good", 0, "accept"), ("ask", 1, "confirm"), ("bad", 2, "reject"), ("trash", 2, "reject")],
)
def test_check_answers_with_its_exit_code(files, capsys, name, code, verdict):
    found, answer = run_json(capsys, "check", files[name])
    assert (found, answer["verdict"], answer["files"][0]["verdict"]) == (code, verdict, verdict)
    finding = next((f for f in answer["files"][0]["findings"] if f["severity"] == "要修正"), None)
    if name == "bad":
        assert finding["sheet"] == "枠組み設置状況" and finding["cell"] == "H2"
        assert finding["message"].startswith("枠組み設置状況!H2（設置年月）：「R7.13」：")
    assert run("check", files[name]) == code
    assert "差分：" in capsys.readouterr().out


def test_check_takes_the_worst_of_several_and_stores_nothing(files, capsys):
    assert run("check", files["good"], files["ask"]) == 2  # the same place twice
    capsys.readouterr()
    assert run_json(capsys, "history") == (0, [])


def test_publish_history_undo(files, capsys):
    code, answer = run_json(
        capsys, "publish", files["good"], "--reason", "定期報告", "--by", "東京都"
    )
    assert (code, answer["published"], answer["version"]) == (0, True, 1)
    assert answer["effect"]["established"] == [8, 9]
    code, answer = run_json(capsys, "publish", files["good"], "--reason", "もう一度")
    assert (code, answer["published"], answer["unchanged"]) == (0, False, True)
    _, versions = run_json(capsys, "history")
    assert [(v["version"], v["submitter"], v["release"]) for v in versions] == [
        (1, "東京都", "確定")
    ]
    assert run("undo", "1", "--reason", "取り違え") == 0
    assert "第2版" in capsys.readouterr().out
    _, versions = run_json(capsys, "history")
    assert [(v["version"], v["kind"], v["undoes"]) for v in versions] == [
        (2, "undo", 1),
        (1, "publish", None),
    ]
    assert run("verify") == 0


def test_publish_waits_for_confirmation(files, capsys):
    code, answer = run_json(capsys, "publish", files["ask"], "--reason", "x")
    assert code == 1 and not answer["published"] and "C_NO_DATE" in answer["message"]
    assert run("publish", files["ask"], "--reason", "x", "--confirm", "C_NO_DATE") == 0
    capsys.readouterr()
    assert run_json(capsys, "history")[1][0]["version"] == 1


def test_publish_refuses_what_must_be_mended(files, capsys):
    code, answer = run_json(capsys, "publish", files["bad"], "--reason", "x", "--confirm-all")
    assert code == 2 and not answer["published"]
    assert run_json(capsys, "history")[1] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "ありません.xlsx"), "開けません"),
        (("check", "{good}", "--as-of", "いつか"), "--as-of"),
        (("publish", "{good}", "--reason", "x", "--visible-from", "あした"), "--visible-from"),
        (("publish", "{good}", "--reason", " "), "理由"),
        (("undo", "9", "--reason", "x"), "第9版はありません"),
        (("restore", "ありません"), "バックアップ"),
    ],
)
def test_wrong_input_gets_a_japanese_answer(files, capsys, arguments, words):
    assert run(*(a.format(**files) for a in arguments)) == command_line.FAILED
    told = capsys.readouterr().err
    assert words in told and "Traceback" not in told


def test_backup_and_restore(files, capsys, tmp_path):
    run("publish", files["good"], "--reason", "x")
    copy = tmp_path / "backup.db"
    assert run("backup", str(copy)) == 0
    assert run("undo", "1", "--reason", "x") == 0
    assert run("restore", str(copy)) == command_line.FAILED
    assert run("restore", str(copy), "--replace") == 0
    capsys.readouterr()
    assert [v["version"] for v in run_json(capsys, "history")[1]] == [1]
    assert run("backup", str(copy)) == command_line.FAILED


def test_the_launcher_hands_the_commands_on():
    import run as launcher

    choices = command_line.build_parser()._subparsers._group_actions[0].choices
    assert set(launcher.DATA_COMMANDS) == set(choices)
