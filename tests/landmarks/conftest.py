"""Landmarks of photographed faces."""

import pytest


@pytest.fixture(scope='session')
def aflw2000_landmarks(shared):
    """The 68 landmarks (68, 2) of every fifth face of the reference's AFLW2000."""
    from scipy.io import loadmat

    paths = sorted((shared / 'data/AFLW2000').glob('*.mat'))[::5]
    return [loadmat(path)['pt3d_68'][:2].T.astype(float) for path in paths]
