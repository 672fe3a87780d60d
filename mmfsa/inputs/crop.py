"""From an image and the box of a face to the crop that a network takes."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from .kinds import UNNAMED
from .relief import relief_of
from .spec import InputSpec

BORDERS = {
    'replicate': cv2.BORDER_REPLICATE,
    'reflect': cv2.BORDER_REFLECT_101,
    'constant': cv2.BORDER_CONSTANT,
}
INTERPOLATIONS = {
    'bilinear': cv2.INTER_LINEAR,
    'bicubic': cv2.INTER_CUBIC,
    'area': cv2.INTER_AREA,
    'nearest': cv2.INTER_NEAREST,
    'supersampled': cv2.INTER_LINEAR,
}
# What training has shown of crops that end at the image. Where a side loses more than
# this share, the cut would squeeze the face: the edge is repeated instead. (MAE on
# AFLW2000 of crops of which a side loses 30 %: 8.3 cut, 6.5 filled; of those with less
# than 15 %: 5.3 and 5.4; `tools/analysis_tools/compare_borders.py` measures it.)
CUT_IN_TRAINING = 0.15
LARGEST = (
    2**26
)  # pixels of a crop; beyond it, and far beyond its image, it is a mistake
# Which of 68, 6 or 5 landmarks are the eyes, first the one on the image's left.
EYES = {
    68: (slice(36, 42), slice(42, 48)),
    6: (slice(0, 1), slice(1, 2)),
    5: (slice(0, 1), slice(1, 2)),
}
MOUTH = {68: [48, 54], 6: [3], 5: [3, 4]}  # its corners, or its middle
LARGEST_OFFSET = 0.25  # sides of a crop; and of the logarithm of how much larger
TO_LEVEL = np.float32([1, -1])  # what points down (right, down) turned to the right


class NoPixelError(ValueError):
    """A crop has no pixel in its image."""


class Crop(NamedTuple):
    """What a network sees of a face.

    Attributes:
        image: (height, width, planes) uint8, see :attr:`.InputSpec.planes`.
        box: x1, y1, x2, y2 in the image, the end exclusive; it may reach beyond it.
        turn: How far the image was turned clockwise, in degrees.
    """

    image: np.ndarray
    box: tuple[int, int, int, int]
    turn: float = 0.0

    def to_image(self, points: np.ndarray) -> np.ndarray:
        """Where points of the crop lie in the image.

        Args:
            points: (..., 2) fractions of the crop's width and height: (0, 0) is the outer
                corner of its first pixel, (1, 1) that of its last. Or (..., 3) with a
                depth in widths of the crop.

        Returns:
            (..., 2) x, y in pixels, the first pixel's centre being (0, 0); or (..., 3)
            with the depth in pixels.
        """
        left, top, right, bottom = self.box
        depth = points[..., 2:] * (right - left)
        points = points[..., :2] * [right - left, bottom - top] + [
            left - 0.5,
            top - 0.5,
        ]
        return np.concatenate([self._turned(points, -self.turn), depth], axis=-1)

    def from_image(self, points: np.ndarray) -> np.ndarray:
        """Where points (..., 2) of the image lie in the crop; undoes :meth:`to_image`."""
        left, top, right, bottom = self.box
        points = self._turned(np.asarray(points, dtype=np.float64), self.turn)
        return (points - [left - 0.5, top - 0.5]) / [right - left, bottom - top]

    def moved(self, offset: Sequence[float]) -> tuple[int, int, int, int]:
        """The `box` of a crop that lies where this one should lie.

        Args:
            offset: How far to the right and down it should lie, in widths and heights of
                this one, and the natural logarithm of how many times larger it should be
                (as in the bounding box regression of Girshick et al., CVPR 2014,
                appendix C). Larger values count as :data:`LARGEST_OFFSET`.

        >>> Crop(np.empty((64, 64, 3)), (10, 10, 20, 30)).moved([0.1, 0, 0])
        (11, 10, 21, 30)
        """
        right, down, larger = (
            min(max(float(v), -LARGEST_OFFSET), LARGEST_OFFSET) for v in offset
        )
        x1, y1, x2, y2 = self.box
        width, height = x2 - x1, y2 - y1
        x, y = (x1 + x2) / 2 + right * width, (y1 + y2) / 2 + down * height
        reach = math.exp(larger) / 2
        across, along = reach * width, reach * height
        return round(x - across), round(y - along), round(x + across), round(y + along)

    def offset_to(self, box: Sequence[int]) -> np.ndarray:
        """The offset (3,) that leads to the `box` of another crop; undoes :meth:`moved`."""
        (start, end), (first, last) = (np.reshape(b, (2, 2)) for b in (self.box, box))
        sides = end - start
        shift = (first + last - start - end) / 2 / sides
        return np.append(shift, np.log((last - first) / sides).mean())

    def _turned(self, points: np.ndarray, degrees: float) -> np.ndarray:
        """Points (..., 2), turned clockwise about the crop's centre."""
        if not degrees:
            return points
        left, top, right, bottom = self.box
        centre = np.array([left + right - 1, top + bottom - 1]) / 2
        angle = math.radians(degrees)
        cos, sin = math.cos(angle), math.sin(angle)
        return (points - centre) @ np.array([[cos, sin], [-sin, cos]]) + centre


