import numpy as np
import torch
from torch import Tensor

from mmfsa.models.estimators.base_estimator import BaseEstimator
from mmfsa.models.losses import Labels

from .backends import Backend


class BackendEstimator(BaseEstimator):
    """A backend in the place of a model, so that mmengine's runner can test it.

    Args:
        backend: It does its own preprocessing.
    """

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self.backend = backend

    def regress(self, images: Tensor) -> dict[str, Tensor]:
        crops = images.permute(0, 2, 3, 1).numpy(force=True).astype(np.uint8)
        return dict(pose=torch.from_numpy(self.backend.estimate(crops)))

    def loss(self, images: Tensor, labels: Labels) -> dict[str, Tensor]:
        raise NotImplementedError('a deployed model is not trained')
