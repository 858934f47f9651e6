"""A scenario that can be written down, sent and worked out again to the same numbers (シナリオ)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.simulation.assumptions import Assumptions
from domain.simulation.levers import Choice
from domain.simulation.names import LEVERS

# Raised whenever the same scenario would give other numbers than before.
MODEL_VERSION = 1
LONGEST_NAME = 30
FIRST_START, LAST_START = 2026, 2040


@dataclass(frozen=True)
class Scenario:
    """A choice of levers and what is assumed otherwise than usual. changed : name → value."""

    name: str
    choice: Choice
    changed: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self, data_version: str) -> dict[str, object]:
        """Return what is written down. data_version : of the data it was worked out with."""
        return {
            "様式": "将来シミュレーションのシナリオ",
            "名前": self.name,
            "手段": self.choice.by_code(),
            "開始年": self.choice.start,
            "前提の変更": dict(sorted(self.changed.items())),
            "計算の版": MODEL_VERSION,
            "データの版": data_version,
        }

    def to_json(self, data_version: str) -> str:
        """Return the scenario as a file, with the mark that its charts carry."""
        content = self.to_dict(data_version)
        return json.dumps(content | {"照合": self.mark(data_version)}, ensure_ascii=False, indent=2)

    def mark(self, data_version: str) -> str:
        """Return eight digits that differ when anything but the name differs (照合)."""
        content = {k: v for k, v in self.to_dict(data_version).items() if k != "名前"}
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Opened:
    """A scenario from a file, and in Japanese what to know before comparing it."""

    scenario: Scenario
    warnings: tuple[str, ...]


def read_scenario(content: object, data_version: str) -> Opened:
    """Read a scenario that was written down. content : from JSON.

    Raises ValueError with a Japanese message that says what is wrong and how to mend it.
    """
    if not isinstance(content, dict) or "手段" not in content:
        raise ValueError(
            "シナリオのファイルではありません。この画面の「保存」で作ったファイルを選んでください。"
        )
    levers = content["手段"]
    if not isinstance(levers, dict):
        raise ValueError(
            "「手段」の書き方が違います。保存したときのままのファイルを選んでください。"
        )
    if unknown := sorted(set(levers) - set(LEVERS)):
        raise ValueError(
            f"「{unknown[0]}」という手段はありません。使えるのは {'・'.join(LEVERS)} です。"
        )
    values = {code: _number(levers[code], f"手段 {code}") for code in levers}
    start = content.get("開始年", FIRST_START)
    if (
        not isinstance(start, int)
        or isinstance(start, bool)
        or not FIRST_START <= start <= LAST_START
    ):
        raise ValueError(
            f"開始年は{FIRST_START}から{LAST_START}までの整数にしてください（{start}）。"
        )
    changed = content.get("前提の変更", {})
    if not isinstance(changed, dict):
        raise ValueError("「前提の変更」の書き方が違います。ID と数の組にしてください。")
    known = Assumptions.__dataclass_fields__
    for name in changed:
        if name not in known:
            raise ValueError(
                f"「{name}」という前提はありません。前提の一覧の ID を使ってください。"
            )
    numbers = {str(name): _number(value, f"前提 {name}") for name, value in changed.items()}
    name = str(content.get("名前", ""))[:LONGEST_NAME]
    scenario = Scenario(name, Choice.of_codes(values, start=start), numbers)
    warnings = []
    if content.get("計算の版") != MODEL_VERSION:
        warnings.append("別の版の計算で作られたシナリオです。同じ数にはなりません。")
    if content.get("データの版") != data_version:
        warnings.append("別のデータで作られたシナリオです。同じ数になるとは限りません。")
    return Opened(scenario, tuple(warnings))


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{name} の値が数ではありません（{value}）。数を書いてください。")
    return float(value)


def write_query(scenario: Scenario) -> dict[str, str]:
    """Return the scenario as parts of an address, levers in percent; what is usual is left out."""
    parts = {
        f"lever-{code}": f"{100 * v:.10g}" for code, v in scenario.choice.by_code().items() if v
    }
    if scenario.choice.start != FIRST_START:
        parts["start"] = str(scenario.choice.start)
    return parts | {f"set-{name}": repr(value) for name, value in sorted(scenario.changed.items())}


def read_query(query: Mapping[str, str], name: str = "") -> Scenario:
    """Return the scenario of an address; what cannot be read is taken as usual."""
    values, changed, start = {}, {}, FIRST_START
    for key, text in query.items():
        kind, _, what = key.partition("-")
        try:
            number = float(text)
        except ValueError:
            continue
        if not math.isfinite(number):
            continue
        if kind == "lever" and what in LEVERS and 0 <= number <= 100:
            values[what] = number / 100
        elif kind == "set" and what in Assumptions.__dataclass_fields__:
            changed[what] = number
        elif key == "start" and FIRST_START <= number <= LAST_START:
            start = int(number)
    return Scenario(name, Choice.of_codes(values, start=start), changed)
