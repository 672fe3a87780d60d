"""What is the own of depth registration: the head's surface, and its ICP."""

from .icp import Fit, Surface, cost_of, load_surface, register

__all__ = ['Fit', 'Surface', 'cost_of', 'load_surface', 'register']
