# Crops of 96 pixels: all that AFLW's crops have.
_base_ = './base.py'
model = dict(inputs=dict(size=96), backbone=dict(input_size=96), neck=dict(in_size=12))
