"""Spreads that are true, and spreads that are not."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from mmfsa.evaluation.uncertainty import KEPT, draw, half, measure


@pytest.fixture(scope='module')
def faces():
    """Rotations with errors about their own axes, and the covariances of the errors."""
    rng = np.random.default_rng(0)
    num = 4000
    scales = rng.uniform(1, 8, (num, 3))
    mix = rng.normal(size=(num, 3, 3)) * 0.3 + np.eye(3)
    factors = mix * scales[:, None]
    spread = factors @ factors.transpose(0, 2, 1)
    error = np.einsum('nij,nj->ni', factors, rng.normal(size=(num, 3)))
    found = Rotation.random(num, random_state=0)
    truth = found * Rotation.from_rotvec(error, degrees=True)
    return found.as_matrix(), spread, truth.as_matrix()


def test_true_spreads_are_calibrated(faces):
    measured = measure(*faces)
    assert measured['calibration_error'] < 0.02
    assert measured['factor'] == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(measured['spread'], measured['error'], rtol=0.1)
    risk = measured['risk']
    assert risk[0] < risk[half()] < risk[-1]
    assert measured['best_risk'][half()] < risk[half()]
    assert measured['best_risk'][-1] == risk[-1]
    assert len(risk) == len(KEPT)
    assert len(draw({'true': measured}).axes) == 3


@pytest.mark.parametrize('factor', [0.5, 2])
def test_a_network_that_is_too_sure_or_too_modest(faces, factor):
    found, spread, truth = faces
    measured = measure(found, spread * factor**2, truth)
    assert measured['calibration_error'] > 0.15
    assert measured['factor'] == pytest.approx(1 / factor, rel=0.02)
    assert measured['risk'] == measure(*faces)['risk']  # the order is the same


def test_a_spread_that_knows_nothing(faces):
    found, spread, truth = faces
    shuffled = np.random.RandomState(0).permutation(spread)
    risk = measure(found, shuffled, truth)['risk']
    assert risk[half()] == pytest.approx(risk[-1], rel=0.05)


@pytest.mark.parametrize('name', ['fsa_caps_1x1.synthetic', 'free'])
def test_a_network_without_a_spread(run_tool, ramps, tmp_path, name):
    message = run_tool(
        'analysis_tools/uncertainty.py',
        *(name, '--data-root', ramps),
        *('--out', tmp_path / 'a.png'),
        fails=True,
    )
    assert f'{name} does not say how unsure it is' in message
