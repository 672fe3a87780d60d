# Heads are not turned in the image.
_base_ = './base.py'
steps = [
    _base_.load,
    _base_.borders,
    _base_.mirror,
    _base_.colour,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
