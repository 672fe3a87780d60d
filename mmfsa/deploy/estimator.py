"""A backend in the place of a model, for mmengine's runner."""

import numpy as np
import torch
from torch import Tensor

from mmfsa.inputs import InputSpec
from mmfsa.models.estimators.base_estimator import BaseEstimator
from mmfsa.models.losses import Labels

from .backends import Backend


class BackendEstimator(BaseEstimator):
    """A backend in the place of a model, so that mmengine's runner can test it.

    Args:
        backend: It does its own preprocessing.
        spec: The input spec of what the backend runs.
        flip_test: Whether it looks at mirror images, too.
        order: In which order its angles are, one of :data:`mmfsa.structures.ORDERS`.
    """

    def __init__(
        self,
        backend: Backend,
        spec: InputSpec,
        flip_test: bool = False,
        order: str = 'xyz',
    ) -> None:
        # The backend converts colours itself: it is given the crops as they are.
        super().__init__(spec.changed(color='BGR', mean=(), std=()))
        self.backend = backend
        self.spec = spec
        self._protocol = dict(color_order=spec.color, flip_test=flip_test, order=order)

    @property
    def protocol(self) -> dict:
        """What the protocol card says of the model that the backend runs."""
        return self._protocol

    def regress(self, images: Tensor) -> dict[str, Tensor]:
        crops = images.permute(0, 2, 3, 1).numpy(force=True).astype(np.uint8)
        outputs = self.backend.run_crops(crops)
        return {name: torch.from_numpy(value) for name, value in outputs.items()}

    def loss(self, images: Tensor, labels: Labels) -> dict[str, Tensor]:
        raise NotImplementedError('a deployed model is not trained')


def stand_in(network: Backend, spec: InputSpec, model=None) -> BackendEstimator:
    """A backend in the place of a model, so that a runner tests what it computes.

    Args:
        network: What runs the model.
        spec: The input spec of the model.
        model: The torch model that the backend runs, where there is one; an exported
            file states its flip test itself.
    """
    if model is None:
        return BackendEstimator(network, spec, network.card.flip_test)
    order = model.protocol.get('order', 'xyz')
    return BackendEstimator(network, spec, model.flip_test, order)
