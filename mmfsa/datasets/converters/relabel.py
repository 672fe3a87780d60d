"""Teacher labels: an index's labels, replaced by the mean of what trained models see.

A teacher is NAME[@WEIGHT][=FILE]: a name of the zoo, what it counts in the mean (1), and
its weights, unless mmfsa brings them or the user keeps them (`mmfsa convert`). It sees
every face in its own crop, at several scales (--scales) and mirrored. A teacher's label is
the mean of these looks on the rotation group, a face's label the mean over teachers.

A label has a `spread` in degrees: the root mean square of the distances from a teacher's
looks to their mean (`looks`), and of the distances from the teachers to theirs
(`teachers`). A face counts the less the more both are: its `weight` is
1 / (1 + (looks / --looks-tolerance)² + (teachers / --teachers-tolerance)²).

Where the source's labels were fitted to landmarks that people set (AFLW), their errors are
others than the teachers'. With --first-label SHARE a label turns from the teachers' mean
towards the source's by this share of the angle between them, and by less where the source's
is far off: SHARE / (1 + (angle / --first-label-tolerance)²).

A teacher that finds no pose is left out for this face. Faces that no teacher finds, or
with an angle beyond 99 degrees, are dropped. OUT/index.json refers to the images of the
source; an entry keeps its first label as `first_label`.
"""

import argparse
from collections.abc import Sequence
from copy import copy
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.spatial.transform import Rotation

from mmfsa import zoo
from mmfsa.datasets.transforms import CropFace
from mmfsa.inputs import InputSpec
from mmfsa.inputs.kinds import KINDS
from mmfsa.landmarks import mirror_landmarks
from mmfsa.methods import CropMethod, Method, create_model
from mmfsa.methods.loading import WITH_THREADS, existing
from mmfsa.structures import (
    Faces,
    Frame,
    Poses,
    geodesic_distance,
    matrix_to_pose,
    mirror_pose,
    pose_to_matrix,
    unfold_yaw,
)
from mmfsa.utils import register_all_modules
from mmfsa.utils.files import sha256

from .engine import ItemError, add_output, add_source, read_all, write_index
from .source_index import LabelledFace, read_source, share_cores

LARGEST = 99  # degrees


class Teacher(NamedTuple):
    """What `--teacher` names.

    Attributes:
        name: NETWORK.TAG, or the network's name where its experiment has no tag.
        weight: What it counts in the mean.
        file: Its weights; None: those that the zoo finds.
    """

    name: str
    weight: float = 1.0
    file: Path | None = None

    @classmethod
    def parse(cls, text: str) -> 'Teacher':
        """Read NAME[@WEIGHT][=FILE].

        Raises:
            ArgumentTypeError: It is something else, or there is no such name.

        >>> Teacher.parse('opnet@0.65=head.onnx')
        Teacher(name='opnet_small.opentrack', weight=0.65, file=PosixPath('head.onnx'))
        """
        model, _, file = text.partition('=')
        name, at, weight = model.partition('@')
        try:
            number = float(weight) if at else 1.0
        except ValueError:
            number = 0.0
        if not 0 < number < np.inf:
            raise argparse.ArgumentTypeError(
                f'{text}: the weight must be a number above 0, as in NAME@0.5=FILE'
            )
        try:
            name = zoo.resolve(name).name
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        return cls(name, number, Path(file) if file else None)

    def metainfo(self) -> dict:
        """What an index says of it: its weight in the mean, and where its weights and
        its knowledge are from."""
        entry = zoo.resolve(self.name)
        stated = {model['Name']: model for model in zoo.metafile_models()}
        learned_from = stated.get(entry.experiment, {}).get('Metadata', {})
        file = entry.find_weights() if self.file is None else existing(self.file)
        return {
            'name': self.name,
            'weight': self.weight,
            'weights_sha256': file and sha256(file),
            'training_data': learned_from.get('Training Data'),
        }


class FirstLabel(NamedTuple):
    """How the source's label counts beside the teachers' mean.

    Attributes:
        share: How far a label turns towards it, 0 to 1.
        tolerance: The angle in degrees at which half of the share is left.
    """

    share: float
    tolerance: float

    def draws(self, mean: np.ndarray, first: np.ndarray) -> np.ndarray:
        """The rotation (3, 3) between the teachers' `mean` and the `first` label."""
        way = Rotation.from_matrix(mean.T @ first)
        share = self.share / (1 + (np.rad2deg(way.magnitude()) / self.tolerance) ** 2)
        return mean @ (way**share).as_matrix()


