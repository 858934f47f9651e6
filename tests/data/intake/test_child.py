"""The process behind the pipe: whatever a file does to it, there is an answer and the app lives."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from data.intake.child import Reader
from data.intake.refusals import refusal_answer
from domain.intake.findings import REJECT, Refused
from tests.data.intake import hostile
from tests.data.intake.mutations import mutations

SIZES, MISBEHAVE = "tests.data.intake.work:read_sizes", "tests.data.intake.work:misbehave"
posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="without fork the process ends itself")


@pytest.fixture(scope="module")
def bad():
    """Return a reading process whose work goes wrong as the file name says."""
    with Reader(MISBEHAVE) as reader:
        yield reader


def code_of(answer: dict) -> str:
    return answer["findings"][0]["code"] if answer.get("verdict") == REJECT else ""


@posix
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("sleep", "E_TIMEOUT"),
        ("spin", "E_TIMEOUT"),
        ("eat", "E_MEMORY"),
        ("eat_at_once", "E_MEMORY"),
        ("long_answer", "E_MEMORY"),
        ("abort", "E_CRASHED"),
        ("leave", "E_CRASHED"),
        ("fail", "E_CRASHED"),
        ("recurse", "E_CRASHED"),
        ("no_json", "E_CRASHED"),
        ("refuse_without_template", "E_CRASHED"),
        ("write_file", "E_CRASHED"),
        ("connect", "E_CRASHED"),
        ("start_program", "E_CRASHED"),
    ],
)
def test_whatever_goes_wrong_is_an_answer(bad, name, code):
    process = bad._process.pid
    answer = bad.read(b"x", f"{name}.xlsx", seconds=1.5 if code == "E_TIMEOUT" else 10)
    assert code_of(answer) == code
    assert answer["sha256"] == hashlib.sha256(b"x").hexdigest()
    assert answer["file"] == f"{name}.xlsx"
    assert bad.read(b"x", "print.xlsx") == {"fine": True}
    assert bad._process.pid == process, "only the child ends"


@posix
def test_nothing_is_written_and_little_is_known(bad):
    assert not Path("/tmp/intake-must-not-be-there").exists()
    os.environ["DASHBOARD_STORE_URL"] = "postgresql://secret"
    try:
        with Reader(MISBEHAVE) as reader:
            names = reader.read(b"x", "environment.xlsx")["names"]
    finally:
        del os.environ["DASHBOARD_STORE_URL"]
    assert not [name for name in names if "SECRET" in name.upper() or "STORE" in name]
    limits = bad.read(b"x", "limits.xlsx", seconds=7)
    assert limits["FSIZE"] == [0, 0] and limits["CORE"] == [0, 0]
    assert 300 << 20 <= limits["AS"][0] < 600 << 20
    assert 7 < limits["CPU"][0] < 12


def test_the_process_starts_light(bad):
    """It is started while somebody waits, and forked for every file."""
    names = set(bad.read(b"x", "modules.xlsx")["names"])
    heavy = {
        "streamlit",
        "pandas",
        "numpy",
        "lxml",
        "PIL",
        "sqlalchemy",
    }
    assert not names & heavy
    assert {"openpyxl", "python_calamine"} <= names


@posix
def test_a_batch_goes_on_behind_the_file_that_ended_its_child(bad):
    files = [
        (b"x", f"{name}.xlsx") for name in ("print", "abort", "print", "eat", "sleep", "print")
    ]
    answers = bad.read_many(files, seconds=4)
    assert [answer.get("fine") or code_of(answer) for answer in answers] == [
        True, "E_CRASHED", True, "E_MEMORY", "E_TIMEOUT", True,
    ]  # fmt: skip


def test_many_files_keep_their_order():
    files = [(hostile.book(hostile.data(hostile.cell("A1", i))), f"{i}.xlsx") for i in range(47)]
    files[20] = (b"", "empty.xlsx")
    files[30] = (bytes(11 << 20), "large.xlsx")
    with Reader(SIZES) as reader:
        answers = reader.read_many(files, {"cells": ["A1"]})
    seen = [answer.get("values", {}).get("A1", code_of(answer)) for answer in answers]
    expected: list[object] = list(range(47))
    expected[20], expected[30] = "E_EMPTY", "E_TOO_LARGE"
    assert seen == expected


@posix
def test_a_process_that_died_is_started_again():
    with Reader(SIZES) as reader:
        first = reader._process.pid
        os.kill(first, signal.SIGKILL)
        assert reader.read(hostile.book(), "x.xlsx")["verdict"] == "read"
        assert reader._process.pid != first
    assert reader._process is None


@posix
def test_a_process_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr("data.intake.child.GRACE_SECONDS", 0.5)
    with Reader(SIZES) as reader:
        os.kill(reader._process.pid, signal.SIGSTOP)
        assert code_of(reader.read(hostile.book(), "x.xlsx", seconds=0.5)) == "E_TIMEOUT"
        assert reader.read(hostile.book(), "x.xlsx")["verdict"] == "read"


def test_a_reader_starts_by_itself_and_work_that_cannot_be_imported_is_an_answer():
    reader = Reader(SIZES)
    assert reader.read(hostile.book(), "x.xlsx")["verdict"] == "read"
    reader.close()
    with Reader("no.such:work") as broken:
        assert code_of(broken.read(hostile.book(), "x.xlsx")) == "E_CRASHED"


def test_threads_take_turns():
    contents = [hostile.book(hostile.data(hostile.cell("A1", number))) for number in range(12)]
    seen: dict[int, object] = {}
    with Reader(SIZES) as reader:

        def read(number: int) -> None:
            answer = reader.read(contents[number], f"{number}.xlsx", {"cells": ["A1"]})
            seen[number] = answer["values"]["A1"]

        threads = [threading.Thread(target=read, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == {number: number for number in range(12)}


def test_the_app_does_not_grow():
    """The bytes go through, what they unpack to stays in the child."""
    resource = pytest.importorskip("resource")
    heavy = [case for case in hostile.CASES if case.name in ("bomb_lying", "styled_below")]
    contents = [(case.build(), case.file_name) for case in heavy]
    with Reader(SIZES) as reader:
        reader.read_many(contents)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(3):
            reader.read_many(contents)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


@pytest.mark.parametrize(
    "name", ["../../x.xlsx", "<b>.xlsx", "あ" * 3000 + ".xlsx", "\udcff.xlsx", "a\0b.xlsx", ""]
)
def test_any_name_is_only_a_name(name):
    with Reader(SIZES) as reader:
        answer = reader.read(hostile.book(), name)
    assert code_of(answer) in ("", "E_NO_EXTENSION")


class TestScanner:
    """DASHBOARD_SCAN_COMMAND."""

    def read(self, monkeypatch, command: str) -> str:
        monkeypatch.setenv("DASHBOARD_SCAN_COMMAND", command)
        with Reader(SIZES) as reader:
            return code_of(reader.read(hostile.book(), "x.xlsx"))

    def script(self, tmp_path: Path, body: str) -> str:
        path = tmp_path / "scan.py"
        path.write_text(body)
        return f"'{sys.executable}' '{path}'"

    def test_sees_the_bytes_and_leaves_nothing(self, monkeypatch, tmp_path):
        seen = tmp_path / "seen"
        body = (
            "import pathlib, sys\n"
            f"data = pathlib.Path(sys.argv[-1]).read_bytes()\n"
            f"pathlib.Path({str(seen)!r}).write_text(sys.argv[-1] + ' ' + str(len(data)))\n"
        )
        assert self.read(monkeypatch, self.script(tmp_path, body)) == ""
        path, size = seen.read_text().rsplit(" ", 1)
        assert int(size) == len(hostile.book())
        assert not Path(path).exists()

    def test_place_of_the_path(self, monkeypatch, tmp_path):
        body = "import pathlib, sys\nsys.exit(not pathlib.Path(sys.argv[1]).exists())"
        assert self.read(monkeypatch, self.script(tmp_path, body) + " {} --quiet") == ""

    @pytest.mark.parametrize("command", ["false", "/no/such/program", "'unclosed"])
    def test_anything_but_success_refuses(self, monkeypatch, command):
        assert self.read(monkeypatch, command) == "E_SCANNER"

    def test_a_scanner_that_hangs_refuses(self, monkeypatch, tmp_path):
        monkeypatch.setattr("data.intake.child.SCAN_SECONDS", 0.3)
        command = self.script(tmp_path, "import time\ntime.sleep(30)")
        assert self.read(monkeypatch, command) == "E_SCANNER"


def test_answer_of_a_refusal():
    answer = refusal_answer(Refused("E_NOT_A_NUMBER", "表", "B2", "1e999"), "x.xlsx", b"abc")
    assert (answer["verdict"], answer["records"], answer["repairs"]) == (REJECT, [], [])
    assert answer["findings"][0]["message"].startswith("表!B2：「1e999」：数として読めない")
    assert answer["sha256"] == hashlib.sha256(b"abc").hexdigest()


def test_mutated_workbooks_always_get_an_answer():
    files = [(content, f"{number}.xlsx") for number, content in enumerate(mutations(300))]
    start = time.monotonic()
    with Reader(SIZES) as reader:
        answers = reader.read_many(files)
    assert time.monotonic() - start < 60
    codes = [code_of(answer) for answer in answers]
    assert not {"E_CRASHED", "E_TIMEOUT", "E_MEMORY"} & set(codes)
    # Some mutations change nothing that matters, most do; both must occur to prove anything.
    assert 10 < codes.count("") < 250 and len(set(codes)) >= 6
