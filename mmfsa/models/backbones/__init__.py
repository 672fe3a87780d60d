from .two_stream import TwoStreamBackbone

__all__ = ['TwoStreamBackbone']
