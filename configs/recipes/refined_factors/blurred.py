# Faces out of focus, or small.
_base_ = './base.py'
blur = dict(type='Blur', sigma=(0.3, 3), prob=0.3)
steps = [
    _base_.load,
    _base_.borders,
    _base_.mirror,
    _base_.turn,
    _base_.colour,
    blur,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
