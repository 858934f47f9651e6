"""The table on the screen, and the same as Markdown and JSON under bench/results/."""

from __future__ import annotations

import json
import math
import os
import platform
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.results import Outcome

RESULTS = Path(__file__).resolve().parent / "results"
_PACKAGES = ("streamlit", "plotly", "dash", "pandas", "playwright", "websockets", "psutil")


def describe_machine() -> dict[str, str]:
    """What did the numbers come from? Versions, cores, load."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "不明"
    return {
        "日時": datetime.now(UTC).isoformat(timespec="seconds"),
        "Python": platform.python_version(),
        "機械": f"{platform.system()} {platform.machine()}・{os.cpu_count()}コア・開始時の負荷 {load}",
        **{name: version(name) for name in _PACKAGES},
    }


def build_markdown(outcomes: Sequence[Outcome], machine: dict[str, str], mode: str) -> str:
    """Return the whole report as Markdown."""
    goals = [
        (line.label, line.goal_text(), line.measured_text(), line.verdict())
        for outcome in outcomes
        for line in outcome.comparisons
    ]
    parts = [
        f"# 速さの比較（{mode}）",
        "・".join(f"{key} {value}" for key, value in machine.items()),
        "絶対値は機械と混み具合で変わる。比を読む。相手は同じ回に交互に測っている。",
        "**本製品の地図の描画器は自作のSVG部品、DashはPlotly。同じ描画器どうしの比較ではない。**",
        _table(("測るもの", "目標", "実測", "判定"), goals),
    ]
    for outcome in outcomes:
        parts.append(f"## {outcome.title}（{outcome.name}、{outcome.seconds:.0f}秒）")
        rows = [
            (
                one.label,
                _number(one.median, one.digits),
                _number(one.p95, one.digits),
                one.unit,
                str(len(one.values)),
            )
            for one in outcome.samples
        ]
        if rows:
            parts.append(_table(("", "中央値", "p95", "単位", "回数"), rows))
        if outcome.remarks:
            parts.append("\n".join(f"- {remark}" for remark in outcome.remarks))
    return "\n\n".join(parts) + "\n"


def write_report(outcomes: Sequence[Outcome], machine: dict[str, str], mode: str) -> list[Path]:
    """Write Markdown and JSON; return the files."""
    RESULTS.mkdir(exist_ok=True)
    stamp = "".join(c for c in machine["日時"] if c.isdigit())[:14]
    text, data = RESULTS / f"{stamp}.md", RESULTS / f"{stamp}.json"
    text.write_text(build_markdown(outcomes, machine, mode), "utf-8")
    document = {
        "machine": machine,
        "mode": mode,
        "outcomes": [
            {
                **asdict(outcome),
                "comparisons": [
                    {**asdict(line), "verdict": line.verdict()} for line in outcome.comparisons
                ],
            }
            for outcome in outcomes
        ],
    }
    data.write_text(json.dumps(_without_nan(document), ensure_ascii=False, indent=1), "utf-8")
    return [text, data]


def _without_nan(value: object) -> object:
    """JSON has no NaN; what could not be measured is null."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(one) for one in value]
    return value


def _number(value: float, digits: int) -> str:
    return "—" if math.isnan(value) else f"{value:,.{digits}f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table that is aligned on a screen with wide characters, too."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        filled = (c + " " * (w - _width(c)) for c, w in zip(cells, widths, strict=True))
        return "| " + " | ".join(filled) + " |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
