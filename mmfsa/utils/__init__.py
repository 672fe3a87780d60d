"""What every part of mmfsa may use; it imports no other part."""

from .setup_env import register_all_modules

__all__ = ['register_all_modules']
