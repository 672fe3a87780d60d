# FSA-Caps 1x1, taught by larger networks: `mmfsa relabel` asks OpNet and Shaw's network for
# AFLW's labels. Its crop is the square just beyond the 68 landmarks: more of the 64 pixels
# show the face than in FSA-Net's own, and a square keeps the face's proportions.
_base_ = [
    '../_base_/models/fsa_caps_1x1.py',
    '../_base_/datasets/aflw_teachers.py',
    '../_base_/schedules/adamw_onecycle_30e_ema.py',
    '../_base_/default_runtime.py',
]
model = dict(
    inputs=dict(
        crop=dict(
            _delete_=True,
            box='landmarks68',
            pad=0.15,
            square=True,
            border='replicate',
        )
    )
)
# It goes on from the weights that mmfsa brings, at two thirds of the schedule's rate: crop
# and labels are new to them, faces are not.
load_from = 'mmfsa/weights/fsa_caps_1x1.pth'
train_cfg = dict(max_epochs=40)
param_scheduler = dict(total_steps=40, eta_max=2e-3)
# What the later trainings of nano and of small change.
photos = _base_.train_dataloader.dataset
balance = dict(power=0.5, limit=4)
rare_poses = dict(dataset=dict(balance=balance))
heads = {**photos, 'split': None}
with_heads = dict(
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        # What an index says of itself.
        ignore_keys=[
            *('dataset', 'box_source', 'box_kind', 'factors', 'img_root', 'seed'),
            *('num_found', 'num_dropped', 'num_kept', 'split'),
        ],
        datasets=[
            {**photos, 'balance': balance},
            {**heads, 'data_root': 'data/synth_steady'},
        ],
    )
)
twice = dict(
    second_look=dict(type='SecondLook'),
    loss=dict(
        type='SumLoss',
        parts=dict(
            labels=dict(type='L1Loss'),
            looks=dict(type='ConsistencyLoss', weight=1.0),
        ),
    ),
)
steady_epochs = dict(max_epochs=10)
steady_rate = dict(total_steps=10)
rendered = dict(dataset={'_delete_': True, **heads, 'data_root': 'data/synth_wide'})
# The teachers read pitch too small on AFLW2000, and so do their students: 107 in place of
# 99 corrects it (docs/logs/recipes.md).
with_spread = dict(
    head=dict(spread=True, angle_range=(99.0, 107.0, 99.0)),
    second_look=None,
    loss=dict(_delete_=True, type='RotationNLLLoss'),
)
spread_alone = [dict(type='TrainOnlyHook', parts=['head.scales'])]
spread_epochs = dict(max_epochs=6)
spread_rate = dict(total_steps=6, eta_max=1e-2)
