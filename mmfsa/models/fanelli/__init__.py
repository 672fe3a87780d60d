"""What is the own of Fanelli's random forest (IJCV 2013): its trees and their votes."""

from .forest import Forest

__all__ = ['Forest']
