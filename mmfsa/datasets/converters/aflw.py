"""AFLW: labels.csv or one other .csv, and its images in a .zip or in the same folder.

Columns: `filename`, `yaw`, `pitch`, `roll` (degrees, mmfsa's convention) and, where
they are known, `x1`, `y1`, `x2`, `y2`: the face box in pixels. Without them an image is
taken for a crop of CROP_SCALE times the face's box around its centre. A zip's images
are extracted to OUT/images.

`fit_rms` (of landmarks to the head model that the angles were fitted with),
`n_visible_points` and `official_yaw` are kept. With the first two an entry also has a
`weight` from 0 to 1: the fraction of the 21 landmarks that are visible, times the median
fit_rms over the entry's where that is larger. The labels of such a fit, above all
pitch and roll, are poor for profiles.
"""

import argparse
import csv
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path

import numpy as np

from mmfsa.structures import ANGLES
from mmfsa.utils.doors import check, check_file
from mmfsa.utils.files import replacing
from mmfsa.utils.reading import damaged

from .engine import (
    BOX,
    ItemError,
    add_output,
    add_source,
    angles,
    box_inside,
    face_box,
    image_size,
    img_root,
    numbers,
    read_all,
    write_index,
)

KEPT = 'fit_rms', 'n_visible_points', 'official_yaw'
CROP_SCALE = 1.45
LANDMARKS = 21


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of :func:`run`."""
    add_source(parser, 'folder of the labels and images')
    add_output(parser, 'aflw')


def run(args: argparse.Namespace) -> None:
    """Write the index.

    Args:
        args: ``src``, ``out`` and ``workers``.

    Raises:
        ValueError: ``src`` has not one .csv of labels, or its .zip is damaged.
    """
    named = args.src / 'labels.csv'
    labels = named if named.is_file() else find_one(args.src, '*.csv')
    if labels is None:
        raise ValueError(f'{args.src} has no .csv file of labels')
    archive = find_one(args.src, '*.zip')
    if archive and not zipfile.is_zipfile(archive):
        raise ValueError(f'{archive} is no whole zip file: get it again')
    items, dropped = read_labels(labels)
    images = args.out / 'images' if archive else args.src
    if archive:
        images.mkdir(parents=True, exist_ok=True)
    boxed = items and set(BOX) <= set(next(iter(items.values())))
    metainfo = {
        'dataset': 'AFLW',
        'box_source': 'labels' if boxed else f'image / {CROP_SCALE}',
        'box_kind': 'visible',
        'img_root': img_root(images, args.out),
    }
    reader = partial(
        read, images=images, archive=archive, median_rms=median_rms(items.values())
    )
    with read_all(args, items, reader, dropped) as results:
        write_index(args, metainfo, results)


def find_one(folder: Path, pattern: str) -> Path | None:
    """The one file of a pattern, or None.

    Raises:
        ValueError: There is more than one.
    """
    paths = sorted(folder.glob(pattern))
    if len(paths) > 1:
        raise ValueError(f'{folder} has more than one {pattern}: {paths}')
    return paths[0] if paths else None


def read_labels(path: Path) -> tuple[dict[str, dict], dict[str, str]]:
    """Rows by name, and the names that are dropped; a row repeated is the same face.

    Raises:
        ValueError: A column is missing.
    """
    items, dropped = {}, {}
    check_file(path, 'text')
    with damaged(path, 'CSV'), path.open(newline='', encoding='utf-8') as file:
        reader = csv.DictReader(file)
        missing = {'filename', *ANGLES} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f'{path} has no column {", ".join(sorted(missing))}')
        boxed = set(BOX) <= set(reader.fieldnames)
        for line, row in enumerate(reader, 2):
            box = [row[key] for key in BOX] if boxed else []
            name = ' '.join(map(str, [row['filename'], *box]))
            if name in items:
                dropped[f'{name} (line {line})'] = 'duplicate name'
            else:
                items[name] = row
    return items, dropped


def median_rms(rows: Iterable[dict]) -> float:
    """The median `fit_rms` of the rows that have one; NaN where none has."""
    values = np.genfromtxt([row.get('fit_rms') or 'nan' for row in rows], ndmin=1)
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else np.nan


def read(row: dict, images: Path, archive: Path | None, median_rms: float) -> dict:
    """The index entry of one row.

    Args:
        row: The labels, by column.
        images: The folder of the images.
        archive: Where the image is extracted from, if it is.
        median_rms: The median `fit_rms` of all rows.

    Raises:
        ItemError: The row can't be used.
    """
    name = row['filename']
    if archive:
        name = Path(name).name
        extract(archive, name, images / name)
    width, height = image_size(images / name)
    pose = np.array(numbers(row, ANGLES))
    known = [key for key in KEPT if row.get(key)]
    kept = dict(zip(known, numbers(row, known), strict=True))
    box = numbers(row, [key for key in BOX if key in row])
    if not box:
        dx, dy = (side * (1 - 1 / CROP_SCALE) / 2 for side in (width, height))
        box = [dx, dy, width - dx, height - dy]
    box_inside(box, (width, height))
    if 'fit_rms' in kept and 'n_visible_points' in kept:
        fit = median_rms / max(kept['fit_rms'], median_rms)
        visible = min(1, kept['n_visible_points'] / LANDMARKS)
        kept['weight'] = round(fit * visible, 4)
    return {'img_path': name, 'face_box': face_box(*box)} | angles(pose) | kept


def extract(archive: Path, name: str, target: Path) -> None:
    """Write the file of a name, in whatever folder of the archive, to `target`.

    Raises:
        ItemError: The archive does not have exactly one, or it is damaged.
    """
    file, members = open_archive(archive)
    found = members.get(name, [])
    if not found:
        raise ItemError('missing image', f'not in {archive.name}')
    if len(found) > 1:
        raise ItemError('duplicate name', f'{archive.name} has {found}')
    try:
        check(found[0], 'text', file.getinfo(found[0]).file_size)
        content = file.read(found[0])
    except Exception as error:  # damage shows as any of a dozen kinds
        raise ItemError('unreadable image', error) from error
    with replacing(target) as path:
        path.write_bytes(content)


@cache
def open_archive(path: Path) -> tuple[zipfile.ZipFile, dict[str, list[str]]]:
    """The archive, and its members by the name of their file; once a process."""
    file = zipfile.ZipFile(path)
    members = defaultdict(list)
    for member in file.namelist():
        members[Path(member).name].append(member)
    return file, members
