_base_ = '../_base_/yakhyo.py'
model = dict(
    head=dict(in_features=2048), backbone=dict(type='TimmBackbone', model='resnet50')
)
