"""Faces of a video: found in some frames, and numbered in all."""

import numpy as np
import pytest

from mmfsa.detection import BaseDetector
from mmfsa.structures import Faces
from mmfsa.tracking import FaceFollower


class Counting(BaseDetector):
    """Sees one face, to the right by a pixel at every call."""

    calls = 0

    def __call__(self, image):  # noqa: ARG002
        self.calls += 1
        box = np.array([[self.calls, 0, self.calls + 50, 50]], dtype=np.float32)
        return Faces(box, 'crop')


@pytest.mark.parametrize(('every', 'calls'), [(1, 10), (3, 4), (100, 1)])
def test_detects_in_every_so_many_th_frame(scene, every, calls):
    detector = Counting()
    follow = FaceFollower(detector, every)
    numbers = [follow(scene(0, noise=i)).ids.tolist() for i in range(10)]
    assert detector.calls == calls
    assert numbers == [[1]] * 10


def test_a_cut_renews_boxes_and_numbers(scene):
    detector = Counting()
    follow = FaceFollower(detector, 100)
    frames = [scene(0), scene(0, 1), scene(1), scene(1, 1)]
    found = [follow(frame) for frame in frames]
    assert [f.ids.tolist() for f in found] == [[1], [1], [2], [2]]
    assert [f.boxes[0, 0] for f in found] == [1, 1, 2, 2]
