"""The two official workbooks the simulation wants, from cells to records (公的統計の取込).

1. 国立社会保障・人口問題研究所「日本の地域別将来推計人口（令和5（2023）年推計）」結果表1 and 2-1…2-4.
   Known, from the project's own notes and from programs of others that read the same files:
   one sheet; a title in A1 (結果表2-1　0～14歳人口および指数…); the labels コード, 市などの別, 都道府県,
   市区町村 in row 4 with 総人口（人） or 0～14歳人口（人） over the persons and 指数 over the index; the
   years 2020年…2050年 in row 5, once for persons and once for the index; data from row 6; 1,951
   rows. 市などの別: a 都道府県, 0 区 (of a 政令市 and of Tokyo alike), 1 政令市, 2 その他の市, 3 町村,
   9 浜通り地域 (07999, instead of 13 municipalities). Municipalities add up exactly to their
   prefecture. Table 1 is everybody, 2-1 0～14歳, 2-2 15～64歳, 2-3 65歳以上, 2-4 75歳以上.
   Assumed: the wording of the titles other than 1 and 2-1 (an age and 人口); what stands in
   rows 2-3. Which age it is decides the sheet, never the name of the file.
2. 総務省「地方公共団体定員管理調査」団体別データ (staff by body and 部門).
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
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from domain.intake.findings import (
    CONFIRM,
    MUST_MEND,
    NOTE,
    Repair,
    Template,
    make_finding,
    shorten,
)  # fmt: skip
from domain.intake.form import INTEGER, TEXT, FormColumn, FormSheet
from domain.intake.grid import CellValue, Sheet, Workbook, to_address
from domain.intake.normalise import (
    CHOICE_FORM,
    HALF_WIDTH,
    LEADING_ZERO,
    MERGED,
    NO_VALUE,
    SPACED,
    UNIT,
    clean_text,
    fold,
    own_text,
)  # fmt: skip
from domain.intake.records import Reading, Record
from domain.places import compute_check_digit

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
HAMADORI_CODE = "07999"
# The 13 municipalities the projection treats as one (浜通り地域の13市町村).
HAMADORI = (
    "07204", "07209", "07212", "07541", "07542", "07543", "07544", "07545", "07546", "07547",
    "07548", "07561", "07564",
)  # fmt: skip
# Kinds of repair beside those of domain.intake.normalise.
CHECK_DIGIT_DROPPED, CODE_FROM_NAME = "検査数字を除く", "団体名から団体コードを補う"
TO_FIVE_DIGITS = "2桁の都道府県コードを5桁に"
# What a code stands for.
PREFECTURE, MUNICIPALITY, WARD, REGION, ASSOCIATION = (
    "都道府県", "市区町村", "区", "浜通り地域", "一部事務組合等",
)  # fmt: skip

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
_STAFF_COLUMNS = (
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
        *(FormColumn(name, label, INTEGER) for name, label, _ in _STAFF_COLUMNS),
    ),
)  # fmt: skip
OFFICIAL_SHEETS = (POPULATION_SHEET, STAFF_SHEET)

_ASK_TITLE = "表題は「総人口」「0～14歳人口」「15～64歳人口」「65歳以上人口」「75歳以上人口」のどれかです。公表されたファイルをそのまま出してください。"
_AS_PUBLISHED = "公表されたファイルを、行や列を変えずにそのまま出してください。"
TEMPLATES: dict[str, Template] = {
    "E_OFFICIAL_NONE": Template(
        MUST_MEND,
        "将来推計人口（見出し「コード」「市などの別」と年）とも、定員管理調査の団体別データ（見出し「団体名」「一般行政」「教育」など）とも読めません",
        "この2つのほかのファイルは、都道府県報告様式として出してください。",
    ),
    "E_LAYOUT_HEADER": Template(
        MUST_MEND,
        "将来推計人口の表ですが、見出し「{missing}」がありません。見つかった見出しは「{found}」です",
        f"「コード」「市などの別」「都道府県」「市区町村」と2020年～2050年の見出しが要ります。{_AS_PUBLISHED}",
    ),
    "E_LAYOUT_YEAR": Template(
        MUST_MEND,
        "見出しの年は{found}です。読めるのは{expected}だけです。{edition}",
        "「日本の地域別将来推計人口（令和5（2023）年推計）」の結果表1、2-1～2-4を出してください。",
    ),
    "E_LAYOUT_NOT_PERSONS": Template(
        MUST_MEND,
        "人数の表ではありません（{reason}）",
        "結果表1、2-1～2-4（総人口と年齢別の人口）を出してください。割合の表は読みません。",
    ),
    "E_LAYOUT_AGE": Template(
        MUST_MEND,
        "どの年齢の人口かが、表題からも見出しからも分かりません。どの表ですか",
        f"ファイル名では決めません。{_ASK_TITLE}",
    ),
    "E_LAYOUT_AGE_CONFLICT": Template(
        MUST_MEND,
        "表題と見出しで年齢が違います（{ages}）",
        f"どちらが正しいかは決められません。{_ASK_TITLE}",
    ),
    "E_LAYOUT_TWICE": Template(
        MUST_MEND,
        "同じ表が2枚のシートにあります（先のシートは「{first}」）",
        "どちらか1枚だけにして出し直してください。",
    ),
    "E_LAYOUT_STAFF": Template(
        MUST_MEND,
        "定員管理調査の表のようですが、「{missing}」の列がありません。見つかった列は「{found}」です",
        "団体名又は団体コードと、一般行政の計の列がある団体別データを出してください。",
    ),
    "E_LAYOUT_STAFF_DOUBLE": Template(
        MUST_MEND,
        "「{name}」の列が2つあります（もう1つは{other}）。どちらを読むか決められません",
        "1つの年の表だけにしてください。増減や前年の列、内訳の列があれば除いてください。",
    ),
    "E_LAYOUT_STAFF_YEAR": Template(
        MUST_MEND,
        "いつの調査か分かりません（見つかった年：{found}）",
        "表の上に「令和6年4月1日現在」のように、調査の基準日を1つだけ書いてください。",
    ),
    "N_OFFICIAL_STAFF_PARTS": Template(
        NOTE, "この表に無い列は未入力になります：{missing}", "内訳も要るときは、部門別の表を出してください。"
    ),
    "N_OFFICIAL_SHEET": Template(
        NOTE, "このシートは読んでいません（{reason}）", "読むべき表なら、そのシートだけのファイルにして出してください。"
    ),
    "E_OFFICIAL_ROWS": Template(
        MUST_MEND,
        "市区町村の行が1つもありません（読めた行：{count}）",
        "市区町村ごとの値が入った表を出してください。",
    ),
    "E_OFFICIAL_CODE": Template(
        MUST_MEND, "団体コードとして読めません", "5桁、又は検査数字を含む6桁の団体コードにしてください。"
    ),
    "E_OFFICIAL_CHECK_DIGIT": Template(
        MUST_MEND,
        "検査数字が合いません（{code5}なら{right}）",
        "6桁の団体コードを確かめて直してください。",
    ),
    "C_OFFICIAL_UNKNOWN": Template(
        CONFIRM,
        "公表されている団体コードにありません。行は残しますが、どの市区町村とも結び付きません",
        "合併などで変わったコードなら、そのままでよいか確かめてください。",
    ),
    "E_OFFICIAL_DUPLICATE": Template(
        MUST_MEND, "同じ団体の行が2つあります（先の行は{first}）", "1つの団体を1行にしてください。"
    ),
    "C_OFFICIAL_NAME": Template(
        CONFIRM,
        "コード{code5}の{what}は「{official}」です",
        "コードと名称のどちらかが違います。行がずれていないか確かめてください。",
    ),
    "E_OFFICIAL_SHIFTED": Template(
        MUST_MEND,
        "コードと名称の合わない行が{count}行あります（最初は{code5}「{official}」）",
        f"コードか名称の列がずれています。{_AS_PUBLISHED}",
    ),
    "E_OFFICIAL_AMBIGUOUS": Template(
        MUST_MEND,
        "同じ名前の市区町村が{count}団体あり、どの都道府県か分かりません",
        "団体コードの列か都道府県名の列がある表を出してください。",
    ),
    "C_OFFICIAL_NO_BODY": Template(
        CONFIRM,
        "数はありますが、どの団体の行か分からないので読みません",
        "団体の行なら、名称か団体コードを直してください。注や参考の行ならこのままで構いません。",
    ),
    "C_OFFICIAL_KIND": Template(
        CONFIRM,
        "「市などの別」が、コード{code5}（{what}）と合いません",
        "a＝都道府県、0＝区、1＝政令市、2＝その他の市、3＝町村、9＝浜通り地域です。確かめてください。",
    ),
    "E_OFFICIAL_NUMBER": Template(
        MUST_MEND, "人数として読めません（{reason}）", "整数で入れてください。無い値は空欄にしてください。"
    ),
    "E_OFFICIAL_NEGATIVE": Template(
        MUST_MEND, "人数が負です", "0以上の整数にしてください。増減の列を読んでいないか確かめてください。"
    ),
    "C_OFFICIAL_EMPTY": Template(
        CONFIRM,
        "この列には数の無い行が{count}行あります（空欄や「－」）。0とはせず、未入力とします",
        "0人の意味なら0と入れてください。値が無いならこのままで構いません。",
    ),
    "C_OFFICIAL_SUM": Template(
        CONFIRM,
        "市区町村の合計と合わない年が{count}か年あります。{year}年は、この行が{own:,}人、合計が{total:,}人、差が{difference:+,}人です",
        "どちらかの値が変わったか、行が足りません。公表されたファイルと比べてください。",
    ),
    "C_OFFICIAL_TOTAL": Template(
        CONFIRM,
        "都道府県の合計と合わない年が{count}か年あります。{year}年は、この行が{own:,}人、合計が{total:,}人、差が{difference:+,}人です",
        "公表されたファイルと比べてください。",
    ),
    "C_OFFICIAL_PREFECTURE": Template(
        CONFIRM,
        "この都道府県の行がなく、市区町村の合計を確かめられません",
        "公表されたファイルには47の都道府県の行があります。比べてください。",
    ),
    "C_OFFICIAL_MISSING": Template(
        CONFIRM,
        "この市区町村の行がありません（全{all:,}団体のうち{count:,}団体が無い）",
        "未入力になります。公表されたファイルと比べてください。",
    ),
    "N_OFFICIAL_HAMADORI": Template(
        NOTE,
        "福島県浜通りの{count}市町村には個別の推計がなく、「浜通り地域」の1行にまとまっています",
        "公表のとおりです。個別の値は未入力になります。",
    ),
    "N_OFFICIAL_WARDS": Template(
        NOTE,
        "政令市の区が{count}行あります。市の値に含まれるので、合計には数えません",
        "公表のとおりです。直すことはありません。",
    ),
    "C_OFFICIAL_ROW_SUM": Template(
        CONFIRM,
        "「{subtotal}」は{own:,}人ですが、内訳（{parts}）の和は{total:,}人で、差が{difference:+,}人です",
        "列を取り違えていないか、値が変わっていないか確かめてください。",
    ),
    "N_OFFICIAL_TOTALS": Template(
        NOTE, "合計・小計・平均の行{count}行は読んでいません（{names}）", "団体の行が含まれていれば、名称を直してください。"
    ),
    "N_OFFICIAL_ASSOCIATIONS": Template(
        NOTE,
        "一部事務組合・広域連合などの行{count}行は、団体コードが無いので読んでいません（{names}）",
        "要るときは、団体コードのある表を出してください。",
    ),
    "N_OFFICIAL_MORE": Template(
        NOTE, "同じ指摘（{told}）が、このほかに{count}件あります", "先に示した指摘から直してください。"
    ),
}  # fmt: skip

# So many findings of one code are told one by one; a list of missing bodies is always whole.
_TOLD = 200
_WHOLE = frozenset(("C_OFFICIAL_MISSING", "C_OFFICIAL_PREFECTURE"))
# More names than this that do not fit their codes are no slips: a column has moved.
_SLIPS = 20
# No prefecture, and no staff, counts more persons.
_MOST_PERSONS = 200_000_000
# How far down a header may stand, and how many columns are looked at.
_HEADER_ROWS, _COLUMNS = 60, 400

_VARIANTS = str.maketrans("ヶ檮龍檜曾鰺餠澤邊條籠", "ケ梼竜桧曽鯵餅沢辺条篭")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー〜～∼~", "-") | dict.fromkeys("△▲", "-"))
_MARKS = frozenset(("", "-", "--", "...", "・・・", "*", "**", "***", "x", "X", "×", "/"))
_COUNT = re.compile(
    r"(?P<minus>-)?(?P<whole>[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?P<rest>\.[0-9]{1,9})?"
)
_NO_DIGITS = "数字ではありません"
_YEAR = re.compile(r"(?:令和\d{1,2}年?\()?((?:19|20|21)\d\d)年?\)?(?:年|\([^)]*\))?")
_YEAR_BEGINS = ("令", "1", "2")
_AGES = (
    ("0-14", re.compile(r"(?<![\d-])0 ?(?:歳)? ?- ?14 ?歳")),
    ("15-64", re.compile(r"(?<![\d-])15 ?(?:歳)? ?- ?64 ?歳")),
    ("65+", re.compile(r"(?<![\d-])65 ?歳以上")),
    ("75+", re.compile(r"(?<![\d-])75 ?歳以上")),
)
_TOTAL_AGE = re.compile("総 ?人 ?口|総 ?数")
_PROJECTION = re.compile(r"将来推計人口|人口(?:および|及び)指数")
_NOT_PERSONS = re.compile(r"割合|指数|構成比|増減|%")
_ID_LABELS = {
    "code5": ("コード", "団体コード", "地域コード", "市区町村コード"),
    "kind": ("市などの別",),
    "pref_name": ("都道府県", "都道府県名"),
    "name": ("市区町村", "市区町村名"),
}
_ID_NAMES = {"code5": "コード", "kind": "市などの別", "pref_name": "都道府県", "name": "市区町村"}
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
_LEAVES = {
    label: name for name, first, others in _STAFF_COLUMNS for label in (first, *others)
    if name != "other_enterprise"
}  # fmt: skip
_STAFF_LABELS = {name: label for name, label, _ in _STAFF_COLUMNS}
_GENERAL = (
    "assembly", "general_affairs", "tax", "welfare", "health", "labour", "agriculture",
    "commerce", "public_works",
)  # fmt: skip
_SPECIAL = ("education", "police", "fire")
_ENTERPRISE = ("hospital", "water", "transport", "sewerage", "other_enterprise")
_SECTORS = frozenset((*_GENERAL, *_SPECIAL, *_ENTERPRISE))
# Subtotal → ways to add it up; the first whose columns are all there is checked.
_ROW_SUMS = (
    ("general_administration", (_GENERAL, ("general_management", "welfare_related"))),
    ("special_administration", (_SPECIAL,)),
    (
        "ordinary_account",
        (
            ("general_administration", "special_administration"),
            ("general_administration", *_SPECIAL),
        ),
    ),
    ("public_enterprise", (_ENTERPRISE,)),
    (
        "total",
        (
            ("ordinary_account", "public_enterprise"),
            ("general_administration", "special_administration", "public_enterprise"),
            ("general_administration", *_SPECIAL, "public_enterprise"),
        ),
    ),
)
_ADDED = re.compile(
    r"部門|職員数|職員|^(?:(?:令和|平成)(?:元|\d+)|\d{4})年(?:度|4月1日)?(?:現在)?$"
)
_CHANGE = re.compile(r"(?:対?前年度?)?(?:増減|比|差引?|伸び)(?:数|率)?|構成比|割合|対?前年度?")
_SUM_WORDS = frozenset(("計", "小計", "合計", "総計"))
_TOTAL_ROW = re.compile(r"(?:計|全国|総数|平均)(?:\(.*\))?$|^全国|^(?:合計|総計)")
_ASSOCIATION = re.compile(r"組合|広域連合|企業団|事務委託|協議会|財産区")
_EDITIONS = {
    tuple(range(2015, 2046, 5)): "平成30（2018）年推計の年です。",
    tuple(range(2010, 2041, 5)): "平成25（2013）年推計の年です。",
}
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
_SURVEY_DAY = re.compile(
    r"(?:(令和|平成|R|H)(元|\d{1,2})(?:年|\.)(?:\(\d{4}年?\))?|((?:19|20)\d\d)(?:年|[./-])(?:\([^)]*\))?)"
    r"0?4(?:月|[./-])0?1(?!\d)日?"
)
_SURVEY_YEAR = re.compile(r"(?:(令和|平成)(元|\d{1,2})|(?<!\d)((?:19|20)\d\d))年")


def classify_code(code5: str, municipalities: Mapping[str, str]) -> str:
    """What does a 5-digit code stand for? PREFECTURE … ASSOCIATION, "" if for nothing known."""
    if code5 in municipalities:
        return MUNICIPALITY
    if code5 == HAMADORI_CODE:
        return REGION
    if code5.endswith("000"):
        return PREFECTURE
    if code5[2] == "1" and not code5.endswith("00"):
        return WARD
    return ASSOCIATION if code5[2] in "89" else ""


def recognise(workbook: Workbook) -> str | None:
    """Which official workbook is this? A dataset, or None when it is something else.

    Another year's edition and a damaged header are recognised too, so that read_official can
    say what is wrong with them. The name of the file plays no part.
    """
    if any(_find_population(sheet) for sheet in workbook.sheets):
        return POPULATION
    if any(_find_staff(sheet) for sheet in workbook.sheets):
        return STAFF
    return None


def read_official(
    workbook: Workbook, municipalities: Mapping[str, str], prefectures: Mapping[str, str]
) -> Reading:
    """What does an official workbook say, and what is wrong with it?

    Parameters
    ----------
    municipalities : 5-digit code → name of the 1,741 official ones.  prefectures : 2-digit code
        → name of the 47.

    Returns
    -------
    Reading; one record a body. Its scope is the age group (a key of AGE_GROUPS) for POPULATION
    and the calendar year of the survey, e.g. "2024", for STAFF; persons as digits, "" where
    there is no number (未入力). Nothing is read from a sheet whose layout is not the known one.
    """
    teller = _Teller()
    places = _Places(municipalities, prefectures)
    dataset = recognise(workbook)
    if dataset == POPULATION:
        _read_population(workbook, places, teller)
    elif dataset == STAFF:
        _read_staff(workbook, places, teller)
    else:
        titles = "、".join(sheet.title for sheet in workbook.sheets)
        teller.tell("E_OFFICIAL_NONE", value=f"シート：{titles}")
    return teller.close()


class _Teller:
    """Collects records, repairs and findings; keeps a flood of equal findings short."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._told: dict[str, int] = defaultdict(int)

    def tell(
        self, code: str, sheet: str = "", cell: str = "", value: object = "", label: str = "",
        **details: object,
    ) -> None:  # fmt: skip
        self._told[code] += 1
        if code in _WHOLE or self._told[code] <= _TOLD:
            finding = make_finding(TEMPLATES, code, sheet, cell, value, label, **details)
            self.reading.findings.append(finding)

    def repair(
        self, sheet: Sheet, cell: str, column: FormColumn, kinds: Sequence[str], before: str,
        after: str, source_cell: str = "",
    ) -> None:  # fmt: skip
        repair = Repair(
            sheet.title, cell, column.name, column.label, tuple(kinds), before, after,
            source_cell=source_cell,
        )  # fmt: skip
        self.reading.repairs.append(repair)

    def close(self) -> Reading:
        for code, count in sorted(self._told.items()):
            if count > _TOLD and code not in _WHOLE:
                more = make_finding(TEMPLATES, "N_OFFICIAL_MORE", told=code, count=count - _TOLD)
                self.reading.findings.append(more)
        return self.reading


