"""The prefectural workbook: its sheets, columns and choices (都道府県報告様式).

One definition feeds the template, the reading, the checks and the pre-filled workbook.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain import frameworks as fw

FORM_TITLE = "都道府県報告様式"
# Raised when a column or a choice changes; written on the sheet はじめに, never relied upon.
FORM_VERSION = "1.0"

# What a column holds.
(
    TEXT, CHOICE, CHOICES, WORDS, INTEGER, PERIOD, PREF_CODE, PREF_NAME,
) = "文字", "選択肢", "選択肢（複数可）", "語（複数可）", "整数", "年月日", "団体コード", "都道府県名"  # fmt: skip


@dataclass(frozen=True)
class FormColumn:
    """One column of a sheet.

    name : in our code and in what is published.  label : header text.  aliases : other headers
    people write for it.  meanings : what people write → the choice it means.
    needed : "always", "established" (only with 設置済み) or "".  help : the note of the cell.
    """

    name: str
    label: str
    holds: str = TEXT
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    meanings: tuple[tuple[str, str], ...] = ()
    needed: str = ""
    help: str = ""


@dataclass(frozen=True)
class FormSheet:
    """One sheet that holds records. dataset : its name in the store.  one_row : what a row is."""

    dataset: str
    title: str
    one_row: str
    columns: tuple[FormColumn, ...]

    def column(self, name: str) -> FormColumn:
        """Return a column by its name in our code."""
        return next(column for column in self.columns if column.name == name)


PROVISIONAL, FINAL = "暫定", "確定"
RELEASES = (PROVISIONAL, FINAL)
MEASURES = (
    "広域連携", "総合的な検討", "事務の見直し", "水平連携", "垂直補完", "民間活用", "住民参加",
    "デジタル活用", "その他",
)  # fmt: skip

PREF_CODE_COLUMN = FormColumn(
    "pref_code", "団体コード", PREF_CODE,
    ("都道府県コード", "コード", "全国地方公共団体コード", "自治体コード", "地方公共団体コード"),
    needed="always", help="2桁、又は検査数字を含む6桁。先頭の0が消えていても読めます。",
)  # fmt: skip
PREF_NAME_COLUMN = FormColumn(
    "pref_name", "都道府県", PREF_NAME, ("都道府県名", "県名", "団体名", "自治体名"),
    needed="always", help="正式な名称（東京都、京都府、北海道など）。",
)  # fmt: skip

COVER = FormSheet(
    "cover", "表紙", "1つの項目",
    (
        PREF_CODE_COLUMN,
        PREF_NAME_COLUMN,
        FormColumn("as_of", "時点", PERIOD, ("基準日", "調査時点", "調査基準日", "現在"), needed="always",
                   help="この報告の内容がいつの状態か（例：令和8年10月1日）。"),
        FormColumn("department", "部局", TEXT, ("部署", "担当部局", "所属", "課名", "部局名"),
                   help="回答した部局の名称。"),
        FormColumn("contact", "担当", TEXT, ("担当者", "担当者名", "氏名"),
                   help="任意。公表されません。"),
        FormColumn("release", "暫定／確定", CHOICE, ("暫定・確定", "区分（暫定・確定）", "公表区分"),
                   RELEASES, help="後で直す見込みがあるときは「暫定」。"),
    ),
)  # fmt: skip

_UNKNOWN_MEANINGS = (("未定", "不明"), ("－", "不明"), ("-", "不明"))
FRAMEWORKS = FormSheet(
    "frameworks", "枠組み設置状況", "1つの枠組み（無い団体は1行に設置状況だけ）",
    (
        PREF_CODE_COLUMN,
        PREF_NAME_COLUMN,
        FormColumn("status", "設置状況", CHOICE, ("設置の状況", "状況", "枠組みの設置状況", "設置の有無"),
                   fw.STATUSES,
                   (("設置済", "設置済み"), ("設置", "設置済み"), ("既設", "設置済み"), ("済", "設置済み"),
                    ("設置している", "設置済み"), ("設置しています", "設置済み"),
                    ("予定", "設置予定"), ("今後設置予定", "設置予定"), ("設置を予定", "設置予定"),
                    ("設置の予定", "設置予定"), ("検討中（設置予定）", "設置予定"),
                    ("無", "未設置"), ("なし", "未設置"), ("無し", "未設置"), ("設置なし", "未設置"),
                    ("設置していない", "未設置"), ("未回答", "未回答"), ("回答なし", "未回答")),
                   needed="always", help="枠組みが無い団体も1行を入れ、未設置か設置予定を選びます。"),
        FormColumn("name", "枠組みの名称", TEXT, ("名称", "会議の名称", "会議名", "枠組み名", "枠組名", "枠組みの名前", "枠組の名称"),
                   needed="established", help="会議や協議の場の正式な名称。"),
        FormColumn("framework_kind", "区分", CHOICE, ("枠組みの区分", "種別", "枠組みの種類", "横断・単一"),
                   fw.FRAMEWORK_KINDS,
                   (("横断", "分野横断"), ("分野横断的", "分野横断"), ("分野横断型", "分野横断"), ("分野横断的な枠組み", "分野横断"),
                    ("単一", "単一分野"), ("単一分野型", "単一分野"), ("単一分野の枠組み", "単一分野"), *_UNKNOWN_MEANINGS),
                   needed="established", help="いくつもの分野を扱うなら分野横断、一つの分野なら単一分野。"),
        FormColumn("origin", "新設・既存", CHOICE, ("新設既存", "新設／既存", "新設・既存の別", "設置の形"),
                   fw.ORIGINS,
                   (("新規", "新設"), ("新規設置", "新設"), ("既存", "既存活用"), ("既存の活用", "既存活用"),
                    ("既存の枠組み", "既存活用"), ("意見交換会", "意見交換"), *_UNKNOWN_MEANINGS),
                   help="新しくつくったか、既にある場を使うか、意見交換か。"),
        FormColumn("level", "会議の級", CHOICE, ("会議の級（出席者）", "級", "構成員の級", "参加者の級", "会議のレベル", "出席者"),
                   fw.LEVELS,
                   (("首長", "首長級"), ("部長", "部長級"), ("課長", "課長級"), ("課長補佐", "課長補佐級"),
                    ("補佐級", "課長補佐級"), *_UNKNOWN_MEANINGS),
                   help="出席者の職の級。"),
        FormColumn("start", "設置年月", PERIOD, ("設置年月日", "設置日", "設置時期", "設置の時期", "立上げ年月", "立ち上げ年月", "設置"),
                   needed="established", help="R7.2、令和7年2月、2025-02 のどれでも読めます。分かる細かさで書いてください。"),
        FormColumn("coverage", "対象範囲", CHOICE, ("範囲", "対象地域", "対象とする範囲"), fw.COVERAGES,
                   (("全県", "全域"), ("県全域", "全域"), ("道全域", "全域"), ("府全域", "全域"), ("都全域", "全域"),
                    ("全市町村", "全域"), ("一部地域", "一部"), ("県の一部", "一部"), *_UNKNOWN_MEANINGS),
                   help="都道府県の全域か、一部の地域・市町村か。"),
        FormColumn("municipalities", "参加市町村数", INTEGER, ("参加市町村の数", "市町村数", "構成市町村数", "参加団体数"),
                   help="参加する市区町村の数。単位を付けずに数だけ。"),
        FormColumn("fields", "対象分野", WORDS, ("分野", "対象とする分野", "検討分野", "行政分野"),
                   help="10分野の名称、又は自由な語。複数は「、」で区切ります。"),
        FormColumn("measures", "重点的な対応方策", CHOICES, ("対応方策", "重点方策", "方策", "重点的に検討する対応方策"),
                   MEASURES,
                   (("デジタル", "デジタル活用"), ("DX", "デジタル活用"), ("ＤＸ", "デジタル活用"), ("民間委託", "民間活用"),
                    ("外部委託", "民間活用"), ("事務の見直し・廃止", "事務の見直し")),
                   help="コード表の語から選びます。複数は「、」で区切ります。"),
        FormColumn("plan", "今後の予定", TEXT, ("予定", "今後の取組", "今後の進め方", "今後の取組予定"), help="これから行うこと。"),
        FormColumn("due", "予定の期限", PERIOD, ("期限", "予定時期", "予定の時期", "期日"), help="今後の予定をいつまでに行うか。"),
        FormColumn("note", "備考", TEXT, ("備考欄", "注記", "その他特記事項", "特記事項"), help="補足があれば。"),
    ),
)  # fmt: skip

DEGREES = ("低", "中", "高")
AMOUNTS = ("小", "中", "大")
NATURES = ("企画立案", "審査・判断", "対人・現場", "定型")
EVALUATORS = ("国の整理", "県の回答", "下書き")
_DEGREE_MEANINGS = (("低い", "低"), ("高い", "高"), ("普通", "中"), ("中程度", "中"))

TASKS = FormSheet(
    "tasks", "事務の課題分析", "1つの事務",
    (
        FormColumn("task_id", "事務ID", TEXT, ("ID", "事務番号"), needed="always", help="コード表の事務ID。空欄なら事務名で探します。"),
        FormColumn("task", "事務名", TEXT, ("事務", "事務の名称"), needed="always", help="事務の名称。"),
        FormColumn("field", "行政分野", TEXT, ("分野", "分野名"), help="10分野の名称。"),
        FormColumn("size", "想定する市町村規模", TEXT, ("市町村規模", "想定規模", "人口規模"), help="どの規模の市町村を念頭に置いた評価か。"),
        FormColumn("V1", "①事務量", CHOICE, ("事務量", "①事務量（小規模団体）", "事務量（小規模団体）"), AMOUNTS,
                   (("少", "小"), ("多", "大")), help="小・中・大"),
        FormColumn("V2a", "②事務の性質", CHOICE, ("事務の性質", "性質", "事務の性質(企画立案～定型業務)"), NATURES,
                   (("企画", "企画立案"), ("審査", "審査・判断"), ("判断", "審査・判断"), ("対人", "対人・現場"), ("現場", "対人・現場"), ("定型業務", "定型")),
                   help="企画立案・審査／判断・対人／現場・定型"),
        FormColumn("V2b", "②事務内容の共通性", CHOICE, ("共通性", "事務内容の共通性", "国・都道府県・市町村間の事務内容の共通性"), DEGREES, _DEGREE_MEANINGS, help="低・中・高"),
        FormColumn("V3a", "③人材の専門性", CHOICE, ("専門性", "人材の専門性", "事務処理に求められる人材の専門性"), DEGREES, _DEGREE_MEANINGS, help="低・中・高"),
        FormColumn("V3b", "③難しさ・経験の必要性", CHOICE, ("経験・難度", "難しさ・経験の必要性", "事務処理の難しさ、経験・知見の必要性"), DEGREES, _DEGREE_MEANINGS, help="低・中・高"),
        FormColumn("V4a", "④対面・実地の必要性", CHOICE, ("対面・実地", "対面・実地の必要性", "対面や実地での事務実施の必要性"), DEGREES, _DEGREE_MEANINGS, help="低・中・高"),
        FormColumn("V4b", "④地域の事情・特性", CHOICE, ("地域事情", "地域の事情・特性", "事務処理に当たり踏まえるべき地域の事情・特性"), DEGREES, _DEGREE_MEANINGS, help="低・中・高"),
        FormColumn("V4c", "④連携の必要性", CHOICE, ("連携", "連携の必要性", "行政分野を超えた連携や地域の多様な主体との連携の必要性"), DEGREES, _DEGREE_MEANINGS, help="低・中・高"),
        FormColumn("D", "デジタルの余地", CHOICE, ("デジタル", "デジタル余地", "デジタル技術の活用"), DEGREES, _DEGREE_MEANINGS, help="低・中・高"),
        FormColumn("evidence", "根拠", TEXT, ("根拠・理由", "理由", "判断の根拠"), help="そう評価した理由や資料。"),
        FormColumn("evaluator", "評価者の区分", CHOICE, ("評価者", "評価区分"), EVALUATORS,
                   (("国", "国の整理"), ("県", "県の回答"), ("都道府県の回答", "県の回答"), ("案", "下書き")), help="国の整理・県の回答・下書き"),
    ),
)  # fmt: skip

RECORD_SHEETS = (FRAMEWORKS, TASKS)
SHEET_BY_DATASET = {sheet.dataset: sheet for sheet in RECORD_SHEETS}
GUIDE_TITLE, CODES_TITLE = "はじめに", "コード表"
# The sheet our marked workbook adds; it is passed over when the file comes back.
REMARKS_TITLE = "指摘一覧"
