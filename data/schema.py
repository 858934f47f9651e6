"""The tables of the project: which columns a file must have and what they hold.

One definition feeds reading, checking and the page データ・出典・用語.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.frameworks import COVERAGES, FRAMEWORK_KINDS, LEVELS, ORIGINS, STATUSES
from domain.measure_rules import CAP, FACTS, FITS, MEASURES, VIEWPOINTS, WEIGHT
from domain.simulation.names import DRIVERS, SKILLS
from domain.values import KINDS

TEXT, NUMBER, INTEGER, PERIOD, PREFECTURE, FLAG = (
    "文字", "数値", "整数", "年月日", "都道府県コード", "0又は1",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: name in our code, header in the file, what it holds, in Japanese."""

    name: str
    label: str
    holds: str = TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    header: str = ""

    def file_header(self) -> str:
        """Return the header text as it stands in the file."""
        return self.header or self.name


@dataclass(frozen=True)
class Table:
    """One file: path below the data folder, columns, and what one row is."""

    name: str
    path: str
    title: str
    one_row: str
    columns: tuple[Column, ...]
    sheet: str = ""

    def source_id(self) -> str:
        """Return the folder that holds the table's card, "" outside sources/."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "sources" else ""


def _text(name: str, label: str, **options) -> Column:
    return Column(name, label, **options)


PREF = Column("pref_code", "都道府県コード", PREFECTURE, required=True)
PREF_OR_NATION = Column("pref_code", "都道府県コード（全国は空欄）", PREFECTURE)
VALUE = Column("value", "値", NUMBER)
UNIT = Column("unit", "単位")
AS_OF = Column("as_of", "時点", PERIOD)
KIND = Column("kind", "区分", required=True, choices=KINDS)
LOCATOR = Column("locator", "資料内の位置")
QUOTE = Column("quote", "原文")
ORDER = Column("order", "順", INTEGER)

WG47 = "sources/mic_wg47_20260422"
TASK_ANALYSIS = "sources/task_analysis"


def _fact(name: str, label: str) -> Column:
    return Column(name, label, required=True, choices=FACTS[name])


def _mark(code: str) -> Column:
    return Column(code, code, choices=("", *VIEWPOINTS[code]))


_SECTOR = (
    _text("sector_code", "部門コード", required=True), _text("sector", "部門", required=True),
    Column("is_general", "一般行政部門か", FLAG, required=True), VALUE, UNIT, AS_OF, KIND, LOCATOR,
)  # fmt: skip

TABLES = (
    Table(
        "prefectures", "sources/local_government_codes/prefectures.csv",
        "都道府県", "1団体",
        (PREF, _text("code6", "団体コード（6桁）", required=True),
         _text("name", "都道府県名", required=True), _text("name_short", "略称", required=True),
         _text("kana", "読み"), _text("romaji", "ローマ字"), _text("region", "地方", required=True),
         _text("capital", "県庁所在地"), Column("city", "市", INTEGER),
         Column("designated_city", "うち政令指定都市", INTEGER),
         Column("special_ward", "特別区", INTEGER), Column("town", "町", INTEGER),
         Column("village", "村", INTEGER),
         Column("municipality", "市区町村数", INTEGER, required=True),
         Column("capital_lat", "県庁の緯度", NUMBER, required=True),
         Column("capital_lon", "県庁の経度", NUMBER, required=True)),
    ),
    Table(
        "municipalities", "sources/local_government_codes/municipalities.csv",
        "市区町村", "1団体",
        (_text("code6", "団体コード（6桁）", required=True), _text("code5", "団体コード（5桁）"), PREF,
         _text("name", "市区町村名", required=True), _text("kana", "読み"),
         _text("kind", "種別", required=True), Column("northern_territories", "北方領土の村", FLAG),
         Column("lat", "役所の緯度", NUMBER), Column("lon", "役所の経度", NUMBER)),
    ),
    Table(
        "facts", f"{WG47}/facts.csv", "本資料の数", "1つの数",
        (_text("fact_id", "項目ID", required=True), _text("label", "項目", required=True),
         VALUE, _text("value_text", "資料の表記"), UNIT, AS_OF, KIND,
         Column("locator", "資料内の位置", required=True),
         Column("quote", "原文", required=True), _text("caution", "注意")),
    ),
    Table(
        "frameworks", f"{WG47}/frameworks.xlsx", "枠組み（8団体11枠組み）", "1つの枠組み",
        (
            Column("framework_id", "枠組みID", required=True, header="枠組みID"),
            Column("pref_code", "団体コード", PREFECTURE, required=True, header="団体コード"),
            Column("pref_name", "都道府県", required=True, header="都道府県"),
            Column("status", "設置状況", required=True, choices=STATUSES, header="設置状況"),
            Column("name", "枠組みの名称", header="枠組みの名称"),
            Column("framework_kind", "区分", choices=FRAMEWORK_KINDS, header="区分"),
            Column("origin", "新設・既存", choices=ORIGINS, header="新設・既存"),
            Column("level", "会議の級", choices=LEVELS, header="会議の級"),
            Column("start", "設置年月", PERIOD, header="設置年月"),
            Column("start_precision", "設置年月の精度", header="設置年月の精度"),
            Column("coverage", "対象範囲", choices=COVERAGES, header="対象範囲"),
            Column("coverage_note", "対象範囲の説明", header="対象範囲の説明"),
            Column("municipalities", "参加市町村数", INTEGER, header="参加市町村数"),
            Column("members", "参加団体", header="参加団体"),
            Column("fields", "対象分野", header="対象分野"),
            Column("fields_state", "対象分野の状態", header="対象分野の状態"),
            Column("measures", "重点的な対応方策", header="重点的な対応方策"),
            Column("plan", "今後の予定", header="今後の予定"),
            Column("due", "予定の期限", PERIOD, header="予定の期限"),
            Column("due_text", "期限の原文", header="期限の原文"),
            Column("later_note", "その後の記載", header="その後の記載"),
            Column("note", "備考", header="備考"),
            Column("published", "資料日", PERIOD, required=True, header="資料日"),
            Column("as_of", "時点", PERIOD, required=True, header="時点"),
            Column("kind", "値の区分", required=True, choices=KINDS, header="値の区分"),
            Column("locator", "資料内の位置", required=True, header="資料内の位置"),
            Column("quote", "原文", required=True, header="原文"),
        ),
        sheet="枠組み設置状況",
    ),
    Table(
        "fields", f"{WG47}/fields.csv", "10分野", "1分野",
        (_text("field_code", "分野コード", required=True), _text("category", "区分"),
         _text("name", "分野", required=True), ORDER, QUOTE, LOCATOR),
    ),
    Table(
        "viewpoints", f"{WG47}/viewpoints.csv", "検討の視点", "1視点",
        (_text("viewpoint_code", "視点コード", required=True), _text("parent_code", "大項目コード"),
         _text("parent_name", "大項目"), _text("name", "視点", required=True), ORDER, QUOTE, LOCATOR),
    ),
    Table(
        "measures", f"{WG47}/measures.csv", "対応方策", "1方策",
        (_text("measure_code", "方策コード", required=True), _text("group_code", "大分類コード"),
         _text("group_name", "大分類", required=True), _text("name", "対応方策", required=True),
         ORDER, QUOTE, LOCATOR),
    ),
    Table(
        "worked_example", f"{WG47}/worked_example.csv", "分析例（運営指導）", "1文",
        (ORDER, _text("text", "本文", required=True), _text("role", "役割"), _text("note", "注"),
         LOCATOR, QUOTE),
    ),
    Table(
        "practices", f"{WG47}/practices.csv", "取組事例", "1事例",
        (_text("practice_id", "事例ID", required=True), PREF_OR_NATION,
         _text("place_name", "団体", required=True), _text("scope", "範囲", required=True),
         _text("title", "取組", required=True), _text("summary", "概要", required=True),
         _text("field_code", "分野コード"), _text("field_label", "分野", required=True),
         _text("measures", "対応方策", required=True), _text("measures_kind", "対応方策の区分"),
         Column("is_national_body", "全国単位の処理", FLAG), _text("status", "状態"),
         Column("started", "開始", PERIOD), AS_OF, _text("vehicle", "制度・受け皿"),
         _text("figures", "数値（原文の表記）"), KIND, LOCATOR, QUOTE, _text("note", "注")),
    ),
    Table(
        "practice_figures", f"{WG47}/practice_figures.csv", "取組事例の数値", "1つの数",
        (_text("practice_id", "事例ID", required=True), _text("label", "項目", required=True),
         VALUE, UNIT, AS_OF, KIND, LOCATOR, QUOTE),
    ),
    Table(
        "series", f"{WG47}/series.csv", "本資料の時系列", "1時点の値",
        (_text("series_id", "系列ID", required=True), _text("label", "項目", required=True),
         _text("period", "期"), _text("period_label", "期（原文の表記）"), VALUE, UNIT, KIND,
         LOCATOR, QUOTE, _text("caution", "注意")),
    ),
    Table(
        "corporations", f"{WG47}/corporations.csv", "地方独立行政法人の数", "1業務種別",
        (ORDER, _text("number", "番号", required=True), _text("label", "対象業務", required=True),
         _text("added_by_revision", "追加・拡大"), VALUE, UNIT, AS_OF, KIND, LOCATOR, QUOTE),
    ),
    Table(
        "cases", f"{WG47}/cases.csv", "秋田県・沖縄県の取組", "1項目",
        (_text("case_id", "項目ID", required=True), PREF, _text("section", "区分"),
         _text("topic", "題"), ORDER, _text("parent", "親の項目"),
         _text("text", "内容", required=True), AS_OF, LOCATOR, QUOTE),
    ),
    Table(
        "timeline", f"{WG47}/timeline.csv", "本資料の出来事", "1つの出来事",
        (_text("event_id", "ID", required=True), Column("date", "年月日", PERIOD, required=True),
         _text("label", "出来事", required=True), PREF_OR_NATION, _text("category", "区分"),
         LOCATOR, QUOTE),
    ),
    Table(
        "role_review", f"{WG47}/role_review.csv", "役割分担の見直し（3×3）", "1つの升",
        (Column("row_order", "行の順", INTEGER, required=True), _text("row_name", "行", required=True),
         Column("column_order", "列の順", INTEGER, required=True),
         _text("column_name", "列"), _text("heading", "見出し"),
         _text("text", "本文"), _text("items", "例"), LOCATOR, QUOTE, _text("note", "注")),
    ),
    Table(
        "digital_foundation", f"{WG47}/digital_foundation.csv", "国・地方デジタル共通基盤", "1項目",
        (_text("section", "大項目", required=True), _text("subsection", "小項目"), ORDER,
         _text("text", "内容", required=True), LOCATOR, QUOTE),
    ),
    Table(
        "national_bodies", f"{WG47}/national_bodies.csv", "全国単位の法人", "1項目",
        (_text("body_id", "法人ID", required=True), _text("body_name", "法人", required=True),
         ORDER, _text("item", "項目", required=True),
         _text("text", "内容", required=True), LOCATOR, QUOTE, _text("note", "注")),
    ),
    Table(
        "role_split_insurance", f"{WG47}/role_split_insurance.csv",
        "国保の都道府県と市町村の役割分担", "1項目",
        (Column("row_order", "行の順", INTEGER, required=True), _text("role_of", "担う団体", required=True),
         _text("text", "内容", required=True), LOCATOR, QUOTE, _text("note", "注")),
    ),
    Table(
        "outsourcing_scope", f"{WG47}/outsourcing_scope.csv", "指導監査事務の委託の範囲", "1事務",
        (Column("item_order", "順", INTEGER, required=True), _text("item", "事務", required=True),
         _text("text_beside", "並んでいる文字"), _text("assignment", "委託の可否"), _text("note", "注"),
         _text("outside_note", "補足（本資料の外）"), LOCATOR, QUOTE),
    ),
    Table(
        "council", f"{WG47}/council.csv", "地方制度調査会", "1項目",
        (ORDER, _text("item", "項目", required=True), _text("text", "内容", required=True), AS_OF,
         LOCATOR, QUOTE),
    ),
    Table(
        "contradictions", f"{WG47}/contradictions.csv", "本資料の食い違い", "1件",
        (_text("id", "ID", required=True), _text("title", "題", required=True),
         _text("place_a", "箇所1"), _text("quote_a", "原文1"), _text("place_b", "箇所2"),
         _text("quote_b", "原文2"), _text("arithmetic", "計算"), _text("explanation", "説明"),
         _text("treatment", "本製品での扱い")),
    ),
    Table(
        "missing_figures", f"{WG47}/missing_figures.csv", "図でしか示されていない値", "1つの図",
        (_text("figure_id", "ID", required=True), _text("title", "図", required=True), LOCATOR,
         _text("known", "文字で分かること"), _text("missing", "未入力のもの"),
         _text("upload_sheet", "入力先の様式"), _text("upload_column", "入力先の項目"),
         _text("screen", "画面")),
    ),
    Table(
        "field_terms", f"{WG47}/field_terms.csv", "対象分野の語と10分野の対応（下書き）", "1語",
        (_text("term", "語", required=True), _text("field_code", "分野コード"), KIND,
         _text("note", "注")),
    ),
    Table(
        "tasks", f"{TASK_ANALYSIS}/tasks.csv", "10分野の事務（下書き）", "1つの事務",
        (_text("task_id", "事務ID", required=True), _text("field_code", "分野コード", required=True),
         ORDER, _text("task", "事務", required=True), _text("legal_basis", "根拠条文"),
         _text("law_check", "条文の確認", required=True),
         _fact("power", "公権力の行使"), _text("power_note", "公権力の説明"),
         _fact("private", "民間に任せられる範囲"), _text("private_note", "民間の説明"),
         _fact("pref", "都道府県の同種の事務"), _text("pref_note", "都道府県の説明"),
         *(_mark(code) for code in VIEWPOINTS), KIND, _text("note", "注")),
    ),
    Table(
        "task_vehicles", f"{TASK_ANALYSIS}/task_vehicles.csv", "事務の受け皿（下書き）", "1つの受け皿",
        (_text("task_id", "事務ID", required=True), _text("vehicle", "受け皿", required=True),
         Column("measure_code", "方策コード", choices=("", *MEASURES)), KIND, _text("note", "注")),
    ),
    Table(
        "task_evidence", f"{TASK_ANALYSIS}/task_evidence.csv", "事務の評定の根拠", "1つの根拠",
        (_text("task_id", "事務ID", required=True),
         Column("fact", "視点・事実", required=True, choices=tuple(FACTS)), _text("mark", "段階・値"),
         _text("size", "想定する市町村規模"), _text("evaluator", "評価者の区分", required=True), KIND,
         _text("text", "根拠の文", required=True), _text("source_id", "出典ID", required=True),
         LOCATOR, _text("note", "注")),
    ),
    Table(
        "task_conclusions", f"{TASK_ANALYSIS}/task_conclusions.csv", "分析例の結論", "1つの対応方策",
        (_text("task_id", "事務ID", required=True), Column("measure_code", "方策コード", required=True, choices=tuple(MEASURES)),
         _text("text", "結論の文", required=True), _text("source_id", "出典ID", required=True), LOCATOR,
         KIND, _text("note", "注")),
    ),
    Table(
        "legal_limits", f"{TASK_ANALYSIS}/legal_limits.csv", "公権力の線引き（下書き）", "1つの法律の定め",
        (ORDER, _text("law", "法律", required=True), _text("to_whom", "任せられる相手", required=True),
         _text("may_go", "任せられる部分"), _text("stays", "自治体に残る部分"),
         _text("task_ids", "事務ID（;区切り、*は全て）"), KIND, _text("note", "注")),
    ),
    Table(
        "population", "sources/ipss_projection_2023/population_by_prefecture.csv",
        "将来推計人口（都道府県）", "1団体×1年×1年齢区分",
        (PREF, Column("year", "年", INTEGER, required=True),
         _text("age_group", "年齢区分", required=True),
         Column("value", "人口", NUMBER, required=True), UNIT, KIND, AS_OF),
    ),
    Table(
        "population_by_class", "sources/ipss_projection_2023/population_by_class.csv",
        "将来推計人口（人口規模別）", "1団体×1規模×1年×1年齢区分",
        (PREF, _text("population_class", "人口規模", required=True),
         Column("municipalities", "市区町村数", INTEGER), Column("year", "年", INTEGER, required=True),
         _text("age_group", "年齢区分", required=True),
         Column("value", "人口", NUMBER, required=True), UNIT, KIND, AS_OF),
    ),
    Table(
        "staff", "sources/mic_staff_survey/staff_by_prefecture.csv",
        "一般行政部門の職員数", "1団体×1年×1区分",
        (PREF, Column("year", "年", INTEGER, required=True),
         _text("employer", "区分", required=True),
         Column("value", "職員数", NUMBER, required=True), UNIT, KIND, AS_OF),
    ),
    Table(
        "tile_grid", "parameters/tile_grid.csv", "タイル地図の配置", "1団体",
        (PREF, Column("row", "行", INTEGER, required=True),
         Column("col", "列", INTEGER, required=True), KIND, _text("source_id", "出典ID")),
    ),
    Table(
        "corrections", "corrections/municipalities.csv", "元データの訂正", "1つの訂正",
        (_text("table", "表", required=True), _text("key", "行の鍵", required=True),
         _text("column", "項目", required=True), _text("before", "訂正前"), _text("after", "訂正後"),
         _text("reason", "理由", required=True), Column("recorded_on", "記録日", PERIOD)),
    ),
    Table(
        "parameters", "parameters/parameters.csv", "前提の値", "1つの値",
        (_text("key", "ID", required=True), _text("label_ja", "項目", required=True),
         Column("value", "値", NUMBER, required=True), Column("low", "下限", NUMBER),
         Column("high", "上限", NUMBER), UNIT, KIND, _text("source", "出典", required=True),
         _text("used_in", "使う画面"), _text("note", "説明")),
    ),
    Table(
        "measure_rules", "parameters/measure_rules.csv", "対応方策の規則", "1つの規則",
        (_text("rule_id", "規則ID", required=True),
         Column("measure_code", "方策コード", required=True, choices=MEASURES),
         Column("effect", "働き", required=True, choices=(WEIGHT, CAP)),
         _text("conditions", "条件", required=True), Column("points", "点", INTEGER),
         Column("cap", "上限", choices=("", *FITS)), _text("reason", "理由", required=True), KIND,
         _text("source", "出典", required=True), _text("note", "注")),
    ),
    Table(
        "simulation", "parameters/simulation.csv", "将来シミュレーションの前提", "1つの前提",
        (_text("key", "ID", required=True), _text("label_ja", "項目", required=True),
         UNIT, Column("low", "下限", NUMBER, required=True),
         Column("value", "値", NUMBER, required=True), Column("high", "上限", NUMBER, required=True),
         KIND, _text("source", "出典", required=True), _text("note", "説明")),
    ),
    Table(
        "simulation_lines", "parameters/simulation_lines.csv", "分野と部門の事務量", "1つの分野又は部門の残り",
        (_text("line_code", "分野コード", required=True), _text("name", "名称", required=True),
         _text("sector_codes", "部門コード（;区切り）", required=True),
         Column("share_low", "割合の下限", NUMBER), Column("share", "部門に占める割合", NUMBER),
         Column("share_high", "割合の上限", NUMBER),
         Column("driver", "事務量が従う人口等", required=True, choices=DRIVERS),
         Column("fixed_residents", "固定分（住民何人分）", NUMBER, required=True),
         Column("skill", "職種", required=True, choices=SKILLS), KIND,
         _text("source", "出典", required=True), _text("note", "説明")),
    ),
    Table(
        "process_kinds", "parameters/process_kinds.csv", "プロセスの種類", "1つの種類",
        (_text("process_code", "プロセスコード", required=True), _text("name", "名称", required=True),
         *(Column(name, label, NUMBER, required=True) for name, label in (
             ("routine", "定型の割合"), ("onsite", "対面・実地の重み"), ("expert", "専門性・難しさの重み"),
             ("local", "地域の事情の重み"), ("partners", "連携の重み"), ("power", "公権力の割合"))),
         KIND, _text("source", "出典", required=True)),
    ),
    Table(
        "process_templates", "parameters/process_templates.csv", "性質ごとのプロセスの割合", "1性質×1プロセス",
        (Column("nature", "事務の性質", required=True, choices=VIEWPOINTS["V2a"]),
         _text("process_code", "プロセスコード", required=True),
         Column("share", "時間の割合", NUMBER, required=True), KIND,
         _text("source", "出典", required=True)),
    ),
    Table(
        "simulation_scores", "parameters/simulation_scores.csv", "段階を数に直す値", "1つの語",
        (_text("scale", "尺度", required=True), _text("word", "語", required=True),
         Column("value", "値", NUMBER, required=True), KIND, _text("source", "出典", required=True),
         _text("note", "説明")),
    ),
    Table(
        "levers", "parameters/levers.csv", "手段", "1つの手段",
        (Column("lever_code", "方策コード", required=True, choices=MEASURES),
         _text("label_ja", "名称", required=True), _text("group", "対応方策", required=True), UNIT,
         *(Column(name, label, NUMBER, required=True) for name, label in (
             ("low", "下限"), ("high", "上限"), ("step", "刻み"), ("middle", "中位"), ("highest", "最大"))),
         _text("acts_on", "働く事務", required=True), _text("grade", "根拠の確かさ", required=True),
         Column("pace", "過去の速さ", NUMBER), _text("pace_unit", "速さの単位"),
         _text("pace_source", "速さの出典"), _text("note", "説明")),
    ),
    Table(
        "backtests", "parameters/backtests.csv", "検証の項目", "1つの検証",
        (_text("test_id", "検証ID", required=True), _text("case", "事例", required=True),
         _text("question", "確かめること", required=True), _text("rule", "合格の条件", required=True),
         KIND, _text("source", "出典", required=True)),
    ),
    Table(
        "backtest_figures", "parameters/backtest_figures.csv", "検証に使う値", "1つの値",
        (_text("test_id", "検証ID", required=True), _text("key", "ID", required=True),
         Column("value", "値", NUMBER, required=True), UNIT, KIND,
         _text("source", "出典", required=True)),
    ),
    Table(
        "staff_by_sector", "sources/local_finance_white_paper/staff_by_sector.csv",
        "市町村の部門別職員数", "1部門", _SECTOR,
    ),
    Table(
        "water_staff", "sources/water_staff/staff.csv", "水道・下水道の職員数", "1部門", _SECTOR,
    ),
    Table(
        "score_weights", "parameters/score_weights.csv", "機械可読性の配点", "1水準×1重大度",
        (_text("level", "水準", required=True), _text("severity", "重大度", required=True),
         Column("points", "減点", NUMBER, required=True), UNIT, KIND,
         _text("source", "出典", required=True), _text("note", "説明")),
    ),
    Table(
        "glossary", "glossary.csv", "用語", "1語",
        (_text("term_ja", "用語", required=True), _text("reading", "読み"),
         _text("term_en", "英語", required=True), _text("identifier", "コード上の名前"),
         _text("definition", "意味", required=True), _text("source", "出典", required=True)),
    ),
)  # fmt: skip
TABLE_BY_NAME = {table.name: table for table in TABLES}
