"""One received file → what it says. Runs in the child process that may be killed (読み取り).

Nothing here is imported by the pages: they talk to the child through `data.intake.child`.
"""

from __future__ import annotations

import base64
import csv
import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from data.intake import guard, parse
from data.intake.refusals import refusal_answer
from domain.intake.findings import Finding, Refused
from domain.intake.grid import Workbook
from domain.intake.normalise import own_text
from domain.intake.reading import Options, read_workbook
from domain.places import Prefecture

# How much of a sheet is shown beside what was read from it.
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 200, 50, 200


def check_content(content: bytes, file_name: str, options: dict) -> dict:
    """What is in the file, what was repaired, and what must be mended?

    Parameters
    ----------
    options : places (list of the fields of Prefecture), municipalities (path of the table of
        codes), declined (keys of repairs), as_of (canonical text or "").

    Returns
    -------
    dict ready for JSON: file, sha256, findings, repairs, records, cover, found, grid (the first
    rows of every sheet as texts), or the answer of a refusal.
    """
    try:
        inspection = guard.inspect_file(content, file_name)
        workbook = parse.parse_workbook(content, inspection)
        reading = read_workbook(
            workbook,
            Options(
                {row["code"]: Prefecture(**row) for row in options["places"]},
                _Municipalities(options.get("municipalities", "")),
                frozenset(options.get("declined", ())),
                options.get("as_of", ""),
            ),
        )
    except Refused as refused:
        return refusal_answer(refused, file_name, content)
    return {
        "file": file_name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "refused": False,
        "kind": workbook.kind,
        # As their `to_dict`, which would copy every text of a large table first.
        "findings": [vars(one) | {"message": one.to_text()} for one in reading.findings],
        "repairs": [vars(one) | {"key": one.key()} for one in reading.repairs],
        "records": [vars(one) for one in reading.records],
        "cover": reading.cover,
        "found": reading.found,
        "grid": _grid(workbook),
    }


def mark_content(content: bytes, file_name: str, options: dict) -> dict:
    """Return the file with the remarks in it, for the same process with limits.

    options : findings, as `Finding.to_dict` gives them.  The answer has `content` in Base64.
    """
    # Late: checking, which is what the process mostly does, starts without it.
    from data.intake.remarks import RemarksError, write_remarks

    findings = [
        Finding(**{name: text for name, text in row.items() if name != "message"})
        for row in options["findings"]
    ]
    try:
        guard.inspect_file(content, file_name)
        marked = write_remarks(content, findings)
    except Refused as refused:
        return refusal_answer(refused, file_name, content)
    except RemarksError as error:
        return {"error": str(error)}
    return {"content": base64.b64encode(marked).decode("ascii")}


class _Municipalities(Mapping[str, str]):
    """Code → name, read from a table when first asked for: only official workbooks ask."""

    def __init__(self, path: str) -> None:
        self._path = path

    @cached_property
    def _names(self) -> dict[str, str]:
        if not self._path:
            return {}
        with Path(self._path).open(encoding="utf-8-sig", newline="") as file:
            return {
                row["code5"]: row["name"]
                for row in csv.DictReader(file)
                if row["northern_territories"] != "1"
            }

    def __getitem__(self, code: str) -> str:
        return self._names[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _grid(workbook: Workbook) -> list[dict]:
    return [
        {
            "title": sheet.title,
            "rows": [
                [own_text(value)[:MOST_CHARACTERS] for value in row[:MOST_COLUMNS]]
                for row in sheet.rows[:MOST_ROWS]
            ],
            "merges": [list(merge) for merge in sheet.merges if merge[0] < MOST_ROWS],
            "hidden_rows": sorted(row for row in sheet.hidden_rows if row < MOST_ROWS),
            "total_rows": len(sheet.rows),
        }
        for sheet in workbook.sheets
    ]
