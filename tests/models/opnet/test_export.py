"""OpNet's released weights give the same poses from an exported file, and in bfloat16."""

import numpy as np
import pytest
import torch

from mmfsa.deploy import ModelCard, build_backend, export_onnx
from mmfsa.deploy.backends.torch_backend import TorchBackend
from mmfsa.engine import load_checkpoint
from mmfsa.registry import MODELS
from mmfsa.structures import geodesic_distance, pose_to_matrix
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert

FILE = 'weights/rivals/opentrack/head-pose-0.4-small-dequantised-f32.onnx'


@pytest.fixture(scope='module')
def released(shared, tmp_path_factory):
    path = tmp_path_factory.mktemp('released') / 'opnet.pth'
    convert(shared / FILE, path)
    model = MODELS.build(get_config('opnet').model)
    model.load_state_dict(load_checkpoint(path)['state_dict'])
    return model.eval(), path


@pytest.fixture(scope='module')
def crops():
    cells = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    return cells.repeat(17, 1).repeat(17, 2)[:, :129, :129]


@pytest.mark.slow
def test_the_exported_file(released, crops, tmp_path):
    pytest.importorskip('onnxscript', reason='the deploy extra is not installed')
    model, checkpoint = released
    path = tmp_path / 'opnet.onnx'
    export_onnx(model, path, ModelCard.of(model, 'opnet_small', checkpoint), True)
    found = build_backend('onnxruntime', path).run_crops(crops)
    expected = TorchBackend(model).run_crops(crops)
    assert np.abs(found['pose'] - expected['pose']).max() < 1e-3
    for name in ('rotation', 'place', 'place_spread', 'head_box'):
        assert found[name].shape[0] == 3
        if name in expected:
            assert np.abs(found[name] - expected[name]).max() < 1e-4, name


def test_bfloat16(released, crops):
    model, _ = released
    one, other = (
        torch.from_numpy(TorchBackend(model, precision=p).estimate(crops))
        for p in ('fp32', 'bf16')
    )
    distance = geodesic_distance(pose_to_matrix(one), pose_to_matrix(other))
    assert distance.max() < 3
