_base_ = '../_base_/sixdrepnet.py'
model = dict(
    backbone=dict(type='TimmBackbone', model='resnet50'), head=dict(in_features=2048)
)
