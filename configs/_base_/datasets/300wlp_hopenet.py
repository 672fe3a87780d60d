# 300W-LP as Hopenet trains on it, and most networks since. The padding is drawn (k from 0.2
# to 0.4, and each later side adds to what the earlier one has widened). The shorter side
# becomes 240 pixels, and a window of 224 is drawn. Half of the faces are mirrored, a few
# are blurred. A fiftieth of the faces is kept for validation; originals validate on none.
_base_ = './300wlp.py'
train_crop = dict(
    type='CropFace',
    times=(1, 2),
    inputs=dict(
        size=240,
        crop=dict(
            box='landmarks68',
            pad=(0.12, 0.4, 0.1344, 0.168),
            square='shorter',
            border='constant',
        ),
    ),
)
train_dataloader = dict(
    num_workers=2,
    persistent_workers=True,
    dataset=dict(
        cache=False,
        split=dict(fraction=0.98),
        pipeline=[
            _base_.load,
            train_crop,
            dict(type='RandomCrop', size=224),
            dict(type='MirrorFace'),
            dict(type='Blur', prob=0.05),
            _base_.pack,
        ],
    ),
)
val_dataloader = dict(dataset=dict(split=dict(fraction=0.98)))
