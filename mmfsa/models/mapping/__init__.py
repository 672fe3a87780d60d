from .structure_mapping import StructureMapping, StructureMaps

__all__ = ['StructureMapping', 'StructureMaps']