class _Places:
    """The official bodies, by code and by name."""

    def __init__(self, municipalities: Mapping[str, str], prefectures: Mapping[str, str]) -> None:
        self.municipalities, self.prefectures = municipalities, prefectures
        self.prefecture_codes = {code + "000": name for code, name in prefectures.items()}
        self.known = municipalities.keys() | self.prefecture_codes.keys() | {HAMADORI_CODE}
        self.pref_by_name = {_name_key(name): code for code, name in prefectures.items()}
        self.by_name: dict[str, list[str]] = defaultdict(list)
        for code, name in municipalities.items():
            self.by_name[_name_key(name)].append(code)


def _name_key(name: str) -> str:
    return fold(name).translate(_VARIANTS)


def _same_name(written: str, official: str) -> bool:
    """Is it the same name, perhaps with 郡 or prefecture before it?"""
    return _name_key(written).endswith(_name_key(official))


# --- cells ----------------------------------------------------------------------------------


def _row(sheet: Sheet, row: int) -> Sequence[CellValue]:
    return sheet.rows[row][:_COLUMNS] if row < len(sheet.rows) else ()


def _folded(sheet: Sheet, row: int) -> list[str]:
    return [fold(own_text(value)) for value in _row(sheet, row)]


def _spaced(sheet: Sheet, row: int) -> list[str]:
    """Return the texts of a row with their spaces: 「2-1　0～14歳」 must not read 10～14歳."""
    return [
        " ".join(unicodedata.normalize("NFKC", own_text(value)).split())
        for value in _row(sheet, row)
    ]


