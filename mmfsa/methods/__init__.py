"""What a method is, and how one is loaded with its weights."""

from .loading import load_model

__all__ = ['load_model']
