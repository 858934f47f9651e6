"""What several pages ask of the data together (画面が共に使う読み込み)."""

from __future__ import annotations

from collections.abc import Mapping
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
from domain.frameworks import (
    derive_published,
    list_evidence_days,
)
from domain.issues import DataFileError
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


def document_day() -> date:
    """Return the date of the ministry's document."""
    return parse_period(load_card(DOCUMENT)["published"]).last


def evidence_days() -> list[date]:
    """Which days can the state of the frameworks be looked at? Oldest first."""
    survey = parse_period(load_facts()["N_established"].as_of).last
    return list_evidence_days(load_frameworks(), survey, document_day())


def document_as_of() -> list[str]:
    """Return every 時点 that the document's numbers carry."""
    return sorted({fact.as_of for fact in load_facts().values() if fact.as_of})


def national_working_age() -> Mapping[int, float]:
    """Return year → persons aged 15–64 of the nation (sum of the 47 prefectures)."""
    return load_population()[NATION, WORKING_AGE]


def freshness_entries() -> list[tuple[str, str]]:
    """Return what the dashboard shows with its 時点: (what, canonical as-of)."""
    facts = load_facts()
    rows = load_frameworks()
    table = {
        "設置状況の全国集計": facts["N_established"].as_of,
        "8団体の枠組み": max(row.evidence_day for row in rows).isoformat(),
        "コンビニ交付の導入状況": facts["convenience_bodies"].as_of,
        "消防本部の数": facts["fire_hq_after"].as_of,
        "地方独立行政法人の数": facts["lidc_total"].as_of,
        "収録資料": document_day().isoformat(),
        "将来推計人口の基準年": str(min(load_population()[NATION, TOTAL])),
        # The survey's date is 1 April of each year (card of mic_staff_survey).
        "職員数（最新）": f"{max(load_staff()[NATION, MUNICIPAL])}-04-01",
    }
    return [(what, as_of) for what, as_of in table.items() if as_of]


def today() -> date:
    """Return today's date in Japan, whatever the server's clock is set to."""
    return datetime.now(ZoneInfo("Asia/Tokyo")).date()


def population_by_code() -> dict[str, float]:
    """Return pref_code → total population of the base year, persons."""
    series = load_population()
    base = min(series[NATION, TOTAL])
    return {code: series[code, TOTAL][base] for code in CODES}
