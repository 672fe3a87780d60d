# 224 pixels, RGB, with ImageNet's mean and standard deviation; the crop is the method's.
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=224,
        color='RGB',
        mean=(123.675, 116.28, 103.53),
        std=(58.395, 57.12, 57.375),
    ),
)
