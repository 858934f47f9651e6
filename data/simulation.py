"""What the simulation starts from, read and checked (将来シミュレーションの元データ)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from data.read import read_rules, read_table, read_tasks
from data.schema import TABLE_BY_NAME
from domain.issues import DataFileError, Issue
from domain.measure_rules import GOOD, SOME, STRONG, judge
from domain.simulation.assumptions import Assumptions, Range, central
from domain.simulation.names import ABOLISH
from domain.simulation.simulator import Prepared, Simulator
from domain.simulation.workload import Kind, Line, Sector, Workload, build_processes
from domain.simulation.world import YEARS, World, interpolate, make_drivers, share_out_ages

# Staff is known until this year; it stands for the base year (仮定).
STAFF_YEAR = 2024
_SIZE_YEAR, _AGE_YEAR = 2020, 2050


def read_ranges(root: Path) -> dict[str, Range]:
    """Read unit, range and source of every assumption. A range upside down is a fault."""
    table = TABLE_BY_NAME["simulation"]
    found, issues = {}, []
    for line, row in enumerate(read_table("simulation", root).to_dict("records"), 2):
        one = Range(row["key"], row["label_ja"], row["unit"], row["low"], row["value"],
                    row["high"], row["kind"], row["source"], row["note"])  # fmt: skip
        if one.name not in Assumptions.__dataclass_fields__:
            issues.append(Issue(table.path, f"「{one.name}」という前提は計算にありません。",
                                "ID の綴りを確かめてください。", line, "key"))  # fmt: skip
        elif not one.low <= one.central <= one.high:
            issues.append(Issue(table.path, f"「{one.label}」の値が下限と上限の間にありません。",
                                "下限 ≦ 値 ≦ 上限 にしてください。", line, "value"))  # fmt: skip
        found[one.name] = one
    for name in Assumptions.__dataclass_fields__:
        if name not in found:
            issues.append(Issue(table.path, f"前提「{name}」がありません。",
                                "この ID の行を書き足してください。"))  # fmt: skip
    if issues:
        raise DataFileError(issues)
    return found


def read_workload(root: Path) -> Workload:
    """Read how fields and sectors are divided into processes. Shares that do not fit are faults."""
    lines = tuple(
        Line(row["line_code"], row["name"], tuple(row["sector_codes"].split(";")),
             None if pd.isna(row["share"]) else row["share"], row["driver"],
             row["fixed_residents"], row["skill"])
        for row in read_table("simulation_lines", root).to_dict("records")
    )  # fmt: skip
    sectors = {
        row["sector_code"]: Sector(row["sector_code"], row["value"], bool(int(row["is_general"])))
        for name in ("staff_by_sector", "water_staff")
        for row in read_table(name, root).to_dict("records")
    }
    kinds = {
        row["process_code"]: Kind(*(row[name] for name in (
            "process_code", "name", "routine", "onsite", "expert", "local", "partners", "power")))
        for row in read_table("process_kinds", root).to_dict("records")
    }  # fmt: skip
    templates: dict[str, dict[str, float]] = defaultdict(dict)
    for row in read_table("process_templates", root).to_dict("records"):
        templates[row["nature"]][row["process_code"]] = row["share"]
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for row in read_table("simulation_scores", root).to_dict("records"):
        scores[row["scale"]][row["word"]] = row["value"]
    issues = []
    for line in lines:
        for code in line.sectors:
            if code not in sectors:
                issues.append(Issue(TABLE_BY_NAME["simulation_lines"].path,
                                    f"「{line.name}」の部門「{code}」は部門の表にありません。",
                                    "部門コードを確かめてください。"))  # fmt: skip
    for nature, shares in templates.items():
        if abs(sum(shares.values()) - 1) > 1e-9:
            issues.append(Issue(TABLE_BY_NAME["process_templates"].path,
                                f"性質「{nature}」の割合の合計が1になりません（{sum(shares.values()):g}）。",
                                "合計が1になるように直してください。"))  # fmt: skip
        issues += [
            Issue(TABLE_BY_NAME["process_templates"].path,
                  f"プロセス「{code}」は種類の表にありません。", "プロセスコードを確かめてください。")
            for code in shares
            if code not in kinds
        ]  # fmt: skip
    if issues:
        raise DataFileError(issues)
    return Workload(lines, sectors, kinds, dict(templates), dict(scores))


def read_world(root: Path) -> World:
    """Read the bundled world: cells of prefecture × population class, every year to 2050."""
    classes = read_table("population_by_class", root)
    prefectures = read_table("population", root)
    staff = read_table("staff", root)
    codes = sorted(prefectures["pref_code"].unique())
    keys = classes[["pref_code", "population_class", "municipalities"]].drop_duplicates()
    index = pd.MultiIndex.from_frame(keys[["pref_code", "population_class"]])
    total = (
        classes[classes["age_group"] == "total"]
        .pivot(index=["pref_code", "population_class"], columns="year", values="value")
        .loc[index]
    )
    working = classes[(classes["age_group"] == "15-64") & (classes["year"] == _AGE_YEAR)]
    working = working.set_index(["pref_code", "population_class"])["value"].loc[index].to_numpy()
    people = interpolate(list(total.columns), total.to_numpy(dtype=float), YEARS)
    ages = {
        name: interpolate(
            list(table.columns), table.loc[codes].to_numpy(dtype=float), YEARS
        )
        for name, table in (
            (age, prefectures[prefectures["age_group"] == age].pivot(
                index="pref_code", columns="year", values="value"))
            for age in ("0-14", "15-64", "65+")
        )
    }  # fmt: skip
    prefecture = np.array([codes.index(code) for code in keys["pref_code"]])
    last = total[_AGE_YEAR].to_numpy(dtype=float)
    share = np.divide(working, last, out=np.zeros_like(last), where=last > 0)
    by_age = share_out_ages(people, share, prefecture, ages)
    members = keys["municipalities"].to_numpy(dtype=float)
    size = total[_SIZE_YEAR].to_numpy(dtype=float) / members
    known = staff[staff["year"] == STAFF_YEAR].set_index(["employer", "pref_code"])["value"]
    return World(
        tuple(f"{row.pref_code}-{row.population_class}" for row in keys.itertuples()),
        prefecture, tuple(keys["population_class"]), members, size, YEARS,
        make_drivers(people, by_age, size, members), by_age["15-64"],
        known.loc["市町村"].loc[codes].to_numpy(dtype=float),
        known.loc["都道府県"].loc[codes].to_numpy(dtype=float),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Inputs:
    """All that the simulation starts from. assumptions : every range at its central value."""

    simulator: Simulator
    ranges: dict[str, Range]
    assumptions: Assumptions

    @cached_property
    def prepared(self) -> Prepared:
        """Made ready under the assumptions, for every year."""
        return self.simulator.prepare(self.assumptions)


# The tables that a change of the simulation may come from.
TABLES = (
    "simulation", "simulation_lines", "simulation_scores", "process_kinds", "process_templates",
    "staff_by_sector", "water_staff", "population", "population_by_class", "staff", "tasks",
    "task_vehicles", "task_evidence", "measure_rules", "parameters",
)  # fmt: skip


def read_inputs(root: Path) -> Inputs:
    """Read world, work and assumptions; how far work may be dropped follows from the rules."""
    world, workload, ranges = read_world(root), read_workload(root), read_ranges(root)
    tasks, rules = read_tasks(root), read_rules(root)
    points = {row["key"]: row["value"] for row in read_table("parameters", root).to_dict("records")}
    thresholds = {
        STRONG: points["measures.strong"], GOOD: points["measures.good"],
        SOME: points["measures.some"],
    }  # fmt: skip
    fits = {
        task_id: judge(task.facts(), rules, thresholds)[ABOLISH].fit
        for task_id, task in tasks.items()
    }
    work = build_processes([*tasks.values()], fits, workload, world.staff.sum())
    return Inputs(Simulator(world, work), ranges, central(ranges))


def read_figures(root: Path) -> dict[str, dict[str, float]]:
    """Read what the back-tests compare with: test → key → value."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in read_table("backtest_figures", root).to_dict("records"):
        found[row["test_id"]][row["key"]] = row["value"]
    return dict(found)


def read_paces(root: Path) -> dict[str, float]:
    """Read how fast things went in the past, where that is known: lever code → share a year."""
    rows = read_table("levers", root).to_dict("records")
    return {row["lever_code"]: row["pace"] for row in rows if not pd.isna(row["pace"])}
