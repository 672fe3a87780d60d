# Blurred and compressed once more, as a small face is.
_base_ = './base.py'
blur = dict(type='Blur')
compress = dict(type='JPEGCompress')
steps = [
    _base_.load,
    _base_.train_crop,
    _base_.mirror,
    _base_.colour,
    _base_.occlude,
    blur,
    compress,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
