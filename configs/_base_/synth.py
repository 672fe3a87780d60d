_base_ = [
    './datasets/synth.py',
    './schedules/adamw_onecycle_6e.py',
    './default_runtime.py',
]
