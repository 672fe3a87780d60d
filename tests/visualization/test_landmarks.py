"""Points and meshes lie where the landmarks are, with a depth or without."""

import numpy as np
import pytest

from mmfsa.structures import HeadPoseDataSample
from mmfsa.visualization import HeadPoseVisualizer, draw_landmarks, draw_mesh
from mmfsa.visualization.draw import GREEN

POINTS = np.array([[20.0, 20], [80, 20], [50, 50], [80, 80], [20, 80]])


def black(side=100):
    return np.zeros((side, side, 3), np.uint8)


@pytest.mark.parametrize('depth', [False, True])
def test_points(depth):
    points = np.column_stack([POINTS, np.arange(5)]) if depth else POINTS
    img = black()
    assert draw_landmarks(img, points, 2) is img
    for x, y in POINTS.astype(int):
        assert img[y, x].tolist() == [*GREEN]
    assert 5 * 9 < (img[..., 1] > 0).sum() < 5 * 40


def test_a_mesh_joins_neighbours():
    img = draw_mesh(black(), POINTS)
    assert img[20, 50].all() and img[35, 35].all()  # to a neighbour, and to the middle
    assert not img[30, 50].any() and not img[90, 50].any()


def test_what_is_no_number_or_no_triangle_is_left_out():
    points = POINTS.copy()
    points[2] = np.nan
    assert not draw_landmarks(black(), points)[50, 50].any()
    assert not draw_mesh(black(), POINTS[:2]).any()
    assert not draw_mesh(black(), np.full((5, 2), np.nan)).any()
    assert not draw_mesh(black(), POINTS[[0, 0, 0]]).any()


@pytest.mark.parametrize('draw', ['landmarks', 'mesh'])
def test_the_visualizer_draws_what_a_face_has(draw):
    def picture(**metainfo):
        sample = HeadPoseDataSample(metainfo=dict(box=[10, 10, 90, 90], **metainfo))
        sample.pred_pose = np.zeros(3, np.float32)
        visualizer = HeadPoseVisualizer(draw=draw)
        return visualizer.add_datasample('face', black(600), sample)

    plain = picture(landmarks=None)
    assert (plain != picture(landmarks=POINTS)).any()
    assert (plain == picture()).all()
    # The position is written beside the angles, where a camera is known.
    placed = picture(relative_to='camera', translation=np.array([10.0, 20, 700]))
    assert (plain != placed).any()
