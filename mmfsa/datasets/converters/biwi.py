"""BIWI: folders 01 … 24 of frame_MMMMM_rgb.png and frame_MMMMM_pose.txt.

Two indexes are written, with the papers' rules for several faces, none, or a jump:
index.json for protocol 1 (a frame without its face is dropped: the authors kept 13,219
of 15,678) and index_p2.json for protocol 2 (the box of the frame before is used again).

Face boxes come from `--detector`, or from `--boxes`, a JSON file of
{"01/frame_00003_rgb.png": [[x1, y1, x2, y2, score], …]}; the detector's are written to
OUT/boxes.json in that form. `--boxes` takes opal23_headpose's `biwi_ann.txt`, too: the
crops of FSA-Net's 13,219 frames, from which the detector's boxes follow. Its labels are
compared with the frames' own. With neither, the box is drawn around the head's centre
that the labels give: no frame is dropped, and results are not comparable with those of
a detector.

The labels are relative to the depth camera, as FSA-Net takes them. `--apply-rgb-cal`
turns them into the colour camera's frame by the sequence's rgb.cal, as some papers do.

An entry has the rotation of pose.txt itself, not its angles; the colour camera, where
the sequence has an rgb.cal; and the depth image, where it is there and whole. The depth
image is the depth camera's: it does not lie on the colour image. `--align-depth` writes
depth maps as the colour camera would have seen them, and applies rgb.cal to the labels.
"""

import argparse
import os
import re
from functools import cache, partial
from pathlib import Path

import numpy as np

from mmfsa.datasets.split import SPLITS
from mmfsa.detection import BaseDetector, build_detector
from mmfsa.inputs import CropRule
from mmfsa.inputs.depth import align_depth
from mmfsa.inputs.kinds import UNNAMED
from mmfsa.structures import Camera, is_rotation, matrix_to_pose
from mmfsa.utils.depth import read_depth, write_depth
from mmfsa.utils.files import write_json
from mmfsa.utils.images import read_image
from mmfsa.utils.reading import read_json, read_text

from .engine import (
    ItemError,
    add_output,
    add_source,
    angles,
    face_box,
    image_size,
    img_root,
    read_all,
    write_index,
)

FRAME = re.compile(r'(\d\d)/frame_(\d+)_rgb\.png')
# The authors' rules look at the box of their crop, not at the detector's.
CROP = CropRule(box='mtcnn', pad=0.4)
SAME_POSE = 0.01  # degrees: how far two files may round the same label
UNBOUNDED = 10**9, 10**9  # the size of an image whose far corner does not matter
JUMP = 80  # pixels
MIN_SCORE = {1: 0.90, 2: 0.95}  # by protocol

