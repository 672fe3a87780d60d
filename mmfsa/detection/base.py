"""What a face detector is."""

from abc import ABCMeta, abstractmethod

import numpy as np

from mmfsa.structures import Faces


class BaseDetector(metaclass=ABCMeta):
    """A face detector: an image becomes boxes.

    Attributes:
        kind: The kind of the detector's boxes; :mod:`mmfsa.inputs.kinds` has the rules
            that turn it into the boxes that networks know.
    """

    kind = 'wider_face'

    @abstractmethod
    def __call__(self, image: np.ndarray) -> Faces:
        """The faces of an image (H, W, 3), BGR uint8; the surest first."""
