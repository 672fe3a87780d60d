# Blurred and compressed once more, as a small face is.
_base_ = './base.py'
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
train_dataloader = dict(
    dataset=dict(
        pipeline=[
            load,
            crop,
            mirror,
            colour,
            occlude,
            dict(type='Blur'),
            dict(type='JPEGCompress'),
            pack,
        ]
    )
)
