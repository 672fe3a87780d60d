# Fine-tune on your own data (docs/en/own_data.md): a tenth of the rate of a training from
# the start, as the weights know faces already.
_base_ = [
    './datasets/own_data.py',
    './schedules/adamw_onecycle_6e.py',
    './default_runtime.py',
]
optim_wrapper = dict(optimizer=dict(lr=3e-4))
param_scheduler = dict(eta_max=3e-4)
