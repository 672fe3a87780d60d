# Crops of 96 pixels, which a fourth pool brings to 6.
_base_ = './pixels_96.py'
model = dict(
    backbone=dict(stages=((16, 'P', 32, 32, 'P'), (64, 64, 'P'), (128, 128, 'P'))),
    neck=dict(in_size=6),
)
