# One factor at a time: which small network learns most from the teachers' labels. All runs
# start from nothing, and train for 3 epochs with the same faces in the same order. Their
# weights are not averaged: the mean would still hold what they were at the start.
_base_ = [
    '../../_base_/models/fsa_caps_1x1.py',
    '../../_base_/datasets/aflw_teachers.py',
    '../../_base_/schedules/adamw_onecycle_24e.py',
    '../../_base_/default_runtime.py',
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
train_cfg = dict(max_epochs=3, val_interval=3)
param_scheduler = dict(total_steps=3)
