"""Aggregation: from candidates to one vector per stage (Section 3.3)."""

from .capsule import CapsuleAggregation
from .linear import LinearAggregation
from .netvlad import NetVLADAggregation

__all__ = ['CapsuleAggregation', 'LinearAggregation', 'NetVLADAggregation']
