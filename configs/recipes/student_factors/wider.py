# Half as many channels more.
_base_ = './base.py'
model = dict(backbone=dict(stages=((24, 'P', 48, 48, 'P'), (96, 96, 'P'), (192, 192))))
