"""Moves the boxes of faces from frame to frame by a small network's look at each."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from mmfsa.detection.boxes import box_iou
from mmfsa.inputs import InputSpec, convert_boxes, cut
from mmfsa.structures import Faces
from mmfsa.utils.onnx_session import open_session

from .looks import looks_of

NETWORK = Path(__file__).with_name('follower.onnx')
VIEW = 1.8  # mean sides of a face's box that a view shows
KIND = 'landmarks68'  # what its boxes hold
FAR = 0.12  # sides of a box, beyond which the network looks once more from there
# What speaks against a face.
SURE = 0.5  # what the network says of it, at least
SMALLEST = 12  # pixels of a box's mean side
SAME_LOOK = 0.7  # correlation with the face that the detector found
OVERLAP = 0.05  # intersection / union of two faces, one of which may hide the other
INSIDE = 0.75  # of a box, what must lie in the picture
SAME = 0.5  # intersection / union of a detected box and the one that the network sees


class BoxTracker:
    """Follows faces: a small network looks around where each is expected.

    The network (:mod:`mmfsa.models.box_network`) says where the face's box is, and whether
    there is still a face. ONNX Runtime computes it, all faces of a frame together.

    Args:
        network: The ONNX file of a network; mmfsa's own by default.
    """

    def __init__(self, network: str | Path = NETWORK) -> None:
        self._session = open_session(network, threads=1)
        self._size = self._session.get_inputs()[0].shape[1]  # pixels of a view's side
        self._looks = None

    def settle(self, image: np.ndarray, faces: Faces) -> Faces:
        """Take the faces that a detector has found in a frame.

        Args:
            image: The frame (H, W, 3), BGR uint8.
            faces: The faces, of :data:`KIND`.

        Returns:
            The faces with the boxes that the network sees there, where it is sure: not
            where faces meet, or leave the picture.
        """
        boxes = faces.boxes
        seen, score = self._see(image, boxes)
        sure = (score >= SURE) & (np.diag(box_iou(seen, boxes)) >= SAME)
        sure &= (_largest_overlap(boxes) <= OVERLAP) & (_inside(boxes, image) >= INSIDE)
        boxes = np.where(sure[:, None], seen, boxes)
        self._looks = looks_of(image, boxes)
        return _moved(faces, boxes)

    def move(
        self, image: np.ndarray, faces: Faces, expected: np.ndarray
    ) -> Faces | None:
        """Where the faces of the frame before are in the next frame.

        Args:
            image: The next frame (H, W, 3), BGR uint8.
            faces: The faces, as :meth:`settle` or this method gave them.
            expected: (n, 4) the boxes that their motion leads to.

        Returns:
            The faces with other boxes and landmarks; None where one of them is not surely
            followed.
        """
        if not len(faces):
            return faces
        boxes, score = self._see(image, expected.astype(np.float32))
        far = _distance(boxes, expected) > FAR
        if far.any():
            boxes[far], score[far] = self._see(image, boxes[far])
        if score.min() < SURE or not self._plausible(image, boxes):
            return None
        return _moved(faces, boxes)

    def _see(
        self, image: np.ndarray, boxes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The boxes (n, 4) that the network sees about others, and its scores (n,)."""
        if not len(boxes):
            return boxes, np.empty(0, np.float32)
        squares = squares_around(boxes, image.shape[1::-1])
        views = np.stack([view(image, one, self._size) for one in squares.tolist()])
        places, logits = self._session.run(None, {'views': views})
        start, end = np.float32(squares[:, :2]), np.float32(squares[:, 2:])
        middle = np.tile((start + end) / 2, 2)
        found = middle + (end - start)[:, :1] * places
        return found, 1 / (1 + np.exp(-logits))

    def _plausible(self, image: np.ndarray, boxes: np.ndarray) -> bool:
        """Whether boxes may be the faces that were found."""
        sides = boxes[:, 2:] - boxes[:, :2]
        if sides.min() <= 0 or sides.mean(axis=1).min() < SMALLEST:
            return False
        if (
            _inside(boxes, image).min() < INSIDE
            or _largest_overlap(boxes).max() > OVERLAP
        ):
            return False
        same = (looks_of(image, boxes) * self._looks).sum(axis=1)
        return bool(same.min() >= SAME_LOOK)


