"""How long do check and preview of submitted workbooks take, and how much memory?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.plan import Budget, Plan
from bench.results import Comparison, Outcome, Samples, ratio
from bench.servers import Workshop

NAME = "intake"
_HERE = Path(__file__).resolve().parent
_ROUNDS = 5  # at most; fewer in a quick run
_SECONDS = 20.0  # for the rounds of one comparison
_UPLOADS = 50
_PUBLICATIONS = 3


class _Desk:
    """Processes over the copy of the app, with a store of their own (測定用の受付)."""

    def __init__(self, workshop: Workshop, budget: Budget) -> None:
        self._app, self._budget = workshop.app, budget
        self._folder = workshop.folder / "intake"
        self._files = self._folder / "files"
        # The app's own tables lie beside its code: a store must not come from elsewhere.
        self._environment = {
            name: text for name, text in os.environ.items() if not name.startswith("DASHBOARD_")
        } | {"PYTHONPATH": str(self._app)}

    def make_files(self) -> int:
        """Write the workbooks; return the bytes of the batch."""
        self._run("intake_files.py", str(self._files))
        self._run("intake_work.py", "options", str(self._files), "1")
        return sum(file.stat().st_size for file in (self._files / "batch").iterdir())

    def measure(self, task: str, rounds: int = 1) -> dict:
        """Return what a task of `intake_work` found."""
        seconds = str(min(_SECONDS, self._budget.left() / 8))
        return json.loads(self._run("intake_work.py", task, str(self._files), str(rounds), seconds))

    def _run(self, script: str, *arguments: str) -> str:
        store = self._folder / "store"
        shutil.rmtree(store, ignore_errors=True)
        done = subprocess.run(
            [sys.executable, "-P", str(_HERE / script), *arguments],
            cwd=self._app,
            env=self._environment | {"DASHBOARD_VAR_DIR": str(store)},
            stdout=subprocess.PIPE,
            timeout=max(30.0, self._budget.left()),
            check=True,
        )
        return done.stdout.decode()


def _compare(
    outcome: Outcome, label: str, found: dict, limit: float | None = None
) -> dict[str, Samples]:
    names = {
        "ours": f"{label}：本製品",
        "start": f"{label}：本製品（読取係の起動を含む）",
        "naive": f"{label}：素朴なopenpyxl",
    }
    samples = {
        name: Samples(names[name], "ms", tuple(times)) for name, times in found["times"].items()
    }
    outcome.samples += samples.values()
    outcome.samples += [
        Samples(f"{names[name]}、CPU時間", "ms", tuple(times))
        for name, times in found["cpu"].items()
    ]
    if limit is not None:
        for name in ("ours", "start"):
            outcome.comparisons.append(
                Comparison(
                    f"{names[name]} ÷ 素朴なopenpyxl",
                    ratio(samples[name].median, samples["naive"].median),
                    limit,
                )
            )  # fmt: skip
    return samples


def measure(workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Compare the intake with a naive loop; then large files, publishing and memory."""
    outcome = Outcome(NAME, "提出の受付（点検と公表前の確認）")
    desk = _Desk(workshop, budget)
    size = desk.make_files()
    for part in (_measure_batch, _measure_large, _measure_publishing, _measure_growth):
        if budget.spent(15):
            outcome.remarks.append("持ち時間が尽きたため、残りの測定を省いた。")
            break
        part(desk, plan, outcome)
    outcome.remarks += [
        f"47ファイル（計{size / 1e6:.1f} MB）は、様式のとおりのもの40、自作の表（結合・数式・非表示の行）7。"
        "半分に補正の要る書き方がある。",
        "本製品は、子プロセスでの読み取り・点検・業務点検・差分・KPIへの影響まで。相手は "
        "openpyxl.load_workbook と、全シートの max_row×max_column の cell().value だけ。",
        "CPU時間は親と読取係と子プロセスの合計。混んだ機械では実時間より比べやすい。",
    ]
    return outcome


def _measure_batch(desk: _Desk, plan: Plan, outcome: Outcome) -> None:
    found = desk.measure("batch", min(_ROUNDS, plan.rounds))
    _compare(outcome, "47ファイル", found, 0.25)
    verdicts = found["verdicts"]
    outcome.remarks.append(
        f"47ファイルの{found['cells']:,}セルから枠組み{found['records']}件、補正{found['repairs']}件。"
        f"受理{verdicts.count('accept')}・要確認{verdicts.count('confirm')}・"
        f"不可{verdicts.count('reject')}。"
    )


def _measure_large(desk: _Desk, plan: Plan, outcome: Outcome) -> None:
    rounds = min(_ROUNDS, plan.rounds)
    form = _compare(outcome, "様式1,741行×15列", desk.measure("large", rounds))
    _compare(outcome, "将来推計人口1,951行×7年", desk.measure("projection", rounds))
    outcome.comparisons.append(
        Comparison("様式1,741行の点検と確認", form["start"].median / 1000, 2, unit=" 秒")
    )
    for label, task in (("様式1,741行", "large"), ("将来推計人口1,951行", "projection")):
        weight = desk.measure(f"weigh-{task}")
        outcome.samples.append(
            Samples(f"{label}：子プロセスの最大メモリ", "MB", (weight["peak"],), 1)
        )
        growth = weight["peak"] - weight["empty"]
        outcome.comparisons.append(
            Comparison(f"{label}を読む間に増えるメモリ", growth, 300, unit=" MB", digits=0)
        )


def _measure_publishing(desk: _Desk, plan: Plan, outcome: Outcome) -> None:
    found = desk.measure("publish", min(_PUBLICATIONS, plan.rounds))
    outcome.samples += [
        Samples(label, "ms", tuple(found["times"][name]), digits)
        for name, label, digits in (
            ("receive", "47ファイルの受取（保管まで）", 0),
            ("check", "47ファイルの点検・保管・差分", 0),
            ("publish", f"{found['parts']}団体分の公表", 0),
            ("show", "公表した版の枠組みを読む（最初）", 1),
            ("head", "最新の版の問い合わせ", 2),
            ("kept", "公表した版の枠組みを読む（2回目から）", 3),
        )
    ]


def _measure_growth(desk: _Desk, plan: Plan, outcome: Outcome) -> None:
    found = desk.measure("grow", max(10, _UPLOADS * plan.rounds // 6))
    sizes = found["sizes"]
    # The first uploads load libraries and fill caches of fixed size.
    settled = len(sizes) // 5
    outcome.samples += [
        Samples(f"アプリのRSS、{number}回目の提出の後", "MB", (sizes[number - 1],), 1)
        for number in (settled, len(sizes))
    ]
    outcome.remarks.append(
        f"{found['bytes'] / 1e6:.1f} MBのファイルを1つの処理で{len(sizes)}回提出・点検・比較した。"
        f"{settled}回目から後に増えたRSSは{sizes[-1] - sizes[settled - 1]:+.1f} MB。"
    )
