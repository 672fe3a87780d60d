"""What is the own of Opal's network (Cobo et al., Pattern Recognition 2024): its backbone."""

from .inverted_residual_network import OpalBackbone

__all__ = ['OpalBackbone']
