# Heads are not turned in the image.
_base_ = './base.py'
load, borders, mirror, turn, colour, pack = _base_.train_dataloader.dataset.pipeline
train_dataloader = dict(dataset=dict(pipeline=[load, borders, mirror, colour, pack]))
