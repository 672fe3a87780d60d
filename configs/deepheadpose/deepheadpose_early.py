# Colour and depth as four channels of one image.
_base_ = './deepheadpose_two_stream.py'
model = dict(
    backbone=dict(
        _delete_=True,
        type='TwoStreamBackbone',
        in_channels=4,
        init_cfg=dict(**_base_.weights, prefix='backbone'),
    )
)
