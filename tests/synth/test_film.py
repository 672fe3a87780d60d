"""Films: one person who moves, with exact poses, and a blur where the face is quick."""

import cv2
import numpy as np

from mmfsa.structures import geodesic_distance, pose_to_matrix
from mmfsa.synth import film
from mmfsa.synth.film import render_film


def test_frames_show_one_person_whose_poses_are_exact(renderer):
    frames = list(render_film(renderer, seed=7, number=1, length=4, fps=10))
    assert [time for time, _ in frames] == [0, 0.1, 0.2, 0.3]
    samples = [sample for _, sample in frames]
    for sample in samples:
        found, turn, _ = cv2.solvePnP(
            sample.shape.astype(float), sample.landmarks.astype(float), sample.camera,
            None, flags=cv2.SOLVEPNP_SQPNP,
        )  # fmt: skip
        assert found
        rotation = cv2.Rodrigues(turn)[0]
        assert geodesic_distance(rotation, pose_to_matrix(sample.pose)) < 0.5
    first, last = (
        s.image.astype(float).mean(axis=(0, 1)) for s in samples[:: len(samples) - 1]
    )
    assert np.abs(first - last).max() < 10, 'one light, one outfit, one background'
    again = next(render_film(renderer, seed=7, number=1, length=4, fps=10))[1]
    assert np.array_equal(again.image, samples[0].image)


def test_a_quick_face_is_blurred(renderer, monkeypatch):
    """The sharpest frames of a film are those in which nothing moves."""

    class Turning(film.Motion):
        def pose(self, time):
            return np.array([400 * time, 0, 0], np.float32)

    class Still(film.Motion):
        def pose(self, time):
            return np.float32([0 * time, 0, 0])

    sharpness = {}
    for kind in (Turning, Still):
        monkeypatch.setattr(film, 'Motion', kind)
        _, sample = next(render_film(renderer, seed=7, number=0, length=1, fps=10))
        sharpness[kind] = cv2.Laplacian(sample.image, cv2.CV_64F)[30:66, 30:66].var()
    assert sharpness[Turning] < 0.7 * sharpness[Still]
