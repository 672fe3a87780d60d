# The supervised part of SemiUHPE: the crop keeps the face's form.
_base_ = [
    '../_base_/models/imagenet_inputs.py',
    '../_base_/datasets/300wlp.py',
    '../_base_/schedules/adam_80e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    inputs=dict(
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
