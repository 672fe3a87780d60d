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
# What small has of its own: a quarter more channels and 80 pixels, as AFLW's crops have no
# more.
wider = dict(
    inputs=dict(size=80),
    backbone=dict(
        input_size=80, stages=((20, 'P', 40, 40, 'P'), (80, 80, 'P'), (160, 160))
    ),
    neck=dict(in_size=10),
)
