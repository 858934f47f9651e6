"""The figures of 取組事例, filled with the data of the moment."""

from __future__ import annotations

import pandas as pd

from components.figure import Figure
from data import catalogue
from data.loaders import load_facts, load_table
from domain.sources import SourceRef
from pages.practices import figures, spread


def _document() -> SourceRef:
    return catalogue.source_ref(catalogue.DOCUMENT)


def build_map(chosen: pd.DataFrame, selected: str | None = None) -> Figure:
    """Return where the chosen practices are."""
    return figures.draw_practice_map(chosen, catalogue.places_by_code(), selected, _document())


def build_measure_counts(chosen: pd.DataFrame) -> Figure:
    """Return which measures the chosen practices use."""
    return figures.draw_measure_counts(chosen, load_table("measures"), _document())


def build_convenience() -> list[Figure]:
    """Return share and volume of コンビニ交付."""
    shares = spread.load_series("convenience_copies_percent")
    copies = spread.load_series("convenience_copies")
    years = sorted(shares)
    bands, horizon, confidence = spread.list_bands(shares)
    values, volumes = [shares[year] for year in years], [copies[year] for year in years]
    return [
        figures.draw_convenience_share(years, values, bands, horizon, confidence, _document()),
        figures.draw_convenience_volume(years, volumes, values, _document()),
    ]


def build_fire() -> Figure:
    """Return the number of fire headquarters before and after."""
    facts = load_facts()
    return figures.draw_fire(facts["fire_hq_before"], facts["fire_hq_after"], _document())


def build_sewage() -> Figure:
    """Return what 長野県下水道公社 has taken over."""
    return figures.draw_sewage(load_facts(), _document())


def build_corporations() -> Figure:
    """Return the local incorporated agencies by kind."""
    return figures.draw_corporations(load_table("corporations"), _document())


def list_figures() -> list[Figure]:
    """Return every figure of the page in its first state."""
    every = load_table("practices")
    return [
        build_map(every),
        build_measure_counts(every),
        *build_convenience(),
        build_fire(),
        build_sewage(),
        build_corporations(),
    ]
