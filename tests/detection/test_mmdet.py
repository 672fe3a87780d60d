"""A model of MMDetection, by its interface. tests/apis/test_sharing.py has a real one."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from mmengine.structures import InstanceData

from mmfsa.detection import build_detector


@pytest.fixture
def inferencer(monkeypatch):
    """The interface of MMDetection 3, which is not installed here."""

    class DetInferencer:
        running = 0

        def __init__(self, model, weights, **options):
            assert (model, weights) == ('face.py', None)
            DetInferencer.options = options

        def __call__(self, image, return_datasamples):
            assert image.shape == (4, 5, 3) and return_datasamples
            import torch

            self.running += 1
            time.sleep(0.01)
            assert self.running == 1, 'two threads at once'
            self.running -= 1
            instances = InstanceData(
                bboxes=torch.tensor([[0.0, 0, 1, 1], [1, 1, 2, 2], [2, 2, 3, 3]]),
                scores=torch.tensor([0.6, 0.9, 0.1]),
                labels=torch.tensor([0, 0, 0]),
            )
            return dict(predictions=[SimpleNamespace(pred_instances=instances)])

    apis = ModuleType('mmdet.apis')
    apis.DetInferencer = DetInferencer
    monkeypatch.setitem(sys.modules, 'mmdet', ModuleType('mmdet'))
    monkeypatch.setitem(sys.modules, 'mmdet.apis', apis)
    return DetInferencer


@pytest.mark.parametrize('device', [None, 'cpu', 'cuda:0'])
def test_mmdet(inferencer, device):
    found = build_detector('mmdet:face.py', device)(np.zeros((4, 5, 3), np.uint8))
    assert inferencer.options == dict(device=device, show_progress=False)
    assert found.boxes.tolist() == [[1, 1, 2, 2], [0, 0, 1, 1]]
    assert found.landmarks is None


def test_threads_take_turns(inferencer):
    detector = build_detector('mmdet:face.py')
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(detector, [np.zeros((4, 5, 3), np.uint8)] * 8)
    assert [len(faces.boxes) for faces in found] == [2] * 8
