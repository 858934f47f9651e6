"""How far may a service still spread, and what do six points not say? (普及曲線)

An S-curve has a ceiling (上限), a speed and a centre. Six yearly points that have just begun
to flatten fix the last two, not the first: curves with very different ceilings pass almost
equally close to them. So every ceiling is tried, and those the points do not reject (F test
against the best curve) make the band.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

GOMPERTZ, LOGISTIC, BASS = "ゴンペルツ曲線", "ロジスティック曲線", "バスモデル"


def _gompertz(t: np.ndarray, ceiling: float, speed: float, centre: float) -> np.ndarray:
    return ceiling * np.exp(-np.exp(-speed * (t - centre)))


def _logistic(t: np.ndarray, ceiling: float, speed: float, centre: float) -> np.ndarray:
    return ceiling / (1 + np.exp(-speed * (t - centre)))


def _bass(t: np.ndarray, ceiling: float, innovation: float, imitation: float) -> np.ndarray:
    # The first observation closes the first year of diffusion, hence t + 1.
    decay = np.exp(-(innovation + imitation) * (t + 1))
    return ceiling * (1 - decay) / (1 + imitation / innovation * decay)


@dataclass(frozen=True)
class CurveFamily:
    """A family of S-curves: formula(t, ceiling, a, b), starting points and bounds for a, b."""

    name: str
    formula: Callable[..., np.ndarray]
    starts: tuple[tuple[float, float], ...]
    lower: tuple[float, float]
    upper: tuple[float, float]


FAMILIES = (
    CurveFamily(GOMPERTZ, _gompertz, ((0.1, 4), (0.3, 2), (0.6, 1)), (0.01, -10), (5, 40)),
    CurveFamily(LOGISTIC, _logistic, ((0.3, 5), (0.6, 3), (0.9, 2)), (0.01, -10), (5, 40)),
    CurveFamily(BASS, _bass, ((0.01, 0.5), (0.04, 0.7)), (1e-5, 0.01), (0.5, 3)),
)


@dataclass(frozen=True)
class DiffusionBand:
    """What one family says about a later year.

    ceilings, errors, forecasts : one entry a ceiling tried — the ceiling (share 0–1), the
    root mean square error (share) and the forecast (share).  accepted : bool per entry.
    best : index of the smallest error.
    """

    name: str
    ceilings: np.ndarray
    errors: np.ndarray
    forecasts: np.ndarray
    accepted: np.ndarray
    best: int
    paths: np.ndarray

    def low(self) -> float:
        """Smallest forecast among the ceilings that are not rejected (share)."""
        return float(self.forecasts[self.accepted].min())

    def high(self) -> float:
        """Largest forecast among the ceilings that are not rejected (share)."""
        return float(self.forecasts[self.accepted].max())

    def ceiling_is_identified(self) -> bool:
        """Did the points reject the largest ceiling tried?"""
        return not bool(self.accepted[-1])


def fit_band(
    family: CurveFamily,
    shares: Sequence[float],
    horizon: Sequence[int],
    ceilings: Sequence[float],
    confidence: float,
) -> DiffusionBand:
    """Which ceilings do the points allow, and what do they mean later?

    Parameters
    ----------
    shares : observed shares 0–1, one a year, the first at t=0.
    horizon : t of the path to compute; the last one is the forecast year.
    ceilings : ceilings to try, share 0–1, ascending.
    confidence : level of the F test, e.g. 0.90.

    Returns
    -------
    DiffusionBand; paths has one row a ceiling, one column a horizon entry.

    Raises
    ------
    ValueError with fewer than four points: a three-parameter curve then fits anything.

    Source: least squares with the ceiling held fixed (profile); acceptance by
    SSE ≤ SSE_min·(1 + F(confidence; 1, n−3)/(n−3)).
    """
    from scipy.optimize import least_squares  # late: 0.2 s, wanted on one page only
    from scipy.stats import f as f_distribution

    points = np.asarray(shares, dtype=float)
    if len(points) < 4:
        raise ValueError("普及曲線の当てはめには4点以上が必要です")
    t = np.arange(len(points), dtype=float)
    later = np.asarray(horizon, dtype=float)
    tried = np.asarray(ceilings, dtype=float)
    squares, paths = [], []
    for ceiling in tried:
        fits = [
            least_squares(
                lambda p, c=ceiling: family.formula(t, c, *p) - points,
                start,
                bounds=(family.lower, family.upper),
            )
            for start in family.starts
        ]
        fit = min(fits, key=lambda result: result.cost)
        squares.append(2 * fit.cost)
        paths.append(family.formula(later, ceiling, *fit.x))
    sse = np.asarray(squares)
    free = len(points) - 3
    limit = sse.min() * (1 + f_distribution.ppf(confidence, 1, free) / free)
    table = np.asarray(paths)
    return DiffusionBand(
        name=family.name,
        ceilings=tried,
        errors=np.sqrt(sse / len(points)),
        forecasts=table[:, -1],
        accepted=sse <= limit,
        best=int(sse.argmin()),
        paths=table,
    )
