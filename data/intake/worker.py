"""The process behind the pipe that reads files, so that a bad one can end nothing else (読取係).

It imports once what reading needs, then forks for every file: the child has limits on memory
and time, may write nothing and open no connection, and sends its report as JSON. Where there is
no fork the process reads one file itself and ends; `child.Reader` starts the next.

Frames, both ways without pickle: >II, JSON of the request, bytes of the file; >I, JSON.
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
from typing import BinaryIO

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

Work = Callable[[bytes, str, dict], dict]


def main(work: str) -> None:
    """Serve the requests on standard input until it ends. work : "module:function"."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not get between the frames.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    module, _, name = work.partition(":")
    function = getattr(importlib.import_module(module), name)
    for codec in _CODECS:
        "あ".encode(codec, "replace").decode(codec, "replace")
    gc.disable()
    gc.freeze()
    while True:
        request = _read_request(requests)
        if request is None:
            return
        payload = _serve(function, *request, requests.fileno())
        answers.write(ANSWER.pack(len(payload)) + payload)
        answers.flush()
        if not hasattr(os, "fork"):
            return


def _read_request(stream: BinaryIO) -> tuple[bytes, dict] | None:
    head = stream.read(REQUEST.size)
    if len(head) < REQUEST.size:
        return None
    long_text, long_content = REQUEST.unpack(head)
    text, content = stream.read(long_text), stream.read(long_content)
    if len(text) < long_text or len(content) < long_content:
        return None
    return content, json.loads(text)


def _serve(function: Work, content: bytes, request: dict, stream: int) -> bytes:
    if not hasattr(os, "fork"):
        return _work(function, content, request)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ours)
            os.close(stream)
            _restrict(request["seconds"])
            _send(theirs, _work(function, content, request))
            os._exit(0)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        finally:
            os._exit(1)
    os.close(theirs)
    return _collect(child, ours, request["seconds"])


def _work(function: Work, content: bytes, request: dict) -> bytes:
    """Return the report as JSON, whatever happens, except when memory ends."""
    name = request["name"]
    try:
        answer = function(content, name, request["options"])
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


def _restrict(seconds: float) -> None:
    """Take from this process what reading a file does not need."""
    sys.dont_write_bytecode = True
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        import resource
    except ImportError:
        return
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, int(seconds) + 1),
    ]
    space = _address_space()
    if space:
        limits.append((resource.RLIMIT_AS, space + MEMORY_GROWTH))
    for limit, most in limits:
        hard = resource.getrlimit(limit)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, most))
    sys.addaudithook(_forbid)


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


def _collect(child: int, pipe: int, seconds: float) -> bytes:
    """Return what the child sends, or which limit it met."""
    received = bytearray()
    deadline = time.monotonic() + seconds
    ended = late = False
    while not ended and len(received) <= LONGEST_ANSWER:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            late = True
            break
        chunk = os.read(pipe, 1 << 18)
        received += chunk
        ended = not chunk
    os.close(pipe)
    if not ended:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended and status == 0:
        return bytes(received)
    if late or status == -signal.SIGXCPU:
        code = "E_TIMEOUT"
    elif not ended or status in (OUT_OF_MEMORY, -signal.SIGKILL):
        code = "E_MEMORY"
    else:
        code = "E_CRASHED"
    return json.dumps(_died(code, f"exit status {status}")).encode()
