"""Small worlds for the tests, and a slow engine that does what the equations say, one by one."""

from __future__ import annotations

import numpy as np

from domain.simulation.assumptions import Assumptions
from domain.simulation.engine import Model
from domain.simulation.levers import Choice, compute_uptake
from domain.simulation.names import ASSET, DRIVERS, LEVERS
from domain.simulation.processes import Processes
from domain.simulation.world import Units, World

PLAIN = Assumptions(
    fixed_residents=3667, exponent=1, growth=0, hours_per_fte=1690, supply_elasticity=1,
    hiring_capacity=1.1, pooling_gain=0.5, coordination=0, liaison_vertical=0.05,
    liaison_horizontal=0.05, member_staff=0, bloc_members=2, vertical_population=1e9,
    horizontal_population=1e9, prefecture_exponent=0.9, abolish_effect=1, digital_effect=1,
    digital_eligible=0.36, digital_cost=1900, contract_management=0.1, contractor_productivity=1,
    contract_price=1, contractor_pool=1e3, resident_support=0.3, resident_hours=1e6, wage=8e6,
    transition_cost=0.25, team_minimum=2, presence=0.87, residual_eligibility=1,
    ramp_abolish=1, ramp_digital=1, ramp_vertical=1, ramp_horizontal=1, ramp_contract=1,
    ramp_residents=1,
)  # fmt: skip


def make_processes(count: int, rng: np.random.Generator | None = None, **eligible) -> Processes:
    """Return processes with some eligibility, drawn at random where it is not given."""

    def shares(code: str) -> np.ndarray:
        if code in eligible:
            return np.broadcast_to(np.asarray(eligible[code], dtype=float), count).copy()
        return rng.random(count) if rng is not None else np.zeros(count)

    drivers = [DRIVERS[k % len(DRIVERS)] if rng is not None else DRIVERS[0] for k in range(count)]
    names = np.array([f"K{k // 3}" for k in range(count)], dtype=object)
    return Processes(
        names, names, names, names, np.array(drivers, dtype=object),
        np.array(["一般"] * count, dtype=object),
        np.full(count, 10.0), np.full(count, 3667.0),
        1.0 / np.array([np.sum(names == name) for name in names]),
        {code: shares(code) for code in LEVERS}, np.ones(count, dtype=bool),
    )  # fmt: skip


def make_model(
    fixed: np.ndarray, per_unit: np.ndarray, people: np.ndarray, processes: Processes,
    assumptions: Assumptions = PLAIN, *, prefecture: np.ndarray | None = None,
    members: np.ndarray | None = None, bloc: np.ndarray | None = None,
    level: np.ndarray | None = None, years: np.ndarray | None = None,
) -> Model:  # fmt: skip
    """Return a model with given F and V; people : M × T, every driver is the same."""
    people = np.atleast_2d(np.asarray(people, dtype=float))
    count, number = people.shape
    years = np.arange(2030, 2030 + number) if years is None else years
    members = np.ones(count) if members is None else np.asarray(members, dtype=float)
    prefecture = np.zeros(count, dtype=int) if prefecture is None else prefecture
    level = np.ones(count) if level is None else level
    bloc = np.zeros(count, dtype=int) if bloc is None else bloc
    size = people[:, 0] / members
    drivers = dict.fromkeys(DRIVERS, people) | {ASSET: np.repeat(people[:, :1], number, axis=1)}
    world = World(
        tuple(map(str, range(count))), prefecture, ("",) * count, members, size, years, drivers,
        people * 0.6, np.full(int(prefecture.max()) + 1, 10.0),
        np.full(int(prefecture.max()) + 1, 5.0),
    )  # fmt: skip
    coefficients = np.zeros((len(processes), len(DRIVERS) + 1))
    index = [DRIVERS.index(name) for name in processes.driver]
    coefficients[np.arange(len(processes)), index] = per_unit
    coefficients[:, -1] = fixed
    growth = (1 + assumptions.growth) ** np.arange(number)
    columns = [drivers[name] for name in DRIVERS]
    work = np.stack([*columns, np.broadcast_to(members[:, None], people.shape)])
    blocs = int(bloc.max()) + 1
    rank = (np.arange(blocs) + 0.5) / blocs
    units = Units(np.arange(count), bloc, members, rank, rank[::-1].copy())
    return Model(
        world, processes, assumptions, np.ascontiguousarray((work * level[:, None] * growth).transpose(2, 0, 1)), coefficients, level,
        np.full(count, 7.0), units, growth, processes.share,
    )  # fmt: skip


