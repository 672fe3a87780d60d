"""Late fusion: the mean of several estimators' poses (Sections 3.4 and 4.4)."""

import torch.nn as nn
from mmengine.model import ModuleList
from torch import Tensor

from mmfsa.inputs import InputSpec
from mmfsa.registry import MODELS

from ..losses import Labels
from .base_estimator import BaseEstimator, mean_outputs


@MODELS.register_module()
class FusionEstimator(BaseEstimator):
    """The mean of any estimators.

    Each is trained by its own loss, as if it were alone; or trained apart, then loaded
    through its `init_cfg` or joined by `tools/model_converters/fuse_checkpoints.py`.

    Args:
        estimators: Configs of the estimators.
        inputs: As in :class:`BaseEstimator`; all estimators see the same crop.
        data_preprocessor: As in :class:`BaseEstimator`.
        init_cfg: Weight initialisation.
        test_cfg: As in :class:`BaseEstimator`.

    Raises:
        ValueError: If there is no estimator.
    """

    def __init__(
        self,
        estimators: list[dict],
        inputs: dict | InputSpec | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
        test_cfg: dict | None = None,
    ) -> None:
        super().__init__(inputs, data_preprocessor, init_cfg, test_cfg)
        if not estimators:
            raise ValueError('a fusion needs at least one estimator')
        self.estimators = ModuleList(MODELS.build(cfg) for cfg in estimators)

    @property
    def float32_parts(self) -> list[nn.Module]:
        """What the estimators state, such as their heads."""
        return [part for e in self.estimators for part in e.float32_parts]

    def regress(self, images: Tensor) -> dict[str, Tensor]:
        return mean_outputs([e.outputs(images) for e in self.estimators])

    def loss(self, images: Tensor, labels: Labels) -> dict[str, Tensor]:
        return {
            f'{i}.{name}': value
            for i, estimator in enumerate(self.estimators)
            for name, value in estimator.loss(images, labels).items()
        }
