"""In which words is each finding about an official workbook told? (指摘の文例)"""

from __future__ import annotations

from domain.intake.findings import CONFIRM, MUST_MEND, NOTE, Template

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
