from .capsule import CapsuleAggregation
from .linear import LinearAggregation
from .netvlad import NetVLADAggregation

__all__ = ['CapsuleAggregation', 'LinearAggregation', 'NetVLADAggregation']