# The colour camera as the data set's rgb.cal gives it, and a box for its whole face.
FOCAL_LENGTH = 517.679
CENTRE = np.array([320, 240.5])
ROTATION = np.array(
    [
        [0.999947, 0.00432361, 0.00929419],
        [-0.00446314, 0.999877, 0.0150443],
        [-0.009228, -0.015085, 0.999844],
    ]
)
TRANSLATION = np.array([-24.0198, 5.8896, -13.2308])  # mm
FACE_SIZE = np.array([130, 170])  # mm
FACE_ABOVE_CENTRE = np.array([0, 20])  # mm


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of :func:`run`."""
    add_source(parser, 'folder hpdb, or the folder that has it')
    add_output(parser, 'biwi')
    source = parser.add_mutually_exclusive_group()
    source.add_argument('--detector', help='a face detector of mmfsa.detection')
    source.add_argument(
        '--boxes', type=Path, help='face boxes: a JSON file, or biwi_ann.txt'
    )
    parser.add_argument(
        '--apply-rgb-cal',
        action='store_true',
        help="turn the labels into the colour camera's frame",
    )
    parser.add_argument(
        '--align-depth',
        action='store_true',
        help='write depth maps as the colour camera sees them, to OUT/depth; the labels '
        'are turned, too',
    )


def run(args: argparse.Namespace) -> None:
    """Write both indexes.

    Args:
        args: ``src``, ``out``, ``workers``, ``detector``, ``boxes``, ``apply_rgb_cal``
            and ``align_depth``.

    Raises:
        ValueError: The file of boxes is bad, or the detector unknown.
    """
    if (args.src / 'hpdb').is_dir():
        args.src /= 'hpdb'
    frames, dropped = find(args.src)
    boxes, poses, kind = None, {}, UNNAMED
    if args.detector:
        kind = build(args.detector).kind
    elif args.boxes and args.boxes.suffix == '.txt':
        boxes, poses = read_annotations(args.boxes)
        kind = CROP.box
        dropped |= dict.fromkeys(boxes.keys() - {*frames}, 'missing image')
    elif args.boxes:
        boxes = read_boxes(args.boxes)
    items = {
        name: (name, None if boxes is None else boxes.get(name, []), poses.get(name))
        for name in frames
    }
    metainfo = {
        'dataset': 'BIWI',
        'box_source': args.detector or (args.boxes or Path('head centre')).name,
        'box_kind': kind,
        'img_root': img_root(args.src, args.out),
    }
    reader = partial(
        read,
        src=args.src,
        detector=args.detector,
        rgb_cal=args.apply_rgb_cal or args.align_depth,
        aligned=args.out / 'depth' if args.align_depth else None,
    )
    with read_all(args, items, reader, dropped) as results:
        if args.detector:
            found = {
                n: r['candidates'] for n, r in results.items() if 'candidates' in r
            }
            write_json(found, args.out / 'boxes.json')
        write_index(args, metainfo, choose_boxes(results, 1))
        write_index(args, metainfo, choose_boxes(results, 2), '_p2')


def find(src: Path) -> tuple[list[str], dict[str, str]]:
    """Frames relative to ``src``; and the names that are dropped, with the reason."""
    names = {p.relative_to(src).as_posix() for p in src.glob('[0-9][0-9]/frame_*')}
    frames = sorted(name for name in names if FRAME.fullmatch(name))
    dropped = {
        name: 'missing image'
        for name in names
        if name.endswith('_pose.txt')
        and name.replace('_pose.txt', '_rgb.png') not in names
    }
    return frames, dropped


def read(
    frame: tuple[str, list | None, list | None],
    src: Path,
    detector: str | None,
    rgb_cal: bool,
    aligned: Path | None = None,
) -> dict:
    """The index entry of one frame; with ``candidates`` in place of one box.

    Args:
        frame: The image, relative to ``src``; the boxes found in it, [x1, y1, x2, y2,
            score] each, or None for the box around the head's centre; and the pose that
            came with the boxes, or None.
        src: The folder of the sequences.
        detector: Finds the boxes, if it is named.
        rgb_cal: Whether the rotation is turned into the colour camera's frame.
        aligned: Where depth maps are written as the colour camera sees them, if anywhere.

    Raises:
        ItemError: The frame can't be used.
    """
    name, boxes, pose = frame
    sequence, number = FRAME.fullmatch(name).groups()
    if sequence not in subjects():
        raise ItemError('not one of the 24 sequences')
    path = src / name
    size = image_size(path)
    matrix, centre = read_pose(Path(str(path).replace('_rgb.png', '_pose.txt')))
    calibration = path.with_name('rgb.cal')
    if pose is not None:
        check_pose(matrix, pose)
    if rgb_cal:
        matrix = read_calibration(calibration)[1] @ matrix
    angles(matrix_to_pose(matrix))  # checked, not kept
    entry = {
        'img_path': name,
        'rotation': matrix.tolist(),
        'subject': subjects()[sequence],
        'sequence': sequence,
        'frame': int(number),
    }
    if calibration.is_file():
        try:
            entry['camera'] = read_calibration(calibration)[0]
        except ItemError:
            entry['note'] = 'bad rgb.cal (not needed)'
    depth = name.replace('_rgb.png', '_depth.bin')
    if (src / depth).exists():
        try:
            pixels = read_depth(src / depth)
            entry['depth_path'] = depth
        except ValueError:
            entry['note'] = 'truncated depth.bin (not needed)'
        if aligned and 'depth_path' in entry:
            target = (aligned / depth).with_suffix('.png')
            write_depth(seen_in_colour(pixels, path.parent, size), target)
            entry['depth_path'] = os.path.relpath(target.resolve(), src.resolve())
    if detector:
        found = build(detector)(read_image(path))
        boxes = np.column_stack([found.boxes, found.scores]).tolist()
    if boxes is None:
        return entry | {'face_box': box_around(centre)}
    return entry | {'size': size, 'candidates': boxes}


def seen_in_colour(
    depth: np.ndarray, sequence: Path, size: tuple[int, int]
) -> np.ndarray:
    """A depth image as the colour camera of its sequence sees it.

    Args:
        depth: (H, W) of the depth camera.
        sequence: The folder with depth.cal and rgb.cal.
        size: Width and height of the colour image.

    Raises:
        ItemError: A calibration is missing or damaged.
    """
    own, *_ = read_calibration(sequence / 'depth.cal')
    camera, rotation, translation = read_calibration(sequence / 'rgb.cal')
    other = Camera(**camera, size=size)
    return align_depth(depth, Camera(**own), rotation, translation, other)


def read_pose(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read the head's place in the depth camera's frame.

    Args:
        path: A pose.txt.

    Returns:
        The rotation (3, 3), and the head's centre (3,) in mm.

    Raises:
        ItemError: The file is missing or damaged.
    """
    if not path.is_file():
        raise ItemError('missing pose.txt')
    try:
        rows = np.array(read_text(path).split(), dtype=np.float64).reshape(4, 3)
    except ValueError as error:
        raise ItemError('bad pose.txt', error) from error
    matrix, centre = rows[:3], rows[3]
    if np.isfinite(rows).all() and not is_rotation(matrix):
        raise ItemError('bad pose.txt', 'no rotation')
    return matrix, centre


