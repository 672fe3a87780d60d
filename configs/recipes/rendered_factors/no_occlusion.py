# Nothing covers a part of the crop.
_base_ = './base.py'
steps = [
    _base_.load,
    _base_.train_crop,
    _base_.mirror,
    _base_.colour,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
