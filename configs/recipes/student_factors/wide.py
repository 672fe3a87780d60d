# A quarter more channels.
_base_ = './base.py'
model = dict(backbone=dict(stages=((20, 'P', 40, 40, 'P'), (80, 80, 'P'), (160, 160))))
