"""Gives faces numbers that stay the same from frame to frame."""

import numpy as np

from mmfsa.detection.boxes import box_iou


class IoUTracker:
    """Gives the faces of a video numbers that stay with them.

    A face moves by a fraction of its size from frame to frame, so the overlap of boxes
    tells who is who; the trackers of libraries add motion models and appearance for
    small, crowded objects, and their dependencies.

    Args:
        min_iou: Boxes of one face in successive calls overlap at least so much.
        max_missed: A face that is not found in more successive calls than this gets a
            new number when it comes back.
    """

    def __init__(self, min_iou: float = 0.3, max_missed: int = 15) -> None:
        self.min_iou = min_iou
        self.max_missed = max_missed
        self._next_id = 1
        self.forget()

    def forget(self) -> None:
        """Give all faces new numbers: the scene is another one."""
        self._ids = np.empty(0, dtype=int)
        self._boxes = np.empty((0, 4))
        self._missed = np.empty(0, dtype=int)

    def update(self, boxes: np.ndarray) -> np.ndarray:
        """The numbers (n,), from 1, of the next frame's boxes (n, 4)."""
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

        lost = np.isin(self._ids, ids, invert=True) & (self._missed < self.max_missed)
        self._ids = np.concatenate([ids, self._ids[lost]])
        self._boxes = np.concatenate([boxes, self._boxes[lost]])
        self._missed = np.concatenate([0 * ids, self._missed[lost] + 1])
        return ids
