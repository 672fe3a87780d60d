_base_ = '../_base_/yakhyo.py'
model = dict(
    backbone=dict(type='TimmBackbone', model='resnet18'), head=dict(in_features=512)
)
