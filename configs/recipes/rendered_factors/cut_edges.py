# Photos end within the crop, and many in AFLW2000 have black borders.
_base_ = './base.py'
edge = dict(type='CutEdge')
steps = [
    _base_.load,
    _base_.train_crop,
    _base_.mirror,
    _base_.colour,
    _base_.occlude,
    edge,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
