"""Any network of timm as a backbone (an optional package: `mmfsa[timm]`)."""

import re
from collections.abc import Sequence

from mmengine.model import BaseModule
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from mmfsa.registry import MODELS
from mmfsa.utils.packages import import_package
from mmfsa.utils.placeholders import placeholders

REMEDY = "install the torchvision of torch's version"
# What timm imports unguarded.
UNGUARDED = dict.fromkeys(
    (
        'torchvision.datasets',
        'torchvision.ops.misc',
        'torchvision.transforms.functional',
    ),
    REMEDY,
)


@MODELS.register_module()
class TimmBackbone(BaseModule):
    """Feature maps of a model of timm, from the shallowest to the deepest.

    Behind it goes a :class:`StageAlignment` and an :class:`FSANeck`, or no neck at all
    and a head that takes feature maps.

    With `pooled` it is one vector instead: what the model's own classifier would take.

    Args:
        model: The model's name in timm.
        pretrained: Start from timm's weights, which timm downloads.
        out_indices: The stages whose feature maps are wanted, counted as timm does; the
            deepest by default.
        in_channels: Channels of the images.
        pooled: Give the vector before the classifier, in place of feature maps.
        options: Further arguments of `timm.create_model`, such as `bn_eps`.
        init_cfg: Weight initialisation; by default timm's.
        norm_eval: A regular expression. The batch norms of timm's model whose whole name
            it matches keep their mean and variance in training; their weights still
            learn.

    Attributes:
        out_channels: The channels of every feature map, or of the vector.

    Raises:
        ImportError: If timm is not installed.
        RuntimeError: If timm has no model of this name.
        ValueError: If no batch norm has a name that `norm_eval` matches.
    """

    def __init__(
        self,
        model: str = 'resnet18',
        pretrained: bool = False,
        out_indices: Sequence[int] | None = None,
        in_channels: int = 3,
        pooled: bool = False,
        options: dict | None = None,
        init_cfg: dict | None = None,
        norm_eval: str | None = None,
    ) -> None:
        super().__init__(init_cfg)
        with placeholders(UNGUARDED, importer='timm'):
            timm = import_package('timm')
        if pooled:
            wanted = dict(num_classes=0)
        else:
            indices = (-1,) if out_indices is None else tuple(out_indices)
            wanted = dict(features_only=True, out_indices=indices)
        self.pooled = pooled
        self.model = timm.create_model(
            model,
            pretrained=pretrained,
            in_chans=in_channels,
            **wanted,
            **(options or {}),
        )
        self.out_channels = (
            (self.model.head_hidden_size,)
            if pooled
            else tuple(self.model.feature_info.channels())
        )
        self.kept_norms = self._norms_named(norm_eval) if norm_eval else []

    def _norms_named(self, pattern: str) -> list[str]:
        named = [
            name
            for name, module in self.model.named_modules()
            if isinstance(module, _BatchNorm) and re.fullmatch(pattern, name)
        ]
        if not named:
            raise ValueError(f'norm_eval: no batch norm has a name like {pattern!r}')
        return named

    def train(self, mode: bool = True) -> 'TimmBackbone':
        super().train(mode)
        for name in self.kept_norms:
            self.model.get_submodule(name).eval()
        return self

    def init_weights(self) -> None:
        """Apply `init_cfg`; timm has initialised the model, or loaded its weights."""
        if self.init_cfg:
            super().init_weights()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """
        Args:
            images: (N, in_channels, H, W); most weights want RGB, normalised.

        Returns:
            The feature maps (N, out_channels[k], H_k, W_k); pooled, one vector
            (N, out_channels[0]).
        """
        found = self.model(images)
        return (found,) if self.pooled else tuple(found)
