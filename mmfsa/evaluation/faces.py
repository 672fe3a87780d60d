"""What analyses on faces start from: a network, the faces of a data set, the crop rule."""

from pathlib import Path

import numpy as np
from mmengine import Config

from mmfsa import zoo
from mmfsa.apis.network import experiment_of, load_network
from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.transforms import CropFace
from mmfsa.deploy import Backend
from mmfsa.engine.runs import config_dicts

LABELLED = 99  # degrees; faces beyond are not evaluated


def load_weights_network(
    weights: Path, backend: str | None = None
) -> tuple[Config, Backend]:
    """The network of weights that name their experiment, and its config."""
    cfg = zoo.find_config(experiment_of(weights))
    return cfg, load_network(cfg, weights, backend)[0]


def read_faces(data_root: str | Path) -> tuple[list[dict], np.ndarray]:
    """The faces within ±99° in their whole images, and their poses (N, 3)."""
    data = HeadPoseDataset(
        data_root=data_root,
        filter_cfg=dict(max_angle=LABELLED),
        pipeline=[dict(type='LoadImageFromFile')],
        test_mode=True,
    )
    faces = [data[i] for i in range(len(data))]
    return faces, np.array([face['gt_pose'] for face in faces])


def crop_arguments(cfg: Config) -> dict:
    """The crop that a config's network takes, as arguments of
    :class:`~mmfsa.datasets.transforms.CropFace`.

    Raises:
        ValueError: If the test pipeline of the config has no crop.
    """
    crops = [
        step
        for node in config_dicts(cfg.get('test_dataloader', {}))
        for step in node.get('pipeline', [])
        if step['type'].endswith('CropFace')
    ]
    if not crops:
        raise ValueError(
            f'{cfg.filename} has no test_dataloader.dataset.pipeline with a CropFace'
        )
    return {key: value for key, value in crops[0].items() if key != 'type'}


def crop_size(cfg: Config) -> tuple[int, int]:
    """Width and height of the crop that a config's network takes, in pixels."""
    return CropFace(**crop_arguments(cfg)).size
