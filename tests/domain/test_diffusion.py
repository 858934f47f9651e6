"""The diffusion band against the curves it is made of."""

import numpy as np
import pytest

from domain.diffusion import FAMILIES, fit_band

OBSERVED = [0.034, 0.056, 0.103, 0.156, 0.262, 0.273]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_recovers_the_ceiling_of_a_clean_curve(family):
    t = np.arange(14.0)
    inside = {
        "ゴンペルツ曲線": (0.35, 4),
        "ロジスティック曲線": (0.8, 5),
        "バスモデル": (0.02, 0.6),
    }
    shares = family.formula(t, 0.6, *inside[family.name])
    band = fit_band(family, list(shares), range(20), np.arange(0.56, 0.66, 0.02), 0.9)
    assert band.ceilings[band.best] == pytest.approx(0.6)
    assert band.errors[band.best] < 1e-3
    assert band.ceiling_is_identified()


def test_six_points_do_not_fix_the_ceiling():
    band = fit_band(FAMILIES[0], OBSERVED, range(12), [0.273, *np.arange(0.28, 1.001, 0.04)], 0.9)
    assert not band.ceiling_is_identified()
    assert 0.26 < band.low() < 0.28 and 0.68 < band.high() < 0.71


def test_a_higher_level_rejects_less():
    ceilings = np.arange(0.28, 1.001, 0.06)
    narrow, wide = (
        fit_band(FAMILIES[1], OBSERVED, range(12), ceilings, level) for level in (0.5, 0.95)
    )
    assert narrow.accepted.sum() <= wide.accepted.sum()
    assert wide.low() <= narrow.low() and narrow.high() <= wide.high()


def test_three_points_are_refused():
    with pytest.raises(ValueError, match="4点以上"):
        fit_band(FAMILIES[0], [0.1, 0.2, 0.3], range(5), [0.5], 0.9)
