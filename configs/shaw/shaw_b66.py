# Shaw's lightweight network with 66 bins of each angle.
_base_ = [
    '../_base_/models/imagenet_224.py',
    '../_base_/datasets/300wlp_hopenet.py',
    '../_base_/schedules/adam_90e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    backbone=dict(type='LightweightCNN'),
    head=dict(type='BinnedHead', in_features=128, relu=True),
    loss=dict(
        type='BinLoss',
        over_angles='sum',
        alpha=0.0,
        soft_label=(0.1, 0.2, 0.5, 0.2, 0.1),
    ),
)
