from .inferencer import HeadPoseInferencer

__all__ = ['HeadPoseInferencer']
