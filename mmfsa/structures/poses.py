"""The poses of a frame's faces: what every method answers with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import chain

import numpy as np

from .rotation import is_pose, is_rotation, matrix_to_pose, pose_to_matrix

USUAL_SPREAD = 3.0  # degrees, of a method that does not say how sure it is
NO_POSE = 'the method finds no pose'
NO_ROTATION = 'the answer is no rotation: not finite, or beyond two full turns'


@dataclass
class Poses:
    """The poses of n faces.

    A face that a method fails on stays in its place with `valid` False and numbers that
    are NaN: nothing is dropped.

    Attributes:
        rotation: (n, 3, 3) rotation matrices in the camera's frame
            (:mod:`mmfsa.structures.rotation`). Without a known camera, they are relative
            to the ray through the face (:class:`mmfsa.methods.RectifiedMethod`).
        euler: (n, 3) yaw, pitch, roll in degrees: the method's own numbers where it
            speaks in angles, since published errors are errors of these numbers.
        valid: (n,) bool.
        boxes: (n, 4) the boxes of the faces, x1, y1, x2, y2 in pixels.
        spread: How unsure the method is: (n,) degrees, or (n, 3, 3) the covariance of
            the rotation vector, about the head's own axes, in square degrees; None: the
            method does not say.
        extras: What else the method found, by name: arrays or lists of length n.
        reasons: n texts why a pose is not valid; empty where it is.

    >>> poses = Poses.from_euler(np.array([[30.0, -10, 5], [np.nan, 0, 0]]))
    >>> poses.valid
    array([ True, False])
    """

    rotation: np.ndarray
    euler: np.ndarray
    valid: np.ndarray
    boxes: np.ndarray | None = None
    spread: np.ndarray | None = None
    extras: dict = field(default_factory=dict)
    reasons: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if self.reasons is None:
            self.reasons = ['' if valid else NO_POSE for valid in self.valid]

    def __len__(self) -> int:
        return len(self.euler)

    @classmethod
    def from_euler(cls, euler: np.ndarray, **others) -> 'Poses':
        """Poses of a method that speaks in angles, (n, 3) yaw, pitch, roll in degrees."""
        euler = np.asarray(euler, dtype=np.float64).reshape(-1, 3)
        return cls._checked(pose_to_matrix(euler), euler, of_angles=True, **others)

    @classmethod
    def from_rotation(cls, rotation: np.ndarray, **others) -> 'Poses':
        """Poses of a method that speaks in rotation matrices, (n, 3, 3)."""
        rotation = np.asarray(rotation, dtype=np.float64).reshape(-1, 3, 3)
        return cls._checked(rotation, matrix_to_pose(rotation), **others)

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, np.ndarray], **others) -> 'Poses':
        """Poses of a network's named outputs.

        Args:
            outputs: `pose` (n, 3) and, where the network has them, `rotation`
                (n, 3, 3), `spread`, `valid` (n,); others become `extras`.
            **others: Further fields.
        """
        outputs = dict(outputs)
        euler = np.asarray(outputs.pop('pose'), dtype=np.float64)
        rotation = outputs.pop('rotation', None)
        others.setdefault('spread', outputs.pop('spread', None))
        others.setdefault('valid', outputs.pop('valid', None))
        others['extras'] = {**outputs, **others.get('extras', {})}
        if rotation is None:
            return cls.from_euler(euler, **others)
        return cls._checked(np.asarray(rotation, dtype=np.float64), euler, **others)

    @classmethod
    def join(cls, parts: Sequence['Poses']) -> 'Poses':
        """The poses of several parts as one, in their order.

        Args:
            parts: At least one; all from one method, so that they know the same things.
        """
        joined = {}
        for name in ('rotation', 'euler', 'valid', 'boxes', 'spread'):
            values = [getattr(part, name) for part in parts]
            joined[name] = None if values[0] is None else np.concatenate(values)
        extras = {}
        for name, first in parts[0].extras.items():
            values = [part.extras[name] for part in parts]
            is_array = isinstance(first, np.ndarray)
            extras[name] = np.concatenate(values) if is_array else [*chain(*values)]
        reasons = [*chain(*(part.reasons for part in parts))]
        return cls(**joined, extras=extras, reasons=reasons)

    def take(self, index: np.ndarray) -> 'Poses':
        """Some of the poses, by their indices."""

        def chosen(values):
            if values is None or isinstance(values, np.ndarray):
                return None if values is None else values[index]
            return [values[i] for i in index]

        arrays = {
            f.name: chosen(getattr(self, f.name))
            for f in fields(self)
            if f.name != 'extras'
        }
        extras = {name: chosen(values) for name, values in self.extras.items()}
        return Poses(**arrays, extras=extras)

    @classmethod
    def _checked(
        cls,
        rotation: np.ndarray,
        euler: np.ndarray,
        valid: np.ndarray | None = None,
        reasons: Sequence[str] | None = None,
        of_angles: bool = False,
        **others,
    ) -> 'Poses':
        """The poses. This is the one place that looks at what a method answers.

        What is no rotation, has angles beyond two full turns, or is no number is not valid.
        The matrices of angles (`of_angles`) are rotations.
        """
        num = len(euler)
        answered = np.ones(num, bool) if valid is None else np.asarray(valid, bool)
        answered = answered.reshape(-1)
        good = answered & is_pose(euler)
        if not of_angles:
            good &= is_rotation(rotation)
        said = reasons or [''] * num
        reasons = [
            '' if good[i] else said[i] or (NO_ROTATION if answered[i] else NO_POSE)
            for i in range(num)
        ]
        rotation = np.where(good[:, None, None], rotation, np.nan)
        euler = np.where(good[:, None], euler, np.nan)
        return cls(rotation, euler, good, reasons=reasons, **others)


def spread_in_one_number(spread: np.ndarray | float) -> np.ndarray | float:
    """A spread as degrees: of a covariance the root mean square over the three axes.

    Args:
        spread: The spread of one face, () degrees or (3, 3) square degrees; or of n faces,
            (n,) degrees or (n, 3, 3) square degrees.

    Returns:
        () or (n,) degrees.

    >>> float(spread_in_one_number(np.diag([9.0, 16.0, 2.0])))
    3.0
    """
    spread = np.asarray(spread)
    if spread.ndim < 2:
        return spread
    return np.sqrt(np.trace(spread, axis1=-2, axis2=-1) / 3)
