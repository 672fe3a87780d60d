# Only rendered heads, and as many as the network can learn from: 64,000, rendered by
# tools/dataset_converters/synth.py --num 64000 --seed 0 --out data/synth
# The boxes are those of visible landmarks, and vary as detectors' do; light and detail
# vary more than in the pictures.
_base_ = [
    '../_base_/models/fsa_caps_1x1.py',
    '../_base_/datasets/synth_augmented.py',
    '../_base_/schedules/adamw_onecycle_30e_ema.py',
    '../_base_/default_runtime.py',
]
train_cfg = dict(max_epochs=10, val_interval=2)
param_scheduler = dict(total_steps=10)
ears = dict(type='HideEars')
train_crop = {
    **_base_.train_crop,
    'more': (-0.3, 0.25),
    'shift': 0.1,
    'aspect': (0.75, 1.2),
}
sharpen = dict(type='Sharpen', prob=0.4)
colour = {
    **_base_.colour,
    'brightness': (0.5, 1.6),
    'contrast': (0.6, 1.5),
    'prob': 0.8,
}
edge = dict(type='CutEdge', prob=0.2)
train_dataloader = dict(
    dataset=dict(
        pipeline=[
            _base_.load,
            ears,
            train_crop,
            _base_.mirror,
            sharpen,
            colour,
            _base_.occlude,
            edge,
            _base_.pack,
        ]
    )
)
