# Turned in the image by up to 30 degrees, half of the time.
_base_ = './base.py'
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
train_dataloader = dict(
    dataset=dict(
        pipeline=[load, crop, mirror, dict(type='RotateInPlane'), colour, occlude, pack]
    )
)
