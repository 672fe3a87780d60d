"""Finds and numbers the faces of a video, frame by frame."""

import numpy as np

from mmfsa.detection import BaseDetector, Detections

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

    def __call__(self, image: np.ndarray) -> tuple[Detections, list[int]]:
        """Find the faces of the next frame.

        Args:
            image: (H, W, 3) BGR uint8.

        Returns:
            The n faces, and their n numbers.
        """
        if self._is_cut(image):
            self._tracker.forget()
            self._age = 0
        if self._age % self.detect_every == 0:
            self._found = self.detector(image)
            self._ids = self._tracker.update(self._found.boxes).tolist()
        self._age += 1
        return self._found, self._ids
