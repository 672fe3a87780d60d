# Angles, compared as rotations.
_base_ = './base.py'
model = dict(loss=dict(type='GeodesicLoss'))
