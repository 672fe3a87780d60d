# Crops of 48 pixels.
_base_ = './base.py'
model = dict(inputs=dict(size=48), backbone=dict(input_size=48), neck=dict(in_size=6))