def _is_blank(sheet: Sheet) -> bool:
    return not any(value is not None for row in sheet.rows for value in row)


def _read_count(value: CellValue) -> tuple[str, tuple[str, ...], str]:
    """Return digits, repairs and problem ("empty", "negative" or a reason) of a number cell."""
    if value is None:
        return "", (), "empty"
    if isinstance(value, bool):
        return "", (), "真偽値です"
    if isinstance(value, (int, float)):
        if value != value or abs(value) > _MOST_PERSONS:
            return "", (), "数が大きすぎます"
        if value != int(value):
            return "", (), "小数です"
        return ("", (), "negative") if value < 0 else (str(int(value)), (), "")
    if not isinstance(value, str):
        return "", (), "日付や時刻です"
    text, found = clean_text(value)
    kinds = list(found)
    narrow = unicodedata.normalize("NFKC", text)
    if narrow != text:
        kinds.append(HALF_WIDTH)
    tight = "".join(narrow.split())
    if tight != narrow:
        kinds.append(SPACED)
    if tight.translate(_DASHES) in _MARKS:
        return "", (NO_VALUE,) if value else (), "empty"
    digits = tight.translate(_DASHES).removesuffix("人")
    match = _COUNT.fullmatch(digits)
    if not match:
        return "", (), _NO_DIGITS
    if match["minus"]:
        return "", (), "negative"
    if match["rest"] and match["rest"].strip(".0"):
        return "", (), "小数です"
    number = str(int(match["whole"].replace(",", "")))
    if int(number) > _MOST_PERSONS:
        return "", (), "数が大きすぎます"
    if number != tight:
        kinds.append(UNIT)
    return number, tuple(kinds), ""


