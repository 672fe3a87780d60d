# Depth alone, to compare with.
_base_ = './deepheadpose_two_stream.py'
model = dict(
    inputs=dict(modality='depth'),
    backbone=dict(
        _delete_=True,
        type='TwoStreamBackbone',
        in_channels=1,
        init_cfg=dict(**_base_.weights, prefix='backbone'),
    ),
)
