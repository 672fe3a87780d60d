from .structure_mapping import StructureMapping, StructureMaps, all_pixels

__all__ = ['StructureMapping', 'StructureMaps', 'all_pixels']
