"""Assumptions live in files: complete, within their range, used, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

from data import read
from data.paths import data_root

ROOT = Path(__file__).resolve().parent.parent
ROWS = read.read_table("parameters", data_root()).to_dict("records")
SOURCE = "\n".join(
    path.read_text(encoding="utf-8")
    for layer in ("domain", "components", "pages", "data")
    for path in (ROOT / layer).rglob("*.py")
)


def test_every_parameter_is_complete_and_within_its_range():
    for row in ROWS:
        assert row["unit"] and row["kind"] and row["source"] and row["used_in"] and row["note"]
        assert row["low"] <= row["value"] <= row["high"], row["key"]
    assert len({row["key"] for row in ROWS}) == len(ROWS)


def test_every_parameter_is_used():
    unused = [row["key"] for row in ROWS if f'"{row["key"]}"' not in SOURCE]
    assert not unused


def test_no_number_of_the_document_stands_in_code():
    """28, 811, 1,375 … are read from the facts; a copy in code would go stale."""
    facts = read.read_facts(data_root())
    numbers = {f"{fact.value:g}" for fact in facts.values() if fact.value and fact.value > 100}
    code = re.sub(r'""".*?"""', "", SOURCE, flags=re.S)
    code = re.sub(r"#.*", "", code)
    found = {
        number for number in numbers if re.search(rf"(?<![\d.#a-fA-F]){number}(?![\d.px%])", code)
    }
    # 480 and the like are layout; what remains must be none of the document's numbers.
    assert not found & {"811", "720", "1375", "11929", "169", "1070", "1479", "1456"}
