"""The process behind the pipe that reads files, so that a bad one can end nothing else (読取係).

It imports once what reading needs, then forks for every request: the child has limits on memory
and time, may write nothing and open no connection, and sends its reports as JSON. A request may
hold several files of one sender; whichever of them ends the child, the next child goes on with
the rest. Where there is no fork the process serves one request itself and ends; `child.Reader`
starts the next.

Frames, both ways without pickle: >II, JSON of the request, bytes of all files; for each file
>I, JSON of its report.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

try:
    import resource
except ImportError:  # Windows has neither limits nor fork.
    resource = None

from data.intake.refusals import refusal_answer
from domain.intake.findings import Refused

REQUEST, ANSWER = struct.Struct(">II"), struct.Struct(">I")
# A child may grow by this much over what it starts with.
MEMORY_GROWTH = 300 << 20
LONGEST_ANSWER = 64 << 20
OUT_OF_MEMORY = 71
# What a child has no reason to do. Names as `sys.addaudithook` knows them.
FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork",
    "os.startfile", "ctypes.", "urllib.", "ftplib.", "smtplib.", "os.remove", "os.rename",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Loaded before the first file, because a child should not have to look for them.
_CODECS = ("cp932", "euc_jp", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp437", "latin-1")

# openpyxl would load them for pictures and arrays, none of which is ever read here.
_UNUSED = ("numpy", "PIL")

Work = Callable[[bytes, str, dict], dict]


def main(work: str) -> None:
    """Serve the requests on standard input until it ends. work : "module:function"."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.dup(1)
    # Whatever a library prints must not get between the frames.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    for unused in _UNUSED:
        sys.modules.setdefault(unused, None)
    module, _, name = work.partition(":")
    function = getattr(importlib.import_module(module), name)
    for codec in _CODECS:
        "あ".encode(codec, "replace").decode(codec, "replace")
    gc.collect()
    gc.freeze()
    # A child lives for one request; looking for cycles often would cost a tenth of its time.
    gc.set_threshold(50_000, 20, 20)
    space = _address_space()
    while True:
        request = _read_request(requests)
        if request is None:
            return
        if not hasattr(os, "fork"):
            _work_through(function, request, 0, answers)
            return
        done = 0
        while done < len(request.files):
            done += _serve(function, request, done, (requests.fileno(), answers), space)


@dataclass(frozen=True)
class Request:
    """Files of one sender. files : (name, content).  seconds : for each of them."""

    files: list[tuple[str, bytes]]
    options: dict
    seconds: float


def _read_request(stream: BinaryIO) -> Request | None:
    head = stream.read(REQUEST.size)
    if len(head) < REQUEST.size:
        return None
    long_text, long_content = REQUEST.unpack(head)
    text = stream.read(long_text)
    if len(text) < long_text:
        return None
    told = json.loads(text)
    files = [(name, stream.read(size)) for name, size in told["files"]]
    if sum(len(content) for _, content in files) < long_content:
        return None
    return Request(files, told["options"], told["seconds"])


def _serve(function: Work, request: Request, first: int, pipes: tuple[int, int], space: int) -> int:
    """Fork a child for the files from the first on; return how many have been answered."""
    stream, answers = pipes
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ours)
            os.close(stream)
            os.close(answers)
            size = sum(len(content) for _, content in request.files)
            _restrict(space and space + size)
            _work_through(function, request, first, theirs)
            os._exit(0)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        finally:
            os._exit(1)
    os.close(theirs)
    return _collect(child, ours, answers, len(request.files) - first, request.seconds)


def _work_through(function: Work, request: Request, first: int, pipe: int) -> None:
    """Send a report for each file from the first on."""
    for name, content in request.files[first:]:
        _limit_time(request.seconds)
        payload = _work(function, content, name, request.options)
        _send(pipe, ANSWER.pack(len(payload)) + payload)


def _work(function: Work, content: bytes, name: str, options: dict) -> bytes:
    """Return the report as JSON, whatever happens, except when memory ends."""
    try:
        answer = function(content, name, options)
    except Refused as refused:
        answer = refusal_answer(refused, name, content)
    except MemoryError:
        raise
    except Exception:
        answer = _died("E_CRASHED", traceback.format_exc(limit=-5))
    try:
        return json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError):
        return json.dumps(_died("E_CRASHED", traceback.format_exc(limit=-5))).encode()


def _died(code: str, detail: str = "") -> dict[str, str]:
    return {"died": code, "detail": detail}


def _restrict(space: int) -> None:
    """Take from this process what reading files does not need. space : it has, in bytes."""
    sys.dont_write_bytecode = True
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    if resource is None:
        return
    limits = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)]
    if space:
        limits.append((resource.RLIMIT_AS, space + MEMORY_GROWTH))
    for limit, most in limits:
        hard = resource.getrlimit(limit)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, most))
    sys.addaudithook(_forbid)


def _limit_time(seconds: float) -> None:
    """Let the next file have this much of the processor and a second more."""
    if resource is None:
        return
    soft = int(time.process_time() + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _address_space() -> int:
    """Return the address space this process has, 0 if the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - pathlib costs its import
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _forbid(event: str, details: tuple) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"{event} while reading a file")
    if event == "open" and isinstance(details[2], int) and details[2] & _WRITING:
        raise PermissionError("writing while reading a file")


def _send(pipe: int, payload: bytes) -> None:
    view = memoryview(payload)
    while view:
        view = view[os.write(pipe, view) :]


def _collect(child: int, pipe: int, answers: int, wanted: int, seconds: float) -> int:
    """Hand on what the child sends, at the end which limit it met; return the number of reports."""
    received = bytearray()
    done = 0
    late = ended = vast = False
    deadline = time.monotonic() + seconds
    while done < wanted and not ended and not vast:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            late = True
            break
        chunk = os.read(pipe, 1 << 18)
        received += chunk
        ended = not chunk
        while done < wanted and len(received) >= ANSWER.size:
            end = ANSWER.size + ANSWER.unpack_from(received)[0]
            vast = end > LONGEST_ANSWER
            if vast or len(received) < end:
                break
            _send(answers, bytes(received[:end]))
            del received[:end]
            done += 1
            deadline = time.monotonic() + seconds
    os.close(pipe)
    if done < wanted and not ended:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if done == wanted:
        return done
    if late or status == -signal.SIGXCPU:
        code = "E_TIMEOUT"
    elif not ended or status in (OUT_OF_MEMORY, -signal.SIGKILL):
        code = "E_MEMORY"
    else:
        code = "E_CRASHED"
    payload = json.dumps(_died(code, f"exit status {status}")).encode()
    _send(answers, ANSWER.pack(len(payload)) + payload)
    return done + 1
