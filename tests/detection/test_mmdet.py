"""A model of MMDetection, by its interface."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from mmengine.structures import InstanceData

from mmfsa.detection import build_detector


@pytest.mark.parametrize('device', [None, 'cpu', 'cuda:0'])
def test_mmdet(monkeypatch, device):
    """Against the interface of MMDetection 3, which is not installed here."""

    class DetInferencer:
        def __init__(self, model, weights, **options):
            assert (model, weights) == ('face.py', None)
            assert options == dict(device=device, show_progress=False)

        def __call__(self, image, return_datasamples):
            assert image.shape == (4, 5, 3) and return_datasamples
            import torch

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
    found = build_detector('mmdet:face.py', device)(np.zeros((4, 5, 3), np.uint8))
    assert found.boxes.tolist() == [[1, 1, 2, 2], [0, 0, 1, 1]]
    assert found.landmarks is None
