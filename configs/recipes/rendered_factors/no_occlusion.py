# Nothing covers a part of the crop.
_base_ = './base.py'
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
train_dataloader = dict(dataset=dict(pipeline=[load, crop, mirror, colour, pack]))
