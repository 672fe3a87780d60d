# The supervised part of SemiUHPE: the crop keeps the face's form.
_base_ = [
    '../_base_/datasets/300wlp.py',
    '../_base_/schedules/adam_80e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=224,
        color='RGB',
        mean=(123.675, 116.28, 103.53),
        std=(58.395, 57.12, 57.375),
        crop=dict(
            box='landmarks68',
            pad=(0.2, 0.4, 0.2, 0.2),
            square=True,
            border='constant',
        ),
    ),
    backbone=dict(type='TimmBackbone', model='resnet50'),
    head=dict(
        type='MatrixFisherHead',
        in_features=2048,
        hidden=(512, 128),
        dropout=0.2,
        frame='6drepnet',
    ),
    loss=dict(type='MatrixFisherLoss'),
)
train_dataloader = dict(
    batch_size=32,
    num_workers=2,
    persistent_workers=True,
    dataset=dict(
        cache=False,
        pipeline=[
            _base_.load,
            dict(type='CropFace', times=(1, 2)),
            dict(type='MirrorFace'),
            dict(type='Blur', prob=0.05),
            _base_.pack,
        ],
    ),
)
