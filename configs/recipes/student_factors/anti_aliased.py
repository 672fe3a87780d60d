# Pools that blur before they leave out pixels.
_base_ = './base.py'
model = dict(backbone=dict(anti_aliased=True))
