"""How machine-readable is a file, level by level? (機械可読性の点)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.intake.findings import CONFIRM, MUST_MEND, NOTE, Finding

LEVELS = ("L1", "L2", "L3")


@dataclass(frozen=True)
class Score:
    """One level. lost : (rule, severity, points) once a rule, its worst finding."""

    level: str
    value: int
    lost: tuple[tuple[str, str, int], ...]

    def formula(self) -> str:
        """Return the calculation as it is shown: 100 − 10（L1-12）− 2（L1-04）＝ 88."""
        if not self.lost:
            return "100（減点なし）"
        parts = " ".join(f"−{points}（{rule}）" for rule, _, points in self.lost)
        return f"100 {parts} ＝ {self.value}"


def compute_scores(
    findings: Sequence[Finding], weights: Mapping[tuple[str, str], float], *, fatal: bool = False
) -> list[Score]:
    """What are the three scores of a file?

    Parameters
    ----------
    weights : (level, severity) → points lost once for every rule that is broken.
    fatal : the file could not be read at all; every level is 0 then.

    Source: 100 minus deductions; parameters/score_weights.csv, which are not official.
    """
    scores = []
    for level in LEVELS:
        worst: dict[str, str] = {}
        for severity in (NOTE, CONFIRM, MUST_MEND):
            for finding in findings:
                if finding.severity == severity and finding.rule.startswith(level):
                    worst[finding.rule] = severity
        lost = tuple(
            (rule, severity, int(weights[level, severity]))
            for rule, severity in sorted(worst.items())
        )
        value = 0 if fatal else max(0, 100 - sum(points for _, _, points in lost))
        scores.append(Score(level, value, lost))
    return scores
