"""Finds and numbers the faces of a video, frame by frame."""

from dataclasses import replace

import numpy as np

from mmfsa.detection import BaseDetector, find_faces
from mmfsa.structures import Faces

from .face_tracker import FaceTracker
from .looks import looks_of
from .scene_cut import SceneCut


class FaceFollower:
    """Finds the faces in the frames of one video, and numbers them.

    A great change of the picture alone is no cut: a near face that moves, a flash or a
    hand before the lens change it, too. After it, a face keeps its number where it is
    near to where it was and looks the same.

    Args:
        detector: Finds the faces of one image.
        detect_every: The detector runs in every `detect_every`-th frame, and after a
            great change. In the frames between, the boxes stay where they are.
    """

    def __init__(self, detector: BaseDetector, detect_every: int = 1) -> None:
        self.detector = detector
        self.detect_every = detect_every
        self._has_changed = SceneCut()
        self._tracker = FaceTracker()
        self._may_be_cut = False
        self._age = 0

    def __call__(self, image: np.ndarray) -> Faces:
        """The faces of the next frame (H, W, 3), BGR uint8, with their numbers."""
        self._look(image)
        if self._age % self.detect_every == 0:
            self._take(image, find_faces(self.detector, image))
        self._age += 1
        return self._found

    def number(self, image: np.ndarray, found: Faces) -> Faces:
        """Number the faces of the next frame, which a detector has found elsewhere.

        Args:
            image: The frame (H, W, 3), BGR uint8.
            found: Its faces.
        """
        self._look(image)
        self._take(image, found)
        return self._found

    def _look(self, image: np.ndarray) -> None:
        """See whether the next frame may show another scene."""
        if self._has_changed(image):
            self._may_be_cut = True
            self._age = 0

    def _take(self, image: np.ndarray, found: Faces) -> None:
        """Give numbers to faces that were found."""
        looks = looks_of(image, found.boxes)
        ids = self._tracker.update(found.boxes, looks, cut=self._may_be_cut)
        self._found = replace(found, ids=ids)
        # Without a face in the picture, the next faces tell.
        self._may_be_cut = self._may_be_cut and not len(found)
