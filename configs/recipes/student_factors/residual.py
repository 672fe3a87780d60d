# Plain convolutions with residual blocks, and the angles from all pixels of their map.
_base_ = './base.py'
model = dict(
    backbone=dict(_delete_=True, type='ResidualBackbone'),
    neck=dict(_delete_=True, type='FlattenNeck'),
    head=dict(_delete_=True, type='AngleHead', in_features=512, hidden=(64,)),
)
