# The weights are averaged over some 500 iterations.
_base_ = './adamw_onecycle_24e.py'
train_cfg = dict(max_epochs=30, val_interval=5)
param_scheduler = dict(total_steps=30)
custom_hooks = [
    dict(
        type='EMAHook',
        ema_type='ExponentialMovingAverage',
        momentum=0.002,
        update_buffers=True,
    )
]
