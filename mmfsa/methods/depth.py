"""The method of a depth camera: each head is found in its part of the depth map."""

from abc import abstractmethod
from typing import NamedTuple

import numpy as np

from mmfsa.inputs import InputSpec
from mmfsa.structures import Camera, Faces, Frame, Poses, camera_for
from mmfsa.utils.depth import depth_of

from .base import Method

WHOLE = 'crop'  # the kind of a box that says nothing about where in it the face is
MIDDLE = 0.4  # of a part's sides: within this from its edges the face is not looked for


class Head(NamedTuple):
    """A head in a depth map.

    Attributes:
        rotation: (3, 3) in the camera's frame.
        translation: (3,) its place in the camera's frame, in millimetres.
        spread: How unsure the rotation is, in degrees; NaN: the method does not say.
        numbers: What else the method says, by name.
    """

    rotation: np.ndarray
    translation: np.ndarray
    spread: float
    numbers: dict[str, float]


class DepthMethod(Method):
    """A method that sees heads in depth maps.

    A frame must have its `depth` and its `camera`; the image is not looked at. Poses are
    relative to the camera. A face whose part of the map holds no head has no pose
    (``valid`` False).

    Args:
        spec: Which part of the depth map belongs to a face.
        reach: How far the pixels that count lie before and behind the face, in mm; None:
            all pixels of the part count, those of a wall behind the face, too.
        name: The method's name, for records.
        weights_sha256: SHA-256 of the weights' file.

    Attributes:
        numbers: The names of what :class:`Head` has in its `numbers`.
    """

    relative_to = 'camera'
    numbers: tuple[str, ...] = ()

    def __init__(
        self, spec: InputSpec, reach: float | None, name: str, weights_sha256: str = ''
    ) -> None:
        self.inputs = (spec,)
        self.reach = reach
        self.name = name
        self.weights_sha256 = weights_sha256

    @abstractmethod
    def find(
        self,
        depth: np.ndarray,
        camera: Camera,
        middle: np.ndarray | None,
        number: int | None,
    ) -> Head | None:
        """The head in a part of a depth map; None where none is found.

        Args:
            depth: (H, W) uint16 millimetres; 0 where none was measured, and where the pixel
                is not of the face's part of the map.
            camera: The camera.
            middle: (2,) x, y of the face's middle in pixels; None: not known.
            number: The face's number in a video; None outside of videos.
        """

    def predict(self, frame: Frame, faces: Faces) -> Poses:
        """The poses of a frame's faces.

        The extras have ``translation`` (n, 3), the heads' places in millimetres in the
        camera's frame, and the method's :attr:`numbers`.

        Raises:
            ValueError: The frame has no depth or no camera, the depth map has another size
                than the image, or its unit is not the millimetre.
        """
        depth, camera = self._checked(frame)
        poses = np.full((len(faces), 3, 3), np.nan)
        places = np.full((len(faces), 3), np.nan)
        spread = np.full(len(faces), np.nan)
        extras = {name: np.full(len(faces), np.nan) for name in self.numbers}
        for i, box in enumerate(faces.boxes):
            seen = self._part(depth, box.tolist(), faces.kind)
            number = None if faces.ids is None else int(faces.ids[i])
            middle = None
            if faces.kind != WHOLE:
                own = self.inputs[0].crop.own_box(faces.kind, box.tolist())
                middle = np.add(own[:2], own[2:]) / 2
            head = self.find(seen, camera, middle, number) if seen.any() else None
            if head is not None:
                poses[i], places[i], spread[i] = head[:3]
                for name in self.numbers:
                    extras[name][i] = head.numbers[name]
        return Poses.from_rotation(
            poses,
            boxes=faces.boxes,
            spread=spread,
            extras=dict(
                extras, translation=places, relative_to=['camera'] * len(faces)
            ),
        )

    def _checked(self, frame: Frame) -> tuple[np.ndarray, Camera]:
        """The depth map in millimetres, and its camera."""
        depth = measured_depth(frame, self.name)
        if frame.camera is None:
            raise ValueError(
                f'{_before(frame)}{self.name} needs the intrinsics of the depth camera: '
                'give its camera (--camera)'
            )
        return depth, camera_for(frame.camera, frame.size, frame.name)

    def _part(self, depth: np.ndarray, box: list[float], kind: str) -> np.ndarray:
        """The depth map with the pixels that may be the head's; all others are 0."""
        left, top, right, bottom = self.inputs[0].box(box, depth.shape[::-1], kind)
        part = np.zeros_like(depth)
        rows, columns = slice(top, max(top, bottom)), slice(left, max(left, right))
        part[rows, columns] = depth[rows, columns]
        if self.reach is None or kind == WHOLE:
            return part
        width, height = (right - left) * MIDDLE, (bottom - top) * MIDDLE
        middle = depth[
            round(top + height) : round(bottom - height),
            round(left + width) : round(right - width),
        ]
        measured = middle[middle > 0]
        face = -self.reach
        if measured.size:
            face = float(np.percentile(measured, 50, method='lower'))
        near = (part > face - self.reach) & (part < face + self.reach)
        return np.where(near, part, 0)


def measured_depth(frame: Frame, name: str) -> np.ndarray:
    """The depth map of a frame, (H, W) uint16 millimetres, 0 where none was measured.

    Args:
        frame: The frame.
        name: What a message calls the method that sees depth.

    Raises:
        ValueError: The frame has no depth map, it has another size than the image, or its
            unit is not the millimetre.
    """
    if frame.depth is None:
        raise ValueError(
            f'{_before(frame)}{name} sees depth: give a depth map with the image (--depth)'
        )
    try:
        return depth_of(frame.depth, frame.size)
    except ValueError as error:
        raise ValueError(f'{_before(frame)}{error}') from error


def _before(frame: Frame) -> str:
    """What stands before a message about a frame."""
    return f'{frame.name}: ' if frame.name else ''
