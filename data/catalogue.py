"""What several pages ask of the data together (画面が共に使う読み込み)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from data.loaders import (
    load_card,
    load_facts,
    load_frameworks,
    load_population,
    load_prefectures,
    load_staff,
)
from domain.frameworks import Framework, derive_published, list_evidence_days
from domain.intake.rows import REPORT_SOURCE
from domain.issues import DataFileError
from domain.messages import (
    DOCUMENT_DAY,
    REPORT_DAY,
    freshness_sentence,
    is_reported,
    shorten_middle,
)
from domain.periods import parse_period
from domain.places import CODES, PREFECTURE_COUNT, Prefecture
from domain.population import NATION
from domain.sources import SourceRef
from domain.values import ORIGINAL, Fact

DOCUMENT = "mic_wg47_20260422"
PROJECTION = "ipss_projection_2023"
STAFF = "mic_staff_survey"
CODES_SOURCE = "local_government_codes"
OUTLINES = "natural_earth_outlines"
REPORTS = REPORT_SOURCE
# Groups of the population and staff series.
TOTAL, WORKING_AGE, MUNICIPAL = "total", "15-64", "市町村"


def source_ref(source_id: str, locator: str = "") -> SourceRef:
    """Return the reference to a source's card.

    Without a readable card the reference says so; the fault is listed in `current_problems`
    and the page stays up.
    """
    try:
        card = load_card(source_id)
    except DataFileError:
        return SourceRef(source_id, f"出典カードを読めません（{source_id}）", "", "", locator)
    return SourceRef(source_id, card["title"], card["publisher"], card["short"], locator)


def places_by_code() -> dict[str, Prefecture]:
    """Return the 47 prefectures by code, in code order."""
    return {place.code: place for place in load_prefectures()}


def published_facts() -> tuple[dict[str, Fact], dict[str, Fact]]:
    """Return the document's numbers, with the number of prefectures added, and what follows."""
    facts = dict(load_facts())
    facts["prefectures"] = Fact(
        "prefectures",
        "都道府県",
        PREFECTURE_COUNT,
        "団体",
        "",
        ORIGINAL,
        CODES_SOURCE,
        "都道府県コード",
    )
    return facts, derive_published(facts)


def framework_table_ref() -> SourceRef:
    """Return the reference to the table of the eight prefectures."""
    return source_ref(DOCUMENT, "「都道府県における主な取組の例」表")


# Longer than this, a place at the foot of a figure loses its middle.
_LONGEST_PLACE = 60


def report_ref(rows: Sequence[Framework]) -> SourceRef:
    """Return the reference to the reports that some reported rows stand in.

    One prefecture's are named by file, sheet and row, those of several by their number.
    """
    codes = {row.pref_code for row in rows}
    if len(codes) != 1:
        return source_ref(REPORTS, f"{len(codes)}団体")
    place = shorten_middle(rows[0].locator, _LONGEST_PLACE)
    if place and len(rows) > 1:
        place += f"ほか{len(rows) - 1}行"
    return source_ref(REPORTS, place)


def framework_refs(rows: Sequence[Framework]) -> tuple[SourceRef, ...]:
    """Which sources do these rows come from: the document's table, the reports, or both?

    Without a row it is the table: that it does not name the prefecture is what is known.
    """
    reported = [row for row in rows if is_reported(row)]
    table = () if reported and len(reported) == len(rows) else (framework_table_ref(),)
    return (*table, *((report_ref(reported),) if reported else ()))


def document_day() -> date:
    """Return the date of the ministry's document."""
    return parse_period(load_card(DOCUMENT)["published"]).last


def evidence_days() -> list[date]:
    """Which days can the state of the frameworks be looked at? Oldest first.

    Of the reports these are the days they describe and the day the newest was published; the
    other days of publication change nothing on the map.
    """
    days = {document_day()}
    for row in load_frameworks():
        if is_reported(row):
            days |= {row.evidence_day, max(row.evidence_day, row.known_from())}
    if newest := latest_report_day():
        days.add(newest)
    return sorted(days.union(_bundled_days()))


