# Only rendered heads, and as many as the network can learn from: 64,000, rendered by
# tools/dataset_converters/synth.py --num 64000 --seed 0 --out data/synth
# Its crops vary more than those of ../fsa_caps_1x1_synth.py, which learns for minutes.
_base_ = [
    '../_base_/models/fsa_caps_1x1.py',
    '../_base_/datasets/synth.py',
    '../_base_/schedules/adamw_onecycle_30e_ema.py',
    '../_base_/default_runtime.py',
]
train_cfg = dict(max_epochs=6, val_interval=1)
param_scheduler = dict(total_steps=6)
load, crop, mirror, colour, occlude, pack = _base_.train_dataloader.dataset.pipeline
crop.update(pad=(0.3, 0.9), shift=0.08)
train_dataloader = dict(
    dataset=dict(
        pipeline=[
            *(load, crop, mirror),
            dict(type='RandomZoom', scale=(0.85, 1.15), prob=0.5),
            *(colour, occlude),
            dict(type='CutEdge', prob=0.2),
            pack,
        ]
    )
)
