_base_ = [
    './_base_/models/fsa_caps_1x1.py',
    './_base_/datasets/synth.py',
    './_base_/schedules/adamw_onecycle_8e.py',
    './_base_/default_runtime.py',
]
