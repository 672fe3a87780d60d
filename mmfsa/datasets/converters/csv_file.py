"""Your own data: a CSV file with an image, a face box, yaw, pitch and roll in each row.

Columns: `image` (a path below --images), `x1`, `y1`, `x2`, `y2` (the face's box in
pixels), `yaw`, `pitch`, `roll` (degrees; yaw > 0: the face turns to the image's left,
pitch > 0: it looks up, roll > 0: it turns clockwise in the image). An image with several
faces has several rows. Without the four columns of the box, each image is a crop of a
face.

A row that can't be used is left out, and the report names its line. Where another sign
or another unit is used, --negate and --radians convert it. --box-kind says what the boxes
enclose: networks start from the kind of box that they know.
"""

import argparse
import csv
from functools import partial
from pathlib import Path

import numpy as np

from mmfsa.inputs.kinds import KINDS
from mmfsa.structures import ANGLES
from mmfsa.utils.doors import check_file
from mmfsa.utils.reading import damaged

from .engine import (
    BOX,
    add_output,
    angles,
    box_inside,
    face_box,
    image_size,
    img_root,
    numbers,
    read_all,
    write_index,
)

IMAGE = 'image', 'filename', 'img_path', 'path'  # names of the first column


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of :func:`run`."""
    parser.add_argument('src', type=Path, help='the CSV file')
    parser.add_argument(
        '--images', type=Path, metavar='DIR', help="the images; the CSV file's folder"
    )
    parser.add_argument(
        '--box-kind',
        choices=sorted(KINDS),
        default='landmarks68',
        help='what the boxes enclose (%(default)s: the 68 landmarks, tightly)',
    )
    parser.add_argument(
        '--negate', nargs='+', choices=ANGLES, default=[], help='angles of another sign'
    )
    parser.add_argument('--radians', action='store_true', help='the angles are radians')
    add_output(parser, 'mine')


def run(args: argparse.Namespace) -> None:
    """Write the index.

    Args:
        args: ``src``, ``images``, ``box_kind``, ``negate``, ``radians``, ``out`` and
            ``workers``.

    Raises:
        ValueError: A column is missing, or no row can be used.
    """
    images = args.images or args.src.parent
    rows, image, boxed = read_rows(args.src)
    metainfo = {
        'dataset': args.src.stem,
        'box_source': 'labels' if boxed else 'image',
        'box_kind': args.box_kind if boxed else 'crop',
        'img_root': img_root(images, args.out),
    }
    factors = np.array([-1.0 if name in args.negate else 1.0 for name in ANGLES])
    if args.radians:
        factors = np.degrees(factors)
    reader = partial(read, column=image, images=images, factors=factors, boxed=boxed)
    with read_all(args, rows, reader) as results:
        write_index(args, metainfo, results)


def read_rows(path: Path) -> tuple[dict[str, dict], str, bool]:
    """The rows by their line, the column of the image, and whether there are boxes.

    Raises:
        ValueError: A column is missing.
    """
    check_file(path, 'text')
    with damaged(path, 'CSV'), path.open(newline='', encoding='utf-8-sig') as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames or ()
        image = next((name for name in IMAGE if name in columns), None)
        given = [name for name in BOX if name in columns]
        missing = [name for name in ANGLES if name not in columns]
        missing += [name for name in BOX if given and name not in columns]
        missing += [] if image else [IMAGE[0]]
        if missing:
            raise ValueError(
                f'{path} has no column {", ".join(missing)}: its first line has '
                f'{", ".join(columns) or "nothing"}'
            )
        rows = {f'line {reader.line_num:07}': row for row in reader}
    return rows, image, bool(given)


def read(
    row: dict, column: str, images: Path, factors: np.ndarray, boxed: bool
) -> dict:
    """The index entry of one row.

    Args:
        row: The row, by column.
        column: The image's column.
        images: The folder of the images.
        factors: (3,) what yaw, pitch and roll are multiplied with.
        boxed: Whether the row has a box.

    Raises:
        ItemError: The row can't be used.
    """
    name = row[column] or ''
    size = image_size(images / name)
    pose = np.array(numbers(row, ANGLES))
    box = numbers(row, BOX) if boxed else [0, 0, *size]
    box_inside(box, size)
    return {'img_path': name, 'face_box': face_box(*box)} | angles(pose * factors)
