# How much a run differs from its repetition.
_base_ = './base.py'
randomness = dict(seed=1)
