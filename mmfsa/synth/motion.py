"""How a head moves in a film: it looks about, nods, shakes, speaks and blinks."""

from collections.abc import Callable

import numpy as np

from mmfsa.structures.rotation import wrap_degrees

from .asset import HeadAsset
from .factors import Factors
from .shot import draw_expression, draw_pose

Curve = Callable[[float], np.ndarray]
CALM = 0.6  # how far a head turns in a film, of how far it turns in photographs
DRIFT = np.array([3.0, 2.0, 1.5])  # degrees of yaw, pitch, roll: deviation of the drift
FASTEST = 0.8  # Hz: a drift has no part that is faster
BLINK = 0.14  # seconds that an eye is about closed
SHAKE = 0.6  # deviation of the place of the picture, in hundredths of its side


class Motion:
    """What a person does in a film, as functions of the time in seconds.

    A head rests, then turns to look at something else, the quicker the farther it turns,
    as eyes do in a saccade. Meanwhile it drifts; now and then it nods or is shaken.

    Args:
        rng: Draws the motion.
        seconds: How long the film is.
        factors: Its poses are drawn as those of photographs.
        asset: The head whose targets are facial actions.
        masked: The face wears a mask, so that its mouth keeps still.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        seconds: float,
        factors: Factors,
        asset: HeadAsset,
        masked: bool,
    ) -> None:
        self._limit = factors.max_angle
        self._looks = _steps(
            *_gazes(rng, seconds, lambda: CALM * draw_pose(rng, factors))
        )
        self._drift = _waves(rng, DRIFT)
        self._gestures = [_gesture(rng, seconds) for _ in range(1 + int(seconds / 3))]
        self._faces = _steps(
            *_moods(rng, seconds, lambda: draw_expression(rng, factors, asset, masked))
        )
        self._lids = asset.columns(['eyeBlinkLeft', 'eyeBlinkRight'])
        self._blinks = np.cumsum(rng.exponential(3.0, 2 + int(seconds)))
        self._shake = _waves(rng, SHAKE * rng.random() * np.ones(2), 6.0)

    def pose(self, time: float) -> np.ndarray:
        """(3,) float32 yaw, pitch, roll in degrees."""
        pose = self._looks(time) + self._drift(time)
        for gesture in self._gestures:
            pose = pose + gesture(time)
        return np.clip(pose, -self._limit, self._limit).astype(np.float32)

    def expression(self, time: float) -> np.ndarray:
        """(K,) weights of the asset's targets."""
        weights = self._faces(time)
        closed = np.exp(-(((time - self._blinks) / (BLINK / 2)) ** 2)).max()
        weights[self._lids] = np.maximum(weights[self._lids], closed)
        return weights

    def shake(self, time: float) -> np.ndarray:
        """(2,) how far the picture is moved by the camera, as a share of its side."""
        return self._shake(time) / 100


def _gazes(
    rng: np.random.Generator, seconds: float, draw: Callable[[], np.ndarray]
) -> tuple[list[np.ndarray], list[float], list[float]]:
    """Where the head looks, when each turn begins, and how long the turn takes."""
    values, starts, lengths = [draw()], [], []
    time = rng.exponential(1.0)
    while time < seconds:
        values.append(draw())
        turn = np.linalg.norm(wrap_degrees(values[-1] - values[-2]))
        length = 0.2 + turn / rng.uniform(60, 220)
        starts.append(time)
        lengths.append(length)
        time += length + 0.3 + rng.exponential(1.2)
    return values, starts, lengths


def _moods(
    rng: np.random.Generator, seconds: float, draw: Callable[[], np.ndarray]
) -> tuple[list[np.ndarray], list[float], list[float]]:
    """Expressions; in some of the times a mouth speaks, and so changes faster."""
    values, starts, lengths = [draw()], [], []
    time = rng.exponential(0.6)
    speaks = rng.random() < 0.5
    while time < seconds:
        values.append(draw())
        starts.append(time)
        lengths.append(rng.uniform(0.12, 0.25) if speaks else rng.uniform(0.3, 0.8))
        time += lengths[-1] + (0.0 if speaks else rng.exponential(1.5))
        speaks ^= bool(rng.random() < 0.15)
    return values, starts, lengths


def _steps(
    values: list[np.ndarray], starts: list[float], lengths: list[float]
) -> Curve:
    """From value to value, each step with the least jerk (Flash and Hogan, 1985)."""
    first, changes = values[0], np.diff(values, axis=0)
    begin, length = np.array(starts), np.array(lengths)

    def at(time: float) -> np.ndarray:
        done = np.clip((time - begin) / length, 0, 1)
        share = done**3 * (10 + done * (6 * done - 15))
        return first + share @ changes

    return at


def _waves(
    rng: np.random.Generator, std: np.ndarray, fastest: float = FASTEST, num: int = 6
) -> Curve:
    """Sums of waves, the slower the higher, with these deviations."""
    speeds = (
        2
        * np.pi
        * np.exp(rng.uniform(np.log(fastest / 16), np.log(fastest), (len(std), num)))
    )
    heights = 1 / speeds
    heights *= (np.sqrt(2) * std / np.linalg.norm(heights, axis=1))[:, None]
    phases = rng.uniform(0, 2 * np.pi, speeds.shape)
    return lambda time: (heights * np.sin(speeds * time + phases)).sum(axis=1)


def _gesture(rng: np.random.Generator, seconds: float) -> Curve:
    """A nod or a shake of the head: some swings that swell and fade."""
    middle, length = rng.uniform(0, seconds), rng.uniform(0.5, 1.4)
    speed = 2 * np.pi * rng.uniform(1.2, 3.0)
    is_nod = rng.random() < 0.6
    height = rng.uniform(2, 8) if is_nod else rng.uniform(3, 12)
    axis = np.array([0.0, 1.0, 0.0] if is_nod else [1.0, 0.0, 0.0])

    def at(time: float) -> np.ndarray:
        place = np.clip((time - middle) / length, -0.5, 0.5)
        swell = np.cos(np.pi * place) ** 2
        return height * swell * np.sin(speed * (time - middle)) * axis

    return at
