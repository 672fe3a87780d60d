# To start from ImageNet: model.backbone.pretrained=True.
_base_ = [
    '../_base_/datasets/300wlp_hopenet.py',
    '../_base_/schedules/adam_60e.py',
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
            pad=(0.4, 0.4, 0.56, 0.168),
            square='shorter',
            scale=0.896,
            border='constant',
        ),
    ),
    backbone=dict(
        type='TimmBackbone',
        model='vit_base_patch16_224',
        pooled=True,
        options=dict(global_pool=''),
    ),
    neck=dict(type='OrientationTokens'),
    head=dict(type='RegionHead'),
    loss=dict(type='RegionLoss'),
)
train_dataloader = dict(batch_size=64)