def _digits(value: CellValue) -> tuple[str, tuple[str, ...]]:
    """Return the digits of a code cell and the repairs that took, ("", ()) if it holds none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return "", ()
    text, found = clean_text(own_text(value))
    kinds = list(found)
    narrow = unicodedata.normalize("NFKC", text)
    if narrow != text:
        kinds.append(HALF_WIDTH)
    tight = "".join(narrow.split())
    if tight != narrow:
        kinds.append(SPACED)
    if tight.startswith("'"):  # How Excel is told that digits are text.
        tight = tight[1:]
        kinds.append(UNIT)
    return (tight, tuple(kinds)) if re.fullmatch(r"[0-9]{1,6}", tight) else ("", ())


def _has_check_digit(six: str) -> bool:
    return compute_check_digit(six[:5]) == six[5]


def _uses_six_digits(codes: Iterable[str], places: _Places) -> bool:
    """Do the codes of a column carry a check digit? One cell alone cannot tell: 11002 may
    be 01100 with its check digit and without its zero."""
    five = six = 0
    for digits in codes:
        five += len(digits) <= 5 and digits.zfill(5) in places.known
        padded = digits.zfill(6)
        six += len(digits) >= 5 and padded[:5] in places.known and _has_check_digit(padded)
    return six > five


def _read_code(digits: str, six_digits: bool, places: _Places) -> tuple[str, tuple[str, ...], str]:
    """Return the 5-digit code, repairs and problem ("", "code" or "check") of a code's digits."""
    if len(digits) <= 2 and digits.zfill(2) in places.prefectures:
        padded = (LEADING_ZERO,) if len(digits) < 2 else ()
        return digits.zfill(2) + "000", (*padded, TO_FIVE_DIGITS), ""
    if len(digits) == 6 or (six_digits and len(digits) == 5):
        six = digits.zfill(6)
        if _has_check_digit(six):
            padded = (LEADING_ZERO,) if len(digits) < 6 else ()
            return six[:5], (*padded, CHECK_DIGIT_DROPPED), ""
        if len(digits) == 6:
            return six[:5], (), "check"
    if len(digits) in (4, 5):
        return digits.zfill(5), (LEADING_ZERO,) if len(digits) < 5 else (), ""
    return "", (), "code"


@dataclass
class _Row:
    """One row being read: values, where they stand, what the cells say."""

    sheet: Sheet
    number: int
    form: FormSheet
    teller: _Teller
    values: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, column: int | None, value: str, kinds: Sequence[str] = (),
            source: tuple[int, int] | None = None) -> None:  # fmt: skip
        self.values[name] = value
        if column is None:
            return
        cell = self.cells[name] = to_address(self.number, column)
        raw = self.raw[name] = own_text(self.sheet.cell(self.number, column))
        if value != raw:
            self.teller.repair(
                self.sheet, cell, self.form.column(name), kinds, raw, value,
                to_address(*source) if source else "",
            )  # fmt: skip

    def tell(self, code: str, name: str, **details: object) -> None:
        column = self.form.column(name)
        cell = self.cells.get(name, to_address(self.number, 0))
        seen = self.raw.get(name, "")
        self.teller.tell(code, self.sheet.title, cell, seen, column.label, **details)

    def record(self, scope: str) -> Record:
        values = {column.name: self.values.get(column.name, "") for column in self.form.columns}
        return Record(
            self.form.dataset, scope, self.sheet.title, self.number, values, self.cells, self.raw
        )

    def count(self, name: str) -> int | None:
        """Return a number that was read, None where there is none."""
        return int(self.values[name]) if self.values.get(name) else None


class _Counts:
    """Reads the number cells of a sheet and remembers what was empty, by column."""

    def __init__(self, sheet: Sheet, form: FormSheet, columns: Mapping[str, int],
                 teller: _Teller) -> None:  # fmt: skip
        self.sheet, self.form, self.columns, self.teller = sheet, form, columns, teller
        self._empty: dict[str, list[int]] = defaultdict(list)

    def read(self, row: _Row) -> None:
        for name, column in self.columns.items():
            value = self.sheet.cell(row.number, column)
            digits, kinds, problem = _read_count(value)
            error = self.sheet.errors.get((row.number, column))
            if not error and problem in ("", "empty"):
                row.put(name, column, digits, kinds)
                if problem:
                    self._empty[name].append(row.number)
                continue
            row.values[name] = ""
            row.cells[name] = to_address(row.number, column)
            row.raw[name] = error or own_text(value)
            if problem == "negative":
                row.tell("E_OFFICIAL_NEGATIVE", name)
            else:
                row.tell("E_OFFICIAL_NUMBER", name, reason="数式の誤りです" if error else problem)

    def has_any(self, number: int) -> bool:
        """Does a row hold anything where numbers stand, words aside?"""
        values = (self.sheet.cell(number, column) for column in self.columns.values())
        return any(
            own_text(value).strip() and _read_count(value)[2] != _NO_DIGITS for value in values
        )

    def close(self) -> None:
        for name, numbers in self._empty.items():
            cell = to_address(numbers[0], self.columns[name])
            seen = own_text(self.sheet.cell(numbers[0], self.columns[name]))
            label = self.form.column(name).label
            self.teller.tell(
                "C_OFFICIAL_EMPTY", self.sheet.title, cell, seen, label, count=len(numbers)
            )


