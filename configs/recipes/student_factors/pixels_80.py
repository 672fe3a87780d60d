# Crops of 80 pixels.
_base_ = './base.py'
model = dict(inputs=dict(size=80), backbone=dict(input_size=80), neck=dict(in_size=10))
