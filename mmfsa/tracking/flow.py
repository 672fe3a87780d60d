"""Moves the boxes of faces from frame to frame by the motion of their pixels."""

from dataclasses import replace

import cv2
import numpy as np

from mmfsa.detection.boxes import box_iou
from mmfsa.structures import Faces
from mmfsa.utils.images import shrink

from .looks import looks_of

LONGEST = 320  # pixels of the longer side of the picture in which motion is measured
GRID = 4  # points a side
INNER = 0.6  # of a box's sides, where the points lie: around it is the background
BEST = 8  # of the points count, those that come back best
AROUND = 0.5  # of a box's longer side, what is searched around the boxes
SEARCH = dict(
    winSize=(9, 9),
    maxLevel=2,
    criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03),
)
# What speaks against a motion. The first is in pixels of the small picture, the second in
# sides of the box.
BACK, APART = 0.5, 0.03
SMALLEST = 14  # pixels of a box's side in the small picture
SAME_LOOK = 0.8  # correlation with the face that the detector found
OVERLAP = 0.05  # intersection / union of two faces, one of which may hide the other
INSIDE = 0.75  # of a box, what must lie in the picture
CHANGE = 0.8, 1.25  # of a box's size, from frame to frame


class BoxFlow:
    """Follows boxes by their pixels (Median-Flow, Kalal et al., ICPR 2010).

    A grid of points in each box is looked for in the next frame, and from there in the
    frame before. The points that come back best say how the box moves and grows. All boxes
    of a frame go together.
    """

    def __init__(self) -> None:
        self._small = self._grey = self._before = None
        self._looks = None

    def see(self, image: np.ndarray) -> None:
        """Take the next frame (H, W, 3), BGR uint8."""
        self._scale = min(1.0, LONGEST / max(image.shape[:2]))
        height, width = image.shape[:2]
        size = max(1, round(width * self._scale)), max(1, round(height * self._scale))
        self._before = self._grey
        self._small = shrink(image, size, samples=1)
        self._grey = cv2.cvtColor(self._small, cv2.COLOR_BGR2GRAY)

    def start(self, faces: Faces) -> None:
        """Take the faces that a detector has found in this frame."""
        self._looks = looks_of(self._small, faces.boxes * self._scale)

    def move(self, faces: Faces) -> Faces | None:
        """Where the faces of the frame before are in this frame.

        Returns:
            The faces with other boxes and landmarks; None where one of them is not surely
            followed.
        """
        if not len(faces):
            return faces
        if self._before is None or self._before.shape != self._grey.shape:
            return None
        boxes = faces.boxes * np.float32(self._scale)
        sides = boxes[:, 2:] - boxes[:, :2]
        if sides.min() < SMALLEST:
            return None
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        start = centres[:, None] + sides[:, None] * PLACES
        end, back = self._search(start, AROUND * sides.max())
        off = np.abs(back - start).max(axis=2)
        best = np.argpartition(off, BEST - 1, axis=1)[:, :BEST]
        rows = np.arange(len(boxes))[:, None]
        start, moved = start[rows, best], (end - start)[rows, best]
        # The motion and the growth that fit the points best
        middle, shift = start.mean(axis=1), moved.mean(axis=1)
        around = start - middle[:, None]
        own = moved - shift[:, None]
        grow = (around * own).sum((1, 2)) / (around**2).sum((1, 2))
        rest = own - grow[:, None, None] * around
        apart = np.sqrt((rest**2).mean((1, 2)))
        centres = centres + shift + grow[:, None] * (centres - middle)
        grow = 1 + grow[:, None]
        half = sides * grow / 2
        boxes = np.concatenate([centres - half, centres + half], axis=1)
        sure = (
            off[rows, best].max() < BACK
            and (apart < APART * sides.max(axis=1)).all()
            and CHANGE[0] < grow.min()
            and grow.max() < CHANGE[1]
        )
        if not sure or not self._plausible(boxes):
            return None
        points = faces.landmarks
        if points is not None:
            old = (faces.boxes[:, :2] + faces.boxes[:, 2:])[:, None] / 2
            new = (centres / self._scale)[:, None]
            points = (new + (points - old) * grow[:, None]).astype(np.float32)
        return replace(faces, boxes=boxes / self._scale, landmarks=points)

    def _search(
        self, start: np.ndarray, around: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Points (n, k, 2) in this frame, and from there in the frame before.

        Args:
            start: Where they are in the frame before.
            around: How far around all of them is looked, in pixels.
        """
        flat = start.reshape(-1, 1, 2).astype(np.float32)
        low = np.maximum(flat.min((0, 1)) - around, 0).astype(int)
        right, down = (flat.max((0, 1)) + around).astype(int)
        before, now = (
            picture[low[1] : down, low[0] : right]
            for picture in (self._before, self._grey)
        )
        if min(now.shape) < SMALLEST:
            return start, start + np.inf
        corner = low.astype(np.float32)
        flat -= corner
        end, *_ = cv2.calcOpticalFlowPyrLK(before, now, flat, None, **SEARCH)
        back, *_ = cv2.calcOpticalFlowPyrLK(now, before, end, None, **SEARCH)
        return (end + corner).reshape(start.shape), (back + corner).reshape(start.shape)

    def _plausible(self, boxes: np.ndarray) -> bool:
        """Whether boxes of the small picture may be the faces that were found."""
        height, width = self._grey.shape
        inside = np.minimum(np.maximum(boxes, 0), np.float32([width, height] * 2))
        shares = (inside[:, 2:] - inside[:, :2]) / (boxes[:, 2:] - boxes[:, :2])
        if (shares[:, 0] * shares[:, 1]).min() < INSIDE:
            return False
        if len(boxes) > 1:
            overlap = box_iou(boxes, boxes)
            np.fill_diagonal(overlap, 0)
            if overlap.max() > OVERLAP:
                return False
        same = (looks_of(self._small, boxes) * self._looks).sum(axis=1)
        return bool(same.min() >= SAME_LOOK)


_LINE = np.linspace(-INNER / 2, INNER / 2, GRID, dtype=np.float32)
PLACES = np.stack(np.meshgrid(_LINE, _LINE), axis=-1).reshape(-1, 2)
