_base_ = '../_base_/yakhyo.py'
model = dict(
    backbone=dict(
        type='TimmBackbone',
        model='mobilenetv3_large_100',
        pooled=True,
        options=dict(bn_eps=1e-3, bn_momentum=0.01),
    ),
    head=dict(in_features=1280),
)
