"""The figures of データ提出・公表, filled with a submission or with two versions."""

from __future__ import annotations

from components.figure import Figure
from data import catalogue
from domain.intake.changes import Effect
from pages.submit import figures


def build_effect(
    effect: Effect, names: tuple[str, str] = ("公表前", "公表後")
) -> tuple[Figure, Figure]:
    """Return the maps before and after a change."""
    sources = tuple(
        catalogue.framework_refs([row for state in states.values() for row in state.frameworks])
        for states in (effect.before, effect.after)
    )
    return figures.draw_effect(effect, catalogue.places_by_code(), sources, names)
