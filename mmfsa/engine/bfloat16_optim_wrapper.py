"""Mixed precision on the CPU, which MMEngine's AmpOptimWrapper refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.nn as nn
from mmengine.optim import OptimWrapper

from mmfsa.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Convolutions and linear layers compute in bfloat16, all else in float32.

    Numbers of 16 bits with the range of float32: the loss needs no scale. Where a CPU has
    instructions for them (AVX512-BF16, AMX), a training takes half of the time.
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """What a step of the training runs in."""
        with super().optim_context(model), torch.autocast('cpu', torch.bfloat16):
            yield
