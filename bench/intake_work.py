"""What the benchmark of the intake measures, over the copy of the app it runs in (受付の測定).

`python -P intake_work.py TASK FOLDER ROUNDS [SECONDS]`, in a process of its own, prints one line
of JSON. Apart from `weigh` it is the process of a page: tables, store and libraries are loaded.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

Times = dict[str, list[float]]


def take_turns(
    works: dict[str, Callable[[], object]], rounds: int, seconds: float = 60
) -> Times:
    """Run the works in turn, after one round that is not counted; return ms of each run."""
    times: Times = {name: [] for name in works}
    end = time.monotonic() + seconds
    for number in range(rounds + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if number:
                times[name].append(1000 * (time.perf_counter() - start))
        if number and time.monotonic() > end:
            break
    return times


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


def _now():
    from datetime import UTC, datetime

    return datetime.now(UTC)


def preview(reader, files: list[Path]):
    """Check the files and compare them with what stands published, as the reception does."""
    from data.intake import service
    from data.store.store import Store

    context = service.make_context(Store.open(), _now())
    answers = [
        service.read_file(reader, file.name, file.read_bytes(), context) for file in files
    ]
    return service.combine([service.make_report(one, context) for one in answers], context)


def compare(files: list[Path], rounds: int, seconds: float, with_start: bool) -> dict:
    """Check and preview of files against the naive loop over the same cells."""
    from data.intake.child import Reader

    with Reader() as reader:

        def start_and_preview() -> None:
            with Reader() as fresh:
                preview(fresh, files)

        works = {"naive": lambda: read_naively(files), "ours": lambda: preview(reader, files)}
        if with_start:
            works["start"] = start_and_preview
        times = take_turns(works, rounds, seconds)
        seen = preview(reader, files)
    return {
        "times": times,
        "cells": read_naively(files),
        "records": sum(len(report.records) for report in seen.reports),
        "repairs": sum(len(report.repairs) for report in seen.reports),
        "verdicts": [report.verdict for report in seen.reports],
        "kinds": [len(report.findings) for report in seen.reports],
    }


def publish(files: list[Path], rounds: int) -> dict:
    """What it takes to publish all files as one version, and to show the new version."""
    from data import loaders
    from data.intake import service
    from data.intake.child import Reader
    from data.store.store import Store
    from domain.intake import form

    store = Store.open()
    times: Times = {name: [] for name in ("receive", "check", "publish", "show", "head", "kept")}

    def lap(name: str, work: Callable):
        start = time.perf_counter()
        done = work()
        times[name].append(1000 * (time.perf_counter() - start))
        return done

    with Reader() as reader:
        for number in range(rounds):
            # Not the same twice: an unchanged part is not published again.
            release = form.RELEASES[number % 2]
            contents = [(file.name, file.read_bytes()) for file in files]
            draft = lap("receive", lambda: store.receive(contents, "測定", _now()))

            def check(draft: str = draft):
                service.recheck(store, reader, draft, _now())
                return service.load_submission(store, draft, _now())

            submission = lap("check", check)
            ticked = service.Choices(confirmed=frozenset(submission.questions()))
            store.save_choices(draft, ticked.to_dict(), _now())
            if not submission.parts:
                raise RuntimeError("nothing to publish")
            lap(
                "publish",
                lambda: service.publish_draft(
                    store, draft, submission, release=release, reason=f"測定{number}",
                    approver="測定", now=_now(),
                ),
            )  # fmt: skip
            loaders.forget_head()
            lap("show", loaders.load_frameworks)
            for _ in range(20):
                loaders.forget_head()
                lap("head", loaders.current_view)
                lap("kept", loaders.load_frameworks)
    parts = len(store.version(store.head()).parts)
    return {"times": times, "parts": parts}


def grow(file: Path, uploads: int) -> dict:
    """By how much does the app's own process grow while files are handed in?"""
    import gc

    import psutil
    from data.intake import service
    from data.intake.child import Reader
    from data.store.store import Store

    store, content = Store.open(), file.read_bytes()
    process = psutil.Process()
    sizes = []
    with Reader() as reader:
        for _ in range(uploads):
            draft = store.receive([(file.name, content)], "測定", _now())
            service.recheck(store, reader, draft, _now())
            service.load_submission(store, draft, _now())
            gc.collect()
            sizes.append(process.memory_info().rss / 1e6)
    return {"sizes": sizes, "bytes": len(content)}


def weigh(file: Path, seconds: float = 60) -> dict:
    """What is the most memory a child held for a file, and what before it read anything?

    Imports nothing that is large: a process begins with the size of the one that started it.
    """
    import resource

    from data.intake.child import Reader

    options = json.loads((file.parent / "options.json").read_text("utf-8"))

    def peak(content: bytes) -> float:
        with Reader() as reader:
            reader.read(content, file.name, options, seconds)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6

    # The second is the larger one; a file of two letters is refused at once.
    return {"empty": peak(b"MZ"), "peak": peak(file.read_bytes())}


def write_options(folder: Path) -> None:
    """Keep what a child is told besides the file, for `weigh`."""
    from dataclasses import asdict

    from data.paths import data_root
    from data.read import read_prefectures
    from data.schema import TABLE_BY_NAME

    options = {
        "places": [asdict(place) for place in read_prefectures(data_root())],
        "municipalities": str(data_root() / TABLE_BY_NAME["municipalities"].path),
    }
    (folder / "options.json").write_text(json.dumps(options), "utf-8")


def main() -> None:
    """Do the task named on the command line and print what was measured."""
    task, folder, rounds, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), 0.0
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 60.0
    batch = sorted((folder / "batch").glob("*.xlsx"))
    tasks: dict[str, Callable[[], dict | None]] = {
        "options": lambda: write_options(folder),
        "batch": lambda: compare(batch, rounds, seconds, True),
        "large": lambda: compare([folder / "large.xlsx"], rounds, seconds, False),
        "projection": lambda: compare([folder / "projection.xlsx"], rounds, seconds, False),
        "publish": lambda: publish(batch, rounds),
        "grow": lambda: grow(folder / "picture.xlsx", rounds),
        "weigh-large": lambda: weigh(folder / "large.xlsx"),
        "weigh-projection": lambda: weigh(folder / "projection.xlsx"),
    }
    print(json.dumps(tasks[task]()))


if __name__ == "__main__":
    main()
