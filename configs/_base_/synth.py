_base_ = [
    './datasets/synth_heads.py',
    './schedules/adamw_onecycle_6e.py',
    './default_runtime.py',
]
