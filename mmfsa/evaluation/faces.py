"""The labelled faces of a data set in their whole images, which analyses start from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.transforms import CropFace
from mmfsa.inputs import InputSpec

LABELLED = 99  # degrees; faces beyond are not evaluated


def read_faces(
    data_root: str | Path, split: dict | None = None, with_depth: bool = False
) -> tuple[list[dict], np.ndarray]:
    """The faces within ±99° in their whole images, and their poses (N, 3).

    Args:
        data_root: The folder of the data set.
        split: Which of them, see :func:`mmfsa.datasets.split.select`; all by default.
        with_depth: Read their depth maps, too.
    """
    depth = [dict(type='LoadDepthFromFile')] if with_depth else []
    steps = [dict(type='LoadImageFromFile'), *depth]
    faces = known_faces(data_root, split, steps)
    return faces, np.array([face['gt_pose'] for face in faces])


def known_faces(
    data_root: str | Path, split: dict | None = None, steps: Sequence[dict] = ()
) -> list[dict]:
    """What the data set says of the faces within ±99°, and what a pipeline makes of it.

    Args:
        data_root: The folder of the data set.
        split: As in :func:`read_faces`.
        steps: The pipeline; without it no image is read.
    """
    data = known_data(data_root, split, steps)
    return [data[i] for i in range(len(data))]


def known_data(
    data_root: str | Path, split: dict | None = None, steps: Sequence[dict] = ()
) -> HeadPoseDataset:
    """The data set of :func:`known_faces`, which reads a face when it is asked for."""
    return HeadPoseDataset(
        data_root=str(data_root),
        filter_cfg=dict(max_angle=LABELLED),
        split=split,
        pipeline=[*steps],
        test_mode=True,
    )


def own_box(face: dict, spec: InputSpec) -> list[float]:
    """A face's box (4,) of the kind that a network's crop rule starts from."""
    return spec.crop.own_box(*CropFace(inputs=spec).choose(face))


def crops_of(faces: list[dict], spec: InputSpec) -> np.ndarray:
    """The crops (N, H, W, 3) of faces, BGR uint8, as a network's spec cuts them."""
    crop = CropFace(inputs=spec)
    return np.stack([crop(dict(face))['img'] for face in faces])
