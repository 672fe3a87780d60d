"""A convolution and the batch norm behind it, of which many backbones are made."""

import torch.nn as nn


def conv_norm(
    before: int, after: int, kernel: int = 1, stride: int = 1, groups: int = 1
) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    """The two layers; the convolution has no bias, and keeps the size at stride 1.

    Args:
        before: Channels that the convolution takes.
        after: Channels that it gives.
        kernel: Size of its kernel, odd.
        stride: Its stride.
        groups: Groups of its channels.
    """
    conv = nn.Conv2d(
        before, after, kernel, stride, kernel // 2, groups=groups, bias=False
    )
    return conv, nn.BatchNorm2d(after)
