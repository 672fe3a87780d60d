# The weights are averaged over some 500 iterations.
_base_ = './adamw_onecycle_24e.py'
train_cfg = dict(max_epochs=40, val_interval=4)
param_scheduler = dict(total_steps=40)
custom_hooks = [
    dict(
        type='EMAHook',
        ema_type='ExponentialMovingAverage',
        momentum=0.002,
        update_buffers=True,
    )
]
