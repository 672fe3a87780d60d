"""What is the own of 3DDFA_V2 (ECCV 2020), which SynergyNet (3DV 2021) has, too."""

from .head import MorphableModelHead

__all__ = ['MorphableModelHead']
