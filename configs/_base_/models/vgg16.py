# VGG16 up to its second fully connected layer, a layer of 1024, and the three angles.
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=224,
        color='RGB',
        mean=(123.675, 116.28, 103.53),
        std=(58.395, 57.12, 57.375),
    ),
    backbone=dict(type='TimmBackbone', model='vgg16', pooled=True),
    head=dict(type='AngleHead', in_features=4096, hidden=(1024,)),
    loss=dict(type='L2Loss'),
)
