from pathlib import Path

import pytest
import torch
from mmengine import Config

from mmfsa.models import HeadPoseEstimator
from mmfsa.registry import MODELS
from mmfsa.structures import HeadPoseDataSample

PROJECT = Path(__file__).resolve().parents[1]
CONFIG = PROJECT / 'configs/fsa_caps_distinct_synth.py'


@pytest.fixture
def model(monkeypatch):
    """The config's model; the checkout is on the path, as `PYTHONPATH=.` puts it."""
    monkeypatch.syspath_prepend(PROJECT.parents[1])
    torch.manual_seed(0)
    return MODELS.build(Config.fromfile(CONFIG).model)


def test_the_formula(model):
    """Two pixels along x, one along y: the mean is (2, 1) / 3."""
    feature = torch.tensor([[[[1.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]]]])
    along_x, along_y = 1 - 2 / 5**0.5, 1 - 1 / 5**0.5
    expected = torch.tensor([[[along_x, along_x, along_y]]])
    torch.testing.assert_close(model.neck.scoring(feature), expected)


def test_gradients_are_finite_even_of_zeros(model):
    feature = torch.zeros(1, 4, 2, 2, requires_grad=True)
    model.neck.scoring(feature).sum().backward()
    assert feature.grad.isfinite().all()


def test_the_model_learns(model):
    assert isinstance(model, HeadPoseEstimator)
    images = torch.rand(4, 3, 64, 64) * 255
    samples = [
        HeadPoseDataSample(gt_pose=pose)
        for pose in (torch.rand(4, 3) * 90 - 45).numpy()
    ]
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(10):
        loss = model(images, samples, mode='loss')['loss']
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
