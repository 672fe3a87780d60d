# VGG16 up to its second fully connected layer, a layer of 1024, and the three angles.
_base_ = './imagenet_224.py'
model = dict(
    backbone=dict(type='TimmBackbone', model='vgg16', pooled=True),
    head=dict(type='AngleHead', in_features=4096, hidden=(1024,)),
    loss=dict(type='L2Loss'),
)
