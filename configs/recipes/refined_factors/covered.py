# Hands, masks and hair, as rectangles of one colour.
_base_ = './base.py'
cover = dict(type='Occlude', size=(0.1, 0.5))
steps = [
    _base_.load,
    _base_.borders,
    _base_.mirror,
    _base_.turn,
    _base_.colour,
    cover,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
