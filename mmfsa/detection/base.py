"""What a face detector is."""

from abc import ABCMeta, abstractmethod

import numpy as np

from mmfsa.structures import Faces

from .boxes import are_boxes


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


def find_faces(detector: BaseDetector, image: np.ndarray) -> Faces:
    """The faces that a detector finds in an image (H, W, 3), BGR uint8.

    An answer that is no box is left out: with a number that is none, with sides below 0,
    or far larger than the image.
    """
    faces = detector(image)
    good = are_boxes(faces.boxes, image.shape[1::-1])
    return faces if good.all() else faces.take(good)
