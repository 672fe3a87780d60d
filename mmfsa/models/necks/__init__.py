from .flatten_neck import FlattenNeck
from .fsa_neck import FSANeck

__all__ = ['FSANeck', 'FlattenNeck']
