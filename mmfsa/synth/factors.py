"""What varies between rendered heads, and how much."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import TypeVar

import numpy as np

Choice = TypeVar('Choice')
Range = tuple[float, float]
PER_SUBJECT = 4  # pictures of each person in a set


@dataclass(frozen=True)
class Factors:
    """The distributions from which heads, poses and pictures are drawn.

    A pair is a uniform range. ``p_…`` is a probability, ``…_std`` the deviation of a
    normal distribution. Angles are in degrees, lengths in decimetres of an adult head.

    Attributes:
        max_angle: The largest angle. Above 99, yaw is uniform in ±max_angle.
        yaw_std: Deviation of the yaw of one half of the heads, which face the camera
            more or less. The other half's yaw is uniform in ±min(max_angle, 99).
        camera_pitch_std, camera_roll_std: How the camera is held.
        nod_std, tilt_std: Pitch and roll of the head on its own axes. People who look
            at the camera nod by -4 in 300W-LP's frame.
        profile_tilt: The largest pitch and roll of heads whose yaw is within 15 degrees
            of ±90. There a small tilt makes both of them large. In AFLW2000, 16 of 18
            profiles are within 60.
        p_tail, tail: The share of heads whose four deviations (camera, nod, tilt) are
            wider, and the factor by which they are wider.
        shape_std: Deviation of every axis of face shape; 1 is MakeHuman's full slider.
        asymmetry: Deviation of left-right asymmetry, as a fraction of ``shape_std``.
        ages: Probabilities of a baby, a child, a young and an older adult. The first
            three are somewhat younger than their name, the last are older than the young.
        p_any_skin: A skin tone from the full human range, whatever the face's ethnicity.
        p_bald, p_long_hair, p_beard: For the men or the women who may have them.
        p_glasses, p_sunglasses, p_hat, p_hood, p_mask, p_occluder: Per picture.
        p_eyes_closed, p_mouth_open: Per picture.
        p_harsh: One hard light and little else.
        p_plain: A backdrop of one colour in place of a room, a street or trees.
        p_grey, p_blur, p_jpeg: Grey, blurred, compressed pictures.
        noise: Mean deviation of the pixels' noise. The deviation is exponentially
            distributed; pixels are in [0, 1].
        distance: Distance from camera to head. Its logarithm is uniform.
        box_share: The picture's side over the longer side of the landmarks' box.
        shift: Distance of the box's centre from the picture's centre, as a fraction of
            the picture's side.

    Raises:
        ValueError: If a probability is not in [0, 1], if the probabilities of ages or of
            hats and hoods do not sum to 1, or if no pose lies within the limits.
    """

    max_angle: float = 99.0
    yaw_std: float = 22.0
    camera_pitch_std: float = 6.0
    camera_roll_std: float = 8.0
    nod_std: float = 8.0
    tilt_std: float = 6.0
    profile_tilt: float = 60.0
    p_tail: float = 0.1
    tail: float = 2.5
    shape_std: float = 0.22
    asymmetry: float = 0.4
    ages: tuple[float, float, float, float] = (0.01, 0.07, 0.42, 0.5)
    p_any_skin: float = 0.2
    p_bald: float = 0.12
    p_long_hair: float = 0.55
    p_beard: float = 0.4
    p_glasses: float = 0.14
    p_sunglasses: float = 0.04
    p_hat: float = 0.12
    p_hood: float = 0.05
    p_mask: float = 0.02
    p_occluder: float = 0.08
    p_eyes_closed: float = 0.08
    p_mouth_open: float = 0.4
    p_harsh: float = 0.4
    p_plain: float = 0.35
    p_grey: float = 0.15
    p_blur: float = 0.25
    p_jpeg: float = 0.6
    noise: float = 0.008
    distance: Range = (6.0, 60.0)
    box_share: Range = (2.4, 2.7)
    shift: float = 0.02

    def __post_init__(self) -> None:
        choices = {
            'ages': self.ages,
            'p_hat and p_hood': (self.p_hat, self.p_hood, self.p_bare),
        }
        for name, chances in choices.items():
            if min(chances) < -1e-6 or abs(sum(chances) - 1) > 1e-6:
                raise ValueError(
                    f'{name} are no probabilities whose sum is 1: {chances}'
                )
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.startswith('p_') and not 0 <= value <= 1:
                raise ValueError(f'{field.name} is a probability, got {value}')
        for name in ('max_angle', 'profile_tilt'):
            if getattr(self, name) <= 0:
                raise ValueError(
                    f'{name} must be more than 0, got {getattr(self, name)}'
                )

    @property
    def p_bare(self) -> float:
        """The probability of a head without a hat or a hood."""
        return 1 - self.p_hat - self.p_hood

    @classmethod
    def changed(cls, changes: dict) -> 'Factors':
        """The defaults with some factors changed.

        Args:
            changes: The new values by the factors' names.

        Raises:
            ValueError: If a name is unknown, or a value is of another kind than the
                default: no number, or another count of numbers.
        """
        defaults = {field.name: field.default for field in fields(cls)}
        if unknown := sorted(set(changes) - set(defaults)):
            raise ValueError(f'no such factor: {unknown}; there are {sorted(defaults)}')
        values = {}
        for name, value in changes.items():
            like = np.asarray(defaults[name], float)
            given = np.asarray(value)
            if given.dtype.kind not in 'if' or given.shape != like.shape:
                raise ValueError(f'{name} is like {defaults[name]}, got {value!r}')
            values[name] = tuple(value) if like.ndim else value
        return cls(**values)


def pick(
    rng: np.random.Generator, options: Sequence[Choice], chances: Iterable[float]
) -> Choice:
    """Draw the same option as ``rng.choice``, in a fifteenth of its time.

    Args:
        rng: Draws one number.
        options: The options.
        chances: Their probabilities, whose sum must be 1. They are not checked.
    """
    last = len(options) - 1  # the sum may be a rounding below 1
    return options[min(bisect(list(accumulate(chances)), rng.random()), last)]
