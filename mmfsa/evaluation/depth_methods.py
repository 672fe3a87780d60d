"""The errors of a depth method on rendered people, as a Kinect measures them."""

from collections.abc import Sequence
from functools import cache, partial

import numpy as np

from mmfsa.methods import Method, create_model
from mmfsa.structures import Faces, Frame, geodesic_distance
from mmfsa.utils.progress import track
from mmfsa.utils.threads import worker_pool

from .tables import format_table

DISTANCES = 700.0, 1300.0  # mm
FAR = 15.0  # degrees: a pose that is off by more is wrong
HEADER = (
    'method',
    'heads',
    'with a pose',
    'median',
    'mean',
    f'beyond {FAR:g}°',
    'position',
)


def score_depth_methods(
    models: Sequence[str],
    weights: Sequence[str | None],
    number: int,
    seed: int = 0,
    max_angle: float = 60.0,
    workers: int = 1,
) -> str:
    """The errors of methods on rendered depth maps, as a table.

    Every map shows another person at a random place, at 0.7 to 1.3 m. The face's box is
    that of the exact landmarks. Poses are relative to the camera.

    Args:
        models: Names of the zoo.
        weights: Their weights, None where there are none.
        number: Number of maps.
        seed: Seed of the people.
        max_angle: The largest angle of a head, relative to the ray through it.
        workers: Processes that render and predict.

    Returns:
        The table: geodesic errors in degrees of the heads with a pose, and the median
        distance in millimetres from the mean head's origin to where the method places it.

    Raises:
        ModuleNotFoundError: What renders heads is not installed.
        ValueError: There is no such model.
    """
    from mmfsa.synth.wide import renderer_up_to

    pairs = tuple(zip(models, weights, strict=True))
    _methods(pairs)  # wrong names, and what is missing, are reported before the work
    renderer_up_to(max_angle)
    score = partial(errors_on, pairs, seed, max_angle)
    with worker_pool(workers) as pool:
        found = pool.map(score, range(number), chunksize=4)
        errors = np.array([*track(found, 'Rendering', total=number)])
    errors = errors.transpose(1, 0, 2)
    return format_table(HEADER, [row(*one) for one in zip(models, errors, strict=True)])


@cache
def _methods(pairs: tuple[tuple[str, str | None], ...]) -> list[Method]:
    return [create_model(*pair) for pair in pairs]


def errors_on(
    pairs: tuple[tuple[str, str | None], ...], seed: int, max_angle: float, index: int
) -> list[tuple[float, float]]:
    """The errors of methods on one rendered map.

    Args:
        pairs: Names and weights of the methods.
        seed: Seed of the people.
        max_angle: The largest angle of a head.
        index: The map's number.

    Returns:
        For each method degrees and millimetres; NaN where it has no pose.
    """
    from mmfsa.synth.wide import KINECT, shoot_kinect

    rng = np.random.default_rng((seed, index))
    shot, depth = shoot_kinect(seed, index, DISTANCES, max_angle, rng)
    frame = Frame(shot.image, depth=depth, camera=KINECT)
    face = Faces([shot.box], 'landmarks68')
    errors = []
    for method in _methods(pairs):
        poses = method.predict(frame, face)
        place = poses.extras['translation'][0]
        errors.append(
            (
                float(geodesic_distance(poses.rotation[0], shot.rotation)),
                float(np.linalg.norm(place - shot.position)),
            )
        )
    return errors


def row(name: str, errors: np.ndarray) -> list[str]:
    """A method's line of the table.

    Args:
        name: The method's name.
        errors: (N, 2) degrees and millimetres; NaN where there is no pose.
    """
    angles, places = errors[np.isfinite(errors[:, 0])].T
    if not len(angles):
        return [name, f'{len(errors)}', '0 %', '', '', '', '']
    return [
        name,
        f'{len(errors)}',
        f'{len(angles) / len(errors):.1%}',
        f'{np.median(angles):.2f}°',
        f'{angles.mean():.2f}°',
        f'{np.mean(angles > FAR):.1%}',
        f'{np.median(places):.0f} mm',
    ]
