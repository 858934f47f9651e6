"""What the reading process runs in the tests; small, because each file forks it."""

from __future__ import annotations

import os
import resource
import socket
import sys
import time

from data.intake.guard import inspect_file
from data.intake.parse import parse_workbook
from data.intake.refusals import refusal_answer
from domain.intake.findings import Refused
from domain.intake.grid import column_letters, from_address


def _told(value: object) -> object:
    """Return a value as JSON can hold it, with its type where JSON has none."""
    return f"{type(value).__name__}:{value.isoformat()}" if hasattr(value, "isoformat") else value


def read_sizes(content: bytes, file_name: str, options: dict) -> dict:
    """Guard and read; return sizes, the values asked for, and what it cost.

    growth : of the process, in kB.  seconds : of the processor, which no neighbour can stretch.
    """
    before, start = _resident(), time.process_time()
    try:
        inspection = inspect_file(content, file_name)
        workbook = parse_workbook(content, inspection)
    except Refused as refused:
        cost = {"growth": _peak() - before, "seconds": time.process_time() - start}
        return refusal_answer(refused, file_name, content) | cost
    sheet = workbook.sheets[0]

    def by_address(cells) -> dict:
        return {
            f"{column_letters(column)}{row + 1}": value for (row, column), value in cells.items()
        }

    return {
        "verdict": "read",
        "growth": _peak() - before,
        "seconds": time.process_time() - start,
        "values": {a: _told(sheet.cell(*from_address(a))) for a in options.get("cells", ())},
        "sheets": len(workbook.sheets),
        "title": sheet.title,
        "rows": len(sheet.rows),
        "width": max(map(len, sheet.rows), default=0),
        "encoding": workbook.encoding,
        "delimiter": workbook.delimiter,
        "traits": sorted(workbook.traits),
        "hidden": sheet.hidden,
        "hidden_rows": sorted(sheet.hidden_rows),
        "hidden_columns": sorted(sheet.hidden_columns),
        "merges": [list(merge) for merge in sheet.merges],
        "formulas": by_address(sheet.formulas),
        "errors": by_address(sheet.errors),
        "formats": by_address(sheet.number_formats),
        "emphasised": sorted(f"{column_letters(c)}{r + 1}" for r, c in sheet.emphasised),
        "objects": list(sheet.objects),
        "comments": sheet.comments,
    }


def _resident() -> int:
    """Return the memory this process holds now, in kB."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - as in the reading process
        return int(file.read().split()[1]) * resource.getpagesize() // 1024


def _peak() -> int:
    """Return the most memory this process has held, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# ---------------------------------------------------------------- work that goes wrong


def misbehave(content: bytes, file_name: str, options: dict) -> dict:
    """Do what the file is named after; every one of these must become an answer."""
    return globals()[f"_{file_name.partition('.')[0]}"]()


def _sleep() -> dict:
    time.sleep(60)
    return {}


def _spin() -> dict:
    while True:
        pass


def _eat() -> dict:
    eaten = []
    while True:
        eaten.append(bytes(1 << 20))


def _eat_at_once() -> dict:
    return {"eaten": len(bytes(1 << 40))}


def _abort() -> dict:
    os.abort()


def _leave() -> dict:
    os._exit(0)


def _fail() -> dict:
    raise RuntimeError("a fault of ours")


def _recurse() -> dict:
    return _recurse()


def _no_json() -> dict:
    return {"x": object()}


def _long_answer() -> dict:
    return {"x": "a" * (80 << 20)}


def _refuse_without_template() -> dict:
    raise Refused("E_NOT_THERE")


def _print() -> dict:
    print("between the frames", flush=True)
    os.write(1, b"and past Python")
    return {"fine": True}


def _write_file() -> dict:
    with open("/tmp/intake-must-not-be-there", "wb") as file:  # noqa: PTH123, S108
        file.write(b"x")
    return {}


def _connect() -> dict:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
    return {}


def _start_program() -> dict:
    return {"status": os.system("true")}


def _environment() -> dict:
    return {"names": sorted(os.environ)}


def _limits() -> dict:
    names = ("AS", "CPU", "FSIZE", "CORE", "NPROC")
    return {name: list(resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))) for name in names}


def _modules() -> dict:
    return {"names": sorted(name for name, module in sys.modules.items() if module)}
