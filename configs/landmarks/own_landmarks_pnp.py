# A network of our own for 68 landmarks, trained on rendered heads alone: its weights come
# with mmfsa, for any use. All 68 points are points of the head, so the jaw is fitted, too.
_base_ = [
    '../_base_/datasets/synth_landmarks.py',
    '../_base_/schedules/adamw_onecycle_30e_ema.py',
    '../_base_/default_runtime.py',
]
train_cfg = dict(max_epochs=34, val_interval=5)
param_scheduler = dict(total_steps=34)
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=64,
        color='RGB',
        mean=(127.5,),
        std=(127.5,),
        interpolation='supersampled',
        crop=dict(
            box='landmarks68', pad=0, square=True, scale=1.25, border='replicate'
        ),
    ),
    backbone=dict(
        type='ResidualBackbone',
        stem=16,
        blocks=((16, 1), (32, 2), (32, 1), (64, 2), (64, 2)),
        out_channels=24,
    ),
    neck=dict(type='FlattenNeck'),
    # The zero of rendered heads.
    head=dict(type='LandmarkHead', in_features=384, points=dict(pitch=3)),
    loss=dict(
        type='SumLoss',
        parts=dict(
            landmarks=dict(type='OutputWingLoss', output='landmarks'),
            pose=dict(type='GeodesicLoss', weight=0.002),
        ),
    ),
)
method = dict(type='LandmarkMethod', points=dict(pitch=3))
