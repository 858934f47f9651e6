"""What the benchmark of the intake measures, over the copy of the app it runs in (受付の測定).

`python -P intake_work.py TASK FOLDER [ROUNDS [SECONDS]]`, in a process of its own whose working
directory is that copy, prints one line of JSON.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from data.intake.child import Reader

# The rest of the app is imported where it is used: `weigh` needs a process that is small, because
# a new process counts with the size of the one that starts it.

Times = dict[str, list[float]]


def take_turns(
    works: dict[str, Callable[[], object]], rounds: int, seconds: float
) -> tuple[Times, Times]:
    """Run the works in turn, after a round that is not counted; return ms and CPU ms of each."""
    times: Times = {name: [] for name in works}
    cpu: Times = {name: [] for name in works}
    end = time.monotonic() + seconds
    for number in range(rounds + 1):
        for name, work in works.items():
            gc.collect()  # what one side has left behind is not the next one's
            used, start = cpu_seconds(), time.perf_counter()
            work()
            if number:
                times[name].append(1000 * (time.perf_counter() - start))
                cpu[name].append(1000 * (cpu_seconds() - used))
        if number and time.monotonic() > end:
            break
    return times, cpu


def cpu_seconds() -> float:
    """How much CPU time have this process and its children used, ended ones included?"""
    own = psutil.Process()
    return sum(sum(process.cpu_times()[:4]) for process in (own, *own.children()))


def read_naively(files: list[Path]) -> int:
    """Open each workbook with openpyxl and ask for every cell; return their number."""
    import openpyxl

    cells = 0
    for file in files:
        book = openpyxl.load_workbook(file)
        for sheet in book.worksheets:
            for row in range(1, sheet.max_row + 1):
                for column in range(1, sheet.max_column + 1):
                    _ = sheet.cell(row, column).value
                    cells += 1
    return cells


def preview(reader: Reader, files: list[Path]):
    """Check the files and compare them with what stands published, as the reception does."""
    from data.intake import service
    from data.store.store import Store

    context = service.make_context(Store.open(), datetime.now(UTC))
    contents = ((file.name, file.read_bytes()) for file in files)
    answers = service.read_files(reader, contents, context)
    return service.combine([service.make_report(one, context) for one in answers], context)


def compare(files: list[Path], rounds: int, seconds: float) -> dict:
    """Check and preview of files against the naive loop over the same cells."""

    def start_and_preview() -> None:
        with Reader() as fresh:
            preview(fresh, files)

    with Reader() as reader:
        times, cpu = take_turns(
            {
                "ours": lambda: preview(reader, files),
                "start": start_and_preview,
                "naive": lambda: read_naively(files),
            },
            rounds,
            seconds,
        )
        reports = preview(reader, files).reports
    return {
        "times": times,
        "cpu": cpu,
        "cells": read_naively(files),
        "records": sum(len(report.records) for report in reports),
        "repairs": sum(len(report.repairs) for report in reports),
        "verdicts": [report.verdict for report in reports],
    }


def publish(files: list[Path], rounds: int) -> dict:
    """What does it take to publish all files as one version, and to show the new version?"""
    from data import loaders
    from data.intake import service
    from data.store.store import Store
    from domain.intake import form

    store = Store.open()
    times: Times = {name: [] for name in ("receive", "check", "publish", "show", "head", "kept")}

    def lap(name: str, work: Callable, *arguments: object):
        start = time.perf_counter()
        done = work(*arguments)
        times[name].append(1000 * (time.perf_counter() - start))
        return done

    def check(draft: str):
        service.recheck(store, reader, draft, datetime.now(UTC))
        return service.load_submission(store, draft, datetime.now(UTC))

    def make_version(draft: str, submission: service.Submission) -> None:
        service.publish_draft(
            store, draft, submission, release=form.FINAL, reason="測定", approver="測定",
            now=datetime.now(UTC),
        )  # fmt: skip

    contents = [(file.name, file.read_bytes()) for file in files]
    with Reader() as reader:
        for number in range(rounds):
            draft = lap("receive", store.receive, contents, "測定", datetime.now(UTC))
            # Another 時点 each time: what stands already is not published again.
            choices = service.Choices(as_of=f"2026-10-{number + 1:02d}")
            store.save_choices(draft, choices.to_dict(), datetime.now(UTC))
            submission = lap("check", check, draft)
            ticked = replace(choices, confirmed=frozenset(submission.questions()))
            store.save_choices(draft, ticked.to_dict(), datetime.now(UTC))
            lap("publish", make_version, draft, submission)
            loaders.forget_head()
            lap("show", loaders.load_frameworks)
            for _ in range(20):
                loaders.forget_head()
                lap("head", loaders.current_view)
                lap("kept", loaders.load_frameworks)
    return {"times": times, "parts": len(store.version(1).parts)}


def grow(file: Path, uploads: int) -> dict:
    """How large is the app's own process after each of many submissions of a file?"""
    from data.intake import service
    from data.store.store import Store

    store, content = Store.open(), file.read_bytes()
    sizes = []
    with Reader() as reader:
        for _ in range(uploads):
            draft = store.receive([(file.name, content)], "測定", datetime.now(UTC))
            service.recheck(store, reader, draft, datetime.now(UTC))
            service.load_submission(store, draft, datetime.now(UTC))
            gc.collect()
            sizes.append(psutil.Process().memory_info().rss / 1e6)
    return {"sizes": sizes, "bytes": len(content)}


def weigh(file: Path) -> dict:
    """What is the most memory a child held for a file, and for one it refuses at once?"""
    options = json.loads((file.parent / "options.json").read_text("utf-8"))

    def peak(content: bytes) -> float:
        with Reader() as reader:
            reader.read(content, file.name, options, seconds=60)
        # The largest of all ended descendants, so the larger file comes last.
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6

    return {"empty": peak(b"MZ"), "peak": peak(file.read_bytes())}


def write_options(folder: Path) -> None:
    """Keep what a child is told besides the file, for `weigh`."""
    from data.paths import data_root
    from data.read import read_prefectures
    from data.schema import TABLE_BY_NAME

    options = {
        "places": [asdict(place) for place in read_prefectures(data_root())],
        "municipalities": str(data_root() / TABLE_BY_NAME["municipalities"].path),
    }
    (folder / "options.json").write_text(json.dumps(options), "utf-8")


def main() -> None:
    """Do the task named on the command line and print what was found."""
    task, folder, *numbers = sys.argv[1:]
    rounds, seconds = (int(numbers[0]), float(numbers[1])) if len(numbers) > 1 else (1, 60.0)
    batch = sorted(Path(folder, "batch").glob("*.xlsx"))
    large, projection = Path(folder, "large.xlsx"), Path(folder, "projection.xlsx")
    tasks: dict[str, Callable[[], dict | None]] = {
        "options": lambda: write_options(Path(folder)),
        "batch": lambda: compare(batch, rounds, seconds),
        "large": lambda: compare([large], rounds, seconds),
        "projection": lambda: compare([projection], rounds, seconds),
        "publish": lambda: publish(batch, rounds),
        "grow": lambda: grow(Path(folder, "picture.xlsx"), rounds),
        "weigh-large": lambda: weigh(large),
        "weigh-projection": lambda: weigh(projection),
    }
    print(json.dumps(tasks[task]()))


if __name__ == "__main__":
    main()
