"""コンビニ交付: the observed years, and the band the diffusion curves allow."""

from __future__ import annotations

import numpy as np
import streamlit as st

from data.loaders import load_parameters, load_table
from domain.diffusion import FAMILIES, DiffusionBand, fit_band


def load_series(series_id: str) -> dict[int, float]:
    """Return year → value of one series of the document, in order."""
    frame = load_table("series")
    rows = frame[frame["series_id"] == series_id]
    return {int(row.period): float(row.value) for row in rows.itertuples(index=False)}


@st.cache_data(show_spinner="曲線を当てはめています", max_entries=16)
def fit_bands(
    shares: tuple[float, ...], years_ahead: int, step: float, confidence: float
) -> list[DiffusionBand]:
    """Fit every family of curves; the ceilings run from the last share to 100 %."""
    ceilings = [shares[-1], *np.arange(np.ceil(shares[-1] / step) * step, 1 + step / 2, step)]
    return [
        fit_band(family, shares, range(len(shares) + years_ahead), ceilings, confidence)
        for family in FAMILIES
    ]


def list_bands(shares_percent: dict[int, float]) -> tuple[list[DiffusionBand], list[int], float]:
    """Return the bands, the years of their paths, and the level of the test."""
    parameters = load_parameters()
    last = int(parameters["diffusion.forecast_year"]["value"])
    confidence = float(parameters["diffusion.confidence"]["value"])
    years = sorted(shares_percent)
    bands = fit_bands(
        tuple(shares_percent[year] / 100 for year in years),
        last - years[-1],
        float(parameters["diffusion.ceiling_step"]["value"]),
        confidence,
    )
    return bands, list(range(years[0], last + 1)), confidence
