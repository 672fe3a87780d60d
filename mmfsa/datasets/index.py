"""The index of a data set: reads formats 1 and 2, and checks every field."""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from posixpath import normpath

import numpy as np

from mmfsa.inputs.kinds import UNNAMED
from mmfsa.structures import ANGLES, is_rotation, matrix_to_pose
from mmfsa.utils.doors import is_open
from mmfsa.utils.reading import damaged, read_json

FORMAT_VERSION = 2
TEXTS = {'box_kind', 'box_source', 'dataset', 'img_root'}  # of metainfo
BY_ANGLES = 'img_path', 'face_box', *ANGLES
BY_ROTATION = 'img_path', 'face_box', 'rotation'


def read_index(path: str | Path) -> tuple[dict, list[dict]]:
    """Read an ``index.json``.

    Args:
        path: The file, of format 1 or 2 (docs/en/data.md).

    Returns:
        The metainfo, with ``box_kind``; and the entries as they stand in the file, but
        with

        * ``pose``: (3,) float64 yaw, pitch, roll in degrees, in place of the angles;
        * ``rotation``: (3, 3) float64, or None where the file has angles;
        * ``boxes``: kind -> [x1, y1, x2, y2] in pixels, ``face_box`` among them;
        * ``landmarks``: (68, 2) float32 pixels, where there are any.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The content is bad; the message names file, entry and key.
    """
    path = Path(path)
    content = read_json(path, object_hook=_pack_landmarks)
    with damaged(path, 'index'):
        metainfo, entries = _parts(content)
        kind = metainfo['box_kind']
        for row, entry in enumerate(entries):
            _normalise(entry, row, kind)
        _set_poses(entries)
    return metainfo, entries


def _pack_landmarks(content: dict) -> dict:
    """Turn landmarks into arrays as soon as they are read: lists fill the memory."""
    points = content.get('landmarks')
    if isinstance(points, list):
        # A bad list stays as it is: the check of its entry reports it.
        with suppress(TypeError, ValueError):
            content['landmarks'] = np.array(points, dtype=np.float32)
    return content


def _parts(content: object) -> tuple[dict, list[dict]]:
    """The metainfo, with its defaults, and the entries."""
    if not isinstance(content, dict):
        raise ValueError('no index: it must be an object of metainfo and data_list')
    for key, kind in (('metainfo', dict), ('data_list', list)):
        if not isinstance(content.get(key), kind):
            raise ValueError(f'no {key}: convert the data set again')
    metainfo = content['metainfo']
    version = metainfo.get('format_version', 1)
    if version not in (1, FORMAT_VERSION):
        raise ValueError(
            f'format_version {version!r} is not 1 or {FORMAT_VERSION}: get a newer mmfsa'
        )
    metainfo.setdefault('box_kind', UNNAMED)
    for key in TEXTS & metainfo.keys():
        if not isinstance(metainfo[key], str):
            raise ValueError(f'{key} {metainfo[key]!r} of metainfo is no text')
    return metainfo, content['data_list']


def _normalise(entry: dict, row: int, kind: str) -> None:
    """Check an entry, all but its pose's numbers, and bring it into its form."""
    if not isinstance(entry, dict):
        raise ValueError(f'entry {row}: {entry!r} is no object')
    required = BY_ROTATION if 'rotation' in entry else BY_ANGLES
    missing = [key for key in required if key not in entry]
    if missing:
        raise ValueError(f'{_name(entry, row)}: no {", ".join(missing)}')
    if required is BY_ANGLES:
        try:
            entry['pose'] = [float(entry.pop(angle)) for angle in ANGLES]
        except (TypeError, ValueError) as error:
            raise ValueError(
                f'{_name(entry, row)}: {", ".join(ANGLES)} must be numbers: {error}'
            ) from error
    box = entry['face_box']
    if not _is_box(box):
        raise ValueError(
            f'{_name(entry, row)}: face_box {box} is not [x1, y1, x2, y2] with x1 < x2 '
            'and y1 < y2'
        )
    for key, check in CHECKS.items():
        if key in entry:
            message = check(entry[key])
            if message:
                raise ValueError(f'{_name(entry, row)}: {key} {entry[key]} {message}')
    entry['boxes'] = {kind: box, **entry.get('boxes', {})}


def _name(entry: dict, row: int) -> str:
    """What a message calls an entry."""
    return f'entry {entry.get("img_path", row)}'