def _tell_names(wrong: list[tuple[_Row, str, str, str]], teller: _Teller) -> None:
    """Tell names that do not fit their codes: (row, column, what, official name)."""
    if len(wrong) > _SLIPS:
        row, name, _, official = wrong[0]
        row.tell("E_OFFICIAL_SHIFTED", name, count=len({id(item[0]) for item in wrong}),
                 code5=row.values["code5"], official=official)  # fmt: skip
        return
    for row, name, what, official in wrong:
        row.tell("C_OFFICIAL_NAME", name, code5=row.values["code5"], what=what, official=official)


def _check_names(row: _Row, places: _Places) -> list[tuple[_Row, str, str, str]]:
    """Do the names of a row belong to its code?"""
    wrong = []
    code, name, pref = row.values["code5"], row.values["name"], row.values["pref_name"]
    official_pref = places.prefectures.get(code[:2], "")
    if pref and official_pref and _name_key(pref) != _name_key(official_pref):
        wrong.append((row, "pref_name", "都道府県", official_pref))
    official = places.municipalities.get(code) or places.prefecture_codes.get(code, "")
    if name and official and not _same_name(name, official):
        wrong.append((row, "name", "団体", official))
    return wrong


def _put_code(row: _Row, column: int, six_digits: bool, places: _Places) -> str:
    """Read the code of a row; tell what is wrong with it. Return the code, "" if unreadable."""
    digits, kinds = _digits(row.sheet.cell(row.number, column))
    code, more, problem = _read_code(digits, six_digits, places) if digits else ("", (), "code")
    if problem:
        row.raw["code5"] = own_text(row.sheet.cell(row.number, column))
        row.cells["code5"] = to_address(row.number, column)
    if problem == "check":
        right = code + compute_check_digit(code)
        row.tell("E_OFFICIAL_CHECK_DIGIT", "code5", code5=code, right=right)
        return ""
    if problem:
        row.tell("E_OFFICIAL_CODE", "code5")
        return ""
    row.put("code5", column, code, (*kinds, *more))
    return code


class _Texts:
    """Reads the text cells of a sheet; a merged cell says what its first cell says."""

    def __init__(self, sheet: Sheet, columns: Mapping[str, int]) -> None:
        self.sheet, self.columns = sheet, columns
        self._merged: dict[tuple[int, int], tuple[int, int]] = {}
        wanted = set(columns.values())
        for top, left, bottom, right in sheet.merges:
            for column in wanted & set(range(left, min(right, _COLUMNS) + 1)):
                for row in range(top, min(bottom, len(sheet.rows) - 1) + 1):
                    self._merged[row, column] = (top, left)

    def read(self, row: _Row, name: str) -> None:
        column = self.columns.get(name)
        if column is None:
            row.values[name] = ""
            return
        value, source = self.sheet.cell(row.number, column), None
        if value is None:
            source = self._merged.get((row.number, column))
        text, kinds = clean_text(own_text(self.sheet.cell(*source) if source else value))
        row.put(name, column, text, [MERGED] if source else kinds, source)


class _Seen:
    """Which body has its row where; tells the second row of one body."""

    def __init__(self) -> None:
        self.rows: dict[str, _Row] = {}

    def add(self, row: _Row) -> bool:
        first = self.rows.setdefault(row.values["code5"], row)
        if first is row:
            return True
        where = first.cells.get("code5") or to_address(first.number, 0)
        if first.sheet is not row.sheet:
            where = f"{first.sheet.title}!{where}"
        row.tell("E_OFFICIAL_DUPLICATE", "code5", first=where)
        return False


def _tell_missing(found: Iterable[str], places: _Places, sheet: str, teller: _Teller) -> None:
    missing = sorted(places.municipalities.keys() - set(found))
    for code in missing:
        pref = places.prefectures.get(code[:2], "")
        teller.tell(
            "C_OFFICIAL_MISSING", sheet, value=f"{code} {pref}{places.municipalities[code]}",
            all=len(places.municipalities), count=len(missing),
        )  # fmt: skip


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:5]) + ("ほか" if len(names) > 5 else "")


# --- population -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _PopulationHead:
    """Where the population table of a sheet stands. years : of persons, not of the index."""

    sheet: Sheet
    row: int
    labels: Mapping[str, int]
    years: tuple[tuple[int, int], ...]
    groups: tuple[str, ...]
    titles: tuple[str, ...]
    data_row: int
    only_index: bool


def _years_in(texts: Sequence[str]) -> list[tuple[int, int]]:
    years = []
    for column, text in enumerate(texts):
        match = _YEAR.fullmatch(text) if text[:1] in _YEAR_BEGINS and len(text) <= 20 else None
        if match:
            years.append((column, int(match[1])))
    return years


_LABEL_NAMES = {word: name for name, words in _ID_LABELS.items() for word in words}


def _labels_in(texts: Sequence[str]) -> dict[str, int]:
    labels: dict[str, int] = {}
    for column, text in enumerate(texts):
        if text in _LABEL_NAMES:
            labels.setdefault(_LABEL_NAMES[text], column)
    return labels


def _find_population(sheet: Sheet) -> _PopulationHead | None:
    """Where is the table of the projection, however damaged its header?"""
    titled = False
    texts = [_folded(sheet, row) for row in range(min(len(sheet.rows), _HEADER_ROWS + 2))]
    years_of = [_years_in(row) for row in texts]
    for row, words in enumerate(texts[:_HEADER_ROWS]):
        labels = _labels_in(words)
        own = labels.keys() & {"kind", "name"}
        years_at = {at: found for at, found in enumerate(years_of[row : row + 3], row) if found}
        year_row = next((at for at, found in years_at.items() if len(found) >= 3), row)
        years = years_at.get(year_row, [])
        headed = len(labels) >= 2 and own and len(years) >= 3
        if headed or ("kind" in labels and len(labels) >= 3):
            return _population_head(sheet, row, labels, year_row, years)
        if titled and len(years_at.get(row, [])) >= 5:
            return _population_head(sheet, row, labels, row, years_at[row])
        titled = titled or any(map(_PROJECTION.search, words))
    return None


