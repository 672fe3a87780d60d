"""What is Opal's own: its backbone (Cobo et al., Pattern Recognition 2024)."""

from .inverted_residual_network import OpalBackbone

__all__ = ['OpalBackbone']
