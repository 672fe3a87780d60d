# FSA-Caps 1x1 that sees colour and depth, each in a backbone of its own (after Mukherjee
# and Robertson).
_base_ = [
    '../_base_/models/fsa_caps_1x1.py',
    '../_base_/datasets/synth_depth.py',
    '../_base_/schedules/adamw_onecycle_6e.py',
    '../_base_/default_runtime.py',
]
# What rendered heads have taught in colour, as far as it fits.
weights = dict(type='Pretrained', checkpoint='mmfsa/weights/fsa_caps_1x1_synthetic.pth')
model = dict(
    inputs=dict(modality='color+depth'),
    backbone=dict(
        _delete_=True,
        type='ColorDepthBackbone',
        color=dict(
            type='TwoStreamBackbone', init_cfg=dict(**weights, prefix='backbone')
        ),
        depth=dict(
            type='TwoStreamBackbone',
            in_channels=1,
            init_cfg=dict(**weights, prefix='backbone'),
        ),
    ),
    neck=dict(init_cfg=dict(**weights, prefix='neck')),
    head=dict(init_cfg=dict(**weights, prefix='head')),
)
train_dataloader = dict(dataset=dict(indices=8000))
train_cfg = dict(max_epochs=2)
param_scheduler = dict(total_steps=2)
