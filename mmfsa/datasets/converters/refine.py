"""Label refinement: an index's labels, corrected with what trained models see.

The teachers see every face in several crops and mirrored, and their mean is the second
opinion. A label moves towards it by the angle's --blend, and counts the less the more
the two differ: its weight is 1 / (1 + (difference / --tolerance)²), whatever it was.
In profile, networks turn heads towards the front: there yaw keeps its first label. Pitch
and roll, where both are poor, count --profile-weight times their weight.

OUT/index.json refers to the images of the source; an entry keeps its first label as
`first_label` and the second opinion as `second_opinion`. Run it again with the network
that learned from the result for a second round.
"""

import argparse
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmfsa.datasets.transforms import CropFace
from mmfsa.inputs import InputSpec
from mmfsa.methods import CropMethod, create_model
from mmfsa.structures import closest_triple, mean_pose, wrap_degrees
from mmfsa.utils import register_all_modules

from .engine import ItemError, add_output, add_source, read_all, write_index
from .source_index import LabelledFace, read_source, share_cores

PROFILE = 60  # degrees of yaw
NARROWER = 0.2, 0.1, 0.0  # the views' padding, less than the teacher's own
BORDERS = 'replicate', 'constant'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of :func:`run`."""
    add_source(parser, 'folder of an index.json')
    add_output(parser, 'aflw_refined')
    parser.add_argument(
        '--teacher',
        nargs=2,
        action='append',
        required=True,
        metavar=('CONFIG', 'CHECKPOINT'),
        help='give it more than once for the mean of several',
    )
    parser.add_argument(
        '--blend',
        type=float,
        nargs=3,
        default=(0.4, 0.5, 0.3),
        metavar=('YAW', 'PITCH', 'ROLL'),
        help='what the second opinion counts, 0 to 1; %(default)s',
    )
    parser.add_argument(
        '--tolerance', type=float, default=12, help='in degrees; %(default)s'
    )
    parser.add_argument(
        '--profile-weight',
        type=float,
        default=0.4,
        help=f'of pitch and roll beyond {PROFILE} degrees of yaw; %(default)s',
    )


def run(args: argparse.Namespace) -> None:
    """Write the index with corrected labels.

    Args:
        args: ``src``, ``out``, ``workers``, ``teacher``, ``blend``, ``tolerance`` and
            ``profile_weight``.

    Raises:
        FileNotFoundError: ``src`` has no index.
        ValueError: The index or an option is bad.
    """
    if not all(0 <= share <= 1 for share in args.blend):
        raise ValueError(f'--blend takes shares from 0 to 1, got {args.blend}')
    if args.tolerance <= 0:
        raise ValueError(f'--tolerance must be more than 0, got {args.tolerance}')
    source = read_source(args)
    read = partial(
        refined,
        images=source.images,
        teachers=tuple(map(tuple, args.teacher)),
        blend=np.array(args.blend),
        tolerance=args.tolerance,
        profile_weight=args.profile_weight,
    )
    share_cores()
    labels = ', '.join(Path(checkpoint).name for _, checkpoint in args.teacher)
    metainfo = {**source.metainfo, 'labels': f'refined by {labels}'}
    with read_all(args, source.faces, read) as results:
        write_index(args, metainfo, results)


def refined(
    face: LabelledFace,
    images: Path,
    teachers: tuple[tuple[str, str], ...],
    blend: np.ndarray,
    tolerance: float,
    profile_weight: float,
) -> dict:
    """The entry of a face with its label and weights corrected.

    Args:
        face: A face of the source.
        images: The folder of the images.
        teachers: The config and the checkpoint of each.
        blend: (3,) what the second opinion counts in each angle, from 0 to 1.
        tolerance: The difference in degrees at which a label counts half.
        profile_weight: What pitch and roll of a face in profile count.

    Returns:
        The entry, with a rotation where the source's has one, with angles otherwise.

    Raises:
        ItemError: The image can't be read, or has no pixel of the face.
    """
    image, label = face.image(images), face.label
    seen = {**face.entry, 'boxes': face.boxes}
    looks = [look(load_teacher(*teacher), image, seen) for teacher in teachers]
    opinion = mean_pose(closest_triple(np.concatenate(looks), label))
    difference = wrap_degrees(opinion - label)
    weight = 1 / (1 + (difference / tolerance) ** 2)
    if abs(label[0]) > PROFILE:
        blend = blend * [0, 1, 1]
        weight[1:] *= profile_weight
    pose = wrap_degrees(label + blend * difference)
    return face.relabelled(
        pose,
        weight=weight.round(4).tolist(),
        second_opinion=opinion.round(3).tolist(),
    )


class Teacher(NamedTuple):
    """A trained network, and the crops of a face that it is shown."""

    method: CropMethod
    views: list[CropFace]


@cache
def load_teacher(config: str, checkpoint: str) -> Teacher:
    """This process's own copy of a teacher, which sees mirror images, too.

    Args:
        config: The experiment's config.
        checkpoint: Its weights.
    """
    register_all_modules()
    method = create_model(config, checkpoint, device='cpu', flip_test=True)
    return Teacher(method, views_of(method.spec))


def views_of(spec: InputSpec) -> list[CropFace]:
    """Crops by a network's own rule: its padding and less, two ways to fill the rest.

    Args:
        spec: The network's input spec.
    """
    return [
        CropFace(
            pad=[round(side - narrower, 6) for side in spec.crop.pad],
            border=border,
            inputs=spec,
        )
        for narrower in NARROWER
        for border in BORDERS
    ]


def look(teacher: Teacher, image: np.ndarray, entry: dict) -> np.ndarray:
    """What a teacher sees of one face.

    Args:
        teacher: The network with its views.
        image: (H, W, 3) BGR uint8.
        entry: The face's entry of the index.

    Returns:
        (number of views, 3) yaw, pitch, roll in degrees.

    Raises:
        ItemError: The image has no pixel of the face.
    """
    face = {'img': image, 'boxes': entry['boxes']}
    try:
        crops = [view(dict(face))['img'] for view in teacher.views]
    except ValueError as error:
        raise ItemError('face box outside the image', entry['face_box']) from error
    return teacher.method.estimate(np.stack(crops))
