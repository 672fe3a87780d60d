_base_ = '../_base_/yakhyo.py'
model = dict(
    backbone=dict(type='MobileNetV2', norm=dict(eps=1e-3, momentum=0.01)),
    head=dict(in_features=1280),
)
