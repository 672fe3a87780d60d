"""Poses from landmarks: 3-D points of a head, and the solvers that fit them to pixels."""

from .points import SUBSETS, HeadPoints
from .solvers import SOLVERS, Fit, pnp, posit, solve, weak_perspective

__all__ = [
    'SOLVERS',
    'SUBSETS',
    'Fit',
    'HeadPoints',
    'pnp',
    'posit',
    'solve',
    'weak_perspective',
]
