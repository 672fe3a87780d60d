# Shaw's lightweight network with 66 bins of each angle.
_base_ = [
    '../_base_/datasets/300wlp_hopenet.py',
    '../_base_/schedules/adam_90e.py',
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
            pad=0,
            square=True,
            shift=(0, -0.1),
            scale=1.2,
            border='constant',
        ),
    ),
    backbone=dict(type='LightweightCNN'),
    head=dict(type='BinnedHead', in_features=128, relu=True),
    loss=dict(
        type='BinLoss',
        over_angles='sum',
        alpha=0.0,
        soft_label=(0.1, 0.2, 0.5, 0.2, 0.1),
    ),
)
