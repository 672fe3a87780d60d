# Rendered heads for a network that is to read photos.
_base_ = './synth_heads.py'
colour = dict(type='ColorJitter')
occlude = dict(type='Occlude')
steps = [
    _base_.load,
    _base_.train_crop,
    _base_.mirror,
    colour,
    occlude,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
