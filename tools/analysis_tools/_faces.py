"""What the tools that measure on faces start from."""

from pathlib import Path

import numpy as np
from mmengine import Config

from mmfsa import zoo
from mmfsa.apis.network import experiment_of, load_network
from mmfsa.datasets import HeadPoseDataset
from mmfsa.deploy import Backend


def load_weights_network(
    weights: Path, backend: str | None = None
) -> tuple[Config, Backend]:
    """The network of weights that say which one they are of, and its config."""
    cfg = zoo.find_config(experiment_of(weights))
    return cfg, load_network(cfg, weights, backend)[0]


def read_faces(data_root: str) -> tuple[list[dict], np.ndarray]:
    """The faces within ±99° in their whole images, and their poses (N, 3)."""
    data = HeadPoseDataset(
        data_root=data_root,
        filter_cfg=dict(max_angle=99),
        pipeline=[dict(type='LoadImageFromFile')],
        test_mode=True,
    )
    faces = [data[i] for i in range(len(data))]
    return faces, np.array([face['gt_pose'] for face in faces])
