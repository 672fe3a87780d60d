"""What every solver answers: where a head is."""

from typing import NamedTuple

import numpy as np


class Fit(NamedTuple):
    """Where a head is.

    Attributes:
        rotation: (3, 3) in the camera's frame (:mod:`mmfsa.structures.rotation`).
        translation: (3,) of the head's origin in the camera's frame, in millimetres. Weak
            perspective has no depth: z is what the camera's focal length makes of the
            scale.
    """

    rotation: np.ndarray
    translation: np.ndarray
