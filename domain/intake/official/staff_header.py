"""Where does the table of staff by 部門 stand, and which column is which?

総務省「地方公共団体定員管理調査」団体別データ (staff by body and 部門).
Known at second hand: the workbook of the 20 指定都市 of 2024 has on its first sheet (第1表) a
name and nine numbers, 一般管理, 福祉関係, 一般行政計, 教育, 警察, 消防, 普通会計計, 公営企業等会計, 合計, a
row 合計 and no codes; 第2表 splits them by 部門. Municipalities publish the same 部門 with the
labels of STAFF_SHEET, 計 and 小計 under their groups.
Assumed, since no file of all bodies was at hand: everything else. So columns are known by
their labels wherever they stand, under one or more header rows; bodies by 団体コード, or by
name together with the prefecture; the year by 「令和6年4月1日」 above the table. Whatever does
not fit is refused with what was expected and what was found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.intake.grid import Sheet
from domain.intake.official.cells import HEADER_ROWS, cells_of, folded
from domain.intake.official.sheets import ENTERPRISE, GENERAL, SPECIAL, STAFF_COLUMNS

_STAFF_IDS = {
    "code5": (
        "団体コード", "コード", "市区町村コード", "市町村コード", "地方公共団体コード", "全国地方公共団体コード",
        "自治体コード", "都道府県市区町村コード",
    ),
    "kind": ("団体区分", "団体の区分", "団体種別"),
    "pref_name": ("都道府県名", "都道府県", "県名"),
    "name": (
        "団体名", "団体名称", "団体", "市区町村名", "市町村名", "市区町村", "市町村", "地方公共団体名", "地方公共団体",
        "自治体名", "都市名", "市名", "指定都市名", "町村名", "市町村等名", "区分",
    ),
}  # fmt: skip
_ID_WORDS = frozenset(word for words in _STAFF_IDS.values() for word in words)
_LEAVES = {
    label: name for name, first, others in STAFF_COLUMNS for label in (first, *others)
    if name != "other_enterprise"
}  # fmt: skip
_SECTORS = frozenset((*GENERAL, *SPECIAL, *ENTERPRISE))
_ADDED = re.compile(
    r"部門|職員数|職員|^(?:(?:令和|平成)(?:元|\d+)|\d{4})年(?:度|4月1日)?(?:現在)?$"
)
_CHANGE = re.compile(r"(?:対?前年度?)?(?:増減|比|差引?|伸び)(?:数|率)?|構成比|割合|対?前年度?")
_SUM_WORDS = frozenset(("計", "小計", "合計", "総計"))


@dataclass(frozen=True)
class StaffHead:
    """Where the staff table of a sheet stands. double : column name → (first, second column)."""

    sheet: Sheet
    row: int
    ids: Mapping[str, int]
    columns: Mapping[str, int]
    double: Mapping[str, tuple[int, int]]
    labels: tuple[str, ...]
    data_row: int


@lru_cache(maxsize=8192)
def _staff_label(text: str) -> str:
    """Return a header as it is compared: without brackets, ・, years and 部門."""
    bare = re.sub(r"\([^)]*\)|[・･、,．.:：]", "", text)
    return bare if bare in _LEAVES else _ADDED.sub("", bare)


def _header_words(sheet: Sheet, row: int) -> list[str]:
    return [_staff_label(text) for text in folded(sheet, row)]


def find_staff(sheet: Sheet) -> StaffHead | None:
    """Where is the table of staff by 部門? At least four of its labels stand in one row."""
    limit = min(len(sheet.rows), HEADER_ROWS)
    words = [_header_words(sheet, row) for row in range(min(len(sheet.rows), limit + 3))]
    hits = [len({word for word in row if word in _LEAVES}) for row in words]
    best = max(range(limit), key=lambda row: hits[row], default=0)
    if not limit or hits[best] < 4:
        return None

    def is_header(row: int) -> bool:
        known = any(
            word in _LEAVES
            or word in _SUM_WORDS
            or word == "その他"
            or word in _ID_WORDS
            or _CHANGE.fullmatch(word)
            for word in words[row]
        )
        cells = cells_of(sheet, row)
        return known and not any(isinstance(cell, (int, float)) for cell in cells)

    top = bottom = best
    while top > 0 and best - top < 3 and is_header(top - 1):
        top -= 1
    while bottom + 1 < len(words) and bottom - best < 2 and is_header(bottom + 1):
        bottom += 1
    return _staff_head(sheet, words, top, bottom)


def _staff_head(sheet: Sheet, words: list[list[str]], top: int, bottom: int) -> StaffHead:
    width = max(len(words[row]) for row in range(top, bottom + 1))
    paths = _header_paths(sheet, words, top, bottom, width)
    ids: dict[str, int] = {}
    columns: dict[str, int] = {}
    double: dict[str, tuple[int, int]] = {}
    before = ""
    for column in range(width):
        own = [words[row][column] for row in range(top, bottom + 1) if column < len(words[row])]
        id_name = next(
            (name for name, known in _STAFF_IDS.items() for word in own if word in known), ""
        )
        if id_name and id_name not in ids:
            ids[id_name] = column
            continue
        name = _staff_column(paths[column], before)
        if name:
            before = name
            if name in columns:
                double.setdefault(name, (columns[name], column))
            else:
                columns[name] = column
    labels = tuple(">".join(path) for path in paths if path)
    return StaffHead(sheet, top, ids, columns, double, labels, bottom + 1)


def _header_paths(sheet: Sheet, words: list[list[str]], top: int, bottom: int,
                  width: int) -> list[list[str]]:  # fmt: skip
    """Return for each column its labels from the group down, blanks of groups filled in."""
    merged = {
        (row, column): (first, left)
        for first, left, last, right in sheet.merges
        if right > left and top <= first and last <= bottom
        for row in range(first, last + 1)
        for column in range(left, min(right, width - 1) + 1)
    }
    paths: list[list[str]] = []
    carried = [""] * (bottom - top + 1)
    for column in range(width):
        path: list[str] = []
        below = [words[row][column] if column < len(words[row]) else ""
                 for row in range(top, bottom + 1)]  # fmt: skip
        for depth, word in enumerate(below):
            row = top + depth
            if word:
                # A new group ends the groups below it.
                carried[depth:] = [word] + [""] * (len(carried) - depth - 1)
            elif (row, column) in merged:
                first, left = merged[row, column]
                word = words[first][left] if left < len(words[first]) else ""
            elif not merged and any(below[depth + 1 :]):
                word = carried[depth]
            if word and (not path or path[-1] != word):
                path.append(word)
        paths.append(path)
    return paths


def _staff_column(path: Sequence[str], before: str) -> str:
    """Which column is meant by a header? "" if none for certain."""
    if not path or any(_CHANGE.fullmatch(word) for word in path):
        return ""
    *groups, leaf = path
    known = [_LEAVES[group] for group in groups if group in _LEAVES]
    if leaf in _SUM_WORDS:
        if known:
            return known[-1]
        return "total" if leaf in _LEAVES and not groups else ""
    if leaf == "その他":
        inside = bool(known) and known[-1] == "public_enterprise"
        return "other_enterprise" if inside or (not groups and before in ENTERPRISE) else ""
    # Below a 部門 stand its parts, which may bear the same name as another 部門.
    if any(name in _SECTORS for name in known):
        return ""
    return _LEAVES.get(leaf, "")
