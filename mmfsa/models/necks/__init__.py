from .flatten_neck import FlattenNeck
from .fsa_neck import FSANeck
from .stage_alignment import StageAlignment
from .structure_pooling import StructurePooling

__all__ = ['FSANeck', 'FlattenNeck', 'StageAlignment', 'StructurePooling']
