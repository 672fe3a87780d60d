# Boxes of visible landmarks, as AFLW2000's, are down to half as wide.
_base_ = './base.py'
train_crop = {**_base_.train_crop, 'aspect': (0.5, 1.15)}
steps = [
    _base_.load,
    train_crop,
    _base_.mirror,
    _base_.colour,
    _base_.occlude,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
