"""Finds and numbers the faces of a video, frame by frame."""

from dataclasses import replace

import numpy as np

from mmfsa.detection import BaseDetector, find_faces
from mmfsa.structures import Faces

from .face_tracker import FaceTracker
from .flow import BoxFlow
from .looks import looks_of
from .scene_cut import SceneCut

FOLLOWED = 10  # frames, after which the detector looks again


class FaceFollower:
    """Finds the faces in the frames of one video, and numbers them.

    A great change of the picture alone is no cut: a near face that moves, a flash or a
    hand before the lens change it, too. After it, a face keeps its number where it is
    near to where it was and looks the same.

    Args:
        detector: Finds the faces of one image.
        detect_every: The detector runs in every `detect_every`-th frame, and after a
            great change. In the frames between, the boxes stay where they are. By
            default it is 1, and :data:`FOLLOWED` with `follow`.
        follow: In the frames between, the boxes move with the pixels of the faces
            (:class:`.flow.BoxFlow`). Where one of them is not surely followed, the
            detector runs at once.
    """

    def __init__(
        self,
        detector: BaseDetector,
        detect_every: int | None = None,
        follow: bool = False,
    ) -> None:
        self.detector = detector
        self.detect_every = detect_every or (FOLLOWED if follow else 1)
        self._flow = BoxFlow() if follow else None
        self._has_changed = SceneCut()
        self._tracker = FaceTracker()
        self._may_be_cut = False
        self._age = 0

    def __call__(self, image: np.ndarray) -> Faces:
        """The faces of the next frame (H, W, 3), BGR uint8, with their numbers."""
        self._look(image)
        if self._flow:
            self._flow.see(image)
        if self._age % self.detect_every == 0 or not self._follow():
            self._age = 0
            self._take(image, find_faces(self.detector, image))
        self._age += 1
        return self._found

    def _follow(self) -> bool:
        """Let the boxes go with the faces, if they are to; whether this is sure."""
        if self._flow is None:
            return True
        moved = self._flow.move(self._found)
        if moved is None:
            return False
        self._found = moved
        self._tracker.move(moved.boxes)
        return True

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
        if self._flow:
            self._flow.start(found)
        # Without a face in the picture, the next faces decide whether it was a cut.
        self._may_be_cut = self._may_be_cut and not len(found)
