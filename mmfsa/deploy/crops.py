"""Face crops to compare and calibrate on, from wherever the user has some."""

from pathlib import Path

import cv2
import numpy as np
from mmengine import Config

from mmfsa.registry import DATASETS
from mmfsa.utils.images import read_image
from mmfsa.utils.media import media_type
from mmfsa.utils.progress import track

from .card import ModelCard


def read_crops(
    source: str | Path,
    card: ModelCard,
    limit: int | None = None,
    max_angle: float | None = None,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Read what a model takes.

    Args:
        source: A data set (its `index.json` or `.npz`, see docs/en/data.md), or a folder
            of images that are face crops already.
        card: The model's card; its input spec makes crops of a data set's faces.
        limit: At most so many, evenly spread.
        max_angle: Leave out faces of a data set with a larger |yaw|, |pitch| or |roll| in
            degrees, as a model's test set does (:func:`largest_angle`); None keeps all.

    Returns:
        (N, height, width, planes) uint8, and their poses (N, 3) in degrees, None for a
        folder.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        ValueError: If there are no images, or one is damaged.
    """
    source = Path(source)
    if not source.exists():
        raise FileNotFoundError(f'there are no crops at {source}')
    if source.is_dir() and card.inputs.has_depth:
        raise ValueError(f'{source}: a network that sees depth needs a data set')
    if source.is_dir():
        paths = sorted(p for p in source.iterdir() if media_type(p) == 'image')
        if not paths:
            raise ValueError(f'{source} has no images')
        size = card.width, card.height
        images = [
            cv2.resize(read_image(paths[i]), size)
            for i in track(_spread(len(paths), limit), f'reading {source.name}')
        ]
        return np.stack(images), None
    dataset = DATASETS.build(
        dict(
            type='mmfsa.HeadPoseDataset',
            ann_file=str(source),
            pipeline=[
                dict(type='LoadImageFromFile'),
                *([dict(type='LoadDepthFromFile')] if card.inputs.has_depth else []),
                dict(type='CropFace', inputs=card.inputs),
                dict(type='PackHeadPoseInputs'),
            ],
            filter_cfg=dict(max_angle=max_angle),
            test_mode=True,
        )
    )
    items = [
        dataset[i]
        for i in track(_spread(len(dataset), limit), f'reading {source.name}')
    ]
    crops = np.stack([item['inputs'].numpy().transpose(1, 2, 0) for item in items])
    return crops, np.stack([item['data_samples'].gt_pose for item in items])


def largest_angle(cfg: Config) -> float | None:
    """The largest angle, in degrees, that an experiment's test set keeps; None: any."""
    dataset = (cfg.get('test_dataloader') or {}).get('dataset') or {}
    return (dataset.get('filter_cfg') or {}).get('max_angle')


def _spread(num: int, limit: int | None) -> np.ndarray:
    """Indices of at most `limit` of `num` items, evenly spread."""
    return np.linspace(0, num - 1, min(num, limit or num)).astype(int)
