# Crops from 1.6 to 2.8 times the face box, off its centre by up to a tenth.
_base_ = './base.py'
train_crop = {**_base_.train_crop, 'more': (-0.3, 0.3), 'shift': 0.1}
steps = [
    _base_.load,
    train_crop,
    _base_.mirror,
    _base_.colour,
    _base_.occlude,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
