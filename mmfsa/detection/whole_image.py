"""The detector for images that show one face and little else."""

from typing import ClassVar

import numpy as np

from mmfsa.registry import DETECTORS

from .base import BaseDetector, Detections


@DETECTORS.register_module('none')
class WholeImage(BaseDetector):
    """No detection: the whole image is one face, cropped without a margin."""

    crop: ClassVar[dict] = dict(pad=0, inclusive=True)

    def __call__(self, image: np.ndarray) -> Detections:
        height, width = image.shape[:2]
        box = np.array([[0, 0, width - 1, height - 1]], dtype=np.float32)
        return Detections(box, np.ones(1, dtype=np.float32))
