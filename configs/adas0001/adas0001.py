# head-pose-estimation-adas-0001. How Intel trained it is not published: the data and the
# schedule are those of FSA-Net's protocol 1.
_base_ = [
    '../_base_/datasets/300wlp.py',
    '../_base_/schedules/adam_90e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    type='HeadPoseEstimator',
    # The network normalises the images itself.
    inputs=dict(
        size=60,
        color='BGR',
        crop=dict(
            box='landmarks68',
            pad=0,
            square=True,
            shift=(0, -0.1),
            scale=1.4,
            border='constant',
            whole='round',
        ),
    ),
    backbone=dict(type='Adas0001Backbone'),
    head=dict(type='Adas0001Head'),
)
