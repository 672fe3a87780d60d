"""Finds and numbers the faces of a video, frame by frame."""

from dataclasses import replace

import numpy as np

from mmfsa.detection import BaseDetector, find_faces
from mmfsa.structures import Faces

from .iou_tracker import IoUTracker
from .scene_cut import SceneCut


class FaceFollower:
    """Finds the faces in the frames of one video, and numbers them.

    Args:
        detector: Finds the faces of one image.
        detect_every: The detector runs in every `detect_every`-th frame, and after a
            cut. In the frames between, the boxes stay where they are.
    """

    def __init__(self, detector: BaseDetector, detect_every: int = 1) -> None:
        self.detector = detector
        self.detect_every = detect_every
        self._is_cut = SceneCut()
        self._tracker = IoUTracker()
        self._age = 0

    def __call__(self, image: np.ndarray) -> Faces:
        """The faces of the next frame (H, W, 3), BGR uint8, with their numbers."""
        if self._is_cut(image):
            self._tracker.forget()
            self._age = 0
        if self._age % self.detect_every == 0:
            found = find_faces(self.detector, image)
            self._found = replace(found, ids=self._tracker.update(found.boxes))
        self._age += 1
        return self._found
