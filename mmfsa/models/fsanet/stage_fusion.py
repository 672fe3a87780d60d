"""Stage fusion: one feature map U_k from the two streams (Section 3.3, Figure 2a).

The paper multiplies the streams first and convolves the product; the authors' released
code, which this follows, convolves each stream first.
"""

import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


class StageFusion(nn.Module):
    """Multiply the 1x1-convolved ReLU and tanh streams and pool.

    Args:
        in_channels: Channels of each stream at this stage.
        out_channels: Channels c of U_k.
        pool: Factor by which height and width shrink.
        pool_streams: Pool each stream before the product (SSR-Net: average on the ReLU
            stream, maximum on the tanh stream) instead of the product (FSA-Net).
    """

    def __init__(
        self, in_channels: int, out_channels: int, pool: int, pool_streams: bool
    ) -> None:
        super().__init__()
        self.conv_relu = nn.Conv2d(in_channels, out_channels, 1)
        self.conv_tanh = nn.Conv2d(in_channels, out_channels, 1)
        self.pool = pool
        self.pool_streams = pool_streams

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        """
        Args:
            x: ReLU stream, (N, in_channels, H, W).
            s: tanh stream, of the same shape.

        Returns:
            U_k, (N, out_channels, H / pool, W / pool).
        """
        x, s = self.conv_relu(x).relu(), self.conv_tanh(s)
        if self.pool == 1:
            return x * s.tanh()
        if self.pool_streams:
            # tanh is monotonic, so it may follow the maximum and see fewer values.
            return F.avg_pool2d(x, self.pool) * F.max_pool2d(s, self.pool).tanh()
        return F.avg_pool2d(x * s.tanh(), self.pool)
