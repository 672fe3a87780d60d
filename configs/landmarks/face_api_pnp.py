# face-api.js' 68 landmarks, fitted without the jaw: it follows the visible outline. The
# network says a pose, too, by weak perspective; what the recipe trains is the landmarks.
_base_ = [
    '../_base_/datasets/300wlp_landmarks.py',
    '../_base_/schedules/adamw_onecycle_24e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=112,
        color='RGB',
        mean=(122.782, 117.001, 104.298),
        std=(255,),
        crop=dict(box='landmarks68', pad=0, square=True, scale=1.2, border='constant'),
    ),
    backbone=dict(type='FaceApiBackbone'),
    neck=None,
    head=dict(type='LandmarkHead', in_features=256, points=dict(subset='inner')),
)
method = dict(type='LandmarkMethod', points=dict(subset='inner'), solver='pnp', focal=4)
