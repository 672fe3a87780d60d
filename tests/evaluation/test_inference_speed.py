"""The parts of inference are timed on frames with one face and with many."""

import cv2
import numpy as np
import pytest

from mmfsa.engine import save_checkpoint
from mmfsa.evaluation.inference_speed import PARTS, lay_out, resnet50
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config

NAME = 'fsa_none_wo_p1'


@pytest.fixture
def weights(tmp_path):
    state = MODELS.build(get_config(NAME).model).state_dict()
    path = tmp_path / 'network.pth'
    save_checkpoint(dict(state_dict=state, meta=dict(config=f'{NAME}.py')), path)
    return path


def test_a_face_for_each_cell_of_a_grid():
    frame = lay_out(np.full((40, 20, 3), 255, np.uint8), (100, 80), (5, 2))
    assert frame.shape == (80, 100, 3)
    assert (frame == 255).all()
    frame = lay_out(np.full((20, 20, 3), 255, np.uint8), (100, 80), (1, 1))
    assert (frame[:, :80] == 255).all() and (frame[:, 80:] == 128).all()


def test_resnet50_takes_crops_of_any_size():
    pytest.importorskip('onnxruntime')
    (scores,) = resnet50(np.zeros((2, 32, 48, 3), np.uint8))()
    assert scores.shape == (2, 2048, 1, 2)


def test_every_part_is_timed(run_tool, weights, tmp_path, monkeypatch):
    sizes = []

    def resnet50(crops):
        sizes.append(crops.shape[:3])
        return lambda: None

    monkeypatch.setattr('mmfsa.evaluation.inference_speed.resnet50', resnet50)
    photo = tmp_path / 'photo.png'
    cv2.imwrite(str(photo), np.full((96, 96, 3), 90, np.uint8))
    printed = run_tool(
        'analysis_tools/benchmark_inference.py',
        *(photo, '--weights', weights, '--detector', 'none', '--backend', 'torch'),
        *('--size', 96, 96, '--repeats', 1),
    )
    for text in (*PARTS, 'ResNet-50, 64 pixels', 'detector every 5 frames'):
        assert text in printed
    assert {*sizes} == {(1, 64, 64), (1, 224, 224)}
