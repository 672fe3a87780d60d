# The 68 landmarks that a data set has, fitted by weak perspective.
_base_ = [
    '../_base_/datasets/aflw2000_frames.py',
    '../_base_/default_runtime.py',
]
method = dict(type='LandmarkMethod', name='given_pnp')
