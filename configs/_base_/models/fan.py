# FAN with four hourglasses: 256 pixels, RGB, from 0 to 1. The authors' rule takes
# 200/195 of width plus height of the face's box, and moves it up by 0.12 of its height.
# Here the box is that of all 68 landmarks, and its larger side counts twice.
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=256,
        color='RGB',
        std=(255,),
        crop=dict(
            box='landmarks68',
            pad=0,
            square=True,
            shift=(0, -0.12),
            scale=2.05,
            border='constant',
            whole='round',
        ),
    ),
    backbone=dict(type='FAN', stacks=4),
    head=dict(type='HeatmapHead'),
)
