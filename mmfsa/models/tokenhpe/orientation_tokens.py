"""The neck of TokenHPE: orientation tokens look at the patches (Section 3.2)."""

import math
from collections.abc import Sequence

import torch
import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.registry import MODELS


class TokenLayer(nn.Module):
    """Attention and two linear layers, each behind a layer norm and added to its input.

    The attention is scaled by the width of a token, not by that of a head, as the
    authors' code does.

    Args:
        width: Width of a token.
        heads: Heads of the attention.
        expansion: How many times wider the hidden layer is.
    """

    def __init__(self, width: int, heads: int, expansion: int) -> None:
        super().__init__()
        self.heads = heads
        self.scale = width**-0.5
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, expansion * width),
            nn.GELU(),
            nn.Linear(expansion * width, width),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (N, n, width) to tokens of the same shape."""
        tokens = tokens + self.attend(self.norm1(tokens))
        return tokens + self.mlp(self.norm2(tokens))

    def attend(self, tokens: Tensor) -> Tensor:
        """The attention of normalised tokens."""
        qkv = self.qkv(tokens).unflatten(2, (3, self.heads, -1))
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # (N, heads, n, c)
        weights = (query @ key.transpose(2, 3) * self.scale).softmax(dim=3)
        return self.out((weights @ value).transpose(1, 2).flatten(2))


@MODELS.register_module()
class OrientationTokens(BaseModule):
    """Learned tokens, one for each region of directions, among the patches of a ViT.

    Args:
        in_channels: Width of the ViT's tokens.
        grid: Rows and columns of patches.
        num_tokens: Number of orientation tokens.
        width: Width of a token in the layers.
        depth: Number of layers.
        heads: Heads of the attention.
        expansion: How many times wider a layer's hidden layer is.
        num_class_tokens: How many tokens that are no patches the ViT puts first; they
            are dropped.
        init_cfg: Weight initialisation.
    """

    def __init__(
        self,
        in_channels: int = 768,
        grid: tuple[int, int] = (14, 14),
        num_tokens: int = 9,
        width: int = 128,
        depth: int = 3,
        heads: int = 8,
        expansion: int = 3,
        num_class_tokens: int = 1,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.num_class_tokens = num_class_tokens
        self.tokens = nn.Parameter(0.02 * torch.randn(1, num_tokens, width))
        self.projection = nn.Linear(in_channels, width)
        self.register_buffer('positions', sine_positions(*grid, width)[None])
        self.layers = nn.Sequential(
            *(TokenLayer(width, heads, expansion) for _ in range(depth))
        )

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """
        Args:
            features: The ViT's tokens (N, 1 + patches, in_channels), in a tuple.

        Returns:
            The orientation tokens (N, num_tokens, width).
        """
        (tokens,) = features
        patches = self.projection(tokens[:, self.num_class_tokens :]) + self.positions
        own = self.tokens.expand(patches.shape[0], -1, -1)
        return self.layers(torch.cat([own, patches], dim=1))[:, : self.tokens.shape[1]]


def sine_positions(rows: int, columns: int, width: int) -> Tensor:
    """Sines and cosines of the row and of the column of each patch.

    Args:
        rows: Rows of patches.
        columns: Columns of patches.
        width: Width of a token, a multiple of 4. Its first half is about the row.

    Returns:
        (rows · columns, width), row by row.
    """
    half = width // 2
    rates = 10000 ** (2 * (torch.arange(half) // 2) / half)
    waves = []
    for num in (rows, columns):
        place = torch.arange(1, num + 1) / (num + 1e-6) * (2 * math.pi)
        angle = place[:, None] / rates
        even, odd = angle[:, 0::2].sin(), angle[:, 1::2].cos()
        waves.append(torch.stack([even, odd], dim=2).flatten(1))
    down, across = waves
    down = down[:, None].expand(-1, columns, -1)
    across = across[None].expand(rows, -1, -1)
    return torch.cat([down, across], dim=2).flatten(0, 1)
