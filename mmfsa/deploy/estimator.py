"""A backend in the place of a model, so that it is scored as the model is."""

from pathlib import Path

import numpy as np
import torch
from mmengine.runner import Runner
from torch import Tensor

from mmfsa.models.estimators.base_estimator import BaseEstimator
from mmfsa.structures import HeadPoseDataSample

from .backends import Backend
from .card import ModelCard


class BackendEstimator(BaseEstimator):
    """A backend in the place of a model, so that mmengine's runner can test it.

    Args:
        backend: It does its own preprocessing.
    """

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self.backend = backend

    def regress(self, images: Tensor) -> Tensor:
        crops = images.permute(0, 2, 3, 1).numpy(force=True).astype(np.uint8)
        return torch.from_numpy(self.backend.estimate(crops))

    def loss(
        self, images: Tensor, data_samples: list[HeadPoseDataSample]
    ) -> dict[str, Tensor]:
        raise NotImplementedError('a deployed model is not trained')


def put_backend(
    runner: Runner, backend: Backend, expected: ModelCard, path: str | Path
) -> None:
    """Put a backend in the place of a runner's model.

    Args:
        runner: It tests afterwards what the backend computes.
        backend: The model, as it runs once deployed.
        expected: What the runner's config says about the same file.
        path: The file, for the error.

    Raises:
        ValueError: If the file takes other crops than the config gives it, or does not do
            the flip test that the config asks for.
    """
    runner.model = BackendEstimator(backend)
    card = backend.card
    if card is None:  # torch runs the runner's own model
        return
    if card.crop != expected.crop:
        raise ValueError(
            f'{path} is of {card.config}, which takes a {card.crop}; '
            f'{runner.cfg.filename} would give it a {expected.crop}'
        )
    if card.flip_test != expected.flip_test:
        raise ValueError(
            f'{path} was exported with flip_test={card.flip_test}: '
            f'add --cfg-options model.test_cfg.flip_test={card.flip_test}'
        )
