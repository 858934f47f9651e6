"""What a sentence about a framework says, value by value (文章からの自動抽出).

Prefectures send a table of sentences: 都道府県／枠組みの立上げ状況／今後の予定／対象分野. Here
one row of it becomes the columns of our form. Everything found is a proposal that a person
confirms, so each value keeps the words it was taken from; what the words do not say is left
out, never guessed. Every search is bounded, so the time grows with the length of the text.

The way of a cell: text → bullets → cell (clause or nameless, each by names, status, origin,
timing, level, coverage, kind) → found; row puts the three cells of a row together.
"""

from domain.intake.narrative.bullets import split_bullets
from domain.intake.narrative.header import is_narrative_header
from domain.intake.narrative.limits import MOST_FRAMEWORKS
from domain.intake.narrative.row import extract_frameworks
from domain.intake.narrative.text import Extract

__all__ = [
    "MOST_FRAMEWORKS",
    "Extract",
    "extract_frameworks",
    "is_narrative_header",
    "split_bullets",
]
