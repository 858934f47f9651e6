"""Which frameworks does one row of the narrative table speak of? (一行の読み取り)"""

from __future__ import annotations

import re

from domain import frameworks as fw
from domain.intake import form
from domain.intake.narrative.bullets import Bullet, list_bullets
from domain.intake.narrative.cell import read_cell
from domain.intake.narrative.fields import fields_for
from domain.intake.narrative.found import Found
from domain.intake.narrative.kind import find_kind, find_measures
from domain.intake.narrative.plan import due_of, plan_of
from domain.intake.narrative.shares import share_out
from domain.intake.narrative.text import FIELDS, PLAN, SETUP, Extract, Text
from domain.periods import Period

_ABSENT_CELL = re.compile(r"(?:未設置|なし|無し?|該当なし|設置なし|設置無し)[。.]?")


def _is_silent(text: str) -> bool:
    return not any(sign.isalnum() for sign in text)


def _find_absent(text: Text) -> list[Found]:
    """Return the one answer of a cell that holds nothing but なし or 未設置."""
    bare = re.sub(r"\s", "", text.norm[:40]).strip("・-()")
    if len(text.norm) > 40 or not _ABSENT_CELL.fullmatch(bare):
        return []
    whole = text.part(0, len(text.norm))
    absent = whole.extract(fw.ABSENT, 0, len(whole.norm))
    return [Found({"status": absent}, whole, absent=True, nameless=True)]


def _find_frameworks(texts: dict[str, Text], as_of: Period | None) -> list[Found]:
    """Return the frameworks of 枠組みの立上げ状況, or those that 今後の予定 is to found."""
    found = _find_absent(texts[SETUP])
    if not found:
        found = read_cell(texts[SETUP], as_of)
        # 未設置 is the answer of a prefecture, not of one bullet among others.
        others = [one for one in found if not one.absent]
        found = others or found[:1]
    if all(one.absent for one in found) and (found or _is_silent(texts[SETUP].norm)):
        coming = [
            one
            for one in read_cell(texts[PLAN], as_of)
            if one.made and one.values.get("status") and one.values["status"].value == fw.PLANNED
        ]
        found = coming or found
    return [one for one in found if "status" in one.values or "name" in one.values]


def _say_of_all(bullets: list[Bullet], column: str, as_of: Period | None) -> dict[str, Extract]:
    """Return what some bullets of 今後の予定 or 対象分野 say besides the fields."""
    values: dict[str, Extract] = {}
    if column == PLAN:
        if plan := plan_of(bullets):
            values["plan"] = plan
        if due := due_of(bullets, as_of):
            values["due"] = due
    for bullet in bullets:
        if "measures" not in values and (measures := find_measures(bullet.text)):
            values["measures"] = measures
        if column == FIELDS and (kind := find_kind(bullet.text)):
            values.setdefault("framework_kind", kind)
    return values


def extract_frameworks(
    setup: str, plan: str, fields: str, as_of: Period | None
) -> list[dict[str, Extract]]:
    """Which frameworks does one row of the narrative table speak of? (文章からの自動抽出)

    Parameters
    ----------
    setup, plan, fields : the cells 枠組みの立上げ状況, 今後の予定, 対象分野.
    as_of : the day the table describes, by whose fiscal year 年度末 or 12月 get their year;
        without it they are left out.

    Returns
    -------
    One dict per framework, column name of form.FRAMEWORKS → Extract, only of what the text
    says. A prefecture without a framework yields one dict with status 未設置. Never raises.
    """
    texts = {
        SETUP: Text.read(str(setup or ""), SETUP),
        PLAN: Text.read(str(plan or ""), PLAN),
        FIELDS: Text.read(str(fields or ""), FIELDS),
    }
    found = _find_frameworks(texts, as_of)
    if not found:
        return []
    plan_bullets = list_bullets(texts[PLAN])
    field_bullets = [b for b in list_bullets(texts[FIELDS]) if not b.note]
    plan_shares, field_shares = share_out(plan_bullets, found), share_out(field_bullets, found)
    field_extracts = fields_for(found, field_shares, texts[FIELDS].raw)
    columns = {column.name: place for place, column in enumerate(form.FRAMEWORKS.columns)}
    # Frameworks that share their bullets share what those say; read it once.
    known: dict[tuple[str, tuple[int, ...]], dict[str, Extract]] = {}

    def shared(column: str, bullets: list[Bullet]) -> dict[str, Extract]:
        key = (column, tuple(id(bullet) for bullet in bullets))
        if key not in known:
            known[key] = _say_of_all(bullets, column, as_of)
        return known[key]

    rows = []
    for index, one in enumerate(found):
        values = dict(one.values)
        if fields_found := field_extracts[index]:
            values.setdefault("fields", fields_found)
        for column, shares in ((FIELDS, field_shares), (PLAN, plan_shares)):
            for key, extract in shared(column, shares[index]).items():
                values.setdefault(key, extract)
        rows.append({key: values[key] for key in sorted(values, key=columns.__getitem__)})
    return rows
