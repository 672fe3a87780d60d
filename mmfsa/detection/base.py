"""What a face detector is, and how its boxes become those that the networks know."""

from abc import ABCMeta, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np


class Detections(NamedTuple):
    """The n faces of an image, the surest first.

    Attributes:
        boxes: (n, 4) float32 x1, y1, x2, y2 in pixels; they may reach beyond the image.
        scores: (n,) float32 in [0, 1].
        landmarks: (n, 5, 2) float32 x, y in pixels: the eyes, the nose, the corners of
            the mouth, each pair from the image's left; None where they are not known.
    """

    boxes: np.ndarray
    scores: np.ndarray
    landmarks: np.ndarray | None = None

    def take(self, index: np.ndarray) -> 'Detections':
        """Some of the faces, by a mask or their indices."""
        return Detections(*(None if field is None else field[index] for field in self))


class BoxRule(NamedTuple):
    """From a detector's box to the box around the face's landmarks.

    The networks were trained on crops around the box of 68 landmarks (chin to brows),
    which no detector draws. `tools/analysis_tools/calibrate_detector.py` measures the
    constants.

    Attributes:
        width: Width of the landmarks' box, in widths of the detector's.
        height: The same of the heights.
        down: How far the landmarks' centre lies below the detector's, in its heights.
    """

    width: float = 1.0
    height: float = 1.0
    down: float = 0.0

    def __call__(self, boxes: np.ndarray) -> np.ndarray:
        """(..., 4) x1, y1, x2, y2 to (..., 4).

        >>> BoxRule(width=0.5, height=1, down=0.1)(np.array([0, 0, 20, 20]))
        array([ 5.,  2., 15., 22.])
        """
        start, end = boxes[..., :2], boxes[..., 2:]
        size = end - start
        centre = (start + end) / 2 + size * [0, self.down]
        half = size * [self.width / 2, self.height / 2]
        return np.concatenate([centre - half, centre + half], axis=-1)


# Of detectors trained on the boxes of WIDER FACE, where no one has measured their own:
# between those of CenterFace and MTCNN.
WIDER_FACE_RULE = BoxRule(width=0.908, height=0.72, down=0.125)


class BaseDetector(metaclass=ABCMeta):
    """A face detector: an image becomes boxes.

    Attributes:
        box_rule: What makes its boxes those of the landmarks.
        crop: Arguments of `CropFace` in place of the config's, where its boxes need it.
    """

    box_rule = BoxRule()
    crop: ClassVar[dict] = {}

    @abstractmethod
    def __call__(self, image: np.ndarray) -> Detections:
        """The faces of an image (H, W, 3), BGR uint8."""
