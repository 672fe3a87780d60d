"""Convert BIWI: folders 01 … 24 of frame_MMMMM_rgb.png and frame_MMMMM_pose.txt.

    python tools/dataset_converters/biwi.py hpdb --detector NAME --out data/biwi

Two indexes are written, with the papers' rules for several faces, none, or a jump:
index.json for protocol 1 (a frame without its face is dropped: the authors kept 13,219
of 15,678) and index_p2.json for protocol 2 (the box of the frame before is used again).

Face boxes come from `--detector`, or from `--boxes`, a JSON file of
{"01/frame_00003_rgb.png": [[x1, y1, x2, y2, score], …]}; the detector's are written to
OUT/boxes.json in that form. With neither, the box is drawn around the head's centre
that the labels give: no frame is dropped, and results are not comparable with those of
a detector.

The labels are relative to the depth camera, as FSA-Net takes them. `--apply-rgb-cal`
turns them into the colour camera's frame by the sequence's rgb.cal, as some papers do.
"""

import re
from functools import cache, partial
from pathlib import Path

import cv2
import mmengine
import numpy as np
from _common import (
    ItemError,
    angles,
    argument_parser,
    face_box,
    image_size,
    img_root,
    read_all,
    run,
    write_index,
)

from mmfsa.datasets.split import SPLITS
from mmfsa.detection import BaseDetector, build_detector
from mmfsa.structures import matrix_to_pose
from mmfsa.utils.files import write_json

FRAME = re.compile(r'(\d\d)/frame_(\d+)_rgb\.png')
PAD = 0.4  # of the authors' crop; their rules look at the widened box
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
    frame: tuple[str, list | None], src: Path, detector: str | None, rgb_cal: bool
) -> dict:
    """The index entry of one frame; with ``candidates`` in place of one box."""
    name, boxes = frame
    sequence, number = FRAME.fullmatch(name).groups()
    if sequence not in subjects():
        raise ItemError('not one of the 24 sequences')
    path = src / name
    size = image_size(path)
    matrix, centre = read_pose(Path(str(path).replace('_rgb.png', '_pose.txt')))
    if rgb_cal:
        matrix = read_rotation(path.with_name('rgb.cal')) @ matrix
    entry = {
        'img_path': name,
        **angles(matrix_to_pose(matrix)),
        'subject': subjects()[sequence],
        'sequence': sequence,
        'frame': int(number),
    }
    depth = Path(str(path).replace('_rgb.png', '_depth.bin'))
    if depth.exists() and not is_whole_depth(depth.read_bytes()):
        entry['note'] = 'truncated depth.bin (not needed)'
    if detector:
        found = build(detector)(cv2.imread(str(path)))
        boxes = np.column_stack([found.boxes, found.scores]).tolist()
    if boxes is None:
        return entry | {'face_box': box_around(centre)}
    return entry | {'size': size, 'candidates': boxes}


def read_pose(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The head's rotation (3, 3) and its centre (3,) in mm, in the depth camera."""
    if not path.is_file():
        raise ItemError('missing pose.txt')
    try:
        rows = np.array(path.read_text().split(), dtype=np.float64).reshape(4, 3)
    except ValueError as error:
        raise ItemError('bad pose.txt', error) from error
    matrix, centre = rows[:3], rows[3]
    if np.isfinite(rows).all() and not is_rotation(matrix):
        raise ItemError('bad pose.txt', 'no rotation')
    return matrix, centre


def read_rotation(path: Path) -> np.ndarray:
    """The rotation of a .cal file: after 3x3 intrinsics and 4 of distortion."""
    if not path.is_file():
        raise ItemError('missing rgb.cal')
    try:
        numbers = np.array(path.read_text().split(), dtype=np.float64)
        matrix = numbers[13:22].reshape(3, 3)
    except ValueError as error:
        raise ItemError('bad rgb.cal', error) from error
    if not is_rotation(matrix):
        raise ItemError('bad rgb.cal', 'no rotation')
    return matrix


def is_rotation(matrix: np.ndarray) -> bool:
    return np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-2) and (
        np.linalg.det(matrix) > 0
    )


