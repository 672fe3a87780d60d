"""Landmarks as the maxima of heatmaps, and the pose that they have."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor

from mmfsa.landmarks import HeadPoints
from mmfsa.registry import MODELS

from .base_head import BaseHead
from .landmark_pose import LandmarkPose

FOOT = 0.5  # of a maximum's height: where its peak begins
TOWARDS = 0.25  # of a pixel: how far a landmark lies towards the larger neighbour


@MODELS.register_module()
class HeatmapHead(BaseHead):
    """One heatmap for each landmark; it has nothing to learn.

    A landmark lies in the middle of the map's largest pixel, a quarter of a pixel towards
    the larger one of its neighbours (Newell et al., ECCV 2016, Section 3.3). These places
    jump from pixel to pixel. The head's own pose is that of the middles of what lies
    above half of the maximum: it does not jump, and a loss may compare it.

    Args:
        points: The :class:`~mmfsa.landmarks.HeadPoints` that give the pose, or their
            settings.
        init_cfg: Not used; there are no weights.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.HeatmapLoss')

    def __init__(
        self,
        points: HeadPoints | Mapping | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.pose = LandmarkPose(points)

    def forward(self, features: Sequence[Tensor]) -> dict[str, Tensor]:
        """
        Args:
            features: Heatmaps (N, K, h, w), one or several tensors. The last one counts;
                a loss compares all of them.

        Returns:
            `heatmaps` (N, S, K, h, w).
        """
        return dict(heatmaps=torch.stack(list(features), dim=1))

    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """The landmarks, and a pose if the crop is a square.

        Returns:
            `pose` (N, 3) in degrees and `rotation` (N, 3, 3) of the middles of the
            peaks; `landmarks` (N, K, 2) as
            fractions of the crop, (0, 0) being the outer corner of its first pixel;
            `landmark_scores` (N, K), the values of the maxima.
        """
        heatmaps = outputs['heatmaps'][:, -1]
        landmarks, scores = maxima(heatmaps)
        found = dict(
            self.pose(middles(heatmaps)), landmarks=landmarks, landmark_scores=scores
        )
        return {name: value.to(heatmaps.dtype) for name, value in found.items()}


def maxima(heatmaps: Tensor) -> tuple[Tensor, Tensor]:
    """Where heatmaps are largest.

    A maximum at the edge of its map is not moved.

    Args:
        heatmaps: (N, K, h, w)

    Returns:
        (N, K, 2) x and y as fractions of the map, float32; (N, K) the values there.
    """
    height, width = heatmaps.shape[-2:]
    flat = heatmaps.flatten(2)
    scores, index = flat.max(dim=2)
    x, y = index % width, index // width
    inside = (x > 0) & (x < width - 1) & (y > 0) & (y < height - 1)
    last = height * width - 1

    def value(step: int) -> Tensor:
        return flat.gather(2, (index + step).clamp(0, last)[..., None]).squeeze(2)

    right, down = ((value(s) - value(-s)).sign().float() * inside for s in (1, width))
    places = [
        (x + 0.5 + TOWARDS * right) / width,
        (y + 0.5 + TOWARDS * down) / height,
    ]
    return torch.stack(places, dim=2), scores


def middles(heatmaps: Tensor) -> Tensor:
    """The centres of mass of what rises above half of the maximum.

    Heights count from the mean of the map.

    Args:
        heatmaps: (N, K, h, w)

    Returns:
        (N, K, 2) x and y as fractions of the map, float32.
    """
    maps = heatmaps.float()
    mean = maps.mean((2, 3), keepdim=True)
    foot = mean + FOOT * (maps.amax((2, 3), keepdim=True) - mean)
    mass = (maps - foot).clamp(min=1e-9)  # flat maps have a middle, too
    mass = mass / mass.sum((2, 3), keepdim=True)
    places = []
    for size, share in ((maps.shape[3], mass.sum(2)), (maps.shape[2], mass.sum(3))):
        from_centre = (torch.arange(size).to(maps) + 0.5) / size - 0.5
        places.append(0.5 + (share * from_centre).sum(2))
    return torch.stack(places, dim=2)
