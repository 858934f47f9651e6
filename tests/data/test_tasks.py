"""The tasks of the ten fields as files hold them, and what a garbled file says."""

from __future__ import annotations

import shutil

import pytest

from data.paths import data_root
from data.read import read_rules, read_table, read_tasks
from domain.issues import DataFileError
from domain.measure_rules import FACTS, VIEWPOINTS
from domain.tasks import NATION, OWN_DRAFT
from domain.values import DRAFT, ORIGINAL

TASKS = read_tasks(data_root())


def table(name: str) -> list[dict]:
    return read_table(name, data_root()).to_dict("records")


def test_sixty_tasks_in_ten_fields():
    fields = [row["field_code"] for row in table("fields")]
    assert len(TASKS) == 60 and len(fields) == 10
    assert list(dict.fromkeys(task.field_code for task in TASKS.values())) == fields
    assert all(row["kind"] == DRAFT for row in table("tasks"))


def test_every_mark_says_who_judged():
    for task in TASKS.values():
        assert list(task.marks) == list(VIEWPOINTS)
        for mark in task.marks.values():
            assert mark.evaluator == (NATION if mark.kind == ORIGINAL else OWN_DRAFT)
            assert mark.sign() == ("■" if mark.kind == ORIGINAL else "◇")
            assert bool(mark.text) == (mark.kind == ORIGINAL)
    assert TASKS["K3"].unrated() == ["V4b"]
    assert {task.task_id for task in TASKS.values() if task.unrated()} == {"K3"}


def test_the_words_of_the_source_are_its_own():
    quotes = {row["quote"]: row["locator"] for row in table("worked_example")}
    for row in table("task_evidence"):
        assert quotes[row["text"]] == row["locator"]
        assert row["mark"] == "" or row["mark"] in FACTS[row["fact"]]


def test_limits_and_vehicles_belong_to_tasks():
    for row in table("legal_limits"):
        assert set(filter(None, row["task_ids"].split(";"))) <= {"*", *TASKS}
    assert all(task.vehicles for task in TASKS.values())
    # Where the law lets nothing go, no private body may be named as one that can do the whole.
    for task in TASKS.values():
        if task.private == "不可":
            assert not any(vehicle.measure == "P" for vehicle in task.vehicles), task.task_id


@pytest.fixture
def copy(tmp_path):
    for name in ("sources/task_analysis", "parameters"):
        shutil.copytree(data_root() / name, tmp_path / name)
    return tmp_path


def change(root, path: str, before: str, after: str) -> None:
    file = root / path
    text = file.read_text("utf-8-sig")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8-sig")


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        ("sources/task_analysis/tasks.csv", "\nK2,", "\nK1,", "事務ID「K1」が2度あります"),
        ("sources/task_analysis/task_vehicles.csv", "\nK2,", "\nK99,", "「K99」は事務の表にありません"),
        ("sources/task_analysis/task_evidence.csv", "\nK3,", "\nQ3,", "「Q3」は事務の表にありません"),
        ("sources/task_analysis/tasks.csv", ",定型,", ",ていけい,", "定型"),
        ("parameters/measure_rules.csv", "V1=小", "V1=極小", "条件を読めません"),
    ],
)  # fmt: skip
def test_a_garbled_file_says_where(copy, path, before, after, said):
    change(copy, path, before, after)
    with pytest.raises(DataFileError) as caught:
        read_tasks(copy)
        read_rules(copy)
    issue = caught.value.issues[0]
    assert said in issue.to_text() and issue.to_text().count("行")
