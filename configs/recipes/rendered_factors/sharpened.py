# As sharp as photos: rendered heads have half their detail (standard deviation of the
# Laplacian of 64x64 crops: 30 of 255 against 59).
_base_ = './base.py'
sharpen = dict(type='Sharpen', prob=0.8)
steps = [
    _base_.load,
    _base_.train_crop,
    _base_.mirror,
    sharpen,
    _base_.colour,
    _base_.occlude,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
