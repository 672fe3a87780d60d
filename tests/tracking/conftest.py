"""What the tests of videos share: a smoother over whole tracks, noise, and scenes."""

import numpy as np
import pytest

from mmfsa.tracking import PoseSmoother

FPS = 30


@pytest.fixture
def smooth():
    """Smooths the poses (N, 3) of one face at FPS frames a second by the 1€ filter."""

    def run(poses, **kwargs):
        smoother = PoseSmoother('one-euro', **kwargs)
        return np.array([smoother(i / FPS, 1, pose) for i, pose in enumerate(poses)])

    return run


@pytest.fixture
def noise():
    """Poses (num, 3) about zero, of the same random numbers each time."""

    def draw(num, degrees=1.0):
        return np.random.default_rng(0).normal(0, degrees, (num, 3))

    return draw


@pytest.fixture
def scene():
    """Draws a picture of blocks, a seed each, under some noise."""

    def draw(seed, noise=0):
        rng = np.random.default_rng(seed)
        blocks = np.kron(rng.integers(40, 216, (6, 8)), np.ones((20, 20)))
        image = blocks[..., None] + np.random.default_rng(noise).integers(
            -9, 9, (120, 160, 3)
        )
        return image.astype(np.uint8)

    return draw
