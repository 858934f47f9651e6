"""The large numbers of 将来シミュレーション."""

from __future__ import annotations

from components.markup import kind_badge
from domain.simulation.levers import Choice
from domain.values import ESTIMATE
from pages.simulation import build
from pages.simulation.figures import person_text
from pages.simulation.view import Scope, add_balance


def is_national(scope: Scope) -> bool:
    """Is the whole country looked at?"""
    return scope == Scope()


def list_kpis(scope: Scope, choice: Choice, year: int) -> list[dict[str, str]]:
    """Return need, available, gap and what the prefectures miss, with the change by the levers."""
    now = add_balance(build.compute(choice), scope).at(year)
    usual = add_balance(build.compute(build.USUAL), scope).at(year)
    badge = kind_badge(ESTIMATE)
    found = [
        {
            "label": f"{year}年に必要な人員", "value": person_text(now["need"]), "unit": "人", "base": "",
            "badge": badge, "note": f"手段なし {person_text(usual['need'])}人",
        },
        {
            "label": "確保できる人員", "value": person_text(now["available"]), "unit": "人", "base": "",
            "badge": badge, "note": "生産年齢人口に合わせて変わるとした",
        },
        {
            "label": "不足", "value": person_text(now["gap"]), "unit": "人",
            "base": "", "badge": badge,
            "note": f"充足率{now['staffing']:.1%}。手段なし {person_text(usual['gap'])}人（{usual['staffing']:.1%}）",
        },
    ]  # fmt: skip
    officers = build.gap_of_prefectures(scope, choice, year)
    if officers is not None:
        before = build.gap_of_prefectures(scope, build.USUAL, year)
        found.append(
            {
                "label": "都道府県の職員の不足", "value": person_text(officers), "unit": "人", "base": "",
                "badge": badge, "note": f"手段なし {person_text(before)}人",
            }
        )  # fmt: skip
    return found
