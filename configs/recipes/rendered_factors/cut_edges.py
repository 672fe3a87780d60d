# Photos end within the crop, and many in AFLW2000 have black borders.
_base_ = './base.py'
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
edge = dict(type='CutEdge')
train_dataloader = dict(
    dataset=dict(pipeline=[load, crop, mirror, colour, occlude, edge, pack])
)
