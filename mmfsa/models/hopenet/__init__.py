"""What is Hopenet's own (Ruiz et al., CVPRW 2018), and that of its small form."""

from .shufflenet_v2 import ShuffleNetV2

__all__ = ['ShuffleNetV2']
