"""The detector for images that show one face and little else."""

import numpy as np

from mmfsa.registry import DETECTORS
from mmfsa.structures import Faces

from .base import BaseDetector


@DETECTORS.register_module('none')
class WholeImage(BaseDetector):
    """No detection: the whole image is one face, cropped without a margin.

    Its score is NaN: nobody has looked whether it is a face.
    """

    kind = 'crop'

    def __call__(self, image: np.ndarray) -> Faces:
        height, width = image.shape[:2]
        box = np.array([[0, 0, width - 1, height - 1]])
        return Faces(box, self.kind, np.full(1, np.nan, np.float32))
