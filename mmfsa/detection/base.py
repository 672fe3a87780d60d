"""The interface of face detectors, and the rule from their boxes to landmarks' boxes."""

from abc import ABCMeta, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np


class Detections(NamedTuple):
    """The n faces of an image. The face with the highest score comes first.

    Attributes:
        boxes: (n, 4) float32 x1, y1, x2, y2 in pixels. They may reach beyond the image.
        scores: (n,) float32 in [0, 1].
        landmarks: (n, 5, 2) float32 x, y in pixels: the two eyes, the nose, the two
            corners of the mouth. The left one in the image comes first. None if the
            detector finds no landmarks.
    """

    boxes: np.ndarray
    scores: np.ndarray
    landmarks: np.ndarray | None = None

    def take(self, index: np.ndarray) -> 'Detections':
        """Choose faces.

        Args:
            index: (n,) a mask, or the faces' indices.
        """
        return Detections(*(None if field is None else field[index] for field in self))


class BoxRule(NamedTuple):
    """A rule from a detector's box to the box around the face's landmarks.

    The networks were trained on crops around the landmarks (chin to brows). No detector
    draws this box. `tools/analysis_tools/calibrate_detector.py` measures the constants.

    Attributes:
        width: Width of the landmarks' box over the width of the detector's box.
        height: Height of the landmarks' box over the height of the detector's box.
        down: Distance of the landmarks' centre below the detector's centre, in heights
            of the detector's box.
    """

    width: float = 1.0
    height: float = 1.0
    down: float = 0.0

    def __call__(self, boxes: np.ndarray) -> np.ndarray:
        """Apply the rule.

        Args:
            boxes: (..., 4) x1, y1, x2, y2 in pixels, from the detector.

        Returns:
            (..., 4) boxes of the landmarks.

        >>> BoxRule(width=0.5, height=1, down=0.1)(np.array([0, 0, 20, 20]))
        array([ 5.,  2., 15., 22.])
        """
        start, end = boxes[..., :2], boxes[..., 2:]
        size = end - start
        centre = (start + end) / 2 + size * [0, self.down]
        half = size * [self.width / 2, self.height / 2]
        return np.concatenate([centre - half, centre + half], axis=-1)


# For detectors that were trained on WIDER FACE and have no measured rule of their own. It
# lies between the rules of CenterFace and MTCNN.
WIDER_FACE_RULE = BoxRule(width=0.908, height=0.72, down=0.125)


class BaseDetector(metaclass=ABCMeta):
    """A face detector: an image becomes boxes.

    Attributes:
        box_rule: The rule from its boxes to the landmarks' boxes.
        crop: Arguments of `CropFace` that replace the config's, where its boxes need it.
    """

    box_rule = BoxRule()
    crop: ClassVar[dict] = {}

    @abstractmethod
    def __call__(self, image: np.ndarray) -> Detections:
        """Find the faces of an image.

        Args:
            image: (H, W, 3) BGR uint8.
        """
