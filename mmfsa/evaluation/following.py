"""How well faces are followed in films of rendered people, whose boxes are known."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmfsa.detection import BaseDetector, build_detector
from mmfsa.detection.boxes import box_iou
from mmfsa.inputs import convert_boxes
from mmfsa.structures import Faces, Frame, geodesic_distance, pose_to_matrix
from mmfsa.tracking import FaceFollower
from mmfsa.tracking.assignment import assign
from mmfsa.utils.progress import track

from .tables import format_table

if TYPE_CHECKING:
    from mmfsa.methods import Method

WIDTH, HEIGHT = SIZE = 640, 480
FRAMES = 60
KIND = 'landmarks68'
SEEN = 0.65  # of a face's box, from which on it must be found
HIDDEN = 0.25  # of it, below which it need not be followed, but may be
SAME = 0.4  # intersection / union with the exact box
Moves = Callable[[int], dict]  # the place of somebody, by the frame's number
HEADER = 'film', 'way', 'found', 'wrong', 'switches', 'overlap', 'pose', 'detections'


class Shot(NamedTuple):
    """A frame with all that is known of it.

    Attributes:
        image: (H, W, 3) BGR uint8.
        boxes: (n, 4) of the people's 68 landmarks.
        poses: (n, 3) yaw, pitch, roll in degrees.
        seen: (n,) the share of each box that lies in the frame, and that nothing covers.
    """

    image: np.ndarray
    boxes: np.ndarray
    poses: np.ndarray
    seen: np.ndarray


def sway(middle: float, reach: float, period: float, start: float = 0.0):
    """A value that swings, a function of the frame's number."""
    return lambda t: middle + reach * np.sin(2 * np.pi * (t / period + start))


def person(subject, x, y, scale, yaw=0, pitch=0, roll=0) -> Moves:
    """Somebody who moves: each value is a number, or a function of the frame's number.

    Args:
        subject: Who it is.
        x, y: Of the head, in pixels.
        scale: Pixels per decimetre; a face is some 1.3 decimetres high.
        yaw, pitch, roll: Degrees.

    Returns:
        From the frame's number to values of a :class:`mmfsa.synth.scene.Place`.
    """

    def at(t: int) -> dict:
        x_, y_, scale_, *pose = (
            value(t) if callable(value) else value
            for value in (x, y, scale, yaw, pitch, roll)
        )
        return dict(subject=subject, pose=pose, centre=(x_, y_), scale=scale_)

    return at


FILMS: dict[str, list[Moves]] = {
    'quick turns': [person(3, 320, 240, 90, sway(0, 65, 40), sway(0, 25, 30))],
    'walks': [person(5, lambda t: 40 + 9 * t, sway(240, 15, 12), 70, sway(0, 50, 45))],
    'sways near the camera': [
        person(9, sway(320, 120, 30), sway(250, 30, 20), 190, sway(0, 30, 30), 0)
    ],
    'small and quick': [person(12, sway(320, 250, 55), 220, 34, sway(0, 60, 55, 0.25))],
    'comes nearer': [person(14, 330, 240, lambda t: 40 + 3 * t, sway(0, 40, 40))],
    'two cross': [
        person(21, lambda t: 60 + 9 * t, 250, 62, 30),
        person(23, lambda t: 590 - 9 * t, 235, 74, -30),
    ],
    'one passes behind another': [
        person(25, sway(320, 240, 60, 0.25), 225, 55, sway(0, 40, 60)),
        person(26, 320, 260, 85, sway(0, 20, 35)),
    ],
    'leaves and comes back': [person(31, sway(560, 220, 60, 0.5), 240, 75, -20)],
    'five': [
        person(40 + i, sway(90 + 115 * i, 20, 25 + 5 * i), 240, 45, sway(0, 50, 40 + i))
        for i in range(5)
    ],
}


