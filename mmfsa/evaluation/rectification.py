"""What rectification brings, and how exact positions are: rendered heads in wide pictures.

Every picture shows one head at a random place, with its exact pose and position relative
to the camera (:mod:`mmfsa.synth.wide`). Boxes are those of the exact landmarks.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mmfsa.methods import RectifiedMethod, create_model
from mmfsa.methods.position import position_from_box, position_from_landmarks
from mmfsa.structures import (
    Camera,
    Faces,
    Frame,
    geodesic_distance,
    rotation_to_axis,
)
from mmfsa.utils.progress import track

from .tables import format_table

EDGES = 0, 10, 20, 30, 40, 90  # degrees between the optical axis and the ray
WAYS = 'none', 'after', 'before'
SIZE = 640, 480


def compare_rectification(
    models: Sequence[str], number: int, fov: float = 90.0, seed: int = 0
) -> str:
    """The errors of networks with each way of rectification, as tables.

    Args:
        models: Names of the zoo.
        number: Number of pictures.
        fov: The camera's horizontal field of view in degrees.
        seed: Seed of the pictures.

    Returns:
        A table of mean geodesic errors in degrees for each model, by the angle between the
        optical axis and the ray through the face; and a table of the positions' errors,
        with the poses of the first model where a pose is needed.

    Raises:
        ModuleNotFoundError: What renders heads is not installed.
        ValueError: There is no such model, or it has no weights.
    """
    from mmfsa.synth.renderer import HeadRenderer
    from mmfsa.synth.wide import shoot_wide

    camera = Camera.from_fov(fov, SIZE)
    methods = {name: ways_of(name, camera) for name in models}
    render = HeadRenderer()
    errors, angles, positions = defaultdict(list), [], defaultdict(list)
    for index in track(range(number), 'Rendering'):
        shot = shoot_wide(render, camera, seed, index)
        ray = rotation_to_axis(shot.position)
        angles.append(geodesic_distance(ray, np.eye(3)))
        frame = Frame(shot.image)
        faces = Faces(shot.box[None], 'landmarks68')
        for name, ways in methods.items():
            for way, method in ways.items():
                poses = method.predict(frame, faces)
                distance = geodesic_distance(poses.rotation[0], shot.rotation)
                errors[name, way].append(distance)
                if (name, way) == (models[0], 'before'):
                    seen = poses.rotation
        rotations = dict(ignored=ray.T[None], predicted=seen, exact=shot.rotation[None])
        for of, rotation in rotations.items():
            found = position_from_box(faces.boxes, rotation, camera)
            positions[f'box, pose {of}'].append(errors_of(found[0], shot.position))
        found = position_from_landmarks(shot.landmarks[None], camera)
        positions['68 landmarks'].append(errors_of(found[0], shot.position))
    angles = np.array(angles)
    texts = [
        f'{name}\n{table_of_angles({way: errors[name, way] for way in WAYS}, angles)}'
        for name in models
    ]
    return '\n\n'.join([*texts, table_of_positions(positions)])


def ways_of(model: str, camera: Camera) -> dict:
    """A model without rectification and with each way of it."""
    plain = create_model(model)
    ways = {way: RectifiedMethod(plain, camera, way) for way in WAYS[1:]}
    return {WAYS[0]: plain, **ways}


def errors_of(found: np.ndarray, exact: np.ndarray) -> tuple[float, float]:
    """The relative error of the depth, and the distance in millimetres."""
    return abs(found[2] / exact[2] - 1), float(np.linalg.norm(found - exact))


def table_of_angles(errors: dict[str, list], angles: np.ndarray) -> str:
    """Mean errors by the angle between the optical axis and the ray."""
    rows = []
    for low, high in [*pairwise(EDGES), (EDGES[0], EDGES[-1])]:
        inside = (angles >= low) & (angles < high)
        if inside.any():
            means = (np.array(values)[inside].mean() for values in errors.values())
            rows.append(
                [f'{low} to {high}°', f'{inside.sum()}', *(f'{m:.2f}' for m in means)]
            )
    return format_table(['off the axis', 'heads', *errors], rows)


def table_of_positions(errors: dict[str, list[tuple]]) -> str:
    """Median and 90th percentile of the depth's error, and the median distance."""
    rows = []
    for name, values in errors.items():
        depth, distance = np.array(values).T
        rows.append(
            [
                name,
                *(f'{np.percentile(depth, p):.1%}' for p in (50, 90)),
                f'{np.median(distance):.0f} mm',
            ]
        )
    header = ['position from', 'depth, median', 'depth, 90 %', 'distance, median']
    return format_table(header, rows)
