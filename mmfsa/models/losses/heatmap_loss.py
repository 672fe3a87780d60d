"""Heatmaps of landmarks against Gaussians around the labels."""

from collections.abc import Mapping

import torch
from torch import Tensor

from mmfsa.registry import MODELS

from .base_loss import BaseLoss, weighted_mean
from .labels import Labels


@MODELS.register_module()
class HeatmapLoss(BaseLoss):
    """The mean squared error of heatmaps, summed over the stacks of a network, as `loss`.

    The labels are `landmarks` (N, K, 2) as fractions of the crop (`gt_landmarks` of a
    data sample). A landmark that is NaN or lies outside of the crop does not count; where
    no face of a batch has any, the loss is 0. Of a face's three weights the mean counts.

    Args:
        sigma: Standard deviation of the Gaussian in pixels of the heatmap.
        radius: The Gaussian ends so many pixels from its middle, which is the pixel that
            the landmark lies in. Defaults are those of FAN's code.
    """

    needs = ('heatmaps',)

    def __init__(self, sigma: float = 3.25, radius: int = 6) -> None:
        super().__init__()
        self.sigma = sigma
        self.radius = radius

    def compare(
        self, outputs: Mapping[str, Tensor], labels: Labels
    ) -> dict[str, Tensor]:
        heatmaps = outputs['heatmaps']
        if 'landmarks' not in labels.others:
            return dict(loss=0 * heatmaps.sum())
        landmarks = labels.others['landmarks'].to(heatmaps)
        known = ((landmarks >= 0) & (landmarks < 1)).all(dim=2)
        target = self.target(landmarks.nan_to_num(), heatmaps.shape[-2:])
        error = (heatmaps - target[:, None]).square().mean(dim=(3, 4)).sum(dim=1)
        weight = labels.weight.mean(dim=1, keepdim=True) * known
        return dict(loss=weighted_mean(error, weight))

    def target(self, landmarks: Tensor, size: tuple[int, int]) -> Tensor:
        """What the heatmaps should be.

        Args:
            landmarks: (N, K, 2) fractions of the crop.
            size: Height and width of the heatmaps.

        Returns:
            (N, K, height, width), 1 at the landmarks.
        """
        height, width = size
        x, y = (landmarks * landmarks.new_tensor([width, height])).floor().unbind(2)
        across = self._bell(x, width)
        along = self._bell(y, height)
        return along[..., :, None] * across[..., None, :]

    def _bell(self, middle: Tensor, size: int) -> Tensor:
        """Gaussians (N, K, size) around middles (N, K)."""
        distance = torch.arange(size).to(middle) - middle[..., None]
        bell = (-distance.square() / (2 * self.sigma**2)).exp()
        return bell * (distance.abs() <= self.radius)
