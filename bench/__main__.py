"""`python -m bench`: measure, print one table of ratios, write it under bench/results/."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from types import ModuleType

from bench import (
    bytes_sent,
    capacity,
    cpu,
    first_paint,
    intake,
    judgement,
    memory,
    page_switch,
    repaint,
)
from bench.plan import FULL, QUICK, Budget, Plan
from bench.report import build_markdown, describe_machine, write_report
from bench.results import Outcome
from bench.servers import Workshop, open_workshop

# In this order the short and most wanted ones come first, should the time run out.
MEASUREMENTS = {
    module.NAME: module
    for module in (
        repaint,
        bytes_sent,
        cpu,
        first_paint,
        page_switch,
        judgement,
        capacity,
        memory,
        intake,
    )  # fmt: skip
}


def run_one(module: ModuleType, workshop: Workshop, plan: Plan, budget: Budget) -> Outcome:
    """Run one measurement; a failure is reported in its place and stops nothing else."""
    print(f"測っています：{module.NAME}…", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        outcome = module.measure(workshop, plan, budget)
    except Exception as error:  # one broken peer must not cost the other numbers
        traceback.print_exc()
        outcome = Outcome(
            module.NAME, "測れませんでした", remarks=[f"{type(error).__name__}: {error}"]
        )
    outcome.seconds = time.monotonic() - start
    return outcome


def main() -> int:
    """Read the command line and run the measurements."""
    parser = argparse.ArgumentParser(prog="python run.py bench", description="速さの比較")
    parser.add_argument("--quick", action="store_true", help="回数を減らす（3分以内）")
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, metavar="NAME",
                        help="一つだけ測る（繰り返せる）: " + "、".join(MEASUREMENTS))  # fmt: skip
    options = parser.parse_args()
    plan = QUICK if options.quick else FULL
    budget = Budget(plan.limit)
    machine = describe_machine()
    outcomes = []
    with open_workshop() as workshop:
        for name in options.only or MEASUREMENTS:
            if budget.spent(15):
                outcomes.append(Outcome(name, "測れませんでした", remarks=["持ち時間が尽きた。"]))
                continue
            outcomes.append(run_one(MEASUREMENTS[name], workshop, plan, budget))
    mode = "簡略" if options.quick else "全部"
    print(build_markdown(outcomes, machine, mode))
    for file in write_report(outcomes, machine, mode):
        print(f"保存しました：{file.relative_to(file.parents[2])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
