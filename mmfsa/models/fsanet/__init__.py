"""What is FSA-Net's own (Yang et al., CVPR 2019), and SSR-Net-MD's, which it builds on."""

from .aggregation import CapsuleAggregation, LinearAggregation, NetVLADAggregation
from .fsa_neck import FSANeck
from .maps import structure_maps
from .scoring import ConvScoring, UniformScoring, VarianceScoring
from .ssr_head import SSRHead
from .ssr_net_md_head import SSRNetMDHead
from .structure_mapping import StructureMapping, StructureMaps, all_pixels
from .structure_pooling import StructurePooling
from .two_stream import TwoStreamBackbone

__all__ = [
    'CapsuleAggregation',
    'ConvScoring',
    'FSANeck',
    'LinearAggregation',
    'NetVLADAggregation',
    'SSRHead',
    'SSRNetMDHead',
    'StructureMapping',
    'StructureMaps',
    'StructurePooling',
    'TwoStreamBackbone',
    'UniformScoring',
    'VarianceScoring',
    'all_pixels',
    'structure_maps',
]
