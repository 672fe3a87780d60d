"""The structure mapping (Section 3.5) as a neck for the models of MMPose."""

from collections.abc import Sequence

from mmengine.model import BaseModule
from mmengine.utils import to_2tuple
from torch import Tensor

from mmfsa.registry import MODELS

from ..necks.stage_alignment import StageAlignment
from .structure_mapping import all_pixels

OUTPUTS = 'vector', 'map'


@MODELS.register_module()
class StructurePooling(BaseModule):
    """Pool the feature maps of any backbone into representative features.

    In place of a global average pooling, for heads that take a vector; or between a
    backbone and a head that takes a feature map: every pixel then receives, beside its
    own features, those of the structures that it belongs to.

    Args:
        in_channels: Channels of every feature map of the backbone, in its order.
        out: ``'vector'``: the representative features of all stages, side by side.
            ``'map'``: the stages' feature maps, stacked.
        channels: Channels c that every feature map is brought to.
        size: Height and width (h, w) that every feature map is brought to, or one
            number for both. The mapping's parameters grow with the square of h·w.
        scoring: Config of the scoring function; `ConvScoring` by default.
        mapping: Config of the structure mapping; `StructureMapping` by default.
        init_cfg: Weight initialisation.

    Attributes:
        out_channels: Channels of the output, for the head's `in_channels`.

    Raises:
        ValueError: If `out` is another word.
    """

    def __init__(
        self,
        in_channels: Sequence[int],
        out: str = 'vector',
        channels: int = 64,
        size: int | tuple[int, int] = 8,
        scoring: dict | None = None,
        mapping: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if out not in OUTPUTS:
            raise ValueError(f'out must be one of {OUTPUTS}, got {out!r}')
        height, width = to_2tuple(size)
        stages = len(in_channels)
        self.out = out
        self.map_shape = (stages, height, width)
        self.align = StageAlignment(in_channels, channels, (height, width))
        # With the scope, since MMPose's is the default one where this neck is at work.
        self.scoring = MODELS.build(
            scoring or dict(type='mmfsa.ConvScoring'),
            default_args=dict(in_channels=channels),
        )
        self.mapping = MODELS.build(
            mapping or dict(type='mmfsa.StructureMapping'),
            default_args=dict(num_pixels=height * width, num_stages=stages),
        )
        features = self.mapping.num_candidates if out == 'vector' else stages
        self.out_channels = features * channels

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor]:
        """
        Args:
            features: K feature maps (N, in_channels[k], H_k, W_k).

        Returns:
            A tuple, of which MMPose's heads take the last, with one tensor:
            (N, out_channels), or (N, out_channels, h, w) as a map.

        Raises:
            ValueError: If number or channels of the feature maps are others.
        """
        stages = self.align(features)
        U = all_pixels(stages)
        candidates, maps = self.mapping(U, [self.scoring(stage) for stage in stages])
        if self.out == 'vector':
            return (candidates.flatten(1),)
        # The way back: each pixel takes part in the candidates by its column of S.
        S = maps.S.flatten(1, 2)
        shares = S / S.sum(dim=1, keepdim=True)
        pixels = U + shares.transpose(1, 2) @ candidates
        stacked = pixels.unflatten(1, self.map_shape).permute(0, 1, 4, 2, 3)
        return (stacked.flatten(1, 2),)
