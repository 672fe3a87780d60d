"""The parts of inference are timed on frames with one face and with many."""

import json

import cv2
import numpy as np
import pytest

from mmfsa.cli import main
from mmfsa.engine import save_checkpoint
from mmfsa.evaluation.inference_speed import PARTS, lay_out, resnet50
from mmfsa.evaluation.turns import warn_if_loaded
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
    frame, _ = lay_out(np.full((40, 20, 3), 255, np.uint8), (100, 80), (5, 2))
    assert frame.shape == (80, 100, 3)
    assert (frame == 255).all()
    frame, _ = lay_out(np.full((20, 20, 3), 255, np.uint8), (100, 80), (1, 1))
    assert (frame[:, :80] == 255).all() and (frame[:, 80:] == 128).all()


def test_the_boxes_of_some_cells():
    face = np.full((40, 40, 3), 200, np.uint8)
    frame, boxes = lay_out(face, (120, 80), (3, 2), (10, 20, 30, 40), 4)
    np.testing.assert_array_equal(boxes[0], [10, 20, 30, 40])
    np.testing.assert_array_equal(boxes[3], [10, 60, 30, 80])
    assert len(boxes) == 4 and (frame[40:, 40:] == 128).all()


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


def test_frames_are_timed_by_their_parts(weights, tmp_path, capsys, monkeypatch):
    """With the detector for which the photo is the face."""
    pytest.importorskip('onnxruntime')
    monkeypatch.setattr('mmfsa.evaluation.turns.MILLISECONDS_A_ROUND', 0.001)
    monkeypatch.setattr('mmfsa.evaluation.turns.WARM_UP', 1)
    photo, out = tmp_path / 'photo.png', tmp_path / 'times.json'
    cv2.imwrite(str(photo), np.full((96, 96, 3), 90, np.uint8))
    arguments = '--frames', photo, '--detector', 'none', '--rounds', 1, '--out', out
    arguments = *arguments, '--beside', 'nano'
    assert main(['benchmark', NAME, str(weights), *map(str, arguments)]) == 0
    printed = capsys.readouterr().out
    for text in (
        'detector',
        'crop',
        'network',
        'array to poses',
        'array to poses, nano',
        '20 faces, 2 threads',
    ):
        assert text in printed
    rows = json.loads(out.read_text())['rows']
    assert {(row['threads'], row['batch_size']) for row in rows} == {
        (threads, faces) for threads in (1, 2) for faces in (1, 5, 20)
    }
    assert all(0 < row['p50'] <= row['p95'] for row in rows)


@pytest.mark.parametrize(('load', 'warns'), [(0.1, False), (90.0, True)])
def test_a_busy_machine_is_said(load, warns, monkeypatch, caplog):
    monkeypatch.setattr('mmfsa.evaluation.turns.getloadavg', lambda: (load, 0, 0))
    warn_if_loaded()
    assert ('the machine is busy: 90.0 processes' in caplog.text) == warns
