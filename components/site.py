"""The pages of the dashboard, listed once: menu, links and README follow this list."""

from __future__ import annotations

from dataclasses import dataclass

PRODUCT = "持続可能な行政サービス ダッシュボード"
# 提示型 gives the overview with few operations; 探索型 is for those who look for an answer.
OVERVIEW_KIND, EXPLORE_KIND = "提示型", "探索型"


@dataclass(frozen=True)
class SitePage:
    """One page: folder below pages/, menu title, address, and the question it answers."""

    name: str
    title: str
    address: str
    question: str
    audience: str
    kind: str

    def script(self) -> str:
        """Return the page's script, relative to app.py."""
        return f"pages/{self.name}/page.py"


PAGES = (
    SitePage("overview", "概況", "overview", "枠組みづくりは、いま、どこまで進んだか。", "作業部会・発表者", OVERVIEW_KIND),
    SitePage("framework_map", "設置状況マップ", "map", "どの都道府県が、どのような枠組みで検討しているか。", "作業部会", EXPLORE_KIND),
    SitePage("prefecture", "都道府県カルテ", "prefecture", "この都道府県は、何を、いつまでに検討し、人口と職員はどう変わるか。", "作業部会・発表者", EXPLORE_KIND),
    SitePage("practices", "取組事例", "practices", "他の地域や国は、どの対応方策で、何をしているか。", "作業部会", EXPLORE_KIND),
    SitePage("tasks", "分野別課題分析", "tasks", "どの事務が、なぜ難しく、何が助けになるか。", "作業部会", EXPLORE_KIND),
    SitePage("simulation", "将来シミュレーション", "simulation", "どの手段を採ると、2040年・2050年に人は足りるか。", "作業部会・発表者", EXPLORE_KIND),
    SitePage("submit", "データ提出・公表", "submit", "出したファイルは、どう読まれ、何を直し、公表すると何が変わるか。", "職員", EXPLORE_KIND),
    SitePage("sources", "データ・出典・用語", "sources", "この数は、どこから来たか。言葉は何を意味するか。", "全員", EXPLORE_KIND),
)  # fmt: skip
PAGE_BY_NAME = {page.name: page for page in PAGES}