@cache
def read_calibration(path: Path) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
    """Read a .cal file: 3x3 intrinsics, 4 numbers of distortion, a 3x3 rotation, a shift.

    Args:
        path: The file.

    Returns:
        The camera, ``fx``, ``fy``, ``cx``, ``cy`` in pixels; and the rotation (3, 3) and
        translation (3,) in mm from the depth camera's frame into its own.

    Raises:
        ItemError: The file is missing or damaged.
    """
    if not path.is_file():
        raise ItemError(f'missing {path.name}')
    try:
        numbers = np.array(read_text(path).split(), dtype=np.float64)
        intrinsics = numbers[:9].reshape(3, 3)
        matrix = numbers[13:22].reshape(3, 3)
        shift = numbers[22:25].reshape(3)
    except ValueError as error:
        raise ItemError(f'bad {path.name}', error) from error
    if not (is_rotation(matrix) and np.isfinite(shift).all()):
        raise ItemError(f'bad {path.name}', 'no rotation')
    (fx, _, cx), (_, fy, cy), _ = intrinsics.tolist()
    if not (np.isfinite(intrinsics).all() and fx > 0 and fy > 0):
        raise ItemError(f'bad {path.name}', 'no focal length')
    return {'fx': fx, 'fy': fy, 'cx': cx, 'cy': cy}, matrix, shift


@cache
def subjects() -> dict[str, str]:
    """Sequence -> subject; four of the twenty subjects have two sequences."""
    return read_json(SPLITS / 'biwi_subjects.json')['subjects']


@cache
def build(detector: str) -> BaseDetector:
    """The detector, once in each worker."""
    try:
        return build_detector(detector)
    except ImportError as error:
        raise ValueError(f'--detector {detector}: {error}') from error


