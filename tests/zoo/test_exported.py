"""The ONNX files that come with mmfsa compute what its checkpoints compute."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from mmfsa import create_model, zoo
from mmfsa.deploy import ModelCard, build_backend
from mmfsa.deploy.norms import NORM
from mmfsa.deploy.onnx_file import read_onnx
from mmfsa.deploy.parity import deviation, reference_poses
from mmfsa.methods import load_model
from mmfsa.utils.files import sha256
from mmfsa.zoo.exported import export_weights

# OpenCV has not all operations of a distribution of rotations.
CAN_NOT = {('opencv', 'full.synthetic')}
EXPORTED = [name for name, w in zoo.packaged_weights().items() if w.exported]


def crops(size=64):
    """Random blobs, smoother than noise, as faces are: (32, H, W, 3) BGR uint8."""
    noise = torch.rand(32, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    images = nn.functional.interpolate(noise, size, mode='bilinear') * 255
    return images.permute(0, 2, 3, 1).to(torch.uint8).numpy()


def test_nano_and_the_defaults_are_exported():
    assert {zoo.default_model(), zoo.resolve('nano').name} <= {*EXPORTED}
    assert zoo.default_model('free') == zoo.resolve('free').name
    assert zoo.default_model('free', exported=True) == 'fsa_caps_1x1.synthetic'


@pytest.mark.parametrize('name', EXPORTED)
def test_an_export_equals_its_checkpoint(name):
    path = zoo.packaged_weights()[name].verify_exported()
    cfg, checkpoint = zoo.find_model(name)
    model, _ = load_model(cfg, checkpoint)
    card = ModelCard.read(path)
    now = ModelCard.of(model, name, checkpoint)
    # It says what an export of today would say, but for what only an export knows.
    assert replace(card, float32_from=(), version=now.version) == now
    if len(zoo.packaged_weights()[name].files) == 1:
        assert card.weights_sha256 == sha256(checkpoint)
    assert NORM not in read_onnx(path).operations
    images = crops(card.inputs.size[::-1])
    reference = reference_poses(model, images)
    for backend in ('onnxruntime', 'opencv'):
        if (backend, name) in CAN_NOT:
            with pytest.raises(NotImplementedError, match='OpenCV'):
                build_backend(backend, path)
            continue
        poses = build_backend(backend, path).estimate(images)
        assert deviation(poses, reference)['max'] < 1e-3


def test_a_backend_for_onnx_files_takes_the_export():
    method = create_model('nano', backend='opencv')
    assert method.model is None and method.name == 'nano.aflw_teachers'
    assert method.weights_sha256 == sha256(zoo.find_model('nano')[1])
    assert np.isfinite(method.estimate(crops()[:2])).all()


def test_export_again(tmp_path, monkeypatch):
    source = zoo.weights.WEIGHTS
    for file in ('index.json', 'nano.pth'):
        (tmp_path / file).write_bytes((source / file).read_bytes())
    monkeypatch.setattr('mmfsa.zoo.weights.WEIGHTS', tmp_path)
    assert export_weights(['nano'])['nano.aflw_teachers'] < 1e-3
    assert zoo.packaged_weights()['nano.aflw_teachers'].verify_exported().is_file()
    with pytest.raises(ValueError, match='opnet is no name of weights that come with'):
        export_weights(['opnet'])


def test_a_damaged_export_is_refused(tmp_path, monkeypatch):
    index = zoo.weights.WEIGHTS / 'index.json'
    (tmp_path / 'index.json').write_bytes(index.read_bytes())
    (tmp_path / 'nano_aflw_teachers.onnx').write_bytes(b'cut off')
    monkeypatch.setattr('mmfsa.zoo.weights.WEIGHTS', tmp_path)
    with pytest.raises(ValueError, match=r'teachers\.onnx is damaged or changed'):
        create_model('nano', backend='onnxruntime')
