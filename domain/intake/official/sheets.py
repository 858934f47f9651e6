"""Which columns do the records of the official workbooks have? (公的統計の表の列)"""

from __future__ import annotations

from domain.intake.form import INTEGER, TEXT, FormColumn, FormSheet

# Names of the datasets in the store.
POPULATION, STAFF = "population_municipal", "staff_municipal"
# Scope of a population record: one file holds one age group (年齢区分).
AGE_GROUPS = {
    "total": "総人口", "0-14": "0～14歳", "15-64": "15～64歳", "65+": "65歳以上", "75+": "75歳以上",
}  # fmt: skip
YEARS = tuple(str(year) for year in range(2020, 2051, 5))
KINDS = {
    "a": "都道府県",
    "0": "区",
    "1": "政令市",
    "2": "その他の市",
    "3": "町村",
    "9": "浜通り地域",
}
_CODE = FormColumn("code5", "団体コード", TEXT, needed="always")
_PLACE_COLUMNS = (FormColumn("pref_name", "都道府県"), FormColumn("name", "団体名"))
POPULATION_SHEET = FormSheet(
    POPULATION, "市区町村別の将来推計人口", "1つの団体（都道府県、市区町村、政令市の区、浜通り地域）",
    (
        _CODE, FormColumn("kind", "市などの別", choices=tuple(KINDS)), *_PLACE_COLUMNS,
        *(FormColumn(year, f"{year}年", INTEGER) for year in YEARS),
    ),
)  # fmt: skip
# name, label in the messages, further labels (folded, without ・, 部門 and brackets).
STAFF_COLUMNS = (
    ("assembly", "議会", ()),
    ("general_affairs", "総務企画", ("総務",)),
    ("tax", "税務", ()),
    ("welfare", "民生", ()),
    ("health", "衛生", ()),
    ("labour", "労働", ()),
    ("agriculture", "農林水産", ()),
    ("commerce", "商工", ()),
    ("public_works", "土木", ()),
    ("general_management", "一般管理", ()),
    ("welfare_related", "福祉関係", ()),
    ("general_administration", "一般行政計", ("一般行政", "一般行政小計", "一般行政合計")),
    ("education", "教育", ()),
    ("police", "警察", ()),
    ("fire", "消防", ()),
    ("special_administration", "特別行政計", ("特別行政", "特別行政小計", "特別行政合計")),
    ("ordinary_account", "普通会計計", ("普通会計", "普通会計小計", "普通会計合計")),
    ("hospital", "病院", ("病院事業",)),
    ("water", "水道", ("水道事業", "上水道")),
    ("transport", "交通", ("交通事業",)),
    ("sewerage", "下水道", ("下水道事業",)),
    ("other_enterprise", "その他（公営企業等）", ()),
    (
        "public_enterprise", "公営企業等会計計",
        ("公営企業等会計", "公営企業会計", "公営企業会計計", "公営企業等", "公営企業等計", "公営企業等会計小計"),
    ),
    ("total", "合計", ("総計", "総合計", "職員数計", "総職員数", "職員総数")),
)  # fmt: skip
STAFF_SHEET = FormSheet(
    STAFF, "団体別の職員数", "1つの団体（都道府県、市区町村、一部事務組合等）",
    (
        _CODE, FormColumn("kind", "団体区分"), *_PLACE_COLUMNS,
        *(FormColumn(name, label, INTEGER) for name, label, _ in STAFF_COLUMNS),
    ),
)  # fmt: skip
OFFICIAL_SHEETS = (POPULATION_SHEET, STAFF_SHEET)
# The columns of STAFF_COLUMNS that are 部門, group by group.
GENERAL = (
    "assembly", "general_affairs", "tax", "welfare", "health", "labour", "agriculture",
    "commerce", "public_works",
)  # fmt: skip
SPECIAL = ("education", "police", "fire")
ENTERPRISE = ("hospital", "water", "transport", "sewerage", "other_enterprise")
