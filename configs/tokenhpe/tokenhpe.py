# To start from ImageNet: model.backbone.pretrained=True.
_base_ = [
    '../_base_/models/rotation_6d_224.py',
    '../_base_/datasets/300wlp_hopenet.py',
    '../_base_/schedules/adam_60e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    inputs=dict(crop=dict(scale=0.896)),
    backbone=dict(
        type='TimmBackbone',
        model='vit_base_patch16_224',
        pooled=True,
        options=dict(global_pool=''),
    ),
    neck=dict(type='OrientationTokens'),
    head=dict(_delete_=True, type='RegionHead'),
    loss=dict(_delete_=True, type='RegionLoss'),
)
train_dataloader = dict(batch_size=64)
