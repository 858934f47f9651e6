"""No silent change: a value is the cell's own text, or a listed repair says what became of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.intake.findings import MUST_MEND
from domain.intake.form import FRAMEWORKS, TASKS
from domain.intake.grid import Sheet, from_address
from domain.intake.normalise import own_text
from domain.places import CODES, compute_check_digit
from tests.domain.intake.sheets import COVER_SHEET, PLACES, read

LABELS = {c.name: c.label for c in (*FRAMEWORKS.columns, *TASKS.columns)}
SPACES = st.sampled_from(["", " ", "　", "\n", "\t", "\r\n", "\u200b"])


def padded(texts):
    return st.builds(lambda a, text, b: f"{a}{text}{b}", SPACES, texts, SPACES)


codes = st.sampled_from(CODES).flatmap(
    lambda code: st.sampled_from(
        [code, int(code), f"{code}000", f"{code}000{compute_check_digit(code + '000')}",
         code.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"}), float(code)]
    )
)  # fmt: skip
names = st.sampled_from(CODES).flatmap(
    lambda code: st.sampled_from(
        [PLACES[code].name, PLACES[code].short_name, f"{code} {PLACES[code].name}"]
    )
)
periods = st.one_of(
    st.sampled_from(
        [
            "R7.2",
            "Ｒ７．２",
            "令和7年2月",
            "2025-02",
            "2025/2",
            "R7年度",
            "R7年度末",
            "未定",
            "R7.13",
            "",
            "〃",
        ]
    ),
    st.dates(date(2000, 1, 1), date(2040, 12, 31)),
    st.integers(0, 60000),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
numbers = st.one_of(
    st.integers(-5, 2000),
    st.sampled_from(["12", "１２", "12市町村", "約5", "1,234", "－", "なし", "▲3", "4市4町村"]),
)
free = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)


def choices(column):
    written = [*column.choices, *(w for w, _ in column.meanings), "わからない", "", "〃", "同上"]
    return padded(st.sampled_from(written))


def cell(column):
    match column.name:
        case "pref_code":
            return st.one_of(codes, st.none(), st.just("〃"))
        case "pref_name":
            return st.one_of(padded(names), st.none(), st.just("同上"))
        case "start" | "due":
            return periods
        case "municipalities":
            return st.one_of(numbers, st.none())
    return choices(column) if column.choices else st.one_of(padded(free), st.none(), st.booleans())


def rows_of(form):
    return st.lists(
        st.tuples(*(st.one_of(st.none(), cell(column)) for column in form.columns)),
        min_size=1,
        max_size=5,
    )


def check_no_silence(reading, sheet: Sheet) -> None:
    repairs = {(r.sheet, r.cell, r.name): r for r in reading.repairs}
    for record in reading.records:
        for name, value in record.values.items():
            if name == "as_of":
                continue
            address = record.cells.get(name, "")
            own = own_text(sheet.cell(*from_address(address))) if address else ""
            repair = repairs.get((sheet.title, address, name))
            if value == own:
                assert repair is None or repair.after == value
            else:
                assert repair is not None or value == "", (name, own, value)
            if repair is not None:
                assert (repair.before, repair.after) == (own, value)
                assert repair.kinds
            elif value == "" and own:
                # Dropped without a repair: then a finding at the cell stops the file.
                assert any(
                    f.severity == MUST_MEND and f.cell == address for f in reading.findings
                ), (name, own)


@pytest.mark.parametrize("form", [FRAMEWORKS, TASKS], ids=lambda form: form.dataset)
def test_every_published_value_is_its_own_or_has_a_repair(form):
    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows_of(form), st.data())
    def run(rows, data):
        header = [column.label for column in form.columns]
        body = [list(row) for row in rows]
        last = len(body)
        merges = ()
        if last > 1 and data.draw(st.booleans()):
            column = data.draw(st.integers(0, len(header) - 1))
            merges = ((1, column, last, column),)
            for row in body[1:]:
                row[column] = None
        sheet = Sheet(form.title, [header, *body], merges=merges)
        check_no_silence(read(COVER_SHEET, sheet), sheet)

    run()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows_of(FRAMEWORKS))
def test_a_declined_repair_is_never_made(rows):
    sheet = Sheet("表", [[c.label for c in FRAMEWORKS.columns], *map(list, rows)])
    first = read(COVER_SHEET, sheet)
    declined = [repair.key() for repair in first.repairs]
    again = read(COVER_SHEET, sheet, declined=declined)
    assert not {r.key() for r in again.repairs} & set(declined)
    check_no_silence(again, sheet)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows_of(FRAMEWORKS))
def test_reading_what_was_read_changes_nothing(rows):
    """The canonical values written back into the form are read without any repair."""
    header = [c.label for c in FRAMEWORKS.columns]
    first = read(COVER_SHEET, Sheet("表", [header, *map(list, rows)]))
    body = [[record.values[c.name] or None for c in FRAMEWORKS.columns] for record in first.records]
    again = read(COVER_SHEET, Sheet("表", [header, *body]))
    assert [dict(r.values) for r in again.records] == [dict(r.values) for r in first.records]
    assert again.repairs == []
