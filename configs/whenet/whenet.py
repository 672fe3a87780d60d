# WHENet (Zhou and Gregson, BMVC 2020), whose yaw goes all around.
_base_ = [
    '../_base_/models/imagenet_224.py',
    '../_base_/datasets/300wlp_hopenet.py',
    '../_base_/schedules/adam_1e-5_25e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    inputs=dict(crop=dict(scale=1.4)),
    backbone=dict(type='TimmBackbone', model='tf_efficientnet_b0.in1k', pooled=True),
    head=dict(
        type='BinnedHead',
        in_features=1280,
        num_bins=(120, 66, 66),
        angle_range=(180.0, 99.0, 99.0),
        stands_for='left',
    ),
    loss=dict(type='BinLoss', over_angles='sum', wrap=True),
)
