"""How does the app have a file read without reading it itself? (子プロセスでの読み取り)

DASHBOARD_SCAN_COMMAND : a command of the site (virus scanner, sanitiser) that is run on every
received file before anything reads it; the path of a temporary copy is its last argument, or
stands where the command says {}. Any exit status but 0 refuses the file (E_SCANNER), and so does
a command that cannot be started or takes longer than a minute. The copy is removed afterwards.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from data.intake.container import LARGEST_FILE, MEGA
from data.intake.guard import too_large
from data.intake.refusals import refusal_answer
from data.intake.worker import ANSWER, REQUEST
from domain.intake.findings import Refused

__all__ = ["CHECK", "Reader", "refusal_answer"]

CHECK = "data.intake.check:check_content"
SCAN_VARIABLE = "DASHBOARD_SCAN_COMMAND"
SCAN_SECONDS = 60
# The process times each child itself; this much later it is taken to hang and ended as a whole.
GRACE_SECONDS = 5
LARGEST_BATCH, LARGEST_SUM = 64, 4 * MEGA
# A second process is worth its start from so many files for each of them.
MOST_PROCESSES, SMALLEST_SHARE = 4, 4
_ROOT = Path(__file__).resolve().parent.parent.parent
# All the environment the process gets: no passwords, no proxies.
_KEPT = (
    "PATH", "SYSTEMROOT", "TEMP", "TMPDIR", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH",
    "DASHBOARD_DATA_DIR",
)  # fmt: skip
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from data.intake.worker import main; main(sys.argv[2])"
)
_log = logging.getLogger("dashboard.intake")


class Reader:
    """Reads files in a process of its own. One serves all threads; they take turns.

    A reader that was never started, or whose process died, starts one with the next file. Any
    failure of the process is an answer, not an exception. Many files are shared with further
    readers, one for each processor.
    """

    def __init__(self, work: str = CHECK, processes: int | None = None) -> None:
        """work : "module:function" that the process runs on each file; another one in tests."""
        self._work = work
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        count = min(os.cpu_count() or 1, MOST_PROCESSES) if processes is None else processes
        self._helpers = [Reader(work, 1) for _ in range(count - 1)]

    def __enter__(self) -> Reader:
        """Start the process, so that the first file does not wait for it."""
        with self._lock:
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    def close(self) -> None:
        """End the process, at once and with whatever it is reading."""
        for helper in self._helpers:
            helper.close()
        with self._lock:
            self._end()

    def read(
        self,
        content: bytes,
        file_name: str,
        options: dict | None = None,
        seconds: float = 10,
    ) -> dict:
        """What does this file say? The report of the check, or of its refusal.

        seconds : after which reading is given up.  options : JSON-ready, for the check.
        """
        return self.read_many([(content, file_name)], options, seconds)[0]

    def read_many(
        self,
        files: Iterable[tuple[bytes, str]],
        options: dict | None = None,
        seconds: float = 10,
    ) -> list[dict]:
        """What do these files of one sender say? One report for each (content, name), in order.

        Small ones share a child, which makes 47 of them a matter of a moment.
        """
        reports: list[dict] = []
        batch: list[tuple[bytes, str]] = []
        for content, name in files:
            refused = _refuse_unseen(content)
            size = sum(len(one) for one, _ in batch)
            if refused or len(batch) >= LARGEST_BATCH or size > LARGEST_SUM:
                reports += self._read_batch(batch, options or {}, seconds)
                batch = []
            if refused:
                reports.append(refusal_answer(refused, name, content))
            else:
                batch.append((content, name))
        return reports + self._read_batch(batch, options or {}, seconds)

    def _read_batch(
        self, batch: list[tuple[bytes, str]], options: dict, seconds: float
    ) -> list[dict]:
        number = min(1 + len(self._helpers), len(batch) // SMALLEST_SHARE)
        if number < 2:
            return self._read_share(batch, options, seconds)
        # Neighbours in turn: what is large or slow often stands side by side.
        shares = [batch[first::number] for first in range(number)]
        reports: list[dict] = [{}] * len(batch)
        with ThreadPoolExecutor(number) as pool:
            tasks = [
                pool.submit(reader._read_share, share, options, seconds)
                for reader, share in zip((self, *self._helpers), shares, strict=False)
            ]
            for first, task in enumerate(tasks):
                reports[first::number] = task.result()
        return reports

    def _read_share(
        self, batch: list[tuple[bytes, str]], options: dict, seconds: float
    ) -> list[dict]:
        if not batch:
            return []
        told = [[name, len(content)] for content, name in batch]
        request = json.dumps({"files": told, "options": options, "seconds": seconds}).encode()
        with self._lock:
            answers = self._ask(request, [content for content, _ in batch], seconds)
        reports = []
        for answer, (content, name) in zip(answers, batch, strict=True):
            if "died" in answer:
                code = answer["died"]
                _log.warning("reading %r ended: %s %s", name, code, answer.get("detail"))
                details = {"seconds": f"{seconds:g}"} if code == "E_TIMEOUT" else {}
                answer = refusal_answer(Refused(code, **details), name, content)
            reports.append(answer)
        return reports

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, str(_ROOT), self._work],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            # Its own group: ending it ends the child it may be waiting for.
            start_new_session=True,
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _kill(process)
        for pipe in (process.stdin, process.stdout):
            try:
                pipe.close()
            except OSError:
                # What was still to be sent has nobody to go to.
                continue
        process.wait()

    def _ask(self, request: bytes, contents: list[bytes], seconds: float) -> list[dict]:
        """Send one request and return its answers; {"died": code} where the process gave none."""
        answers: list[dict] = []
        # A process that died since the last file is found out only by asking it: try again once.
        for attempt in (1, 2):
            process = self._start()
            late = threading.Event()
            patience = seconds * len(contents) + GRACE_SECONDS
            timer = threading.Timer(patience, _kill, (process, late))
            timer.daemon = True
            timer.start()
            try:
                size = sum(map(len, contents))
                process.stdin.write(REQUEST.pack(len(request), size) + request)
                for content in contents:
                    process.stdin.write(content)
                process.stdin.flush()
                while len(answers) < len(contents):
                    answers.append(_read_answer(process.stdout))
                return answers
            except (OSError, EOFError) as error:
                _log.info("the reading process is gone (%d): %s", attempt, error)
            finally:
                timer.cancel()
            self._end()
            code = "E_TIMEOUT" if late.is_set() else "E_CRASHED"
            if answers or late.is_set():
                break
        missing = len(contents) - len(answers)
        return answers + [{"died": code, "detail": "no answer"}] * missing


def _read_answer(stream: BinaryIO) -> dict:
    head = stream.read(ANSWER.size)
    if len(head) < ANSWER.size:
        raise EOFError
    payload = stream.read(ANSWER.unpack(head)[0])
    if len(payload) < ANSWER.unpack(head)[0]:
        raise EOFError
    return json.loads(payload.decode("utf-8", "surrogatepass"))


def _kill(process: subprocess.Popen[bytes], late: threading.Event | None = None) -> None:
    if late is not None:
        late.set()
    if process.poll() is not None:
        return
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        return


def _refuse_unseen(content: bytes) -> Refused | None:
    """Return why a file is not even handed to the process, None if it is."""
    if len(content) > LARGEST_FILE:
        return too_large(len(content))
    command = os.environ.get(SCAN_VARIABLE, "").strip()
    return _scan(command, content) if command and content else None


def _scan(command: str, content: bytes) -> Refused | None:
    """Run the site's own scanner on a copy of the file."""
    with tempfile.TemporaryDirectory(prefix="intake-") as folder:
        copy = Path(folder) / "received.bin"
        copy.write_bytes(content)
        try:
            words = [word.replace("{}", str(copy)) for word in shlex.split(command)]
            if "{}" not in command:
                words.append(str(copy))
            status = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SCAN_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            return Refused("E_SCANNER", why=f"{SCAN_SECONDS}秒で終わりません")
        except (OSError, ValueError):
            return Refused("E_SCANNER", why="検査を始められません")
    return Refused("E_SCANNER", why=f"検査の結果 {status}") if status else None
