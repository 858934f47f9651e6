"""Colours: contrast, distance under three kinds of colour vision, never alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from components import palette
from domain import frameworks as fw

# Machado, Oliveira & Fernandes 2009, severity 1.0, linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def linear(colour: str) -> np.ndarray:
    channel = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    ) @ np.clip(rgb, 0, 1)
    f = xyz / np.array([0.95047, 1, 1.08883])
    f = np.where(f > 0.008856, np.cbrt(f), 7.787 * f + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(a: str, b: str, vision: str) -> float:
    matrix = VISION[vision]
    return float(np.linalg.norm(lab(matrix @ linear(a)) - lab(matrix @ linear(b))))


@pytest.mark.parametrize("vision", VISION)
def test_states_can_be_told_apart(vision):
    fills = [mark.fill for mark in palette.STATE_MARKS.values()]
    assert min(distance(a, b, vision) for a, b in itertools.combinations(fills, 2)) >= 19


@pytest.mark.parametrize("vision", VISION)
def test_measure_groups_can_be_told_apart(vision):
    colours = palette.GROUP_COLOURS.values()
    assert min(distance(a, b, vision) for a, b in itertools.combinations(colours, 2)) >= 19


def test_text_on_fills_is_readable():
    for mark in palette.STATE_MARKS.values():
        assert contrast(mark.fill, mark.ink) >= 4.5, mark.label


def test_badges_and_small_text_are_readable():
    for ink, ground in palette.KIND_COLOURS.values():
        assert contrast(ink, ground) >= 4.5
    for colour in (palette.INK, palette.MUTED, palette.PRIMARY):
        assert contrast(colour, palette.WHITE) >= 4.5
        assert contrast(colour, palette.SURFACE) >= 4.5


def test_lines_and_marks_stand_out_from_the_ground():
    for colour in (
        palette.PRIMARY,
        palette.NATION_GREY,
        *palette.PEER_COLOURS,
        *palette.GROUP_COLOURS.values(),
    ):
        assert contrast(colour, palette.WHITE) >= 3


def test_a_fill_too_pale_for_the_ground_has_a_border_that_is_not():
    for mark in palette.STATE_MARKS.values():
        assert max(contrast(mark.fill, palette.WHITE), contrast(mark.border, palette.WHITE)) >= 3


def test_no_meaning_rests_on_colour_alone():
    signs = [mark.sign for mark in palette.STATE_MARKS.values()]
    assert len(set(signs)) == len(signs) == len(fw.STATES)
    assert len(set(palette.GROUP_SIGNS.values())) == len(palette.GROUP_COLOURS)
    hatched = [state for state, mark in palette.STATE_MARKS.items() if mark.hatch]
    assert hatched == [fw.PLAN]