class Opinion(NamedTuple):
    """What a teacher sees of one face.

    Attributes:
        rotation: (3, 3) the mean of its looks.
        spread: The root mean square of the looks' distances to it, in degrees.
    """

    rotation: np.ndarray
    spread: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of :func:`run`."""
    add_source(parser, 'folder of an index.json')
    add_output(parser, 'aflw_teachers')
    parser.add_argument(
        '--teacher',
        type=Teacher.parse,
        action='append',
        required=True,
        metavar='NAME[@WEIGHT][=FILE]',
        help='such as opnet@0.65 or shaw_b66=mine.pth; give it more than once for the '
        'mean of several',
    )
    parser.add_argument(
        '--scales',
        type=float,
        nargs='+',
        default=(0.92, 1.0, 1.08),
        help="factors of a teacher's own crop; %(default)s",
    )
    parser.add_argument(
        '--box-kind',
        choices=KINDS,
        help="the kind of the source's boxes, where its index has another",
    )
    parser.add_argument(
        '--first-label',
        type=float,
        default=0.0,
        metavar='SHARE',
        help="how far a label turns from the teachers' mean towards the source's label, 0 "
        'to 1; %(default)s',
    )
    for name, default, meaning in (
        ('looks', 4.0, 'the spread of looks at which a face counts half'),
        ('teachers', 6.0, 'the spread of teachers at which a face counts half'),
        ('first-label', 10.0, "how far off the source's label has half its share"),
    ):
        parser.add_argument(
            f'--{name}-tolerance',
            type=float,
            default=default,
            metavar='DEGREES',
            help=f'{meaning}; %(default)s',
        )
    parser.add_argument(
        '--backend',
        choices=WITH_THREADS,
        help='what runs the teachers; torch, if not said',
    )


def run(args: argparse.Namespace) -> None:
    """Write the index with the teachers' labels.

    Args:
        args: ``src``, ``out``, ``workers``, ``teacher``, ``scales``, ``box_kind``,
            ``first_label``, ``looks_tolerance``, ``teachers_tolerance``,
            ``first_label_tolerance`` and ``backend``.

    Raises:
        FileNotFoundError: ``src`` has no index, or a teacher's file is not there.
        ValueError: The index or an option is bad, or a teacher has no weights.
    """
    for option in ('looks_tolerance', 'teachers_tolerance', 'first_label_tolerance'):
        if not getattr(args, option) > 0:
            raise ValueError(f'--{option.replace("_", "-")} must be more than 0')
    if not 0 <= args.first_label <= 1:
        raise ValueError(
            f'--first-label takes a share from 0 to 1, got {args.first_label}'
        )
    if not all(0 < scale < np.inf for scale in args.scales):
        raise ValueError(f'--scales must be more than 0, got {args.scales}')
    source = read_source(args, args.box_kind)
    # Who goes on after an interruption must have the same weights, too.
    args = argparse.Namespace(
        **vars(args), taught_by=[teacher.metainfo() for teacher in args.teacher]
    )
    read = partial(
        relabelled,
        images=source.images,
        teachers=tuple(args.teacher),
        scales=tuple(args.scales),
        tolerances=(args.looks_tolerance, args.teachers_tolerance),
        first=FirstLabel(args.first_label, args.first_label_tolerance),
        backend=args.backend,
    )
    share_cores()
    labels = f'the mean of {", ".join(teacher.name for teacher in args.teacher)}'
    if args.first_label:
        labels += f", turned by up to {args.first_label} towards the source's labels"
    metainfo = {**source.metainfo, 'labels': labels, 'teachers': args.taught_by}
    with read_all(args, source.faces, read) as results:
        write_index(args, metainfo, results)


def relabelled(
    face: LabelledFace,
    images: Path,
    teachers: tuple[Teacher, ...],
    scales: tuple[float, ...],
    tolerances: tuple[float, float],
    first: FirstLabel,
    backend: str | None = None,
) -> dict:
    """The entry of a face with the teachers' label and its weight.

    Args:
        face: A face of the source.
        images: The folder of the images.
        teachers: Who labels it.
        scales: Factors of a teacher's own crop.
        tolerances: The spreads of looks and of teachers, in degrees, at which a face
            counts half.
        first: How the source's label counts.
        backend: What runs the teachers; None: torch.

    Raises:
        ItemError: The image can't be read, no teacher finds a pose, or an angle of the
            label is beyond :data:`LARGEST`.
    """
    image = face.image(images)
    opinions = [
        opinion_of(views_of(teacher, scales, backend), image, face)
        for teacher in teachers
    ]
    answered = [one is not None for one in opinions]
    if not any(answered):
        raise ItemError('no teacher finds a pose')
    found = [one for one in opinions if one is not None]
    shares = np.array([teacher.weight for teacher in teachers])[answered]
    mean, between = mean_and_spread(np.stack([one.rotation for one in found]), shares)
    within = rms(np.array([one.spread for one in found]), shares)
    label = first.draws(mean, pose_to_matrix(face.label))
    pose = unfold_yaw(matrix_to_pose(label))
    if np.abs(pose).max() > LARGEST:
        raise ItemError(f'angle beyond ±{LARGEST}', pose.round(1).tolist())
    spreads = np.array([within, between])
    return face.relabelled(
        pose.round(3),
        weight=round(float(1 / (1 + np.sum((spreads / tolerances) ** 2))), 4),
        spread={'looks': round(within, 3), 'teachers': round(between, 3)},
    )


def opinion_of(
    views: Sequence[Method], image: np.ndarray, face: LabelledFace
) -> Opinion | None:
    """What a teacher sees of one face; None where it finds no pose.

    Args:
        views: The teacher, once for each of its crops.
        image: (H, W, 3) BGR uint8.
        face: The face.
    """
    kind, box = CropFace(inputs=(views[0].inputs or [InputSpec()])[0]).choose(
        {'img_path': face.entry['img_path'], 'boxes': face.boxes}
    )
    landmarks = face.entry.get('landmarks')
    faces = Faces(
        [box],
        kind,
        landmarks=None if landmarks is None else np.array([landmarks], np.float32),
    )
    frames = Frame(image), Frame(np.ascontiguousarray(image[:, ::-1]))
    both = faces, mirrored(faces, frames[0].size)
    looks = []
    for view in views:
        straight, mirror = view.predict_batch(frames, both)
        looks += [straight.rotation, mirrored_back(mirror)]
    looks = np.concatenate(looks)
    looks = looks[np.isfinite(looks).all(axis=(1, 2))]
    if not len(looks):
        return None
    return Opinion(*mean_and_spread(looks, np.ones(len(looks))))


def mirrored(faces: Faces, size: tuple[int, int]) -> Faces:
    """The faces in the image mirrored left-right; `size` is its width and height."""
    width = size[0]
    x1, y1, x2, y2 = faces.boxes.T
    landmarks = faces.landmarks
    if landmarks is not None:
        landmarks = mirror_landmarks(landmarks / size) * size
    boxes = np.stack([width - x2, y1, width - x1, y2], axis=1)
    return Faces(boxes, faces.kind, landmarks=landmarks)


def mirrored_back(poses: Poses) -> np.ndarray:
    """The rotations (n, 3, 3) of faces that were seen in a mirror."""
    return pose_to_matrix(mirror_pose(matrix_to_pose(poses.rotation)))


def mean_and_spread(
    rotations: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, float]:
    """The weighted mean of rotations (chordal), and the spread around it.

    Args:
        rotations: (n, 3, 3) rotation matrices.
        weights: (n,) what each counts.

    Returns:
        (3, 3) the mean, and the root mean square of the distances to it, in degrees.
    """
    mean = Rotation.from_matrix(rotations).mean(weights).as_matrix()
    return mean, rms(geodesic_distance(rotations, mean), weights)


def rms(values: np.ndarray, weights: np.ndarray) -> float:
    """The weighted root mean square."""
    return float(np.average(values**2, weights=weights) ** 0.5)


@cache
def views_of(
    teacher: Teacher, scales: tuple[float, ...], backend: str | None = None
) -> tuple[Method, ...]:
    """This process's own copy of a teacher, once for each scale of its crop."""
    register_all_modules()
    options = dict(backend=backend, threads=1) if backend else {}
    method = create_model(teacher.name, teacher.file, device='cpu', **options)
    return at_scales(method, scales)


def at_scales(method: Method, scales: Sequence[float]) -> tuple[Method, ...]:
    """A method, once for each factor of the crop that its network sees.

    Who sees no crop is there once.
    """
    if isinstance(method, CropMethod):
        rule = method.spec.crop
        return tuple(
            method.seeing(method.spec.changed(crop=dict(scale=rule.scale * scale)))
            for scale in scales
        )
    network = getattr(method, 'network', None)
    if not isinstance(network, Method):
        return (method,)
    views = []
    for seen in at_scales(network, scales):
        view = copy(method)
        view.network = seen
        views.append(view)
    return tuple(views)
