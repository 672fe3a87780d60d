# Stretched, as a crop that is cut at the image's edge.
_base_ = './base.py'
zoom = dict(type='RandomZoom')
steps = [
    _base_.load,
    _base_.train_crop,
    _base_.mirror,
    zoom,
    _base_.colour,
    _base_.occlude,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