def crop_face(
    image: np.ndarray,
    face_box: Sequence[float],
    spec: InputSpec,
    kind: str = UNNAMED,
    landmarks: np.ndarray | None = None,
    depth: np.ndarray | None = None,
) -> Crop:
    """Crop one face anywhere in an image, as the network's training did.

    Where a ``clamp`` rule would lose more than :data:`CUT_IN_TRAINING` of a side, the
    image's edge is repeated instead.

    Args:
        image: (H, W, 3) BGR uint8.
        face_box: x1, y1, x2, y2 in pixels.
        spec: The network's.
        kind: The kind of the box (:mod:`mmfsa.inputs.kinds`).
        landmarks: (5, 2), (6, 2) or (68, 2) pixels, which a rule with `align` needs.
        depth: (H, W) millimetres, 0 where none was measured, which a network that sees
            depth needs.

    Returns:
        The crop.

    Raises:
        NoPixelError: The crop has no pixel in the image.
        ValueError: The box is far larger than the image, its kind has no rule, or a rule
            with `align` has no landmarks.
    """
    size = image.shape[1::-1]
    turn = 0.0
    if spec.crop.align and kind != 'crop':
        turn = turn_of(spec.crop.align, landmarks)
    box = spec.box(face_box, size, kind)
    if spec.crop.border != 'clamp':
        return Crop(*_see(image, depth, spec, box, turn), turn)
    free = _with_border(spec, 'replicate')
    left, top, right, bottom = whole = free.box(face_box, size, kind)
    beyond = max(-left, right - size[0], 0), max(-top, bottom - size[1], 0)
    share = CUT_IN_TRAINING
    if turn or beyond[0] > share * (right - left) or beyond[1] > share * (bottom - top):
        return Crop(*_see(image, depth, free, whole, turn), turn)
    return Crop(*_see(image, depth, spec, box), turn)


def _see(
    image: np.ndarray,
    depth: np.ndarray | None,
    spec: InputSpec,
    box: tuple[int, ...],
    turn: float = 0.0,
) -> tuple[np.ndarray, tuple[int, ...]]:
    """The planes of a box that a network sees, (height, width, planes), and the box."""
    if not spec.has_depth:
        return cut(image, spec, box, turn)
    planes = [cut_relief(depth, spec, box, turn)[..., None]]
    if spec.has_color:
        planes.insert(0, cut(image, spec, box, turn)[0])
    return np.concatenate(planes, axis=-1), box


def cut_relief(
    depth: np.ndarray, spec: InputSpec, box: tuple[int, ...], turn: float = 0.0
) -> np.ndarray:
    """Cut the relief of a box out of a depth map, and resize it.

    What is measured counts alone: a pixel of the result is the mean of what is measured
    in its place, and a hole where this is less than half of it. Beyond the map nothing is
    measured.

    Args:
        depth: (H, W) millimetres, 0 where none was measured.
        spec, box, turn: As in :func:`cut`.

    Returns:
        (height, width) uint8 of the spec's size, see :mod:`.relief`.

    Raises:
        NoPixelError, ValueError: See :func:`cut`.
    """
    depth, box = _window(depth, box, turn)
    relief, near = relief_of(depth, box)
    if spec.crop.border != 'clamp':
        spec = _with_border(spec, 'constant')
    total = cut(relief, spec, box, turn)[0]
    share = cut(near.astype(np.float32), spec, box, turn)[0]
    mean = total / np.maximum(share, 0.5)
    return np.where(share >= 0.5, np.clip(np.rint(mean), 1, 255), 0).astype(np.uint8)


