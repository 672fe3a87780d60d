_base_ = [
    '../_base_/models/fsa_caps_1x1.py',
    '../_base_/datasets/aflw_refined.py',
    '../_base_/schedules/adamw_onecycle_40e_ema.py',
    '../_base_/default_runtime.py',
]
