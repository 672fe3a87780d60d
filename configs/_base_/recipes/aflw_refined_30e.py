_base_ = [
    '../datasets/aflw_refined.py',
    '../schedules/adamw_onecycle_30e_ema.py',
    '../default_runtime.py',
]
