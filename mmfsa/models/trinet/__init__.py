"""What is TriNet's own (Cao et al., WACV 2021): vectors in the place of angles."""

from .backbone import TriNetBackbone
from .head import VectorHead
from .loss import VectorLoss
from .neck import TriNetNeck

__all__ = ['TriNetBackbone', 'TriNetNeck', 'VectorHead', 'VectorLoss']
