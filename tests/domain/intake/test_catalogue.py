"""Every code has a template, every template a place that uses it, and all read alike."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from domain.intake import normalise, official
from domain.intake.catalogue import REPAIR_CODES, TEMPLATES
from domain.intake.findings import CONFIRM, MUST_MEND, NOTE, make_finding, shorten

ROOT = Path(__file__).resolve().parents[3]
FILES = [
    *(ROOT / "domain" / "intake" / f"{name}.py" for name in ("reading", "rules", "normalise", "tables")),
    ROOT / "data" / "intake" / "service.py",
]  # fmt: skip
CODE = re.compile(r"[ECN]_[A-Z0-9_]+")


def codes_in(path: Path) -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }


def test_codes_and_templates_are_the_same():
    used = set().union(*map(codes_in, FILES)) | set(REPAIR_CODES.values())
    assert used == set(TEMPLATES)


def test_every_repair_is_said_as_a_finding_under_its_rule():
    assert set(REPAIR_CODES) == set(normalise.RULES) - {normalise.EXTRACTED}
    for kind, code in REPAIR_CODES.items():
        assert TEMPLATES[code].rule == normalise.RULES[kind]
        assert TEMPLATES[code].severity == NOTE


def test_the_first_letter_is_the_severity():
    for code, template in (TEMPLATES | official.TEMPLATES).items():
        assert {"E": MUST_MEND, "C": CONFIRM, "N": NOTE}[code[0]] == template.severity, code


def names_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(TEMPLATES))
def test_a_finding_reads_place_value_why_mend_code(code):
    template = TEMPLATES[code]
    details = {name: 1 for name in names_of(template.why + template.mend) if name != "label"}
    finding = make_finding(TEMPLATES, code, "表", "H2", "R7.13", "設置年月", **details)
    text = finding.to_text()
    assert text.startswith("表!H2（設置年月）：「R7.13」：")
    assert " → " in text and text.rsplit("[", 1)[1].rstrip("]").split("｜")[0] == code
    assert re.search(r"[ぁ-ん]", finding.why) and re.search(r"[ぁ-ん]", finding.mend)


def test_equal_findings_are_one_question_and_others_are_not():
    one = make_finding(TEMPLATES, "C_NO_DATE", "表", "H2")
    same = make_finding(TEMPLATES, "C_NO_DATE", "表", "H9")
    other = make_finding(TEMPLATES, "C_EXPIRED", "表", "H2", today="2026-11-23")
    assert one.question() == same.question() != other.question()


def test_values_are_shown_on_one_line_without_control_characters():
    assert shorten("あ\n\tい\x00\x1bう") == "あ い う"
    assert len(shorten("長" * 500)) == 60
