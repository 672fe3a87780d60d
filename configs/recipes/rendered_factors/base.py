# One factor at a time: what moves the network from rendered heads to photos. All runs see
# 48,000 heads in 750 steps; of 64,000 rendered with seed 0, the first 12,000 four times.
_base_ = [
    '../../_base_/models/fsa_caps_1x1.py',
    '../../_base_/datasets/synth_augmented.py',
    '../../_base_/schedules/adamw_onecycle_6e.py',
    '../../_base_/default_runtime.py',
]
train_cfg = dict(max_epochs=4, val_interval=4)
param_scheduler = dict(total_steps=4)
train_dataloader = dict(dataset=dict(indices=12000))
