"""Finds and numbers the faces of a video, frame by frame."""

from dataclasses import replace

import numpy as np

from mmfsa.detection import BaseDetector, find_faces
from mmfsa.structures import Faces

from .box_tracker import BoxTracker, own_kind
from .face_tracker import FaceTracker
from .looks import looks_of
from .newcomers import Newcomers
from .scene_cut import SceneCut

FOLLOWED = 5  # frames, after which the detector looks again
LOST = 2  # frames, where a face is missing that was there a short time ago


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
        follow: In the frames between, a small network finds each face again near to
            where it was (:class:`.box_tracker.BoxTracker`). Where one of them is not
            surely followed, or the picture changes beside the faces
            (:class:`.newcomers.Newcomers`), the detector runs at once; while a face is
            missing, in every second frame; where nobody is there, in each.
    """

    def __init__(
        self,
        detector: BaseDetector,
        detect_every: int | None = None,
        follow: bool = False,
    ) -> None:
        self.detector = detector
        self.detect_every = detect_every or (FOLLOWED if follow else 1)
        self._boxes = BoxTracker() if follow else None
        self._newcomers = Newcomers()
        self._has_changed = SceneCut()
        self._tracker = FaceTracker()
        self._may_be_cut = False
        self._wait = 0  # frames until the detector looks again

    def __call__(self, image: np.ndarray) -> Faces:
        """The faces of the next frame (H, W, 3), BGR uint8, with their numbers."""
        self._look(image)
        if self._wait <= 0 or not self._follow(image):
            self._take(image, find_faces(self.detector, image))
            self._wait = self._pause()
        self._wait -= 1
        return self._found

    def _pause(self) -> int:
        """How many frames on the detector is to look again."""
        if self._boxes is None:
            return self.detect_every
        if not len(self._found):
            return 1
        if self._tracker.misses:
            return min(self.detect_every, LOST)
        return self.detect_every

    def _follow(self, image: np.ndarray) -> bool:
        """Let the boxes go with the faces, if they are to; whether this is sure."""
        if self._boxes is None:
            return True
        thumbnail = self._has_changed.thumbnail
        if self._newcomers.may_be_there(thumbnail, self._shares(image)):
            return False
        expected = self._tracker.expected(len(self._found))
        moved = self._boxes.move(image, self._found, expected)
        if moved is None:
            return False
        self._found = moved
        self._tracker.move(moved.boxes)
        return True

    def _shares(self, image: np.ndarray) -> np.ndarray:
        """The boxes (n, 4) of the faces, in shares of the frame's sides."""
        height, width = image.shape[:2]
        return self._found.boxes / np.float32([width, height] * 2)

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
            self._wait = 0

    def _take(self, image: np.ndarray, found: Faces) -> None:
        """Give numbers to faces that were found."""
        if self._boxes:
            found = own_kind(found)
        looks = looks_of(image, found.boxes)
        ids = self._tracker.update(found.boxes, looks, cut=self._may_be_cut)
        self._found = replace(found, ids=ids)
        if self._boxes:  # after the looks, which compare what one detector has found
            self._found = self._boxes.settle(image, self._found)
            self._tracker.place(self._found.boxes)
            self._newcomers.looked(self._has_changed.thumbnail, self._shares(image))
        # Without a face in the picture, the next faces decide whether it was a cut.
        self._may_be_cut = self._may_be_cut and not len(found)