def run_slowly(model: Model, choice: Choice) -> dict[str, np.ndarray]:
    """Return the ledger and the overheads, T × M, worked out for every municipality by itself."""
    a, w, p = model.assumptions, model.world, model.processes
    uptake = compute_uptake(choice, a, w.years)
    units, e = model.units, p.eligible
    names = ("abolished", "digital", "gain_vertical", "gain_horizontal", "contract_productivity",
             "core", "prefecture", "joint", "contractor", "residents", "liaison", "coordination",
             "contract_management", "support")  # fmt: skip
    out = {name: np.zeros((len(w.codes), len(w.years))) for name in names}
    for t in range(len(w.years)):
        u = {code: values[t] for code, values in uptake.items()}
        entries = []  # one a unit
        for i, row in enumerate(units.row):
            bloc, count = units.bloc[i], units.members[i]
            v = u["V"] > units.rank_v[bloc] and w.size[row] <= a.vertical_population
            h = u["H"] > units.rank_h[bloc] and w.size[row] <= a.horizontal_population
            d0 = np.zeros(len(p))
            fixed = np.zeros(len(p))
            for k in range(len(p)):
                each = model.work[t, :, row] / w.members[row]
                d0[k] = (model.coefficients[k] * each).sum()
                fixed[k] = model.coefficients[k, -1] * model.level[row] * model.growth[t]
            d1 = d0 * (1 - a.abolish_effect * e["R"] * u["R"])
            d2 = d1 * (1 - a.digital_effect * e["T"] * u["T"])
            left = (1 - a.abolish_effect * e["R"] * u["R"]) * (
                1 - a.digital_effect * e["T"] * u["T"]
            )
            mv = d2 * e["V"] * v
            mh = (d2 - mv) * e["H"] * h
            rest = d2 - mv - mh
            want = rest * e["P"] * u["P"]
            entries.append(
                {"row": row, "bloc": bloc, "count": count, "v": v, "h": h, "d0": d0, "d1": d1,
                 "d2": d2, "mv": mv, "mh": mh, "rest": rest, "want": want,
                 "fv": fixed * left * e["V"] * v,
                 "fh": fixed * left * (1 - e["V"] * v) * e["H"] * h,
                 "tasks": (model.task_weight * (1 - e["V"] * v) * e["H"] * h).sum()}
            )  # fmt: skip
        # What the contractors of a prefecture can take on.
        for q in range(w.prefectures()):
            own = [x for x in entries if w.prefecture[x["row"]] == q]
            wanted = sum(x["count"] * x["want"].sum() for x in own) / a.contractor_productivity
            at_hand = a.contractor_pool * w.working[w.prefecture == q, t].sum() * a.hours_per_fte
            share = min(1.0, at_hand / wanted) if wanted > 0 else 1.0
            heads = [x for x in own if x["v"]]
            total = sum(x["count"] * x["fv"].sum() for x in heads)
            most = max((x["fv"].sum() for x in heads), default=0.0)
            for x in own:
                x["placed"] = x["want"] * share
                people = w.drivers[DRIVERS[0]][x["row"], t] / w.members[x["row"]]
                asked = (x["rest"] - x["placed"]) * e["C"] * u["C"]
                x["helped"] = min(asked.sum(), a.resident_hours * people)
                mine = x["count"] * x["fv"].sum()
                x["lifted"] = a.pooling_gain * (total - most) * mine / total if total > 0 else 0.0
        for bloc in {x["bloc"] for x in entries}:
            own = [x for x in entries if x["bloc"] == bloc and x["h"]]
            n = sum(x["count"] for x in own)
            total = sum(x["count"] * x["fh"].sum() for x in own)
            most = max((x["fh"].sum() for x in own), default=0.0)
            for x in own:
                mine = x["count"] * x["fh"].sum()
                x["saved"] = a.pooling_gain * (total - most) * mine / total if total > 0 else 0.0
                x["extra"] = a.coordination * (n - 1) * (x["count"] * x["mh"].sum() - x["saved"])
        for x in entries:
            m, c = x["row"], x["count"]
            saved, extra = x.get("saved", 0.0), x.get("extra", 0.0)
            placed, helped = c * x["placed"].sum(), c * x["helped"]
            mv, mh = c * x["mv"].sum(), c * x["mh"].sum()
            out["abolished"][m, t] += c * (x["d0"] - x["d1"]).sum()
            out["digital"][m, t] += c * (x["d1"] - x["d2"]).sum()
            out["gain_vertical"][m, t] += x["lifted"]
            out["gain_horizontal"][m, t] += saved
            out["contract_productivity"][m, t] += placed * (1 - 1 / a.contractor_productivity)
            out["core"][m, t] += c * x["rest"].sum() - placed - helped
            out["prefecture"][m, t] += mv - x["lifted"]
            out["joint"][m, t] += mh - saved
            out["contractor"][m, t] += placed / a.contractor_productivity
            out["residents"][m, t] += helped
            out["liaison"][m, t] += (
                a.liaison_vertical * mv + a.liaison_horizontal * mh
                + c * a.member_staff * a.hours_per_fte * x["tasks"]
            )  # fmt: skip
            out["coordination"][m, t] += extra
            out["contract_management"][m, t] += a.contract_management * placed
            out["support"][m, t] += a.resident_support * helped
    return {name: values.T for name, values in out.items()}