def compare_following(
    ways: dict[str, Callable[[BaseDetector], FaceFollower]],
    detector: str,
    method: 'Method',
    frames: int = FRAMES,
) -> str:
    """Let several ways follow the people of :data:`FILMS`.

    Args:
        ways: From a detector to a follower, by their names.
        detector: See :func:`mmfsa.detection.build_detector`.
        method: Whose poses are compared.
        frames: Frames of a film.

    Returns:
        A table. `found` is the share of faces that are seen and have a box; `wrong` the
        boxes a frame that lie on nobody; `switches` how often a person's number changes;
        `overlap` the mean intersection / union with the exact box; `pose` the mean angle
        to the exact rotation, in degrees; `detections` the share of frames in which the
        detector ran.
    """
    counted = Counted(build_detector(detector, threads=1))
    rows, all_marks = [], {name: [] for name in ways}
    for film in track([*FILMS], 'Following'):
        shots = [*shoot(FILMS[film], frames)]
        for name, way in ways.items():
            counted.runs = 0
            marks = watch(shots, way(counted), method)
            marks['detections'].append(counted.runs / len(shots))
            rows.append(_row(film, name, [marks]))
            all_marks[name].append(marks)
    rows += [_row('all', name, marks) for name, marks in all_marks.items()]
    return format_table(HEADER, rows)


class Counted(BaseDetector):
    """A detector that counts how often it runs."""

    def __init__(self, detector: BaseDetector) -> None:
        self.detector = detector
        self.kind = detector.kind
        self.runs = 0

    def __call__(self, image: np.ndarray) -> Faces:
        self.runs += 1
        return self.detector(image)


def shoot(people: Sequence[Moves], frames: int) -> Iterator[Shot]:
    """Render a film."""
    from mmfsa.synth.renderer import HeadRenderer
    from mmfsa.synth.scene import Place, render_scene
    from mmfsa.synth.showcase import CAMERA, park, sunlight

    render, light, behind = HeadRenderer(CAMERA), sunlight(), park(SIZE)
    for t in range(frames):
        places = [Place(index=0, **at(t)) for at in people]
        scene = render_scene(render, places, light, behind, seed=7, take=11)
        boxes = np.stack([one.face_box for one in scene.people])
        nearer = np.zeros(SIZE[::-1], np.float32)
        seen = np.zeros(len(boxes))
        for i in reversed(range(len(boxes))):
            seen[i] = _share_seen(boxes[i], nearer)
            nearer = np.maximum(nearer, scene.people[i].cover)
        poses = np.stack([one.pose for one in scene.people])
        yield Shot(scene.image, boxes, poses, seen)


def _share_seen(box: np.ndarray, nearer: np.ndarray) -> float:
    """The share of a box in the frame, where nothing nearer covers it."""
    left, top, right, bottom = np.rint(box).astype(int)
    part = 1 - nearer[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    return float(part.sum() / max((right - left) * (bottom - top), 1))


def watch(shots: Sequence[Shot], follower: FaceFollower, method: 'Method') -> dict:
    """What a follower finds in a film: lists of marks by their names."""
    marks = {name: [] for name in HEADER[2:]}
    last = {}
    for t, shot in enumerate(shots):
        faces = follower(shot.image)
        boxes = convert_boxes(faces.boxes, faces.kind, KIND)
        overlap = box_iou(shot.boxes, boxes)
        whom, which = assign(overlap)
        hit = overlap[whom, which] >= SAME
        whom, which = whom[hit], which[hit]
        must = shot.seen >= SEEN
        found = np.isin(np.arange(len(must)), whom)
        marks['found'].extend(found[must])
        fair = np.flatnonzero(shot.seen >= HIDDEN)
        nobody = len(boxes) - np.isin(whom, fair).sum()
        marks['wrong'].append(nobody)
        poses = method.predict_batch([Frame(shot.image, index=t)], [faces])[0]
        for i, j in zip(whom, which, strict=True):
            number = int(faces.ids[j])
            marks['switches'].append(last.get(i, number) != number)
            last[i] = number
            if must[i]:
                marks['overlap'].append(overlap[i, j])
                exact = pose_to_matrix(shot.poses[i])
                marks['pose'].append(geodesic_distance(poses.rotation[j], exact))
    return marks


def _row(film: str, way: str, several: Sequence[dict]) -> list[str]:
    joined = {name: [x for m in several for x in m[name]] for name in HEADER[2:]}
    mean = {name: float(np.mean(values or [0])) for name, values in joined.items()}
    return [
        film,
        way,
        f'{100 * mean["found"]:.1f} %',
        f'{mean["wrong"]:.3f}',
        str(int(np.sum(joined['switches']))),
        f'{mean["overlap"]:.3f}',
        f'{mean["pose"]:.2f}°',
        f'{100 * mean["detections"]:.0f} %',
    ]