def _inside(boxes: np.ndarray, image: np.ndarray) -> np.ndarray:
    """The shares (n,) of boxes (n, 4) that lie in the picture."""
    height, width = image.shape[:2]
    inside = np.minimum(np.maximum(boxes, 0), np.float32([width, height] * 2))
    shares = (inside[:, 2:] - inside[:, :2]) / (boxes[:, 2:] - boxes[:, :2])
    return shares[:, 0] * shares[:, 1]


def _largest_overlap(boxes: np.ndarray) -> np.ndarray:
    """The largest intersection / union (n,) of each box with another one."""
    if len(boxes) < 2:
        return np.zeros(len(boxes))
    overlap = box_iou(boxes, boxes)
    np.fill_diagonal(overlap, 0)
    return overlap.max(axis=1, initial=0)


def _distance(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far the middles of boxes (n, 4) lie from those of others, in sides (n,)."""
    apart = np.abs((boxes - others)[:, :2] + (boxes - others)[:, 2:]).max(axis=1) / 2
    sides = others[:, 2:] - others[:, :2]
    return apart / ((sides[:, 0] + sides[:, 1]) / 2)


def squares_around(boxes: np.ndarray, image_size: tuple[int, int]) -> np.ndarray:
    """What the network looks at about boxes (n, 4): squares of whole pixels, (n, 4) int.

    Each has a pixel of the image (width, height), and is at most twice as large.
    """
    sides = boxes[:, 2:] - boxes[:, :2]
    reach = VIEW / 2 * (sides[:, 0] + sides[:, 1])
    reach = np.rint(np.minimum(np.maximum(reach, 1), 2 * max(image_size)))[:, None]
    start = np.rint((boxes[:, :2] + boxes[:, 2:] - reach) / 2)
    start = np.minimum(np.maximum(start, 1 - reach), np.array(image_size) - 1)
    return np.concatenate([start, start + reach], axis=1).astype(int)


def view(image: np.ndarray, square: Sequence[int], size: int) -> np.ndarray:
    """What the network sees: a grey square of a frame, edges repeated.

    Args:
        image: (H, W, 3) BGR uint8.
        square: x1, y1, x2, y2 in pixels, the end exclusive.
        size: Pixels of a side for the network.

    Returns:
        (size, size) uint8.
    """
    finer = square[2] - square[0] > 2 * size  # else large faces would flicker
    spec = _view_spec(size, 'supersampled' if finer else 'bilinear')
    return cv2.cvtColor(cut(image, spec, square)[0], cv2.COLOR_BGR2GRAY)


@lru_cache
def _view_spec(size: int, interpolation: str) -> InputSpec:
    border = dict(border='replicate')
    return InputSpec(size=size, interpolation=interpolation, crop=border)


def own_kind(faces: Faces) -> Faces:
    """The faces with boxes of the kind that the network gives."""
    boxes = convert_boxes(faces.boxes, faces.kind, KIND)
    return replace(faces, boxes=boxes, kind=KIND)


def _moved(faces: Faces, boxes: np.ndarray) -> Faces:
    """The faces with other boxes; their landmarks go with them."""
    points = faces.landmarks
    if points is not None:
        (old, before), (new, after) = map(_middle_and_side, (faces.boxes, boxes))
        points = (new + (points - old) * (after / before)).astype(np.float32)
    return replace(faces, boxes=boxes, landmarks=points)


def _middle_and_side(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of boxes (n, 4): (n, 1, 2) and (n, 1, 1)."""
    low, high = boxes[:, None, :2], boxes[:, None, 2:]
    return (low + high) / 2, (high - low).mean(axis=2, keepdims=True)
