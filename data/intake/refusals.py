"""What is said about a file that cannot be read at all? (受け取れない理由)

One template a code: why it is refused and how to mend it, in words that a person who made the
file can follow. Place and value seen are put in front by the finding itself.
"""

from __future__ import annotations

import hashlib

from domain.intake.findings import MUST_MEND, REJECT, Refused, Template, make_finding

READABLE, OBJECTS, MERGES, VALUES = "L1-01", "L1-10", "L1-12", "L2-06"


def _template(why: str, mend: str, rule: str = "") -> Template:
    return Template(MUST_MEND, why, mend, rule)


_SAVE_AS = (
    "Excel で開き、「名前を付けて保存」で「Excel ブック（.xlsx）」を選んで保存し直してください。"
)
_SAVE_AGAIN = "元のファイルを Excel で開き、.xlsx で保存し直してから、もう一度送ってください。"
_CLEAR_BEYOND = (
    "表の外の値を消し、使っていない行と列を選んで「削除」してから、保存し直してください。"
)

REFUSALS: dict[str, Template] = {
    # The file as a whole.
    "E_EMPTY": _template(
        "ファイルの中身が空です（0バイト）。",
        "元のファイルが開けることを確かめ、もう一度選んでください。",
    ),
    "E_TOO_LARGE": _template(
        "ファイルの大きさが{size}MBで、受け取れる大きさ（{limit}MBまで）を超えています。",
        "画像や使っていないシート・行・列を削除し、保存し直してください。",
    ),
    "E_NO_EXTENSION": _template(
        "ファイル名に拡張子がありません。中身は{actual}のようです。",
        "ファイル名の末尾に、Excel ブックなら .xlsx、CSVなら .csv を付けてください。",
        READABLE,
    ),
    "E_EXTENSION": _template(
        "この拡張子のファイルは受け取れません。中身は{actual}のようです。",
        "表を Excel で開き、「Excel ブック（.xlsx）」か「CSV UTF-8（.csv）」で保存し直してください。",
        READABLE,
    ),
    "E_WRONG_KIND": _template(
        "名前は .{extension} ですが、中身は{actual}です。", "{advice}。", READABLE
    ),
    "E_OLD_XLS": _template("旧形式の Excel ブック（.xls）です。", _SAVE_AS, READABLE),
    "E_ODS": _template(
        "OpenDocument 形式（.ods など）です。",
        "LibreOffice や Excel で開き、「名前を付けて保存」で「Excel ブック（.xlsx）」を選んで保存し直してください。",
        READABLE,
    ),
    "E_ENCRYPTED": _template(
        "パスワード又は暗号化で保護されていて、中を読めません。",
        "Excel の「ファイル」→「情報」→「ブックの保護」でパスワードを外して、保存し直してください。",
        READABLE,
    ),
    "E_SCANNER": _template(
        "ウイルス等の検査を通りませんでした（{why}）。",
        "ファイルを安全な端末で作り直すか、システムの管理者に相談してください。",
    ),
    # What must not travel in a workbook.
    "E_MACRO": _template(
        "マクロ又は旧形式のダイアログが含まれています（{part}）。",
        "「名前を付けて保存」で、マクロの無い「Excel ブック（.xlsx）」を選んで保存し直してください。",
        READABLE,
    ),
    "E_ACTIVE_X": _template(
        "ActiveX コントロールが含まれています（{part}）。",
        "「開発」タブの「デザイン モード」で部品を選んで削除し、保存し直してください。",
        OBJECTS,
    ),
    "E_EMBEDDED_OBJECT": _template(
        "別のファイルが埋め込まれています（{part}）。中身を確かめられません。",
        "埋め込まれたファイルを選んで削除し、必要なものは別に送ってください。",
        OBJECTS,
    ),
    "E_DDE": _template(
        "外部のプログラムや通信を呼び出す式・リンクが含まれています（{part}）。",
        "そのセルを値に直し、「データ」→「リンクの編集」でリンクを解除してください。",
        VALUES,
    ),
    # The container.
    "E_CORRUPT_ZIP": _template(
        "ファイルが壊れているか、途中で切れています（{part}）。", _SAVE_AGAIN, READABLE
    ),
    "E_ZIP_STRUCTURE": _template(
        "ファイルの組み立てが Excel のものと違います（{why}）。", _SAVE_AGAIN, READABLE
    ),
    "E_ZIP_BOMB": _template(
        "開くと{size}MBの大きさになり、読み込めません（{part}）。",
        "色や罫線だけの行・列を選んで「削除」し、保存し直してください。",
    ),
    "E_TOO_MANY_PARTS": _template(
        "ファイルの部品が{count}個あり、上限（{limit}個）を超えています。",
        "貼り付けた画像や図形を削除して、保存し直してください。",
    ),
    "E_CORRUPT_PACKAGE": _template(
        "Excel ブックに必要な部品が足りないか、食い違っています（{part}）。", _SAVE_AGAIN, READABLE
    ),
    "E_CORRUPT_XML": _template(
        "ブックの中の記述が壊れています（{part} の{line}行目）。", _SAVE_AGAIN, READABLE
    ),
    "E_UNREADABLE": _template(
        "ブックの中身を確かめながら読むことができません。", _SAVE_AGAIN, READABLE
    ),
    "E_XML_DTD": _template(
        "Excel が書かない宣言（DOCTYPE）が含まれています（{part}）。", _SAVE_AGAIN, READABLE
    ),
    "E_XML_DEPTH": _template(
        "記述の入れ子が{limit}段を超えています（{part}）。", _SAVE_AGAIN, READABLE
    ),
    "E_TOO_MANY_ELEMENTS": _template(
        "記述が多すぎて読み込めません（{part}、上限{limit}件）。",
        "色や罫線だけの行・列、使っていないスタイルを削除し、保存し直してください。",
    ),
    "E_TOO_MANY_STRINGS": _template(
        "文字の入ったセルが多すぎます（上限{limit}種類）。",
        "報告に使うシートだけを残して、保存し直してください。",
    ),
    "E_TOO_MANY_SHEETS": _template(
        "シートの数が上限（{limit}枚）を超えています。",
        "報告に使うシートだけを残して、保存し直してください。",
    ),
    "E_NOTHING_IN_IT": _template(
        "値の入ったセルが一つもありません。", "記入したファイルかどうかを確かめてください。"
    ),
    # The cells.
    "E_TOO_MANY_ROWS": _template(
        "値の入った行が上限（{limit}行目まで）を超えています。", _CLEAR_BEYOND
    ),
    "E_TOO_MANY_COLUMNS": _template(
        "値の入った列が上限（{limit}列目まで）を超えています。", _CLEAR_BEYOND
    ),
    "E_TOO_MANY_CELLS": _template(
        "値の入ったセルが上限（{limit}個）を超えています。",
        "報告に使うシートだけを残して、保存し直してください。",
    ),
    "E_CELL_TOO_LONG": _template(
        "1つのセルに{size}文字あり、上限（{limit}文字）を超えています。",
        "文章を短くするか、別の文書に分けてください。",
        "L1-07",
    ),
    "E_DUPLICATE_CELL": _template(
        "同じセルが2回書かれているか、行や列の順序が乱れています。読むソフトによって値が変わります。",
        _SAVE_AGAIN,
        READABLE,
    ),
    "E_MERGE_TOO_LARGE": _template(
        "セルの結合が広すぎます（1か所で{limit}セルまで）。", "結合を解除してください。", MERGES
    ),
    "E_TOO_MANY_MERGES": _template(
        "セルの結合が{limit}か所を超えています。", "結合を解除してください。", MERGES
    ),
    "E_FORMULA_NO_VALUE": _template(
        "数式の計算結果が保存されていません。",
        "Excel で開いて計算させるか、値に直してから、保存し直してください。",
        VALUES,
    ),
    "E_NOT_A_NUMBER": _template(
        "数として読めない値が、数のセルに入っています。", "正しい数に直してください。", "L2-01"
    ),
    "E_CONTROL_CHARACTER": _template(
        "目に見えない制御文字が含まれています。",
        "そのセルの文字を消し、手で入力し直してください。",
        "L1-08",
    ),
    # CSV.
    "E_ENCODING": _template(
        "文字コードを判別できないか、受け取れない文字コードです。",
        "Excel の「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。",
        READABLE,
    ),
    "E_CSV_NUL": _template(
        "文字ではないデータ（NUL）が含まれています。",
        "Excel で開き、「CSV UTF-8（コンマ区切り）」で保存し直してください。",
        READABLE,
    ),
    "E_CSV_QUOTE": _template(
        "引用符（\"）の対応が取れていません（{row}行目から）。",
        "値を囲む引用符を閉じるか、Excel で開いて CSV で保存し直してください。",
        "L1-15",
    ),
    "E_CSV_WIDTH": _template(
        "{row}行目の値が{count}個あり、項目名（{width}個）より多くなっています。",
        "カンマを含む値を引用符（\"）で囲むか、余分な値を消してください。",
        "L1-15",
    ),
    # The process that reads.
    "E_TIMEOUT": _template(
        "読み取りが{seconds}秒で終わりませんでした。",
        "使っていないシート・行・列・書式を削除し、保存し直してください。",
    ),
    "E_MEMORY": _template(
        "読み取りに必要なメモリが上限を超えました。",
        "使っていないシート・行・列・書式を削除し、保存し直してください。",
    ),
    "E_CRASHED": _template(
        "読み取りが途中で止まりました。",
        "元のファイルを Excel で開き、.xlsx で保存し直してください。続くときはシステムの管理者に知らせてください。",
    ),
}  # fmt: skip


def refusal_answer(refused: Refused, file_name: str, content: bytes) -> dict[str, object]:
    """Return the report of a file that could not be read: one finding, nothing to publish.

    sha256 : of the bytes as received.
    """
    finding = make_finding(
        REFUSALS, refused.code, refused.sheet, refused.cell, refused.value, **refused.details
    )
    return {
        "verdict": REJECT,
        "findings": [finding.to_dict()],
        "repairs": [],
        "records": [],
        "file": file_name,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
