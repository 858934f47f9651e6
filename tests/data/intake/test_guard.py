"""Every file of the corpus through the reading process: verdict, code, place, limits, values."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from data.intake import container, guard
from data.intake.child import Reader
from data.intake.refusals import REFUSALS
from domain.intake.findings import MUST_MEND, REJECT, Refused
from tests.data.intake import hostile
from tests.data.intake.hostile import CASES, Case

ROOT = Path(__file__).resolve().parents[3]
INTAKE = ROOT / "data" / "intake"
SOURCES = ("container", "guard", "cell_values", "scan", "parse", "csv_file", "child", "worker")
MEGABYTES = 1024
JAPANESE = re.compile(r"[ぁ-んァ-ン一-龥]")


@pytest.fixture(scope="module")
def sizes():
    """Return a reading process that returns sizes and values."""
    with Reader("tests.data.intake.work:read_sizes") as reader:
        yield reader


def code_of(answer: dict) -> str:
    return answer["findings"][0]["code"] if answer["verdict"] == REJECT else ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_file_of_the_corpus(case: Case, sizes: Reader):
    content = case.build()
    answer = sizes.read(content, case.file_name, {"cells": list(case.values)}, seconds=60)
    assert answer.get("seconds", 0) < 10
    assert answer.get("growth", 0) < 300 * MEGABYTES
    assert code_of(answer) == case.code
    if case.code:
        finding = answer["findings"][0]
        place = "!".join(part for part in (finding["sheet"], finding["cell"]) if part)
        assert not case.at or place == case.at
        assert finding["severity"] == MUST_MEND
        assert len(JAPANESE.findall(finding["message"])) > 10
        assert "{" not in finding["why"] + finding["mend"]
    else:
        assert answer["values"] == case.values
        assert {name: answer[name] for name in case.facts} == case.facts


def test_the_corpus_is_large_and_its_names_are_unique():
    assert len(CASES) >= 300
    assert len({case.name for case in CASES}) == len(CASES)
    assert sum(case.verdict == "read" for case in CASES) >= 80


def test_the_corpus_is_always_the_same():
    for case in (CASES[0], *CASES[40:400:25]):
        assert case.build() == case.build()


def test_every_refusal_is_reached_and_none_is_unknown():
    reached = {case.code for case in CASES if case.code}
    assert reached | set(hostile.WITHOUT_FILE) == set(REFUSALS)
    assert not reached & set(hostile.WITHOUT_FILE)


def test_every_code_in_the_source_has_a_template():
    used = set()
    for name in SOURCES:
        used |= set(re.findall(r'"(E_[A-Z0-9_]+)"', (INTAKE / f"{name}.py").read_text("utf-8")))
    assert used == set(REFUSALS)


@pytest.mark.parametrize("code", REFUSALS)
def test_templates_say_what_to_do(code):
    template = REFUSALS[code]
    assert template.severity == MUST_MEND
    assert re.fullmatch(r"|L[123]-\d\d", template.rule)
    assert template.why.endswith("。") and template.mend.endswith("。")
    assert "ください" in template.mend or template.mend == "{advice}。"


def test_guard_needs_nothing_but_the_standard_library():
    ours = {"data", "domain"}
    outside = set()
    for name in set(SOURCES) - {"parse"}:
        for node in ast.walk(ast.parse((INTAKE / f"{name}.py").read_text("utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module]
            outside |= {module.split(".")[0] for module in modules}
    import sys

    assert outside - ours <= set(sys.stdlib_module_names)


def test_sizes_of_a_file_are_those_of_the_brief():
    assert container.LARGEST_FILE == 10 << 20
    assert (container.LARGEST_PART, container.LARGEST_TOTAL) == (64 << 20, 128 << 20)
    assert (container.MOST_ROWS, container.MOST_COLUMNS, container.MOST_CELLS) == (
        20_000,
        200,
        500_000,
    )


def test_an_inspection_names_the_sheets():
    inspection = guard.inspect_file(hostile.many_sheets(3), "報告.xlsx")
    assert (inspection.kind, inspection.title) == ("xlsx", "報告")
    assert [sheet.title for sheet in inspection.sheets] == ["表1", "表2", "表3"]
    assert guard.inspect_file("都道府県\n北海道".encode(), "報告.csv").kind == "csv"


@pytest.mark.parametrize("size", [0, 1, 4, 21, 22, 23, 100])
def test_any_beginning_of_a_workbook_is_refused(size):
    with pytest.raises(Refused):
        guard.inspect_file(hostile.book()[:size], "x.xlsx")