def read_boxes(path: Path) -> dict[str, list]:
    """Read the file of ``--boxes``.

    Args:
        path: The JSON file.

    Returns:
        Frame -> [x1, y1, x2, y2, score] of each face.

    Raises:
        ValueError: A frame's boxes are not in this form.
    """
    boxes = read_json(path)
    if not isinstance(boxes, dict):
        raise ValueError(f'{path} must have an object: frame -> its boxes')
    for name, candidates in boxes.items():
        if not _are_boxes(candidates):
            raise ValueError(
                f'{path}: {name} must have a list of [x1, y1, x2, y2, score], got '
                f'{candidates}'
            )
    return boxes


def _are_boxes(candidates: object) -> bool:
    """Whether what a file has for a frame is a list of five finite numbers each."""
    try:
        boxes = np.array(candidates, dtype=np.float64).reshape(-1, 5)
    except (TypeError, ValueError):
        return False
    return isinstance(candidates, list) and bool(np.isfinite(boxes).all())


def read_annotations(path: Path) -> tuple[dict[str, list], dict[str, list[float]]]:
    """Read opal23_headpose's `biwi_ann.txt` as a file of ``--boxes``.

    A row is `kinect_head_pose_db/01/frame_00003_rgb.png;x1;y1;x2;y2;yaw;pitch;roll`. The
    box is the crop of FSA-Net's authors, which is the detector's box and 0.4 of its size
    on each side. The yaw has the other sign.

    Args:
        path: The file. Lines that begin with `#` are left out.

    Returns:
        Frame -> its box, as :func:`read_boxes` gives them; and frame -> yaw, pitch, roll
        in degrees, in our signs.

    Raises:
        ValueError: A row is bad; the message names its line. Or there is none.
    """
    boxes, poses = {}, {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip() or line.startswith('#'):
            continue
        where = f'{path}, line {number}'
        image, *values = line.strip().rstrip(';').split(';')
        name = '/'.join(image.split('/')[-2:])
        if not FRAME.fullmatch(name):
            raise ValueError(f'{where}: {image!r} is no frame NN/frame_MMMMM_rgb.png')
        if name in boxes:
            raise ValueError(f'{where}: {name} has a row already')
        try:
            numbers = np.array(values, dtype=np.float64)
        except ValueError as error:
            raise ValueError(f'{where}: {error}') from error
        if numbers.shape != (7,) or not np.isfinite(numbers).all():
            raise ValueError(
                f'{where}: an image, four numbers of a box and three angles must follow '
                f'each other, got {line!r}'
            )
        x1, y1, x2, y2 = crop = numbers[:4].tolist()
        if not (x1 < x2 and y1 < y2):
            raise ValueError(f'{where}: the box {crop} is empty')
        boxes[name] = [[*detectors_box(crop), 1.0]]
        poses[name] = (numbers[4:] * [-1, 1, 1]).tolist()
    if not boxes:
        raise ValueError(f'{path} has no row')
    return boxes, poses


def detectors_box(crop: list[float]) -> list[int]:
    """The detector's box of which a box is the crop.

    Whole pixels lose a fraction: of the boxes near the exact one it is the one whose crop
    is nearest, and mostly equal.

    Args:
        crop: x1, y1, x2, y2 in pixels.
    """
    x1, y1, x2, y2 = crop
    left, top, right, bottom = CROP.pad
    width = (x2 - x1) / (1 + left + right)
    height = (y2 - y1) / (1 + top + bottom)
    start = round(x1 + left * width), round(y1 + top * height)
    near = [
        (start[0] + i, start[1] + i, start[0] + i + w, start[1] + i + h)
        for i in (0, -1, 1, -2, 2)
        for j in (0, -1, 1, -2, 2)
        for w, h in [(round(width) + j, round(height) + j)]
    ]
    crops = [CROP.apply(box, UNBOUNDED) for box in near]
    # The two axes do not depend on each other.
    across = min(range(len(near)), key=lambda k: _distance(crops[k][::2], (x1, x2)))
    down = min(range(len(near)), key=lambda k: _distance(crops[k][1::2], (y1, y2)))
    return [near[across][0], near[down][1], near[across][2], near[down][3]]


def _distance(one: tuple, other: tuple) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def check_pose(matrix: np.ndarray, pose: list[float]) -> None:
    """Compare a frame's rotation with the label that came with its box.

    Args:
        matrix: (3, 3), of the frame's pose.txt.
        pose: Yaw, pitch, roll in degrees.

    Raises:
        ItemError: They differ: the box is of another frame, or another data set.
    """
    own = matrix_to_pose(matrix)
    if not np.abs(own - pose).max() <= SAME_POSE:
        raise ItemError('another label beside the box', np.round(pose, 2).tolist())


def box_around(centre: np.ndarray) -> list[int]:
    """The box of a face in the colour image.

    Args:
        centre: (3,) the head's centre in the depth camera's frame, in mm.

    Returns:
        x1, y1, x2, y2 in pixels.

    Raises:
        ItemError: The head is behind the camera.
    """
    x, y, z = ROTATION @ centre + TRANSLATION
    if not z > 0:
        raise ItemError('bad pose.txt', 'the head is behind the camera')
    middle = CENTRE + FOCAL_LENGTH / z * (np.array([x, y]) - FACE_ABOVE_CENTRE)
    half = FOCAL_LENGTH / z * FACE_SIZE / 2
    return face_box(*(middle - half), *(middle + half))


def choose_boxes(results: dict[str, dict], protocol: int) -> dict[str, dict]:
    """Choose one box a frame, by the protocol's rules.

    Args:
        results: Frame -> what :func:`read` gave, in the frames' order.
        protocol: 1 or 2.

    Returns:
        Frame -> the entry with its ``face_box``, or why it is dropped.
    """
    chosen, before = {}, {}
    for name, result in results.items():
        if 'candidates' not in result:
            chosen[name] = result
            continue
        entry = {k: v for k, v in result.items() if k not in ('candidates', 'size')}
        box = most_central(result['candidates'], result['size'], MIN_SCORE[protocol])
        last = before.get(entry['sequence'])
        reason = None
        if box is None:
            reason = 'no face detected'
        elif last and abs(widened_corner(box)[0] - widened_corner(last)[0]) >= JUMP:
            reason = f'box jumps by {JUMP} px or more'
        if reason is None:
            before[entry['sequence']] = box
        elif protocol == 2 and last:
            box, entry['note'] = last, f'{reason}: box of the frame before'
        else:
            chosen[name] = {'dropped': reason, 'detail': ''}
            continue
        chosen[name] = entry | {'face_box': box}
    return chosen


def most_central(
    candidates: list[list[float]], size: tuple[int, int], min_score: float
) -> list[int] | None:
    """The box that lies where the heads do, among the boxes that score enough.

    Args:
        candidates: [x1, y1, x2, y2, score] each.
        size: The image's width and height.
        min_score: A box scores more than this.

    Returns:
        x1, y1, x2, y2 in whole pixels; None where no box scores enough.
    """

    def distance(box: list[int]) -> float:
        x, y = widened_corner(box)
        return abs(x - size[0] * 2 / 3) + abs(y - size[1] * 2 / 3)

    boxes = [[int(v) for v in c[:4]] for c in candidates if c[4] > min_score]
    boxes = [(x1, y1, x2, y2) for x1, y1, x2, y2 in boxes if x1 < x2 and y1 < y2]
    return list(min(boxes, key=distance)) if boxes else None


def widened_corner(box: list[int]) -> tuple[int, int]:
    """The upper left corner of the authors' crop."""
    left, top, *_ = CROP.apply(box, UNBOUNDED)
    return left, top
