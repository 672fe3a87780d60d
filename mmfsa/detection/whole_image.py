import numpy as np

from mmfsa.registry import DETECTORS

from .base import BaseDetector, Detections


@DETECTORS.register_module('none')
class WholeImage(BaseDetector):
    """No detection: the image is a face, cropped as in training."""

    crop = dict(pad=0, border='replicate')

    def __call__(self, image: np.ndarray) -> Detections:
        height, width = image.shape[:2]
        box = np.array([[0, 0, width, height]], dtype=np.float32)
        return Detections(box, np.ones(1, dtype=np.float32))
