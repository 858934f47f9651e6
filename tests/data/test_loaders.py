"""Cached loaders: a changed file is noticed, a broken one leaves the last good data."""

from __future__ import annotations

import os

import pytest

from data import loaders
from domain.issues import DataFileError

CSV = "sources/mic_wg47_20260422/facts.csv"


def change(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8-sig")
    # Two writes within one tick of the clock must still differ in their stamp.
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def test_a_changed_file_is_read_again(data_copy):
    assert loaders.load_facts()["N_established"].value == 28
    change(data_copy / CSV, ",28,28団体", ",29,29団体")
    assert loaders.load_facts()["N_established"].value == 29


def test_a_broken_file_leaves_the_last_good_data_and_says_so(data_copy):
    assert loaders.load_facts()["N_established"].value == 28
    change(data_copy / CSV, ",28,28団体", ",?,28団体")
    assert loaders.load_facts()["N_established"].value == 28
    assert "列「value」" in str(loaders.current_problems()[0])
    change(data_copy / CSV, ",?,28団体", ",30,30団体")
    assert loaders.load_facts()["N_established"].value == 30
    assert loaders.current_problems() == []


def test_without_last_good_data_the_fault_is_raised(data_copy):
    (data_copy / CSV).unlink()
    with pytest.raises(DataFileError, match="ファイルがありません"):
        loaders.load_facts()


def test_a_caller_cannot_change_what_others_get(data_copy):
    frame = loaders.load_table("facts")
    frame.loc[:, "label"] = "changed"
    assert "changed" not in set(loaders.load_table("facts")["label"])


def test_one_bad_card_does_not_hide_the_others(data_copy):
    count = len(loaders.load_cards())
    loaders._last_good.clear()
    (data_copy / "sources/mic_staff_survey/source.toml").write_text("?", encoding="utf-8")
    assert len(loaders.load_cards()) == count - 1
    assert len(loaders.current_problems()) == 1


def test_one_fault_is_told_once_however_many_loaders_meet_it(data_copy):
    loaders.load_facts()
    loaders.load_table("facts")
    (data_copy / CSV).write_bytes(b"")
    loaders.load_facts()
    loaders.load_table("facts")
    assert len(loaders.current_problems()) == 1
