# Opal's network without a head, and a recipe of mmfsa: the authors published none.
_base_ = [
    './datasets/300wlp.py',
    './schedules/adam_80e.py',
    './default_runtime.py',
]
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=128,
        std=(255, 255, 255),
        crop=dict(box='landmarks68', pad=0, square=True, scale=1.6, border='constant'),
    ),
    backbone=dict(type='OpalBackbone'),
    head=dict(in_features=256),
)
train_dataloader = dict(
    batch_size=64,
    num_workers=2,
    persistent_workers=True,
    dataset=dict(
        cache=False,
        pipeline=[
            _base_.load,
            dict(type='CropFace', shift=0.1, aspect=(0.8, 1.25)),
            dict(type='MirrorFace'),
            dict(type='Blur', prob=0.05),
            _base_.pack,
        ],
    ),
)
