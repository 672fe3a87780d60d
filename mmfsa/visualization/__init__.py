from .draw import draw_axes

__all__ = ['draw_axes']
