# Colour alone, to compare with.
_base_ = './deepheadpose_two_stream.py'
model = dict(
    inputs=dict(modality='color'),
    backbone=dict(
        _delete_=True,
        type='TwoStreamBackbone',
        init_cfg=dict(**_base_.weights, prefix='backbone'),
    ),
)
photo_alone = [
    _base_.load,
    _base_.train_crop,
    _base_.mirror,
    _base_.turn,
    _base_.occlude,
    _base_.darken,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=photo_alone))
