# Light and colour changed always, and more.
_base_ = './base.py'
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
colour.update(
    prob=1.0,
    brightness=(0.5, 1.6),
    contrast=(0.4, 1.6),
    saturation=(0.0, 1.8),
    tint=(0.8, 1.2),
)
train_dataloader = dict(
    dataset=dict(pipeline=[load, crop, mirror, colour, occlude, pack])
)
