"""Measures how much boxes (n, 4) overlap; removes or merges boxes that overlap."""

import numpy as np

SAME_FACE = 0.3  # least overlap of a detector's box with the labelled one
LARGEST = 20  # a side of a box, in sides of the image


def are_boxes(boxes: np.ndarray, image_size: tuple[int, int]) -> np.ndarray:
    """Whether four numbers are a box in an image of (width, height).

    Args:
        boxes: (n, 4) x1, y1, x2, y2 in pixels.

    Returns:
        (n,) bool; False for NaN, for sides below 0 (a box of one pixel may include its
        end), and for sides far larger than the image.

    >>> are_boxes(np.array([[0, 0, 9, 9], [9, 0, 0, 9], [0, 0, 9, np.nan]]), (64, 64))
    array([ True, False, False])
    """
    sides = boxes[:, 2:] - boxes[:, :2]
    return ((sides >= 0) & (sides <= LARGEST * max(image_size))).all(1)


def box_iou(boxes1: np.ndarray, boxes2: np.ndarray) -> np.ndarray:
    """Intersection over union of each box with each other box.

    Args:
        boxes1: (n, 4) x1, y1, x2, y2.
        boxes2: (m, 4) x1, y1, x2, y2.

    Returns:
        (n, m) values in [0, 1].

    >>> box_iou(np.array([[0, 0, 2, 2]]), np.array([[0, 0, 2, 2], [1, 0, 3, 2]])).round(2)
    array([[1.  , 0.33]])
    """
    shared = _intersection(boxes1[:, None], boxes2)
    union = _area(boxes1)[:, None] + _area(boxes2) - shared
    return shared / np.maximum(union, np.finfo(float).tiny)


def labelled_face(boxes: np.ndarray, target: np.ndarray) -> int | None:
    """Which of a detector's boxes is the labelled face.

    Args:
        boxes: (n, 4) x1, y1, x2, y2.
        target: (4,) the labelled box, of any kind.

    Returns:
        The index of the box that overlaps most; None where no intersection over union
        reaches :data:`SAME_FACE`.
    """
    overlap = box_iou(boxes, np.asarray(target)[None])[:, 0]
    if overlap.max(initial=0) < SAME_FACE:
        return None
    return int(overlap.argmax())


def non_maximum_suppression(
    boxes: np.ndarray, scores: np.ndarray, threshold: float, of_smaller: bool = False
) -> np.ndarray:
    """Keep the box with the highest score where boxes overlap.

    Args:
        boxes: (n, 4) x1, y1, x2, y2.
        scores: (n,) their scores.
        threshold: Boxes overlap if intersection / union is above it.
        of_smaller: Divide the intersection by the smaller box's area in place of the
            union.

    Returns:
        The indices of the kept boxes, the highest score first.
    """
    area = _area(boxes)
    order = np.argsort(-scores, kind='stable')
    kept = []
    while len(order):
        first, rest = order[0], order[1:]
        kept.append(first)
        shared = _intersection(boxes[first], boxes[rest])
        if of_smaller:
            whole = np.minimum(area[first], area[rest])
        else:
            whole = area[first] + area[rest] - shared
        order = rest[shared <= threshold * whole]
    return np.array(kept, dtype=int)


def merge_overlapping(
    values: np.ndarray, scores: np.ndarray, threshold: float
) -> tuple[np.ndarray, np.ndarray]:
    """Make one box of boxes that overlap: their mean, weighted by their scores.

    Args:
        values: (n, k): the boxes x1, y1, x2, y2, and what else is averaged.
        scores: (n,) their scores.
        threshold: A box joins the surest box that is left if intersection / union is
            above it.

    Returns:
        The (m, k) means, and for each (m,) the highest score of its boxes. The highest
        score comes first.
    """
    order = np.argsort(-scores, kind='stable')
    values, scores = values[order], scores[order]
    same = box_iou(values[:, :4], values[:, :4]) > threshold
    left = np.ones(len(values), dtype=bool)
    merged, surest = np.empty_like(values), []
    for i in range(len(values)):
        if left[i]:
            joins = left & same[i]
            joins[i] = True  # a box without an area overlaps with nothing
            weights = scores[joins]
            merged[len(surest)] = weights @ values[joins] / weights.sum()
            surest.append(i)
            left &= ~joins
    return merged[: len(surest)], scores[surest]


def _area(boxes: np.ndarray) -> np.ndarray:
    sides = boxes[..., 2:] - boxes[..., :2]
    return sides[..., 0] * sides[..., 1]


def _intersection(boxes1: np.ndarray, boxes2: np.ndarray) -> np.ndarray:
    start = np.maximum(boxes1[..., :2], boxes2[..., :2])
    end = np.minimum(boxes1[..., 2:], boxes2[..., 2:])
    sides = np.maximum(end - start, 0)
    return sides[..., 0] * sides[..., 1]
