"""A method of somebody else: its backbone and its config lie outside of mmfsa."""

import cv2
import numpy as np
import pytest

from mmfsa.structures import ANGLES, Camera, Frame, pose_to_matrix
from mmfsa.utils.depth import read_depth

KINECT = Camera(575.816, 575.816, 320, 240, (640, 480))

BACKBONE = """
import torch.nn as nn
from mmengine.model import BaseModule
from mmfsa.registry import MODELS

@MODELS.register_module()
class SomebodysBackbone(BaseModule):
    def __init__(self, channels=16):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2), nn.ReLU(), nn.Conv2d(8, channels, 3, 2), nn.ReLU())

    def forward(self, images):
        return (self.layers(images),)
"""
CONFIG = """\
_base_ = 'mmfsa::_base_/synth.py'
custom_imports = dict(imports=['somebodys_backbone'])
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=96,
        color='RGB',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        crop=dict(box='landmarks68', pad=(0.1, 0.4, 0.1, 0.2), border='constant'),
    ),
    backbone=dict(type='SomebodysBackbone'),
    head=dict(type='Rotation6DHead', in_features=16),
    loss=dict(type='GeodesicLoss'),
)
"""
RULE = (
    'face box + 0.1 left, 0.4 above, 0.1 right, 0.2 below, constant border, exclusive '
    'end, resized to 96x96 bilinear'
)


@pytest.fixture(scope='session')
def write_data_set(write_faces):
    """Writes so many random faces to a new folder; the index has both kinds of boxes."""

    def random_face(rng):
        small = rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)
        x, y = rng.integers(20, 50, 2).tolist()
        entry = dict(
            face_box=[x, y, x + 40, y + 44],
            boxes=dict(landmarks68=[x - 2, y - 1, x + 43.5, y + 45]),
            **dict(zip(ANGLES, rng.uniform(-60, 60, 3).tolist(), strict=True)),
        )
        return cv2.resize(small, (120, 120)), entry

    def write(folder, number):
        folder.mkdir(parents=True)
        rng = np.random.default_rng(number)
        write_faces(
            folder,
            [random_face(rng) for _ in range(number)],
            dataset='made up',
            box_source='drawn',
            box_kind='visible',
            format_version=2,
            num_found=number,
        )

    return write


@pytest.fixture(scope='session')
def data_root(write_data_set, tmp_path_factory):
    """Data sets by the names that the base config looks for."""
    root = tmp_path_factory.mktemp('data')
    for name, number in (('synth', 20), ('synth_val', 10)):
        write_data_set(root / name, number)
    return root


@pytest.fixture(scope='session')
def config(tmp_path_factory):
    """The method's config, beside its backbone, where Python finds it."""
    folder = tmp_path_factory.mktemp('somebody')
    (folder / 'somebodys_backbone.py').write_text(BACKBONE)
    path = folder / 'somebodys_method.py'
    path.write_text(CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield path


@pytest.fixture(scope='session')
def real_depth(shared):
    """By number: a frame of BIWI's with its depth, the head's centre and its rotation."""

    def read(number):
        stem = shared / f'data/biwi_depth/frame_{number:05d}'
        depth = read_depth(f'{stem}_depth.bin')
        x, y, z, *turn = np.fromfile(f'{stem}_pose.bin', '<f4').tolist()
        image = np.zeros((*depth.shape, 3), np.uint8)
        rotation = pose_to_matrix([turn[1], -turn[0], turn[2]])
        return (
            Frame(image, f'{number}', depth=depth, camera=KINECT),
            (x, y, z),
            rotation,
        )

    return read
