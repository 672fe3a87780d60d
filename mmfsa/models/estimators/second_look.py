"""A second look at each face of a batch, which a training compares with the first."""

import torch
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


@MODELS.register_module()
class SecondLook(BaseModule):
    """Crops again, moved and scaled as if the face's box were a little different.

    What a moved crop shows beyond the old one repeats the edge. The pose of the face stays.

    Args:
        shift: The largest shift to each side, in pixels of the crop.
        scale: The largest share by which the crop gets wider or narrower.
    """

    def __init__(self, shift: float = 1.5, scale: float = 0.03) -> None:
        super().__init__()
        self.shift = shift
        self.scale = scale

    def forward(self, images: Tensor) -> Tensor:
        """Crops (N, C, H, W) as they look from boxes that are drawn for each crop."""
        height, width = images.shape[-2:]
        drawn = torch.rand(len(images), 3, device=images.device) * 2 - 1
        theta = images.new_zeros(len(images), 2, 3)
        theta[:, 0, 0] = theta[:, 1, 1] = 1 + self.scale * drawn[:, 0]
        # The grid is 2 wide and 2 high.
        theta[:, 0, 2] = 2 * self.shift / width * drawn[:, 1]
        theta[:, 1, 2] = 2 * self.shift / height * drawn[:, 2]
        grid = F.affine_grid(theta, list(images.shape), align_corners=False)
        return F.grid_sample(
            images, grid, 'bicubic', padding_mode='border', align_corners=False
        )
