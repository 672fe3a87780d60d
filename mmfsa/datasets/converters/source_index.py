"""An index as a converter's source: what refine.py and relabel.py have in common."""

import argparse
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch

from mmfsa.datasets.index import read_index
from mmfsa.structures import pose_to_matrix
from mmfsa.utils.images import read_image
from mmfsa.utils.reading import read_json

from .engine import ItemError, angles, img_root


class LabelledFace(NamedTuple):
    """A face of the source.

    Attributes:
        entry: Its entry of the index, as it stands in the file.
        label: (3,) yaw, pitch, roll in degrees.
        boxes: Its boxes, x1, y1, x2, y2 in pixels, by their kinds.
    """

    entry: dict
    label: np.ndarray
    boxes: dict

    def image(self, images: Path) -> np.ndarray:
        """(H, W, 3) BGR uint8, from the folder of the images.

        Raises:
            ItemError: The image can't be read.
        """
        try:
            return read_image(images / self.entry['img_path'])
        except (OSError, ValueError) as error:
            raise ItemError('unreadable image', error) from error

    def relabelled(self, pose: np.ndarray, **others: object) -> dict:
        """The entry with another label.

        Args:
            pose: (3,) yaw, pitch, roll in degrees.
            **others: Further values of the entry.

        Returns:
            The entry, with a rotation where the source's has one, with angles otherwise,
            and the source's label as `first_label`.
        """
        if 'rotation' in self.entry:
            label = {'rotation': pose_to_matrix(pose).tolist()}
        else:
            label = angles(pose)
        return {**self.entry, **label, 'first_label': self.label.tolist(), **others}


class SourceIndex(NamedTuple):
    """The faces of an index, whose images the new index refers to.

    Attributes:
        faces: The faces by names that are unique.
        images: The folder of the images.
        metainfo: What the new index says of itself.
    """

    faces: dict[str, LabelledFace]
    images: Path
    metainfo: dict


def read_source(args: argparse.Namespace, box_kind: str | None = None) -> SourceIndex:
    """Read the index of ``src``.

    Args:
        args: ``src`` and ``out``.
        box_kind: The kind of each face's `face_box`; None: what the index says.

    Raises:
        FileNotFoundError: ``src`` has no index.
        ValueError: The index is bad, or ``out`` would replace it.
    """
    if args.src.resolve() == args.out.resolve():
        raise ValueError(
            f'--out {args.out} is the source, whose labels would be lost: give another '
            'folder'
        )
    index = args.src / 'index.json'
    if not index.is_file():
        raise FileNotFoundError(f'there is no {index}: convert the data set first')
    metainfo, checked = read_index(index)
    entries = read_json(index)['data_list']  # to be kept as they are
    images = args.src / metainfo.get('img_root', '')
    kept = {
        key: metainfo.get(key, 'not stated')
        for key in ('dataset', 'box_source', 'box_kind')
    }
    if box_kind:
        for known in checked:
            known['boxes'].pop(kept['box_kind'])
            known['boxes'] = {box_kind: known['face_box'], **known['boxes']}
        kept['box_kind'] = box_kind
    faces = {
        f'{row:06d} {entry["img_path"]}': LabelledFace(
            entry, known['pose'], known['boxes']
        )
        for row, (entry, known) in enumerate(zip(entries, checked, strict=True))
    }
    return SourceIndex(faces, images, {**kept, 'img_root': img_root(images, args.out)})


def share_cores() -> None:
    """One thread for each worker, which are forked off: they share the cores."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