def is_whole_depth(content: bytes) -> bool:
    """Whether the run-length coded depth image reaches its width · height pixels."""
    at, filled = 8, 0
    if len(content) < at:
        return False
    width, height = np.frombuffer(content, np.int32, 2)
    while filled < width * height:
        if at + 8 > len(content):
            return False
        empty, full = np.frombuffer(content, np.int32, 2, at).tolist()
        if min(empty, full) < 0:
            return False
        at += 8 + 2 * full
        filled += empty + full
    return at <= len(content)


@cache
def subjects() -> dict[str, str]:
    return mmengine.load(SPLITS / 'biwi_subjects.json')['subjects']


@cache
def build(detector: str) -> BaseDetector:
    """The detector, once in each worker."""
    try:
        return build_detector(detector)
    except ImportError as error:
        raise ValueError(f'--detector {detector}: {error}') from error


def read_boxes(path: Path) -> dict[str, list]:
    boxes = mmengine.load(path)
    for name, candidates in boxes.items():
        if candidates and np.shape(candidates)[1:] != (5,):
            raise ValueError(
                f'{path}: {name} must have a list of [x1, y1, x2, y2, score], got '
                f'{candidates}'
            )
    return boxes


def box_around(centre: np.ndarray) -> list[int]:
    x, y, z = ROTATION @ centre + TRANSLATION
    if not z > 0:
        raise ItemError('bad pose.txt', 'the head is behind the camera')
    middle = CENTRE + FOCAL_LENGTH / z * (np.array([x, y]) - FACE_ABOVE_CENTRE)
    half = FOCAL_LENGTH / z * FACE_SIZE / 2
    return face_box(*(middle - half), *(middle + half))


def choose_boxes(results: dict[str, dict], protocol: int) -> dict[str, dict]:
    """One box a frame, by the protocol's rules; results are in the frames' order."""
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
    """Of the boxes that score enough, the one that lies where the heads do."""

    def distance(box: list[int]) -> float:
        x, y = widened_corner(box)
        return abs(x - size[0] * 2 / 3) + abs(y - size[1] * 2 / 3)

    boxes = [[int(v) for v in c[:4]] for c in candidates if c[4] > min_score]
    boxes = [(x1, y1, x2, y2) for x1, y1, x2, y2 in boxes if x1 < x2 and y1 < y2]
    return list(min(boxes, key=distance)) if boxes else None


def widened_corner(box: list[int]) -> tuple[int, int]:
    x1, y1, x2, y2 = box
    return max(int(x1 - PAD * (x2 - x1)), 0), max(int(y1 - PAD * (y2 - y1)), 0)


def main() -> None:
    parser = argument_parser(__doc__, 'biwi')
    source = parser.add_mutually_exclusive_group()
    source.add_argument('--detector', help='a face detector of mmfsa.detection')
    source.add_argument('--boxes', type=Path, help='JSON file of face boxes')
    parser.add_argument('--apply-rgb-cal', action='store_true')
    args = parser.parse_args()
    if (args.src / 'hpdb').is_dir():
        args.src /= 'hpdb'
    frames, dropped = find(args.src)
    boxes = read_boxes(args.boxes) if args.boxes else None
    items = {n: (n, None if boxes is None else boxes.get(n, [])) for n in frames}
    metainfo = {
        'dataset': 'BIWI',
        'box_source': args.detector or (args.boxes or Path('head centre')).name,
        'img_root': img_root(args.src, args.out),
    }
    reader = partial(
        read, src=args.src, detector=args.detector, rgb_cal=args.apply_rgb_cal
    )
    with read_all(args, items, reader, dropped) as results:
        if args.detector:
            found = {
                n: r['candidates'] for n, r in results.items() if 'candidates' in r
            }
            write_json(found, args.out / 'boxes.json')
        write_index(args, metainfo, choose_boxes(results, 1))
        write_index(args, metainfo, choose_boxes(results, 2), '_p2')


if __name__ == '__main__':
    run(main)
