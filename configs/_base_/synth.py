_base_ = [
    './datasets/synth.py',
    './schedules/adamw_onecycle_8e.py',
    './default_runtime.py',
]
