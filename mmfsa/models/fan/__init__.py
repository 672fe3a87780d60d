"""What is FAN's own: the face alignment network (Bulat and Tzimiropoulos, ICCV 2017)."""

from .network import FAN

__all__ = ['FAN']
