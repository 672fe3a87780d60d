"""The learned smoother learns from films, and its file computes what torch computes."""

import numpy as np
import pytest
import torch

from mmfsa.engine.smoother_training import export_smoother, train_smoother
from mmfsa.evaluation.smoothers import Film
from mmfsa.models import RotationSmoother


def films(num=3, length=60):
    rng = np.random.default_rng(0)
    times = np.arange(length) / 30
    exact = np.stack([20 * np.sin(times), 5 * np.cos(times), 0 * times], axis=1)
    return [
        Film(str(i), times, exact, exact + rng.normal(0, 2, exact.shape), None)
        for i in range(num)
    ]


def test_the_exported_file_is_torch_over_500_frames(tmp_path):
    torch.manual_seed(0)
    assert export_smoother(RotationSmoother(), tmp_path / 's.onnx') < 1e-3


def test_training_starts_from_the_seed_and_changes_the_weights():
    one, other = (
        train_smoother(films(), steps=2, batch=4, length=20) for _ in range(2)
    )
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
    torch.manual_seed(0)
    assert not torch.equal(one.gains.weight, RotationSmoother().gains.weight)


def test_films_that_are_too_short():
    with pytest.raises(ValueError, match='no film has 100 frames'):
        train_smoother(films(), steps=1, length=100)
