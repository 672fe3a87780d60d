# A memory of 64 numbers behind the vectors V of FSA-Caps 1x1, whose weights are those of
# `fsa_caps_1x1.synthetic` and stay. It learns from rendered films:
#   mmfsa synth --sequences 40 --length 150 --seed 100 --out data/synth_films
#   mmfsa synth --sequences 16 --length 150 --seed 101 --out data/synth_films_val
_base_ = [
    '../_base_/models/fsa_caps_1x1.py',
    '../_base_/datasets/synth_films.py',
    '../_base_/schedules/adamw_onecycle_6e.py',
    '../_base_/default_runtime.py',
]
frame = dict(
    **_base_.model,
    init_cfg=dict(
        type='Pretrained', checkpoint='mmfsa/weights/fsa_caps_1x1_synthetic.pth'
    ),
)
model = dict(
    _delete_=True,
    type='RecurrentEstimator',
    frame=frame,
    head=dict(
        type='RecurrentHead', in_features=48, hidden=64, timed=True, residual=True
    ),
)
