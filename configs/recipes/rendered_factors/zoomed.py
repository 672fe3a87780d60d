# Stretched, as a crop that is cut at the image's edge.
_base_ = './base.py'
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
train_dataloader = dict(
    dataset=dict(
        pipeline=[load, crop, mirror, dict(type='RandomZoom'), colour, occlude, pack]
    )
)
