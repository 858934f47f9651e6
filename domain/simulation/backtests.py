"""Does the model agree with what has been seen elsewhere? (検証)"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from domain.diffusion import DiffusionBand
from domain.simulation.assumptions import Assumptions, Range
from domain.simulation.levers import Choice
from domain.simulation.names import MUNICIPAL
from domain.simulation.simulator import Prepared, Simulator
from domain.simulation.teams import chance_of_none

_EVERYTHING_JOINED = Choice(horizontal=1.0)
_FAR, _NEAR = 2045, 2030


@dataclass(frozen=True)
class Evidence:
    """What the back-tests compare. figures : test → key → value, from the file of figures.

    facts : fact_id → value, of the document.  counter, convenience : copies a year over the
    counter and at shops, 万件.  bands : curves fitted to コンビニ交付.  paces : lever code →
    pace marked on it, per year.
    """

    figures: Mapping[str, Mapping[str, float]]
    facts: Mapping[str, float]
    counter: Sequence[float]
    convenience: Sequence[float]
    bands: Sequence[DiffusionBand]
    paces: Mapping[str, float]
    simulator: Simulator
    assumptions: Assumptions
    ranges: Mapping[str, Range]


@dataclass(frozen=True)
class Checked:
    """One back-test. passed : None where there is nothing to pass. values : label → number."""

    test_id: str
    result: str
    passed: bool | None
    values: Mapping[str, float]


def yearly_rate(first: float, last: float, years: float) -> float:
    """Return the constant yearly rate of change between two numbers."""
    return float(np.exp(np.log(last / first) / years) - 1)


def _fire(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    before, after = e.facts["fire_hq_before"], e.facts["fire_hq_after"]
    rate = yearly_rate(before, after, e.figures["B1"]["years"])
    later = {
        year: after * (1 + rate) ** (year - e.figures["B1"]["until"]) for year in (2030, 2040, 2050)
    }
    told = "、".join(f"{year}年{number:,.0f}本部" for year, number in later.items())
    return (
        f"年{-rate:.2%}減。このまま続くと{told}", abs(-rate - e.paces["H"]) < 0.001,
        {"年の減り": -rate, **{f"{year}年": number for year, number in later.items()}},
    )  # fmt: skip


def _sewage(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    plants = e.facts["sewage_plants_entrusted"] / e.facts["sewage_plants_total"]
    bodies = e.facts["sewage_bodies_entrusted"] / e.facts["sewage_bodies_total"]
    pace = plants / e.figures["B2"]["years"]
    return (
        f"処理場の{plants:.1%}、団体の{bodies:.1%}。年{100 * pace:.1f}ポイント",
        abs(pace - e.paces["V"]) < 0.001,
        {"処理場の割合": plants, "団体の割合": bodies, "年の増え": pace},
    )


def _procurement(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    f = e.figures["B3"]
    whole = f["tokyo_people"] * f["it_cost"] / 100  # 百万人 × 円 → 億円
    share = e.facts["govtech_cost_merit"] / whole
    return (f"情報経費{whole:,.0f}億円の{share:.1%}", 0 <= share <= 0.10, {"割合": share})


def _convenience(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    low, high = min(b.low() for b in e.bands), max(b.high() for b in e.bands)
    spread = high - low
    told = "上限は6点では決まらない" if spread > e.figures["B4"]["spread"] else "上限が絞れる"
    return (
        f"2030年は{low:.0%}〜{high:.0%}。{told}", spread > e.figures["B4"]["spread"],
        {"下": low, "上": high},
    )  # fmt: skip


def _counter(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    years = len(e.counter) - 1
    total = [a + b for a, b in zip(e.counter, e.convenience, strict=True)]
    all_rate = yearly_rate(total[0], total[-1], years)
    own_rate = yearly_rate(e.counter[0], e.counter[-1], years)
    return (
        f"全体は年{all_rate:.1%}、窓口は年{own_rate:.1%}", own_rate < all_rate < 0,
        {"全体": all_rate, "窓口": own_rate},
    )  # fmt: skip


def _staffing(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    f = e.figures["B5"]
    prepared = e.simulator.prepare(e.assumptions, (_NEAR, _FAR))
    out = prepared.compute(Choice()).outcome
    need, gap = out.need[MUNICIPAL], out.gap[MUNICIPAL]
    size = e.simulator.world.size
    near, far = 1 - gap.sum(axis=1) / need.sum(axis=1)
    by_size = [
        1 - gap[1, chosen].sum() / need[1, chosen].sum()
        for chosen in (size >= 200_000, (size >= 30_000) & (size < 200_000), size < 30_000)
    ]
    ordered = by_size == sorted(by_size, reverse=True)
    told = "・".join(f"{share:.1%}" for share in by_size)
    return (
        f"2030年{near:.1%}（推計{f['staffing_2030']:.0%}）、2045年{far:.1%}（推計{f['staffing_2045']:.0%}）。"
        f"20万人以上・3万〜20万人・3万人未満は{told}",
        abs(far - f["staffing_2045"]) <= f["tolerance"] and ordered,
        {"2030年": near, "2045年": far, "20万人以上": by_size[0], "3万〜20万人": by_size[1],
         "3万人未満": by_size[2]},
    )  # fmt: skip


def _technicians(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    f, world = e.figures["B6"], e.simulator.world
    people = world.drivers["総人口"] / np.maximum(world.members[:, None], 1)
    none = chance_of_none(f["works_fixed"], f["works_per_thousand"], people)
    found = (none * world.members[:, None]).sum(axis=0)
    now, later = found[0], found[list(world.years).index(_FAR)]
    return (
        f"2025年{now:,.0f}団体、2045年{later:,.0f}団体（3職種とも無い団体は{f['none_of_three']:,.0f}）",
        bool(now >= f["none_of_three"] and later > now), {"2025年": now, "2045年": later},
    )  # fmt: skip


def _elasticity(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    f, fixed = e.figures["B7"], e.assumptions.fixed_residents
    told, passed, values = [], True, {}
    for name, label in (("large", "政令市"), ("small", "1万人未満の町村")):
        published = np.log(1 + f[f"{name}_staff"]) / np.log(1 + f[f"{name}_people"])
        size = f[f"{name}_size"]
        ours = size / (size + fixed)
        passed &= abs(ours - published) <= f["tolerance"]
        told.append(f"{label}は{ours:.3f}（推計{published:.3f}）")
        values |= {f"{label}（計算）": ours, f"{label}（推計）": float(published)}
    return ("、".join(told), bool(passed), values)


def _denmark(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    f, fixed = e.figures["B8"], e.assumptions.fixed_residents
    full = (1 + fixed / f["size_after"]) / (1 + fixed / f["size_before"]) - 1
    half = full * e.assumptions.pooling_gain
    return (
        f"管理の費用は{half:.1%}（固定分が全て減るなら{full:.1%}）。他の分野は0", full < half < 0,
        {"中央": half, "最大": full},
    )  # fmt: skip


def _england(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    f = e.figures["B9"]
    first, second = f["two_bodies"] - f["one_body"], f["three_bodies"] - f["two_bodies"]
    near = abs(first - second) <= f["tolerance"] * abs(first)
    return (
        f"団体が1つ増えるごとに{first:.1f}、{second:.1f}（百万ポンド／地域）", bool(near),
        {"1→2": first, "2→3": second},
    )  # fmt: skip


def compute_joining_band(
    simulator: Simulator, assumptions: Assumptions, ranges: Mapping[str, Range], most_people: float
) -> tuple[float, float, float]:
    """How does the need of smaller municipalities change if all of them join?

    Returns best, central and worst change in 2045, shares; the ends are all the assumptions on
    joining at their favourable, or unfavourable, ends at once.
    """
    small = simulator.world.size < most_people

    def change(values: Mapping[str, float]) -> float:
        prepared: Prepared = simulator.prepare(assumptions.with_values(values), [_FAR])
        need = [
            prepared.compute(choice).outcome.need[MUNICIPAL][0, small].sum()
            for choice in (_EVERYTHING_JOINED, Choice())
        ]
        return float(need[0] / need[1] - 1)

    costs = ("coordination", "liaison_horizontal", "member_staff")
    best = {name: ranges[name].low for name in costs} | {
        "pooling_gain": ranges["pooling_gain"].high
    }
    worst = {name: ranges[name].high for name in costs} | {
        "pooling_gain": ranges["pooling_gain"].low
    }
    return change(best), change({}), change(worst)


def _joining(test_id: str) -> Callable[[Evidence], tuple[str, bool, dict[str, float]]]:
    def check(e: Evidence) -> tuple[str, bool, dict[str, float]]:
        f = e.figures[test_id]
        best, middle, worst = compute_joining_band(
            e.simulator, e.assumptions, e.ranges, f["most_people"]
        )
        slack = f.get("tolerance", 0.0)
        return (
            f"前提の幅は{best:+.1%}〜{worst:+.1%}、中央{middle:+.1%}（実例は{f['saving']:+.0%}）",
            best - slack <= f["saving"] <= worst + slack,
            {"最良": best, "中央": middle, "最悪": worst},
        )

    return check


def _waste(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    f = e.figures["B12"]
    nation = f["saving"] / (f["plants_before"] - f["plants_after"])
    local = f["nagasaki_saving"] / (f["nagasaki_before"] - f["nagasaki_after"])
    ratio = max(nation, local) / min(nation, local)
    return (
        f"全国{nation:.2f}億円、長崎県{local:.2f}億円（施設1つ当たり、{ratio:.2f}倍）", ratio <= f["factor"],
        {"全国": nation, "長崎県": local},
    )  # fmt: skip


def _price(e: Evidence) -> tuple[str, bool, dict[str, float]]:
    f, one = e.figures["B13"], e.ranges["contract_price"]
    inside = all(one.low <= value <= one.high for value in f.values())
    return (
        f"足立区{f['adachi']:.3f}倍、前橋市{f['maebashi']:.3f}倍（前提は{one.low:g}〜{one.high:g}倍）", inside,
        dict(f),
    )  # fmt: skip


def _it_cost(e: Evidence) -> tuple[str, None, dict[str, float]]:
    f = e.figures["B14"]
    ratio = f["small_cost"] / f["large_cost"]
    # (1 + F/x) / (1 + F/y) = ratio, solved for F.
    fixed = (ratio - 1) / (1 / f["small_size"] - ratio / f["large_size"])
    return (
        f"1人当たり{ratio:.1f}倍の差は、固定分 {fixed:,.0f}人 で説明できる",
        None,
        {"固定分": fixed},
    )


def _rpa(e: Evidence) -> tuple[str, None, dict[str, float]]:
    f = e.figures["B15"]
    return (
        f"選んだ事務は{f['saved']:.0%}減っても、課全体では{f['saved'] * f['covered']:.0%}", None,
        {"課全体": f["saved"] * f["covered"]},
    )  # fmt: skip


TESTS: Mapping[str, Callable[[Evidence], tuple[str, bool | None, dict[str, float]]]] = {
    "B1": _fire, "B2": _sewage, "B3": _procurement, "B4": _convenience, "B4b": _counter,
    "B5": _staffing, "B6": _technicians, "B7": _elasticity, "B8": _denmark, "B9": _england,
    "B10": _joining("B10"), "B11": _joining("B11"), "B12": _waste, "B13": _price,
    "B14": _it_cost, "B15": _rpa,
}  # fmt: skip


def run_backtests(evidence: Evidence) -> list[Checked]:
    """Work out every back-test."""
    return [Checked(test_id, *test(evidence)) for test_id, test in TESTS.items()]
