"""A short run of the stress command; the long one is `python -m tests.stress.crash`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.stress.crash import run

ROOT = Path(__file__).resolve().parents[3]


def test_nothing_is_lost_when_the_publisher_is_killed(url):
    figures = run(url, kills=26, seconds=120)
    assert figures.is_clean(), figures.to_text()
    assert figures.kills == 26 and figures.inside >= 13 and figures.versions >= 26


def test_the_command_says_what_it_saw():
    answer = subprocess.run(
        [sys.executable, "-m", "tests.stress.crash", "--kills", "4"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert "kills 4" in answer.stdout and "lost 0, half 0, problems 0" in answer.stdout
