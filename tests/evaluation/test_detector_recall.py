"""Crowds have their faces where their boxes say, and detectors are compared on them."""

import cv2
import numpy as np

from mmfsa.detection import BaseDetector
from mmfsa.evaluation.detector_recall import crowds, show_crowds
from mmfsa.structures import Faces

BOX = [30, 40, 49, 69]  # of 20 x 30 pixels


class Bright(BaseDetector):
    """Finds bright rectangles, and one box where nothing is."""

    kind = 'landmarks68'

    def __call__(self, image):
        mask = (image[..., 0] > 200).astype(np.uint8)
        boxes = cv2.connectedComponentsWithStats(mask)[2][1:, :4].astype(float)
        boxes[:, 2:] += boxes[:, :2]
        return Faces(np.concatenate([boxes, [[600, 470, 610, 479]]]), self.kind)


def bright_face():
    image = np.full((100, 90, 3), 100, np.uint8)
    image[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 255
    return dict(img=image, face_box=BOX, boxes=dict(landmarks68=BOX))


def test_faces_lie_where_the_boxes_say():
    (first, boxes), (second, (last,)) = crowds([bright_face()] * 13, 50)
    assert first.shape == second.shape == (480, 640, 3)
    assert len(boxes) == 4 * 3
    np.testing.assert_allclose(boxes[:, 3] - boxes[:, 1], 50, atol=0.1)
    for x1, y1, x2, y2 in boxes.round().astype(int):
        assert first[y1 + 3 : y2 - 3, x1 + 3 : x2 - 3].min() > 240
        assert first[y1 - 8, x1 - 8, 0] == 100
    assert last[0] < 150 and last[1] < 150


def test_what_is_found_and_what_is_not():
    result = show_crowds({'bright': Bright()}, crowds([bright_face()] * 3, 100))
    assert result['bright']['recall'] == 1
    assert result['bright']['elsewhere'] == 1
    dark = dict(bright_face(), img=np.zeros((100, 90, 3), np.uint8))
    result = show_crowds({'bright': Bright()}, crowds([bright_face(), dark], 100))
    assert result['bright']['recall'] == 0.5


def test_the_tool(run_tool, write_faces, tmp_path):
    face = bright_face()
    write_faces(tmp_path, [(face.pop('img'), face)])
    printed = run_tool(
        'analysis_tools/compare_detectors.py',
        *('none', '--data-root', tmp_path, '--sizes', 40, 480, '--out', tmp_path / 'o'),
    )
    assert '40 px' in printed and '| none' in printed
