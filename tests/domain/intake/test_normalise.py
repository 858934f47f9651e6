"""One cell, read: its own value, or a named repair, or a problem; never a guess."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from data.read import read_prefectures
from domain.intake import form
from domain.intake import normalise as n
from domain.intake.form import COVER, FRAMEWORKS, TASKS
from domain.places import CODES, compute_check_digit

ROOT = Path(__file__).resolve().parents[3]
PLACES = {place.code: place for place in read_prefectures(ROOT / "data")}


def read(name: str, value, **options):
    sheet = next(s for s in (FRAMEWORKS, TASKS, COVER) if any(c.name == name for c in s.columns))
    return n.normalise(sheet.column(name), value, PLACES, **options)


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_read_however_it_is_written(code):
    six = f"{code}000{compute_check_digit(code + '000')}"
    for written in (code, int(code), six, int(six), f"{code}000", six.translate(WIDE), f" {code} ",
                    f"'{code}", float(code)):  # fmt: skip
        assert read("pref_code", written).value == code, written


WIDE = {ord(d): chr(ord(d) + 0xFEE0) for d in "0123456789"}


@pytest.mark.parametrize("code", CODES)
def test_a_name_is_read_however_it_is_written(code):
    place = PLACES[code]
    for written in (place.name, place.short_name, f"{code} {place.name}", " ".join(place.name),
                    f"　{place.name}\n", f"{int(code)}.{place.name}"):  # fmt: skip
        assert read("pref_name", written).value == place.name, written


@pytest.mark.parametrize(
    ("name", "written", "value", "kinds"),
    [
        ("pref_code", "01", "01", ()),
        ("pref_code", 1, "01", (n.LEADING_ZERO,)),
        ("pref_code", "０１", "01", (n.HALF_WIDTH,)),
        ("pref_code", "010006", "01", (n.TO_TWO_DIGITS,)),
        ("pref_code", 10006, "01", (n.LEADING_ZERO, n.TO_TWO_DIGITS)),
        ("pref_name", "東京", "東京都", (n.FULL_NAME,)),
        ("pref_name", "東京都", "東京都", ()),
        ("status", "設置済み", "設置済み", ()),
        ("status", "設置済", "設置済み", (n.CHOICE_FORM,)),
        ("status", "未設置 ", "未設置", (n.TRIMMED,)),
        ("framework_kind", "横断", "分野横断", (n.CHOICE_FORM,)),
        ("level", "その他（係長級）", "その他", (n.CHOICE_FORM,)),
        ("start", "2025-02", "2025-02", ()),
        ("start", "R7.2", "2025-02", (n.ERA,)),
        ("start", "Ｒ７．２", "2025-02", (n.ERA,)),
        ("start", "令和7年2月", "2025-02", (n.ERA,)),
        ("start", "令和元年", "2019", (n.ERA,)),
        ("start", "R7年度末", "2026-03-31", (n.ERA,)),
        ("start", "2025/2", "2025-02", (n.DATE_FORM,)),
        ("start", 2025, "2025", ()),
        ("start", 202502, "2025-02", (n.DATE_FORM,)),
        ("start", 45748, "2025-04-01", (n.SERIAL,)),
        ("start", date(2025, 2, 14), "2025-02-14", ()),
        ("start", datetime(2025, 2, 14), "2025-02-14", ()),
        ("start", "未定", "", (n.NO_VALUE,)),
        ("municipalities", 12, "12", ()),
        ("municipalities", 12.0, "12", ()),
        ("municipalities", 0, "0", ()),
        ("municipalities", "12", "12", ()),
        ("municipalities", "１２", "12", (n.HALF_WIDTH,)),
        ("municipalities", "12市町村", "12", (n.UNIT,)),
        ("municipalities", "約12", "12", (n.ABOUT,)),
        ("municipalities", "1,234", "1234", (n.UNIT,)),
        ("municipalities", "－", "", (n.NO_VALUE,)),
        ("municipalities", None, "", ()),
        ("municipalities", "　", "", (n.TRIMMED,)),
        ("fields", "介護保険、道路", "介護保険、道路", ()),
        ("fields", "・介護保険\n・道路", "介護保険、道路", (n.LISTED,)),
        ("fields", "①介護保険，②道路", "介護保険、道路", (n.LISTED,)),
        ("fields", "土木（道路、橋）", "土木（道路、橋）", ()),
        ("measures", "水平連携/DX", "水平連携、デジタル活用", (n.LISTED, n.CHOICE_FORM)),
        ("name", " 会議\r\n", "会議", (n.LINE_ENDS, n.TRIMMED)),
        ("name", "検討\u200b会", "検討会", (n.CONTROL,)),
        ("name", "=1+1", "=1+1", ()),
        ("name", 12, "12", ()),
        ("V1", "少", "小", (n.CHOICE_FORM,)),
        ("V3a", "高", "高", ()),
        ("release", "確定", "確定", ()),
    ],
)  # fmt: skip
def test_value_and_repairs(name, written, value, kinds):
    found = read(name, written)
    assert (found.value, found.kinds, found.problem) == (value, kinds, "")


@pytest.mark.parametrize(
    ("name", "written", "problem"),
    [
        ("pref_code", True, "E_BOOL"),
        ("pref_code", "48", "E_CODE"),
        ("pref_code", "00", "E_CODE"),
        ("pref_code", "北海道", "E_CODE"),
        ("pref_code", "010005", "E_CHECK_DIGIT"),
        ("pref_code", "011002", "E_MUNICIPAL_CODE"),
        ("pref_code", date(2025, 1, 1), "E_CODE"),
        ("pref_name", "大坂府", "E_PREF"),
        ("pref_name", "札幌市", "E_PREF"),
        ("status", "たぶん設置", "E_CHOICE"),
        ("start", "R7.13", "E_DATE"),
        ("start", "令和7年2月30日", "E_DATE"),
        ("start", 7.2, "E_DATE"),
        ("start", 12, "E_DATE"),
        ("start", time(9, 0), "E_DATE"),
        ("start", date(1700, 1, 1), "E_DATE"),
        ("start", "いつか", "E_DATE"),
        ("municipalities", "なし", "E_ZERO_OR_BLANK"),
        ("municipalities", "▲3", "E_NEGATIVE"),
        ("municipalities", -3, "E_NEGATIVE"),
        ("municipalities", 1.5, "E_NOT_INTEGER"),
        ("municipalities", "4市4町村", "E_NUMBER"),
        ("municipalities", False, "E_BOOL"),
        ("measures", "宇宙開発", "E_CHOICE"),
        ("V2a", "ふつう", "E_CHOICE"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_said(name, written, problem):
    found = read(name, written)
    assert (found.value, found.problem) == ("", problem)


def test_a_wrong_check_digit_names_the_right_one():
    assert read("pref_code", "010005").details["right"] == "010006"


def test_near_choices_are_suggested_not_taken():
    found = read("framework_kind", "分野横断てき")
    assert found.value == "" and "分野横断" in found.details["near"]


@pytest.mark.parametrize(
    ("number_format", "value"),
    [("yyyy/m/d", "2025-02-01"), ("yyyy年m月", "2025-02"), ("mmm-yy", "2025-02"), ("", "2025-02-01"),
     ('[$-411]ggge"年"m"月"', "2025-02"), ("m/d/yy h:mm", "2025-02-01"), ("General", "2025-02-01")],
)  # fmt: skip
def test_a_date_cell_has_the_precision_it_shows(number_format, value):
    assert read("start", date(2025, 2, 1), number_format=number_format).value == value


def test_serial_numbers_follow_the_date_system():
    assert read("start", 45748).value == "2025-04-01"
    assert read("start", 44286, date1904=True).value == "2025-04-01"


def test_every_repair_kind_has_an_official_rule():
    kinds = {v for k, v in vars(n).items() if k[0].isupper() and k.isupper() and isinstance(v, str)}
    assert kinds == set(n.RULES)
    assert all(rule[:3] in ("L1-", "L2-", "L3-") for rule in n.RULES.values())


@pytest.mark.parametrize("sheet", [FRAMEWORKS, TASKS, COVER])
def test_choices_and_their_other_words_read_as_a_choice(sheet):
    for column in sheet.columns:
        for choice in column.choices:
            assert n.normalise(column, choice, PLACES) == n.Normal(choice)
        for written, choice in column.meanings:
            found = n.normalise(column, written, PLACES)
            assert choice in column.choices
            # A sign such as － says 未入力 where several words are allowed.
            assert found.value in (choice, ""), (column.name, written)


@pytest.mark.parametrize(
    ("header", "key"),
    [("①事務量（小規模団体）", "事務量"), ("設置年月\n（和暦可）", "設置年月"), ("新設／既存", "新設・既存"),
     ("※団体コード", "団体コード"), ("１．都道府県", "都道府県"), ("【必須】設置状況", "設置状況"), ("（備考）", "備考")],
)  # fmt: skip
def test_headers_are_compared_without_their_trimmings(header, key):
    assert n.label_key(header) == key


def test_no_two_columns_of_a_sheet_share_a_word():
    for sheet in (form.FRAMEWORKS, form.TASKS, form.COVER):
        keys = [n.label_key(column.label) for column in sheet.columns]
        assert len(set(keys)) == len(keys)
