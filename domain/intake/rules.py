"""Do the records agree with themselves, with the published state and with the calendar? (業務点検)

These checks know what a framework is; those of the cells are made while reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain import frameworks as fw
from domain.frameworks import Framework, compute_states
from domain.intake import form
from domain.intake.catalogue import TEMPLATES
from domain.intake.findings import Finding, make_finding
from domain.intake.records import Record
from domain.intake.rows import Row, record_key, to_framework
from domain.periods import parse_period
from domain.places import PREFECTURE_COUNT, Prefecture
from domain.values import Fact

_MOST_MISSING_NAMED = 12


def check_frameworks(
    records: Sequence[Record],
    published: Mapping[str, Sequence[Row]],
    places: Mapping[str, Prefecture],
    facts: Mapping[str, Fact],
    *,
    today: date,
    change_share: float,
) -> list[Finding]:
    """What is doubtful about the framework records of one submission?

    Parameters
    ----------
    records : of dataset "frameworks", one row a framework.
    published : scope → rows that stand published.
    facts : the published national numbers, for the comparison of totals.
    today : day of reception.  change_share : from which relative change a number is asked about.
    """
    check = _Check(places, today, change_share)
    check.look_for_doubles(records, form.FRAMEWORKS.dataset, "E_DUPLICATE")
    for record in records:
        check.look_at(record)
    by_scope: dict[str, list[Record]] = {}
    for record in records:
        by_scope.setdefault(record.scope, []).append(record)
    for scope, rows in by_scope.items():
        check.compare(rows, published.get(scope, ()), places[scope])
    check.look_for_missing_places(records)
    check.compare_totals(by_scope, published, facts)
    return check.findings


def check_tasks(records: Sequence[Record], known: Mapping[str, str]) -> list[Finding]:
    """What is doubtful about the task records? known : task id → name; empty if not known."""
    check = _Check({}, date.min, 0)
    check.look_for_doubles(records, form.TASKS.dataset, "E_DUPLICATE_TASK")
    for record in records:
        named = record.values["task_id"] in known or record.values["task"] in known.values()
        if known and not named:
            check.say(record, "C_UNKNOWN_TASK", "task_id" if record.values["task_id"] else "task")
    return check.findings


class _Check:
    def __init__(self, places: Mapping[str, Prefecture], today: date, change_share: float):
        self.places, self.today, self.change_share = places, today, change_share
        self.findings: list[Finding] = []

    def say(self, record: Record, code: str, column: str, /, **details: object) -> None:
        sheet = form.SHEET_BY_DATASET[record.dataset]
        label = next((c.label for c in sheet.columns if c.name == column), "時点")
        where = record.cell(column)
        title, _, cell = where.rpartition("!")
        self.findings.append(
            make_finding(
                TEMPLATES,
                code,
                title or record.sheet,
                cell,
                record.values.get(column, ""),
                label,
                **details,
            )  # fmt: skip
        )

    def look_for_doubles(self, records: Sequence[Record], dataset: str, code: str) -> None:
        seen: dict[tuple[str, str], Record] = {}
        for record in records:
            key = (record.scope, record_key(dataset, record.values))
            if key in seen:
                first = seen[key]
                name = "name" if dataset == form.FRAMEWORKS.dataset else "task"
                other = f"{first.sheet}の{first.row + 1}行目"
                self.say(record, code, name, other=other)
            else:
                seen[key] = record

    def look_at(self, record: Record) -> None:
        values = record.values
        place = self.places[record.scope]
        start = parse_period(values["start"]) if values["start"] else None
        as_of = parse_period(values["as_of"]) if values.get("as_of") else None
        if values["status"] == fw.ESTABLISHED:
            for name, code in (
                ("name", "C_NO_NAME"),
                ("framework_kind", "C_NO_KIND"),
                ("start", "C_NO_DATE"),
            ):
                # What stands in the cell but could not be read has been said already.
                if not values[name] and not record.raw.get(name, "").strip():
                    self.say(record, code, name)
            if start and as_of and start.first > as_of.last:
                self.say(record, "C_START_LATER", "start", as_of=values["as_of"])
        if values["status"] == fw.PLANNED and start and start.last < self.today:
            self.say(record, "C_PLAN_STARTED", "start")
        if as_of and as_of.first > self.today:
            self.say(record, "C_FUTURE_AS_OF", "as_of", today=self.today.isoformat())
        if values["due"] and parse_period(values["due"]).last < self.today:
            self.say(record, "C_EXPIRED", "due", today=self.today.isoformat())
        if values["municipalities"]:
            count = int(values["municipalities"])
            about = {"place": place.name, "most": place.municipalities}
            if count > place.municipalities:
                self.say(record, "E_TOO_MANY", "municipalities", **about)
            elif values["coverage"] == fw.WHOLE and count < place.municipalities:
                self.say(record, "C_WHOLE_BUT_FEWER", "municipalities", **about)
        if values["framework_kind"] == fw.SINGLE_FIELD and "、" in values["fields"]:
            self.say(record, "N_SINGLE_SEVERAL", "fields")

    def compare(self, rows: Sequence[Record], published: Sequence[Row], place: Prefecture) -> None:
        statuses = {record.values["status"] for record in rows}
        for status in (fw.ABSENT, fw.NO_ANSWER):
            if status in statuses and statuses - {status}:
                record = next(r for r in rows if r.values["status"] == status)
                self.say(record, "C_MIXED_STATUS", "status", place=place.name, status=status)
        dataset = form.FRAMEWORKS.dataset
        now = {record_key(dataset, record.values): record for record in rows}
        newest = max((row.values.get("as_of", "") for row in published), default="")
        as_of = rows[0].values.get("as_of", "")
        if newest and as_of and parse_period(as_of).last < parse_period(newest).last:
            self.say(rows[0], "C_OLDER", "as_of", place=place.name, current=newest)
        gone = [
            row.values["name"] or "名称なし"
            for row in published
            if row.key not in now and row.values["status"] == fw.ESTABLISHED
        ]
        if gone:
            self.say(rows[0], "C_REMOVED", "name", names="」「".join(gone), place=place.name)
        for row in published:
            record = now.get(row.key)
            if record is None:
                continue
            before, after = row.values["municipalities"], record.values["municipalities"]
            if before and after and int(before):
                share = abs(int(after) / int(before) - 1)
                if share >= self.change_share:
                    self.say(
                        record,
                        "C_CHANGE",
                        "municipalities",
                        before=before,
                        share=f"{100 * share:.0f}",
                    )

    def look_for_missing_places(self, records: Sequence[Record]) -> None:
        present = {record.scope for record in records}
        if not 1 < len(present) < PREFECTURE_COUNT:
            return
        missing = [place.name for code, place in self.places.items() if code not in present]
        named = "、".join(missing[:_MOST_MISSING_NAMED])
        if len(missing) > _MOST_MISSING_NAMED:
            named += f"ほか{len(missing) - _MOST_MISSING_NAMED}団体"
        self.findings.append(
            make_finding(
                TEMPLATES, "N_FEW_PLACES", records[0].sheet, count=len(present), missing=named
            )
        )

    def compare_totals(
        self,
        by_scope: Mapping[str, Sequence[Record]],
        published: Mapping[str, Sequence[Row]],
        facts: Mapping[str, Fact],
    ) -> None:
        """Ask about a count that passes the published one only because of this submission."""
        before = [to_framework(row, self.today) for rows in published.values() for row in rows]
        after = [
            to_framework(row, self.today)
            for scope, rows in published.items()
            if scope not in by_scope
            for row in rows
        ] + [
            to_framework(Row.of_record(record), self.today)
            for rows in by_scope.values()
            for record in rows
        ]
        was, counted = self._count(before), self._count(after)
        for fact_id, count in counted.items():
            fact = facts.get(fact_id)
            if fact and fact.value is not None and was[fact_id] <= fact.value < count:
                first = next(iter(by_scope.values()))[0]
                self.findings.append(
                    make_finding(
                        TEMPLATES,
                        "C_TOTALS",
                        first.sheet,
                        label=fact.label,
                        counted=count,
                        published=fact.display(),
                    )  # fmt: skip
                )

    def _count(self, frameworks: Sequence[Framework]) -> dict[str, int]:
        counts = fw.count_states(compute_states(self.places, frameworks, self.today))
        return {
            "N_established": sum(counts[state] for state in fw.ESTABLISHED_STATES),
            "N_planned": counts[fw.PLAN],
            "N_cross_field": counts[fw.CROSS] + counts[fw.BOTH],
            "N_single_field": counts[fw.SINGLE] + counts[fw.BOTH],
            "N_both": counts[fw.BOTH],
        }
