"""The built head: pose zero means the same as in AFLW2000."""

import numpy as np

from mmfsa.synth.build import SEEN_PITCH


def test_pose_zero_is_what_landmarks_and_networks_say(asset, mean_face, fit_and_turn):
    """The mean of AFLW2000's de-rotated landmarks fits the mean head, but for the pitch
    that networks found."""
    head = asset.mean[asset.landmarks]
    fitted, turn = fit_and_turn(mean_face, head)
    assert np.abs(turn - [0, SEEN_PITCH, 0]).max() < 0.1
    residual = np.linalg.norm(fitted - head, axis=1)
    assert residual.mean() < 0.03  # decimetres; the face is 1.2 high