def _set_poses(entries: list[dict]) -> None:
    """Give every entry its pose and rotation; all at once, for speed."""
    turned = [row for row, entry in enumerate(entries) if 'rotation' in entry]
    matrices = np.empty((len(turned), 3, 3))
    for matrix, row in zip(matrices, turned, strict=True):
        matrix[:] = _matrix(entries[row], row)
    for row, good in zip(turned, is_rotation(matrices), strict=True):
        if not good:
            raise ValueError(
                f'{_name(entries[row], row)}: rotation {entries[row]["rotation"]} is no '
                'rotation matrix'
            )
    poses = np.zeros((len(entries), 3))
    if turned:
        # Rounded as the converters round angles: no score depends on the form.
        poses[turned] = matrix_to_pose(matrices).round(6)
    rotations = dict(zip(turned, matrices, strict=True))
    for row, entry in enumerate(entries):
        entry['rotation'] = rotations.get(row)
        if entry['rotation'] is None:
            poses[row] = entry['pose']
    within = (np.abs(poses) <= 180).all(axis=1)  # False where one is NaN
    if not within.all():
        row = int(np.argmin(within))
        check_pose(entries[row]['pose'], _name(entries[row], row))
    for entry, pose in zip(entries, poses, strict=True):
        entry['pose'] = pose


def check_pose(pose: Sequence[float], name: str) -> None:
    """Refuse angles that are none.

    Args:
        pose: yaw, pitch, roll in degrees.
        name: What a message calls the entry.

    Raises:
        ValueError: An angle is no number, or beyond ±180.
    """
    if not all(-180 <= angle <= 180 for angle in pose):
        raise ValueError(f'{name}: yaw, pitch, roll {pose} must be numbers within ±180')


def _matrix(entry: dict, row: int) -> np.ndarray:
    """The numbers of an entry's rotation, (3, 3)."""
    try:
        matrix = np.array(entry['rotation'], dtype=np.float64)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.shape != (3, 3):
        raise ValueError(
            f'{_name(entry, row)}: rotation {entry["rotation"]} is not 3x3 numbers, row '
            'by row'
        )
    return matrix


def _is_number(value: object) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def _check_weight(weight: object) -> str:
    numbers = weight if isinstance(weight, list) and len(weight) == 3 else [weight]
    if all(_is_number(number) and number >= 0 for number in numbers):
        return ''
    return 'must be one number or three, none below 0'


def _check_boxes(boxes: object) -> str:
    message = 'must be {kind: [x1, y1, x2, y2]} with x1 < x2 and y1 < y2'
    if not isinstance(boxes, dict):
        return message
    return '' if all(map(_is_box, boxes.values())) else message


def _is_box(box: object) -> bool:
    """Whether something is [x1, y1, x2, y2] with x1 < x2 and y1 < y2."""
    four = isinstance(box, list) and len(box) == 4 and all(map(_is_number, box))
    return four and box[0] < box[2] and box[1] < box[3]


def _check_camera(camera: object) -> str:
    keys = 'fx', 'fy', 'cx', 'cy'
    good = (
        isinstance(camera, dict)
        and all(_is_number(camera.get(key)) for key in keys)
        and camera['fx'] > 0
        and camera['fy'] > 0
    )
    return '' if good else 'must have the numbers fx, fy, cx, cy in pixels, fx, fy > 0'


def _check_path(value: object) -> str:
    """A file inside the folder of the images, unless the user lets others in."""
    if not (isinstance(value, str) and value) or '\0' in value:
        return 'must be a text'
    outside = value.startswith('/') or normpath(value).split('/')[0] == '..'
    if outside and not is_open('outside'):
        return (
            'lies outside of the data set: where you trust it, --allow-outside reads it'
        )
    return ''


def _check_frame(value: object) -> str:
    good = isinstance(value, int) and not isinstance(value, bool)
    return '' if good else 'must be a whole number'


def _check_sequence(value: object) -> str:
    return '' if isinstance(value, str) and value else 'must be a text'


def _check_time(value: object) -> str:
    return '' if _is_number(value) else 'must be a number of seconds'


def _check_landmarks(points: object) -> str:
    good = (
        isinstance(points, np.ndarray)
        and points.ndim == 2
        and points.shape[1] == 2
        and np.isfinite(points).all()
    )
    return '' if good else 'must be a list of [x, y] in pixels'


CHECKS: dict[str, Callable[[object], str]] = {
    'img_path': _check_path,
    'boxes': _check_boxes,
    'weight': _check_weight,
    'landmarks': _check_landmarks,
    'camera': _check_camera,
    'depth_path': _check_path,
    'frame': _check_frame,
    'sequence': _check_sequence,
    'time': _check_time,
}