def _population_head(sheet: Sheet, row: int, labels: Mapping[str, int], year_row: int,
                     years: list[tuple[int, int]]) -> _PopulationHead:  # fmt: skip
    # The labels over the years stand in the rows between コード and the years, or one above.
    group_rows = range(row, year_row) if year_row > row else range(row - 1, row)
    first = max(labels.values(), default=-1) + 1

    def group_of(column: int) -> str:
        for number in group_rows if labels else ():
            texts = _spaced(sheet, number) if number >= 0 else []
            for place in range(min(column, len(texts) - 1), first - 1, -1):
                if texts[place]:
                    return texts[place]
        return ""

    grouped = [(column, year, group_of(column)) for column, year in years]
    persons = [item for item in grouped if not _NOT_PERSONS.search(item[2])]
    # Without labels over them, the first round of years is that of persons.
    rounds: list[tuple[int, int]] = []
    for column, year, _ in persons:
        if rounds and year == rounds[0][1]:
            break
        rounds.append((column, year))
    titles = [text for number in range(row) for text in _spaced(sheet, number) if text]
    groups = dict.fromkeys(group for _, _, group in (persons or grouped) if group)
    return _PopulationHead(
        sheet, row, labels, tuple(rounds), tuple(groups),
        tuple(text for text in titles if text not in groups),
        max(row, year_row if years else row) + 1, bool(grouped) and not persons,
    )  # fmt: skip


def _ages_in(text: str) -> set[str]:
    """Which age groups does a title name?"""
    plain = text.translate(_DASHES)
    ages = {age for age, pattern in _AGES if pattern.search(plain)}
    return ages or ({"total"} if _TOTAL_AGE.search(plain) else set())


def _age_of(head: _PopulationHead) -> tuple[str, set[str]]:
    """Return the age group ("" if not said) and what contradicts itself.

    The label over the persons and the first line of the title that names an age count.
    """
    over = set().union(*(_ages_in(group) for group in head.groups))
    title = next((ages for text in head.titles if (ages := _ages_in(text))), set())
    said = over | title
    if len(said) == 1:
        return said.pop(), set()
    return "", said


def _check_population_layout(head: _PopulationHead, teller: _Teller) -> str:
    """Is it the known layout, and of which age? Return the age group, "" if it is not."""
    sheet, faults = head.sheet, len(teller.reading.findings)
    place = to_address(head.row, 0)
    missing = [word for name, word in _ID_NAMES.items() if name not in head.labels]
    if not head.years and not head.only_index:
        missing.append("2020年～2050年")
    if missing:
        found = "、".join(text for text in _folded(sheet, head.row) if text)
        teller.tell("E_LAYOUT_HEADER", sheet.title, place,
                    missing="、".join(missing), found=found or "なし")  # fmt: skip
    odd = next((text for text in head.titles[:1] if re.search("割合|構成比", text)), "")
    if head.only_index or odd:
        teller.tell("E_LAYOUT_NOT_PERSONS", sheet.title, place,
                    reason=odd or "、".join(head.groups))  # fmt: skip
    elif head.years:
        found_years = tuple(year for _, year in head.years)
        if sorted(found_years) != [int(year) for year in YEARS]:
            teller.tell(
                "E_LAYOUT_YEAR", sheet.title, to_address(head.data_row - 1, head.years[0][0]),
                found="、".join(map(str, found_years)), expected="、".join(YEARS),
                edition=_EDITIONS.get(found_years, ""),
            )  # fmt: skip
        elif _is_index(head):
            teller.tell("E_LAYOUT_NOT_PERSONS", sheet.title, place, reason="2020年がどの行も100")
    age, said = _age_of(head)
    if len(said) > 1:
        ages = "と".join(AGE_GROUPS[key] for key in AGE_GROUPS if key in said)
        teller.tell("E_LAYOUT_AGE_CONFLICT", sheet.title, "A1", ages=ages)
    elif not age:
        teller.tell("E_LAYOUT_AGE", sheet.title, "A1", value=(head.titles or ("",))[0])
    return age if len(teller.reading.findings) == faults else ""


def _is_index(head: _PopulationHead) -> bool:
    column = next(column for column, year in head.years if year == 2020)
    values = [head.sheet.cell(row, column) for row in range(head.data_row, len(head.sheet.rows))]
    numbers = [value for value in values if isinstance(value, (int, float))]
    return len(numbers) > 2 and all(value == 100 for value in numbers)


def _read_population(workbook: Workbook, places: _Places, teller: _Teller) -> None:
    done: dict[str, str] = {}
    for sheet in workbook.sheets:
        head = _find_population(sheet)
        if not head:
            if not _is_blank(sheet):
                teller.tell("N_OFFICIAL_SHEET", sheet.title, reason="将来推計人口の見出しが無い")
            continue
        age = _check_population_layout(head, teller)
        if not age:
            continue
        if age in done:
            teller.tell("E_LAYOUT_TWICE", sheet.title, value=AGE_GROUPS[age], first=done[age])
            continue
        done[age] = sheet.title
        _read_population_sheet(head, age, places, teller)
    if done:
        teller.reading.found[POPULATION] = "、".join(done.values())


def _read_population_sheet(
    head: _PopulationHead, age: str, places: _Places, teller: _Teller
) -> None:
    sheet, labels = head.sheet, head.labels
    columns = {str(year): column for column, year in head.years}
    counts = _Counts(sheet, POPULATION_SHEET, columns, teller)
    texts = _Texts(sheet, labels)
    numbers = range(head.data_row, len(sheet.rows))
    codes = (_digits(sheet.cell(number, labels["code5"]))[0] for number in numbers)
    six_digits = _uses_six_digits((digits for digits in codes if digits), places)
    seen, wrong, totals = _Seen(), [], []
    for number in numbers:
        row = _Row(sheet, number, POPULATION_SHEET, teller)
        digits = _digits(sheet.cell(number, labels["code5"]))[0]
        if not digits and not counts.has_any(number):
            continue  # A note under the table, or nothing.
        words = [fold(own_text(sheet.cell(number, labels[name]))) for name in _ID_NAMES]
        if not digits.strip("0") and any(_TOTAL_ROW.search(word) for word in words if word):
            totals.append(number)
            continue
        if not _put_code(row, labels["code5"], six_digits, places):
            continue
        kind = fold(own_text(sheet.cell(number, labels["kind"]))).lower()
        row.put("kind", labels["kind"], kind, (CHOICE_FORM,))
        texts.read(row, "pref_name")
        texts.read(row, "name")
        counts.read(row)
        if not seen.add(row):
            continue
        wrong += _check_names(row, places)
        _check_kind(row, places)
        teller.reading.records.append(row.record(age))
    counts.close()
    _tell_names(wrong, teller)
    _check_population(sheet, seen.rows, totals, columns, places, teller)


def _is_region(row: _Row, places: _Places) -> bool:
    """Is it the row of the 13 municipalities together, whatever its code?"""
    code = row.values["code5"]
    return code == HAMADORI_CODE or (
        row.values["kind"] == "9" and code[:2] == HAMADORI_CODE[:2] and code not in places.known
    )


