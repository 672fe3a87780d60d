"""Cuts of a video: found, and not taken for light or movement."""

import numpy as np

from mmfsa.tracking import SceneCut


def test_what_is_no_cut(scene):
    is_cut = SceneCut()
    black = np.zeros((120, 160, 3), np.uint8)
    brighter = np.clip(scene(0).astype(int) + 30, 0, 255).astype(np.uint8)
    panned = np.roll(scene(0), 4, axis=1)
    frames = [black, black + 1, scene(0), brighter, scene(0), panned, scene(1)]
    assert [is_cut(f) for f in frames] == [False, False, True] + [False] * 3 + [True]
