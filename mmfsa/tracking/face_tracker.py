"""Gives faces numbers that stay the same from frame to frame."""

import numpy as np

from mmfsa.detection.boxes import box_iou

from .assignment import assign

# The correlation of looks: of a face in successive frames of a film it is 0.99, in the
# worst of a hundred pairs 0.76; of two faces 0.45, in the best of twenty pairs 0.67.
SAME_LOOK = 0.7
ABSENT = 0.3  # what a face that was missing counts less than one that was there
NEW_PART = 0.5  # of a face's speed and look, what the newest frame says


class FaceTracker:
    """Gives each face of a video a number, which stays with the face.

    A face is looked for where its motion leads, and where it was last. Where several
    faces are there, the look of the pixels counts, too (:func:`.looks.looks_of`).

    Args:
        min_iou: Least intersection / union of a face's box with the expected one.
        max_missed: A face that is missing in more successive calls than this gets a new
            number when it comes back.
    """

    def __init__(self, min_iou: float = 0.3, max_missed: int = 15) -> None:
        self.min_iou = min_iou
        self.max_missed = max_missed
        self._next_id = 1
        self._ids = np.empty(0, dtype=int)
        self._boxes = np.empty((0, 4))
        self._speeds = np.empty((0, 2))
        self._looks = None
        self._missed = np.empty(0, dtype=int)  # calls
        self._unseen = np.empty(0, dtype=int)  # frames
        self._of_past_scene = np.empty(0, dtype=bool)

    def update(
        self, boxes: np.ndarray, looks: np.ndarray | None = None, cut: bool = False
    ) -> np.ndarray:
        """Number the faces of the next frame.

        Args:
            boxes: (n, 4) x1, y1, x2, y2 in pixels.
            looks: (n, d) what the faces look like, of unit length; None: not known.
            cut: The picture has changed so much that it may show another scene. From
                then on, only a face that looks the same gets a number from before.

        Returns:
            (n,) the faces' numbers, from 1.
        """
        boxes = np.asarray(boxes, dtype=float)
        self._of_past_scene |= cut
        likely, score = self._compare(boxes, looks)
        score = score - ABSENT * (self._missed > 0)
        rows, columns = assign(np.where(likely, score, 0))
        matched = likely[rows, columns]
        rows, columns = rows[matched], columns[matched]

        ids = np.zeros(len(boxes), dtype=int)
        ids[rows] = self._ids[columns]
        new = ids == 0
        ids[new] = self._next_id + np.arange(new.sum())
        self._next_id += new.sum()

        speeds = np.zeros((len(boxes), 2))
        moved = _centres(boxes[rows]) - _centres(self._boxes[columns])
        moved /= self._unseen[columns, None] + 1
        before = self._speeds[columns]
        speeds[rows] = before + NEW_PART * (moved - before)
        if looks is not None and self._looks is not None:
            looks = looks.copy()
            looks[rows] += (1 / NEW_PART - 1) * self._looks[columns]
            looks /= np.linalg.norm(looks, axis=1, keepdims=True)

        lost = np.isin(self._ids, ids, invert=True) & (self._missed < self.max_missed)
        self._ids = np.concatenate([ids, self._ids[lost]])
        self._boxes = np.concatenate([boxes, self._boxes[lost]])
        self._speeds = np.concatenate([speeds, self._speeds[lost]])
        if looks is not None:
            known = [] if self._looks is None else [self._looks[lost]]
            self._looks = np.concatenate([looks, *known])
        self._missed = np.concatenate([0 * ids, self._missed[lost] + 1])
        self._unseen = np.concatenate([0 * ids, self._unseen[lost] + 1])
        self._of_past_scene = np.concatenate([ids < 0, self._of_past_scene[lost]])
        return ids

    @property
    def misses(self) -> bool:
        """Whether a face of this scene that the last call did not see may come back."""
        return bool(self._missed[~self._of_past_scene].any())

    def expected(self, num: int) -> np.ndarray:
        """Where the `num` faces of the last call will be, by their motion: (num, 4)."""
        return self._boxes[:num] + np.tile(self._speeds[:num], 2)

    def place(self, boxes: np.ndarray) -> None:
        """Take better boxes (n, 4) of the faces of the last call, in its order."""
        self._boxes[: len(boxes)] = boxes

    def move(self, boxes: np.ndarray) -> None:
        """Take where the faces of the last call are in the next frame.

        Other faces are not looked for in this frame.

        Args:
            boxes: (n, 4) their boxes, in the order of that call.
        """
        num = len(boxes)
        self._unseen[num:] += 1
        moved = _centres(boxes) - _centres(self._boxes[:num])
        self._speeds[:num] += NEW_PART * (moved - self._speeds[:num])
        self._boxes[:num] = boxes

    def _compare(
        self, boxes: np.ndarray, looks: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which box may be which known face, and how well they fit: (n, m) each."""
        shift = np.tile(self._speeds * (self._unseen[:, None] + 1), 2)
        expected = self._boxes + shift
        near = np.maximum(box_iou(boxes, expected), box_iou(boxes, self._boxes))
        likely = (near >= self.min_iou) & ~self._of_past_scene
        if looks is None or self._looks is None:
            return likely, near
        same = looks @ self._looks.T
        # A quick face may be its own width away.
        around = box_iou(_twice(boxes), _twice(expected)) >= self.min_iou
        return likely | (around & (same >= SAME_LOOK)), near + 1 + same


def _centres(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _twice(boxes: np.ndarray) -> np.ndarray:
    """The boxes (n, 4) with sides of twice the length about their centres."""
    half = (boxes[:, 2:] - boxes[:, :2]) / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, 2:] + half], axis=1)
