# A small network, taught by larger ones and by landmarks that people set: `mmfsa relabel`
# makes AFLW's labels of OpNet's and Shaw's poses and of the first labels. A quarter of the
# faces are rendered heads, whose labels are exact. It begins with nothing.
_base_ = [
    '../_base_/models/residual_6d.py',
    '../_base_/datasets/aflw_teachers.py',
    '../_base_/schedules/adamw_onecycle_30e_ema.py',
    '../_base_/default_runtime.py',
]
photos = _base_.train_dataloader.dataset
heads = {**photos, 'data_root': 'data/synth_steady', 'split': None}
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        # What an index says of itself.
        ignore_keys=[
            *('dataset', 'box_source', 'box_kind', 'factors', 'img_root', 'seed'),
            *('num_found', 'num_dropped', 'num_kept', 'split', 'labels', 'teachers'),
        ],
        datasets=[photos, heads],
    )
)
train_cfg = dict(max_epochs=60)
param_scheduler = dict(total_steps=60)
# What small has of its own: twice as many channels, and 80 pixels, as AFLW's crops have no
# more.
wider = dict(
    inputs=dict(size=80),
    backbone=dict(
        stem=32,
        blocks=((64, 2), (64, 1), (128, 2), (128, 1), (96, 2)),
        out_channels=48,
    ),
    head=dict(in_features=1200, hidden=(64,)),
)