def _check_kind(row: _Row, places: _Places) -> None:
    code, kind = row.values["code5"], row.values["kind"]
    what = REGION if _is_region(row, places) else classify_code(code, places.municipalities)
    if code[:2] not in places.prefectures:
        row.tell("C_OFFICIAL_UNKNOWN", "code5")
        return
    fits = {
        PREFECTURE: "a", MUNICIPALITY: "0123", WARD: "0", REGION: "9",
    }.get(what)  # fmt: skip
    if fits is None or (what == WARD and kind in ("1", "2", "3")):
        row.tell("C_OFFICIAL_UNKNOWN", "code5")
    elif not kind or kind not in fits:
        row.tell("C_OFFICIAL_KIND", "kind", code5=code, what=what)


def _check_population(sheet: Sheet, rows: Mapping[str, _Row], totals: Sequence[int],
                      columns: Mapping[str, int], places: _Places,
                      teller: _Teller) -> None:  # fmt: skip
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(YEARS, 0))
    wards = []
    for code, row in rows.items():
        what = classify_code(code, places.municipalities)
        if what == WARD and row.values["kind"] == "0":
            wards.append(row)
        elif what != PREFECTURE:
            for year in YEARS:
                sums[code[:2]][year] += row.count(year) or 0
    found = rows.keys() & places.municipalities.keys()
    if not found:
        teller.tell("E_OFFICIAL_ROWS", sheet.title, count=len(rows))
        return
    if wards:
        teller.tell("N_OFFICIAL_WARDS", sheet.title, wards[0].cells["code5"],
                    wards[0].raw["name"], count=len(wards))  # fmt: skip
    for code, name in places.prefectures.items():
        row = rows.get(code + "000")
        if code not in sums:
            continue  # None of its municipalities is there, which is told below.
        if row is None:
            teller.tell("C_OFFICIAL_PREFECTURE", sheet.title, value=name)
        else:
            _tell_sum("C_OFFICIAL_SUM", row, columns, sums[code], name)
    nation = dict.fromkeys(YEARS, 0)
    for code in places.prefecture_codes:
        for year in YEARS:
            nation[year] += (rows[code].count(year) or 0) if code in rows else sums[code[:2]][year]
    for number in totals:
        row = _Row(sheet, number, POPULATION_SHEET, teller)
        for year, column in columns.items():
            row.values[year] = _read_count(sheet.cell(number, column))[0]
            row.cells[year] = to_address(number, column)
        _tell_sum("C_OFFICIAL_TOTAL", row, columns, nation, "全国")
    if totals:
        teller.tell("N_OFFICIAL_TOTALS", sheet.title, to_address(totals[0], 0),
                    count=len(totals), names="全国")  # fmt: skip
    region = next((row for row in rows.values() if _is_region(row, places)), None)
    joined = [code for code in HAMADORI if code in places.municipalities and code not in found]
    if region and joined:
        teller.tell("N_OFFICIAL_HAMADORI", sheet.title, region.cells["code5"],
                    region.raw["name"], count=len(joined))  # fmt: skip
        found = found | set(joined)
    _tell_missing(found, places, sheet.title, teller)


def _tell_sum(code: str, row: _Row, columns: Mapping[str, int], sums: Mapping[str, int],
              name: str) -> None:  # fmt: skip
    """Tell once a row that its parts do not add up to, naming the first year."""
    off = [year for year in YEARS if (own := row.count(year)) is not None and own != sums[year]]
    if not off:
        return
    own, total = row.count(off[0]) or 0, sums[off[0]]
    cell = to_address(row.number, columns[off[0]])
    row.teller.tell(code, row.sheet.title, cell, name, count=len(off), year=off[0],
                    own=own, total=total, difference=own - total)  # fmt: skip


# --- staff ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _StaffHead:
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
    return [_staff_label(text) for text in _folded(sheet, row)]


_ID_WORDS = frozenset(word for words in _STAFF_IDS.values() for word in words)


def _find_staff(sheet: Sheet) -> _StaffHead | None:
    """Where is the table of staff by 部門? At least four of its labels stand in one row."""
    limit = min(len(sheet.rows), _HEADER_ROWS)
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
        cells = _row(sheet, row)
        return known and not any(isinstance(cell, (int, float)) for cell in cells)

    top = bottom = best
    while top > 0 and best - top < 3 and is_header(top - 1):
        top -= 1
    while bottom + 1 < len(words) and bottom - best < 2 and is_header(bottom + 1):
        bottom += 1
    return _staff_head(sheet, words, top, bottom)


def _staff_head(sheet: Sheet, words: list[list[str]], top: int, bottom: int) -> _StaffHead:
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
    return _StaffHead(sheet, top, ids, columns, double, labels, bottom + 1)


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
        return "other_enterprise" if inside or (not groups and before in _ENTERPRISE) else ""
    # Below a 部門 stand its parts, which may bear the same name as another 部門.
    if any(name in _SECTORS for name in known):
        return ""
    return _LEAVES.get(leaf, "")


def _survey_years(texts: Iterable[str]) -> tuple[set[str], str]:
    """Return the years named and the first naming of one; a day beats a mere year."""
    texts = list(texts)
    for pattern in (_SURVEY_DAY, _SURVEY_YEAR):
        years, first = set(), ""
        for text in texts:
            for match in pattern.finditer(text):
                era, number, western = match.groups()[:3]
                years.add(western or str(_ERAS[era] + (1 if number == "元" else int(number))))
                first = first or match[0]
        if years:
            return years, first
    return set(), ""


def _read_staff(workbook: Workbook, places: _Places, teller: _Teller) -> None:
    heads = [head for sheet in workbook.sheets if (head := _find_staff(sheet))]
    fitting = [head for head in heads if _has_needed(head)]
    if not fitting:
        head = heads[0]
        missing = [] if {"code5", "name"} & head.ids.keys() else ["団体名又は団体コード"]
        if "general_administration" not in head.columns:
            missing.append(_STAFF_LABELS["general_administration"])
        teller.tell("E_LAYOUT_STAFF", head.sheet.title, to_address(head.row, 0),
                    missing="、".join(missing), found="、".join(head.labels))  # fmt: skip
        return
    # Of several tables of the same bodies the one with the most columns says it all.
    most = max(len(head.columns) for head in fitting)
    chosen = [head for head in fitting if len(head.columns) == most]
    read = {id(head.sheet) for head in chosen}
    for sheet in workbook.sheets:
        if id(sheet) not in read and not _is_blank(sheet):
            reason = (
                "列の多い表を読んだ"
                if any(head.sheet is sheet for head in heads)
                else "団体別の表の見出しが無い"
            )
            teller.tell("N_OFFICIAL_SHEET", sheet.title, reason=reason)
    years, text = _survey_years(
        text for head in chosen for row in range(head.data_row) for text in _folded(head.sheet, row)
    )
    if not years:
        years, text = _survey_years(fold(head.sheet.title) for head in chosen)
    faults = len(teller.reading.findings)
    if len(years) != 1:
        teller.tell("E_LAYOUT_STAFF_YEAR", chosen[0].sheet.title, "A1",
                    found="、".join(sorted(years)) or "なし")  # fmt: skip
    for head in chosen:
        for name, (first, second) in head.double.items():
            teller.tell(
                "E_LAYOUT_STAFF_DOUBLE", head.sheet.title, to_address(head.data_row - 1, second),
                name=_STAFF_LABELS[name], other=to_address(head.data_row - 1, first),
            )  # fmt: skip
    if len(teller.reading.findings) > faults:
        return
    teller.reading.as_of_text = text
    _read_staff_sheets(chosen, years.pop(), places, teller)


