# The first block of the tanh stream ends in a ReLU.
_base_ = './base.py'
model = dict(backbone=dict(stem_relu=True))