def _window(
    depth: np.ndarray, box: tuple[int, ...], turn: float
) -> tuple[np.ndarray, tuple[int, ...]]:
    """The part of a depth map that a box, also a turned one, shows; and the box there."""
    left, top, right, bottom = box
    margin = 0
    if turn:  # to the corners, and a pixel more for what lies between pixels
        sides = right - left, bottom - top
        margin = math.ceil((math.hypot(*sides) - min(sides)) / 2) + 2
    x, y = max(left - margin, 0), max(top - margin, 0)
    window = depth[y : max(bottom + margin, 0), x : max(right + margin, 0)]
    return window, (left - x, top - y, right - x, bottom - y)


def cut(
    image: np.ndarray, spec: InputSpec, box: tuple[int, ...], turn: float = 0.0
) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """Cut a box out of an image, fill what lies beyond it, and resize it.

    Args:
        image: (H, W, 3) uint8, or (H, W) float32.
        spec: The size, interpolation and border of the crop.
        box: left, top, right, bottom, as :meth:`InputSpec.box` gives them.
        turn: Turn the image so far clockwise about the box's centre, in degrees.

    Returns:
        The crop (height, width, …) of the spec's size, and the box.

    Raises:
        NoPixelError: The box has no pixel in the image.
        ValueError: The box is far larger than the image.
    """
    left, top, right, bottom = box
    rows, columns = image.shape[:2]
    crop = image[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if crop.size == 0:
        raise NoPixelError(
            f'the crop {(left, top, right, bottom)} has no pixel in the image of '
            f'{columns}x{rows}'
        )
    if (right - left) * (bottom - top) > LARGEST + 4 * rows * columns:
        raise ValueError(
            f'the crop {(left, top, right, bottom)} is far larger than the image of '
            f'{columns}x{rows}: is the box in pixels?'
        )
    border = BORDERS.get(spec.crop.border)
    interpolation = INTERPOLATIONS[spec.interpolation]
    if turn:
        centre = (left + right - 1) / 2, (top + bottom - 1) / 2
        width, height = right - left, bottom - top
        matrix = cv2.getRotationMatrix2D(centre, -turn, 1.0)
        matrix[:, 2] -= left, top
        fill = cv2.BORDER_REPLICATE if border is None else border
        crop = cv2.warpAffine(
            image, matrix, (width, height), flags=interpolation, borderMode=fill
        )
    elif border is not None:
        beyond = [max(v, 0) for v in (-top, bottom - rows, -left, right - columns)]
        if any(beyond):
            crop = cv2.copyMakeBorder(crop, *beyond, border)
    size = spec.size
    if spec.interpolation == 'supersampled' and crop.shape[1::-1] != size:
        crop = cv2.resize(crop, (2 * size[0], 2 * size[1]), interpolation=interpolation)
        interpolation = cv2.INTER_AREA
    return cv2.resize(crop, size, interpolation=interpolation), box


@lru_cache
def _with_border(spec: InputSpec, border: str) -> InputSpec:
    return spec.changed(crop=dict(border=border))


def turn_of(align: str, landmarks: np.ndarray | None) -> float:
    """How far to turn an image clockwise so that a face is upright, in degrees.

    Args:
        align: ``eyes`` or ``face``, see :class:`.CropRule`. For ``face``, the line
            through the eyes and the line across that from the eyes to the mouth are
            added up (Karras et al., CVPR 2019, appendix C).
        landmarks: (5, 2), (6, 2) or (68, 2) x, y in pixels.

    Raises:
        ValueError: There are no landmarks, or another number of them.
    """
    found = 0 if landmarks is None else len(landmarks)
    if found not in EYES:
        raise ValueError(
            f'this network takes upright faces, by 5, 6 or 68 landmarks; there '
            f'are {found}: choose a detector that gives landmarks'
        )
    return turns_of(align, np.asarray(landmarks)[None])[0]


def turns_of(align: str, landmarks: np.ndarray) -> list[float]:
    """:func:`turn_of` for several faces, whose landmarks are (n, 5, 2) and so on."""
    found = landmarks.shape[1]
    one, other = (_middle(landmarks[:, eye]) for eye in EYES[found])
    level = other - one
    if align == 'face':
        mouth = _middle(landmarks[:, MOUTH[found]])
        level = level + (mouth - (one + other) / 2)[:, ::-1] * TO_LEVEL
    return [-math.degrees(math.atan2(y, x)) for x, y in level.tolist()]


def _middle(points: np.ndarray) -> np.ndarray:
    """(n, 2) the means of points (n, k, 2)."""
    return points[:, 0] if points.shape[1] == 1 else points.mean(axis=1)
