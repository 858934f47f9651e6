"""From tasks as they are judged to the processes of the simulation (事務からプロセスへ)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from domain.simulation.assumptions import Assumptions
from domain.simulation.names import LEVERS
from domain.simulation.processes import (
    Processes,
    Scores,
    choose_whole,
    compute_eligibility,
    join,
    scale_to_mean,
)
from domain.tasks import Task


@dataclass(frozen=True)
class Line:
    """A field of the ten, or what is left of a sector. code : F01… or X01….

    sectors : codes of the sectors it belongs to.  share : of their staff; None for what the
    others leave.  driver : one of `names.DRIVERS`.  fixed_residents : F/V, persons.
    """

    code: str
    name: str
    sectors: tuple[str, ...]
    share: float | None
    driver: str
    fixed_residents: float
    skill: str


@dataclass(frozen=True)
class Sector:
    """Staff of a sector in all municipalities. general : part of 一般行政部門."""

    code: str
    staff: float
    general: bool


@dataclass(frozen=True)
class Kind:
    """A kind of process. routine, power : shares of its hours; the others weigh a viewpoint."""

    code: str
    name: str
    routine: float
    onsite: float
    expert: float
    local: float
    partners: float
    power: float


@dataclass(frozen=True)
class Workload:
    """All that turns tasks into processes.

    templates : nature of a task → process kind → share of its hours.
    scores : scale → word → number.
    """

    lines: tuple[Line, ...]
    sectors: Mapping[str, Sector]
    kinds: Mapping[str, Kind]
    templates: Mapping[str, Mapping[str, float]]
    scores: Mapping[str, Mapping[str, float]]


def compute_line_staff(
    workload: Workload, general_staff: float, shares: Mapping[str, float] | None = None
) -> dict[str, float]:
    """How many FTE does each line have in the base year? Line code → FTE.

    general_staff : FTE of 一般行政部門 in the base year, to which its sectors are scaled.
    shares : line code → share that replaces the line's own. What the fields of a sector leave is
    the rest of it; fields that claim more than all of it are scaled down to it.
    """
    general = sum(sector.staff for sector in workload.sectors.values() if sector.general)
    size = {
        code: sector.staff * (general_staff / general if sector.general else 1.0)
        for code, sector in workload.sectors.items()
    }
    share = {line.code: line.share for line in workload.lines} | dict(shares or {})
    claimed: dict[str, float] = {}
    for line in workload.lines:
        if share[line.code] is not None:
            for sector in line.sectors:
                claimed[sector] = claimed.get(sector, 0.0) + share[line.code]
    found = {}
    for line in workload.lines:
        if share[line.code] is None:
            found[line.code] = sum(
                size[s] * max(0.0, 1 - claimed.get(s, 0.0)) for s in line.sectors
            )
        else:
            found[line.code] = sum(
                size[s] * share[line.code] / max(1.0, claimed[s]) for s in line.sectors
            )
    return found


def score_process(
    task: Task, kind: Kind, scores: Mapping[str, Mapping[str, float]], abolish: float
) -> Scores:
    """How does one process of a task stand from the viewpoints? 未評価 counts as the middle."""

    def degree(code: str) -> float:
        return scores["degree"].get(task.marks[code].value, scores["degree"]["中"])

    market = scores["private"][task.private]
    return Scores(
        common=degree("V2b"),
        expert=degree("V3a") * kind.expert,
        hard=degree("V3b") * kind.expert,
        onsite=degree("V4a") * kind.onsite,
        local=degree("V4b") * kind.local,
        partners=degree("V4c") * kind.partners,
        # デジタルの余地 says how far what is routine can in fact be taken over.
        routine=kind.routine * (0.5 + 0.5 * degree("D")),
        power=scores["power"][task.power] * kind.power,
        market=market,
        abolish=abolish,
    )


def build_processes(
    tasks: Sequence[Task],
    abolish_fits: Mapping[str, str],
    workload: Workload,
    general_staff: float,
    shares: Mapping[str, float] | None = None,
) -> Processes:
    """Return the processes of the ten fields and of what is left of every sector.

    What is left of a sector is made like the mean of the ten fields; `fit_eligibility` then says
    how far the levers reach.  abolish_fits : task id → how well 減らす fits it.  general_staff,
    shares : see `compute_line_staff`.  Raises KeyError for a task whose nature has no template.
    """
    staff = compute_line_staff(workload, general_staff, shares)
    scores = workload.scores
    rows: list[dict] = []
    for line in workload.lines:
        own = [task for task in tasks if task.field_code == line.code]
        weight = {
            task.task_id: scores["amount"].get(task.marks["V1"].value, scores["amount"]["中"])
            for task in own
        }
        for task in own:
            fte = staff[line.code] * weight[task.task_id] / sum(weight.values())
            nature = task.marks["V2a"].value or "審査・判断"
            for code, share in workload.templates[nature].items():
                kind = workload.kinds[code]
                judged = score_process(
                    task, kind, scores, scores["abolish"][abolish_fits[task.task_id]]
                )
                rows.append(_row(line, workload, kind, share, fte, task.task_id, compute_eligibility(judged)))  # fmt: skip
    mean = _mean_by_kind(rows)
    for line in workload.lines:
        if line.share is None:
            for code, (share, eligible) in mean.items():
                rows.append(
                    _row(
                        line, workload, workload.kinds[code], share, staff[line.code], "", eligible
                    )
                )
    return join(rows)


def fit_eligibility(processes: Processes, assumptions: Assumptions) -> Processes:
    """Return the processes with what the levers may act on under these assumptions.

    Outside the ten fields the levers reach as far as assumed; デジタル is scaled to its known
    mean everywhere; what joins or rises does so as whole processes.
    """
    hours, inside = processes.base_fte, processes.task_id != ""
    reach = np.where(inside, 1.0, assumptions.residual_eligibility)
    eligible = {code: values * reach for code, values in processes.eligible.items()}
    eligible["T"] = scale_to_mean(processes.eligible["T"], hours, assumptions.digital_eligible)
    for code in ("V", "H"):
        whole = np.zeros(len(hours))
        for part in (inside, ~inside):
            whole[part] = choose_whole(eligible[code][part], hours[part])
        eligible[code] = whole
    return replace(processes, eligible=eligible)


def _row(line: Line, workload: Workload, kind: Kind, share: float, fte: float, task_id: str,
         eligible: Mapping[str, float]) -> dict:  # fmt: skip
    return {
        "task_id": task_id, "name": kind.name, "field_code": line.code, "sector": line.sectors[0],
        "driver": line.driver, "skill": line.skill, "base_fte": fte * share,
        "fixed_residents": line.fixed_residents, "share": share, "eligible": eligible,
        "general": workload.sectors[line.sectors[0]].general, "kind": kind.code,
    }  # fmt: skip


def _mean_by_kind(rows: Sequence[Mapping]) -> dict[str, tuple[float, dict]]:
    """Return process kind → its share of the ten fields' hours, and their mean eligibility."""
    total = sum(row["base_fte"] for row in rows)
    found = {}
    for code in dict.fromkeys(row["kind"] for row in rows):
        own = [row for row in rows if row["kind"] == code]
        hours = sum(row["base_fte"] for row in own)
        mean = {
            lever: sum(row["eligible"][lever] * row["base_fte"] for row in own) / hours
            for lever in LEVERS
        }
        found[code] = (hours / total, mean)
    return found
