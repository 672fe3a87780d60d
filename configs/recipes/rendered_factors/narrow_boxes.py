# Boxes of visible landmarks, as AFLW2000's, are down to half as wide.
_base_ = './base.py'
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
crop.update(aspect=(0.5, 1.15))
train_dataloader = dict(
    dataset=dict(pipeline=[load, crop, mirror, colour, occlude, pack])
)
