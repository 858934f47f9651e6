"""The bundled world and work of the simulation: what is known of them is kept."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from data import read, simulation
from data.paths import data_root
from domain.issues import DataFileError
from domain.simulation.assumptions import central
from domain.simulation.engine import calibrate, run
from domain.simulation.levers import Choice
from domain.simulation.names import LEVERS, MUNICIPAL
from domain.simulation.outcome import add_up
from domain.simulation.workload import compute_line_staff, fit_eligibility
from domain.simulation.world import BASE_YEAR, YEARS

ROOT = data_root()
RANGES = simulation.read_ranges(ROOT)
ASSUMED = central(RANGES)
WORLD = simulation.read_world(ROOT)
WORKLOAD = simulation.read_workload(ROOT)
TASKS = read.read_tasks(ROOT)
RAW = simulation.read_inputs(ROOT).simulator.work
PROCESSES = fit_eligibility(RAW, ASSUMED)
BASE = WORLD.at([BASE_YEAR])
MODEL = calibrate(WORLD, BASE, PROCESSES, ASSUMED)


def outcome(choice: Choice):
    return add_up(MODEL, run(MODEL, choice), BASE.working[:, 0], BASE.drivers["総人口"][:, 0])


def known(age: str) -> dict[int, float]:
    table = read.read_table("population", ROOT)
    return table[table["age_group"] == age].groupby("year")["value"].sum().to_dict()


def test_the_world_has_every_municipality_and_resident():
    assert len(WORLD.codes) == 331 and WORLD.members.sum() == 1741 and WORLD.prefectures() == 47
    assert (np.diff(WORLD.prefecture) >= 0).all()
    total, working = known("total"), known("15-64")
    for year in (2025, 2030, 2035, 2040, 2045, 2050):
        place = list(YEARS).index(year)
        assert WORLD.drivers["総人口"][:, place].sum() == pytest.approx(total[year], abs=10)
        assert WORLD.working[:, place].sum() == pytest.approx(working[year], rel=1e-9)
        ages = WORLD.working + WORLD.drivers["0〜14歳人口"] + WORLD.drivers["65歳以上人口"]
        assert np.allclose(ages, WORLD.drivers["総人口"])
    for values in (*WORLD.drivers.values(), WORLD.working):
        assert np.isfinite(values).all() and (values >= 0).all()


def test_staff_is_the_known_staff():
    general = (
        MODEL.staff.sum()
        - compute_line_staff(WORKLOAD, 0)["F05"]
        - compute_line_staff(WORKLOAD, 0)["F07"]
    )
    assert general == pytest.approx(WORLD.staff.sum())
    # What is needed in the base year is what is there: by municipality, by field, in all.
    assert MODEL.demand()[0] / ASSUMED.hours_per_fte == pytest.approx(MODEL.staff)
    size = compute_line_staff(WORKLOAD, WORLD.staff.sum())
    hours = (MODEL.work[0].sum(axis=1) * MODEL.coefficients).sum(axis=1) / ASSUMED.hours_per_fte
    for code, fte in size.items():
        assert hours[PROCESSES.field_code == code].sum() == pytest.approx(fte, rel=1e-9), code


def test_sectors_add_up_to_what_is_published():
    size = compute_line_staff(WORKLOAD, WORLD.staff.sum())
    inside = sum(fte for code, fte in size.items() if code not in ("F05", "F07"))
    assert inside == pytest.approx(WORLD.staff.sum())
    assert all(fte > 0 for fte in size.values())
    # Fields that claim more than their sector share it out.
    much = compute_line_staff(WORKLOAD, WORLD.staff.sum(), {"F01": 0.9, "F04": 0.9})
    assert much["X03"] == 0 and much["F01"] == pytest.approx(much["F04"])


def test_sums_by_class_by_prefecture_and_national_agree():
    """I22."""
    out = outcome(Choice(0.3, 0.4, 0.5, 0.6, 0.2, 0.1))
    gap = out.gap[MUNICIPAL]
    by_class = [
        gap[:, [c == one for c in WORLD.size_class]].sum(axis=1) for one in set(WORLD.size_class)
    ]
    assert np.sum(by_class, axis=0) == pytest.approx(gap.sum(axis=1))
    assert WORLD.by_prefecture(gap.T).sum(axis=0) == pytest.approx(gap.sum(axis=1))


def test_eligibility_stays_within_its_bounds():
    for code in LEVERS:
        values = PROCESSES.eligible[code]
        assert (values >= 0).all() and (values <= 1).all() and values.any()
    mean = (PROCESSES.eligible["T"] * PROCESSES.base_fte).sum() / PROCESSES.base_fte.sum()
    assert mean == pytest.approx(ASSUMED.digital_eligible)
    # Whole processes: as many hours as the shares say, within the largest process.
    for code in ("V", "H"):
        inside = PROCESSES.task_id != ""
        wanted = (RAW.eligible[code] * RAW.base_fte)[inside].sum()
        moved = (PROCESSES.eligible[code] * RAW.base_fte)[inside].sum()
        assert set(np.unique(PROCESSES.eligible[code])) <= {0.0, 1.0}
        assert abs(moved - wanted) <= RAW.base_fte[inside].max()


def test_what_the_law_keeps_is_never_contracted_out():
    for task in TASKS.values():
        own = PROCESSES.task_id == task.task_id
        if task.private == "不可":
            assert not PROCESSES.eligible["P"][own].any(), task.task_id
        if task.power == "あり":
            decided = own & (PROCESSES.name == "決定")
            assert not PROCESSES.eligible["P"][decided].any(), task.task_id


def test_there_are_about_as_many_processes_as_planned():
    assert 200 < (PROCESSES.task_id != "").sum() < 320
    assert set(PROCESSES.task_id) - {""} == set(TASKS)
    for task_id in TASKS:
        assert PROCESSES.share[PROCESSES.task_id == task_id].sum() == pytest.approx(1)


def test_staff_needed_follows_the_published_estimate():
    """B5: 充足率 without levers, 2030 and 2045, and smaller places are worse off."""
    out = outcome(Choice())
    need, gap = out.need[MUNICIPAL], out.gap[MUNICIPAL]
    year = {one: n for n, one in enumerate(YEARS)}
    national = 1 - gap.sum(axis=1) / need.sum(axis=1)
    assert national[year[2045]] == pytest.approx(0.78, abs=0.03)
    large, middle, small = (
        1 - gap[year[2045], chosen].sum() / need[year[2045], chosen].sum()
        for chosen in (WORLD.size >= 200_000, (WORLD.size >= 30_000) & (WORLD.size < 200_000),
                       WORLD.size < 30_000)
    )  # fmt: skip
    assert large > middle > small


@pytest.mark.parametrize("lever", LEVERS)
def test_each_lever_changes_what_it_says(lever):
    """Levers that remove hours lower the system; the others only move it or cost a little."""
    before, after = outcome(Choice()), outcome(Choice.of_codes({lever: 1.0}))
    change = after.system()[-1] / before.system()[-1] - 1
    assert change < -0.02 if lever in ("R", "T") else abs(change) < 0.03


def test_joining_helps_no_head_count_but_moves_teams():
    out = outcome(Choice(horizontal=1))
    none = outcome(Choice())
    change = out.need[MUNICIPAL][-1].sum() / none.need[MUNICIPAL][-1].sum() - 1
    assert abs(change) < 0.01


@pytest.fixture
def copy(tmp_path):
    for name in ("parameters", "sources/local_finance_white_paper", "sources/water_staff"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("simulation.csv", "\ngrowth,", "\ngrwoth,", "「grwoth」という前提は計算にありません"),
        ("simulation.csv", ",0,0.005,0.009,", ",0,0.5,0.009,", "下限と上限の間にありません"),
        ("simulation_lines.csv", ",commerce,0.04", ",comerce,0.04", "「comerce」は部門の表にありません"),
        ("process_templates.csv", "定型,pay,0.3,", "定型,pay,0.4,", "合計が1になりません"),
        ("process_templates.csv", "定型,pay,", "定型,payy,", "「payy」は種類の表にありません"),
    ],
)  # fmt: skip
def test_a_garbled_file_says_where(copy, file, before, after, said):
    path = copy / "parameters" / file
    text = path.read_text("utf-8-sig")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8-sig")
    with pytest.raises(DataFileError) as caught:
        simulation.read_ranges(copy)
        simulation.read_workload(copy)
    assert any(said in issue.to_text() for issue in caught.value.issues)


def test_every_range_says_where_it_is_from():
    for one in RANGES.values():
        assert one.low <= one.central <= one.high and one.kind and one.source and one.label
        assert one.unit
