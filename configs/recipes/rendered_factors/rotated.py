# Turned in the image by up to 30 degrees, half of the time.
_base_ = './base.py'
turn = dict(type='RotateInPlane')
steps = [
    _base_.load,
    _base_.train_crop,
    _base_.mirror,
    turn,
    _base_.colour,
    _base_.occlude,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
