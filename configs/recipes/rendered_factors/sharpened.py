# As sharp as photos: rendered heads have half their detail (standard deviation of the
# Laplacian of 64x64 crops: 30 of 255 against 59).
_base_ = './base.py'
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
sharpen = dict(type='Sharpen', prob=0.8)
train_dataloader = dict(
    dataset=dict(pipeline=[load, crop, mirror, sharpen, colour, occlude, pack])
)
