# Three quarters of the channels.
_base_ = './base.py'
model = dict(backbone=dict(stages=((12, 'P', 24, 24, 'P'), (48, 48, 'P'), (96, 96))))