def _bundled_days() -> list[date]:
    """Return the days that the document's survey and table tell of."""
    survey = parse_period(load_facts()["N_established"].as_of).last
    bundled = (row for row in load_frameworks() if not is_reported(row))
    return list_evidence_days(bundled, survey)


def latest_day() -> date:
    """Return the day the pages open with: the newest that the data says something about."""
    return evidence_days()[-1]


def latest_report_day() -> date | None:
    """Return the day the newest report was published, None while there is none."""
    return max((row.published_day for row in load_frameworks() if is_reported(row)), default=None)


def describe_day(day: date) -> str:
    """Return what a day of the pages is: the document's date, or the newest report's."""
    return DOCUMENT_DAY if day == document_day() else REPORT_DAY


def framework_as_of() -> list[str]:
    """Return every 時点 of the document's survey and table of frameworks."""
    return [day.isoformat() for day in _bundled_days()]


def describe_freshness(as_of: Sequence[str]) -> str:
    """Return the sentence on how fresh a page is. as_of : what it shows beside the reports."""
    reported = {row.evidence_day.isoformat() for row in load_frameworks() if is_reported(row)}
    newest = latest_report_day()
    return freshness_sentence(
        [*as_of, *reported], document_day().isoformat(), newest.isoformat() if newest else ""
    )


def document_as_of() -> list[str]:
    """Return every 時点 that the document's numbers carry."""
    return sorted({fact.as_of for fact in load_facts().values() if fact.as_of})


def national_working_age() -> Mapping[int, float]:
    """Return year → persons aged 15–64 of the nation (sum of the 47 prefectures)."""
    return load_population()[NATION, WORKING_AGE]


def freshness_entries() -> list[tuple[str, str]]:
    """Return what the dashboard shows with its 時点: (what, canonical as-of)."""
    facts = load_facts()
    table = {
        "設置状況の全国集計": facts["N_established"].as_of,
        **_framework_entries(),
        "コンビニ交付の導入状況": facts["convenience_bodies"].as_of,
        "消防本部の数": facts["fire_hq_after"].as_of,
        "地方独立行政法人の数": facts["lidc_total"].as_of,
        "収録資料": document_day().isoformat(),
        "将来推計人口の基準年": str(min(load_population()[NATION, TOTAL])),
        # The survey's date is 1 April of each year (card of mic_staff_survey).
        "職員数（最新）": f"{max(load_staff()[NATION, MUNICIPAL])}-04-01",
    }
    return [(what, as_of) for what, as_of in table.items() if as_of]


def _framework_entries() -> dict[str, str]:
    """Return the age of the frameworks: the document's, and the oldest and newest reports."""
    rows = load_frameworks()
    bundled = [row for row in rows if not is_reported(row)]
    reported = [row for row in rows if is_reported(row)]

    def prefectures(some: Sequence[Framework]) -> str:
        return f"{len({row.pref_code for row in some})}団体"

    entries = {}
    if bundled:
        name = f"{prefectures(bundled)}の枠組み{'（資料）' if reported else ''}"
        entries[name] = max(row.evidence_day for row in bundled)
    days = sorted({row.evidence_day for row in reported})
    if len(days) == 1:
        entries[f"都道府県の報告（{prefectures(reported)}）"] = days[0]
    elif days:
        for word, day in (("最も古い", days[0]), ("最も新しい", days[-1])):
            same = [row for row in reported if row.evidence_day == day]
            entries[f"{word}都道府県の報告（{prefectures(same)}）"] = day
    return {what: day.isoformat() for what, day in entries.items()}


def today() -> date:
    """Return today's date in Japan, whatever the server's clock is set to."""
    return datetime.now(ZoneInfo("Asia/Tokyo")).date()


def population_by_code() -> dict[str, float]:
    """Return pref_code → total population of the base year, persons."""
    series = load_population()
    base = min(series[NATION, TOTAL])
    return {code: series[code, TOTAL][base] for code in CODES}
