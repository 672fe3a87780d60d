"""Gives faces numbers that stay the same from frame to frame."""

import numpy as np

from mmfsa.detection.boxes import box_iou


class IoUTracker:
    """Gives each face of a video a number, which stays with the face.

    A face moves by a fraction of its size from frame to frame. So the overlap of boxes
    shows who is who. Other trackers add motion models and appearance, which small and
    crowded objects need.

    Args:
        min_iou: Least intersection / union of a face's boxes in successive calls.
        max_missed: A face that is missing in more successive calls than this gets a new
            number when it comes back.
    """

    def __init__(self, min_iou: float = 0.3, max_missed: int = 15) -> None:
        self.min_iou = min_iou
        self.max_missed = max_missed
        self._next_id = 1
        self.forget()

    def forget(self) -> None:
        """Forget all faces, for a new scene. The next faces get new numbers."""
        self._ids = np.empty(0, dtype=int)
        self._boxes = np.empty((0, 4))
        self._missed = np.empty(0, dtype=int)

    def update(self, boxes: np.ndarray) -> np.ndarray:
        """Number the faces of the next frame.

        Args:
            boxes: (n, 4) x1, y1, x2, y2 in pixels.

        Returns:
            (n,) the faces' numbers, from 1.
        """
        from scipy.optimize import linear_sum_assignment

        iou = box_iou(boxes, self._boxes)
        rows, columns = linear_sum_assignment(iou, maximize=True)
        matched = iou[rows, columns] >= self.min_iou
        rows, columns = rows[matched], columns[matched]

        ids = np.zeros(len(boxes), dtype=int)
        ids[rows] = self._ids[columns]
        new = ids == 0
        ids[new] = self._next_id + np.arange(new.sum())
        self._next_id += new.sum()

        lost = self._missed < self.max_missed
        lost[columns] = False
        self._ids = np.concatenate([ids, self._ids[lost]])
        self._boxes = np.concatenate([boxes, self._boxes[lost]])
        self._missed = np.concatenate([0 * ids, self._missed[lost] + 1])
        return ids