def _has_needed(head: _StaffHead) -> bool:
    return "general_administration" in head.columns and bool({"code5", "name"} & head.ids.keys())


def _read_staff_sheets(
    heads: Sequence[_StaffHead], year: str, places: _Places, teller: _Teller
) -> None:
    first = heads[0]
    parts = [label for name, label, _ in _STAFF_COLUMNS if name not in first.columns]
    # The coarse table has two columns where the fine one has nine; neither lacks the other's.
    spare = {_STAFF_LABELS[name] for name in ("general_management", "welfare_related")}
    if set(_GENERAL) <= first.columns.keys():
        parts = [label for label in parts if label not in spare]
    if parts:
        teller.tell("N_OFFICIAL_STAFF_PARTS", first.sheet.title, to_address(first.row, 0),
                    missing="、".join(parts))  # fmt: skip
    seen, wrong = _Seen(), []
    for head in heads:
        wrong += _read_staff_sheet(head, year, seen, places, teller)
    _tell_names(wrong, teller)
    found = seen.rows.keys() & places.municipalities.keys()
    if found:
        _tell_missing(found, places, first.sheet.title, teller)
    else:
        teller.tell("E_OFFICIAL_ROWS", first.sheet.title, count=len(seen.rows))
    teller.reading.found[STAFF] = "、".join(head.sheet.title for head in heads)


def _read_staff_sheet(head: _StaffHead, year: str, seen: _Seen, places: _Places,
                      teller: _Teller) -> list[tuple[_Row, str, str, str]]:  # fmt: skip
    sheet, ids = head.sheet, head.ids
    counts = _Counts(sheet, STAFF_SHEET, head.columns, teller)
    words = _Texts(sheet, ids)
    numbers = range(head.data_row, len(sheet.rows))
    code_column = ids.get("code5")
    six_digits = code_column is not None and _uses_six_digits(
        filter(None, (_digits(sheet.cell(number, code_column))[0] for number in numbers)), places
    )
    pref = places.pref_by_name.get(_name_key(sheet.title), "")
    wrong: list[tuple[_Row, str, str, str]] = []
    totals: list[tuple[int, str]] = []
    associations: list[tuple[int, str]] = []
    for number in numbers:
        row = _Row(sheet, number, STAFF_SHEET, teller)
        texts = {name: fold(own_text(sheet.cell(number, column))) for name, column in ids.items()}
        digits = _digits(sheet.cell(number, code_column))[0] if code_column is not None else ""
        name = texts.get("name") or texts.get("pref_name", "")
        # A prefecture's name stands over its municipalities, or in its own column.
        pref = places.pref_by_name.get(_name_key(texts.get("pref_name") or name), pref)
        if not digits and not counts.has_any(number):
            continue
        if not digits.strip("0"):
            if any(_TOTAL_ROW.search(text) for text in texts.values() if text):
                totals.append((number, name))
                continue
            if not any(texts.values()) and _is_numbering(head, number):
                continue
            if texts.get("code5") and code_column is not None:
                _put_code(row, code_column, six_digits, places)
                continue
        if digits:
            if not _put_code(row, code_column or 0, six_digits, places):
                continue
        else:
            sure = bool(texts.get("name") and texts.get("pref_name"))
            code, count = _code_of_name(name, pref, sure, places)
            if not code and not count and _ASSOCIATION.search(name):
                associations.append((number, name))
                continue
            column = ids.get("name", ids.get("pref_name", 0))
            if not code:
                row.cells["name"] = to_address(number, column)
                row.raw["name"] = own_text(sheet.cell(number, column))
                if count:
                    row.tell("E_OFFICIAL_AMBIGUOUS", "name", count=count)
                else:
                    row.tell("C_OFFICIAL_NO_BODY", "name")
                continue
            row.put("code5", column, code, (CODE_FROM_NAME,), (number, column))
        for column_name in ("kind", "pref_name", "name"):
            words.read(row, column_name)
        counts.read(row)
        if not seen.add(row):
            continue
        code = row.values["code5"]
        if code[:2] not in places.prefectures or classify_code(code, places.municipalities) in (
            "", WARD, REGION,
        ):  # fmt: skip
            row.tell("C_OFFICIAL_UNKNOWN", "code5")
        wrong += _check_names(row, places)
        _check_row_sums(row, head.columns)
        teller.reading.records.append(row.record(year))
    counts.close()
    for code, passed in (("N_OFFICIAL_TOTALS", totals), ("N_OFFICIAL_ASSOCIATIONS", associations)):
        if passed:
            teller.tell(code, sheet.title, to_address(passed[0][0], 0), count=len(passed),
                        names=_some([shorten(name, 20) for _, name in passed]))  # fmt: skip
    return wrong


def _is_numbering(head: _StaffHead, number: int) -> bool:
    """Is this the row that numbers the columns, 1 2 3 …?"""
    steps = set()
    for column in head.columns.values():
        digits = _read_count(head.sheet.cell(number, column))[0]
        steps.add(int(digits) - column if digits else None)
    return len(steps) == 1 and None not in steps


def _code_of_name(name: str, pref: str, sure: bool, places: _Places) -> tuple[str, int]:
    """Return the code of a body by its name, and how many bodies bear it ("", n: not settled).

    pref : code of the prefecture the row seems to stand under.  sure : the row itself says so.
    """
    key = _name_key(name)
    if key in places.pref_by_name:
        return places.pref_by_name[key] + "000", 1
    own = next((p for p in places.pref_by_name if key.startswith(p)), "")
    if own:
        key, pref, sure = key.removeprefix(own), places.pref_by_name[own], True
    codes = places.by_name.get(key) or places.by_name.get(re.sub(r"^.{1,6}?郡", "", key), [])
    under = [code for code in codes if code.startswith(pref)]
    if under or sure:
        codes = under
    return (codes[0], 1) if len(codes) == 1 else ("", len(codes))


def _check_row_sums(row: _Row, columns: Mapping[str, int]) -> None:
    for name, ways in _ROW_SUMS:
        own = row.count(name)
        parts = next((way for way in ways if all(part in columns for part in way)), None)
        if own is None or parts is None:
            continue
        total = sum(row.count(part) or 0 for part in parts)
        if total != own:
            row.tell(
                "C_OFFICIAL_ROW_SUM", name, subtotal=_STAFF_LABELS[name],
                parts="＋".join(_STAFF_LABELS[part] for part in parts),
                own=own, total=total, difference=own - total,
            )  # fmt: skip
