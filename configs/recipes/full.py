# Heads that turn all around: the back of a head, and faces that look straight down. The box
# holds the head, since a detector's box of a face says nothing there. Only rendered heads,
# 24,000 of them; `mmfsa synth` renders them (docs/en/recipes.md).
_base_ = [
    '../_base_/models/fsa_caps_1x1.py',
    '../_base_/datasets/synth_augmented.py',
    '../_base_/schedules/adamw_onecycle_30e_ema.py',
    '../_base_/default_runtime.py',
]
model = dict(
    inputs=dict(
        crop=dict(_delete_=True, box='head', pad=0.1, square=True, border='replicate')
    ),
    # A rotation has no ends, and its distribution is wide where a head shows only hair.
    head=dict(_delete_=True, type='MatrixFisherHead', in_features=48, hidden=(64,)),
)
load_from = 'mmfsa/weights/fsa_caps_1x1_synthetic.pth'
train_cfg = dict(max_epochs=14, val_interval=2)
param_scheduler = dict(total_steps=14)
head_crop = dict(
    type='CropFace', pad=(0, 0.2), shift=0.06, aspect=(0.88, 1.12), border='replicate'
)
turn = dict(type='RotateInPlane', max_angle=30, prob=0.3)
colour = {**_base_.colour, 'brightness': (0.5, 1.6), 'contrast': (0.6, 1.5)}
blur = dict(type='Blur', sigma=(0.3, 2.0), prob=0.1)
everywhere = dict(max_angle=180)
train_dataloader = dict(
    dataset=dict(
        data_root='data/synth_full',
        filter_cfg=everywhere,
        pipeline=[
            _base_.load,
            head_crop,
            _base_.mirror,
            turn,
            colour,
            blur,
            _base_.occlude,
            _base_.pack,
        ],
    )
)
held_out = dict(data_root='data/synth_full_val', filter_cfg=everywhere)
val_dataloader = dict(dataset=held_out)
test_sets = dict(synth=dict(dataloader=dict(dataset=held_out)))
