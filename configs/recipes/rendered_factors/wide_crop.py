# Crops from 1.6 to 2.8 times the face box, off its centre by up to a tenth.
_base_ = './base.py'
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
crop.update(pad=(0.3, 0.9), shift=0.1)
train_dataloader = dict(
    dataset=dict(pipeline=[load, crop, mirror, colour, occlude, pack])
)
