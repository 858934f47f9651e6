"""How much of the work is done by teams too thin to be relied on? (薄い体制)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from domain.simulation.engine import STATES, compute_states, run
from domain.simulation.levers import compute_uptake
from domain.simulation.simulator import Result


@dataclass(frozen=True)
class Teams:
    """thin : team → T × M, share of its hours done by thin teams.  hours : team → T × M."""

    thin: dict[str, np.ndarray]
    hours: dict[str, np.ndarray]

    def national(self) -> np.ndarray:
        """Return the share of all hours that thin teams do, by year."""
        total = sum(hours.sum(axis=1) for hours in self.hours.values())
        thin = sum((self.thin[name] * self.hours[name]).sum(axis=1) for name in self.hours)
        return np.divide(thin, total, out=np.zeros_like(total), where=total > 0)


def compute_teams(
    result: Result, teams: np.ndarray | None = None, minimum: float | None = None
) -> Teams:
    """Which share of the work is done by thin teams?

    teams : K, name of the team that does a process, "" for what is left out; by default the
    fields, for the processes of the ten fields.  A team is its people in one municipality, one
    joint body or one prefecture; it is thin below `minimum` FTE (default: the assumption).
    Contractors are taken to send whole teams. Work that is shared out is counted by who does it: a small part in a large team does
    not mend the desk that does the rest.
    """
    model, a, world = result.model, result.model.assumptions, result.model.world
    minimum = a.team_minimum if minimum is None else minimum
    wanted, placed = result.hours.wanted, result.hours.placed
    scarce = np.divide(placed, wanted, out=np.ones_like(wanted), where=wanted > 0)
    uptake = compute_uptake(result.choice, a, world.years)
    states = compute_states(model, uptake["V"], uptake["H"])
    members = np.where(world.members > 0, world.members, 1.0)
    joining = states.weight * world.members  # T × S × M, municipalities
    # Members of a body, as its own members see it.
    size = 1 + np.divide(
        states.further, joining, out=np.zeros_like(joining), where=joining > 1e-12
    )  # fmt: skip
    thin, hours = {}, {}
    if teams is None:
        work = model.processes
        teams = np.where(work.task_id != "", work.field_code, "")
    for team in dict.fromkeys(name for name in teams if name):
        part = run(model.of(teams == team), result.choice, scarce)
        joint_by_state = np.zeros_like(part.own)
        pooled = part.joint + part.coordination
        horizontal = [n for n, (_, h) in enumerate(STATES) if h]
        heads = states.weight[:, horizontal].sum(axis=1)
        for n in horizontal:
            share = np.divide(states.weight[:, n], heads, out=np.zeros_like(heads), where=heads > 0)
            joint_by_state[:, n] = pooled * share
        own = np.maximum(part.own - joint_by_state, 0)
        whole = np.where(states.weight > 0, states.weight * members, 1.0)
        own_team = own / whole / a.hours_per_fte
        joint_team = joint_by_state / whole * size / a.hours_per_fte
        lifted = world.by_prefecture(part.prefecture.T).T / a.hours_per_fte
        lifted_thin = ((lifted < minimum) & (lifted > 0))[:, world.prefecture]
        weak = (
            (own * (own_team < minimum)).sum(axis=1)
            + (joint_by_state * (joint_team < minimum)).sum(axis=1)
            + part.prefecture * lifted_thin
        )
        total = part.own.sum(axis=1) + part.prefecture + part.contractor
        thin[team] = np.divide(weak, total, out=np.zeros_like(total), where=total > 0)
        hours[team] = total
    return Teams(thin, hours)


def compute_presence(chance: float, people: np.ndarray) -> np.ndarray:
    """How likely is at least one of so many qualified people there? chance : of a single one."""
    return 1 - (1 - chance) ** people


def chance_of_none(fixed: float, per_thousand: float, residents: np.ndarray) -> np.ndarray:
    """How likely does a municipality have nobody of a skill? (P0 = exp(−(F + V·X/1000)))"""
    return np.exp(-(fixed + per_thousand * residents / 1000))
