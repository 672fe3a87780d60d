"""Drawn people: their faces have the proportions of photographed ones."""

import numpy as np
import pytest

from mmfsa.synth import Factors
from mmfsa.synth.build import SEEN_PITCH
from mmfsa.synth.person import draw_person


@pytest.fixture(scope='module')
def people(asset):
    """(300, K) the weights of as many drawn subjects."""
    return np.array(
        [draw_person(np.random.default_rng(s), Factors(), asset).weights
         for s in range(300)]
    )  # fmt: skip


def test_drawn_subjects_have_the_proportions_of_photographed_ones(
    asset, people, mean_face, fit_and_turn
):
    drawn = np.mean([asset.deform(w)[asset.landmarks] for w in people], axis=0)
    fitted, turn = fit_and_turn(mean_face, drawn)
    assert np.abs(turn - [0, SEEN_PITCH, 0]).max() < 1
    assert np.linalg.norm(fitted - drawn, axis=1).mean() < 0.025
    width, height = np.ptp(drawn, axis=0)[:2] / np.ptp(fitted, axis=0)[:2]
    assert width == pytest.approx(1, abs=0.04)
    assert height == pytest.approx(1, abs=0.04)


def test_an_axis_without_an_opposite_goes_both_ways(asset, people):
    """Else the mean over subjects would not be the mean head."""
    drawn = people[:20, asset.columns(['shape-head-oval'])]
    assert drawn.min() < 0 < drawn.max()
