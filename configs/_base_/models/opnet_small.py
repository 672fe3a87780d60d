# The small network of opentrack's neuralnet tracker, 0.4. It sees the head grey; the square
# around the box of 68 landmarks is that around the whole head, times 1.1.
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=129,
        color='grey',
        mean=(128,),
        std=(256,),
        interpolation='area',
        crop=dict(
            box='landmarks68',
            pad=0,
            square=True,
            shift=(0, -0.1),
            scale=1.3,
            border='replicate',
        ),
    ),
    backbone=dict(type='OpNetBackbone'),
    neck=None,
    head=dict(type='OpNetHead'),
)
