_base_ = './adamw_onecycle_24e.py'
train_cfg = dict(max_epochs=8)
param_scheduler = dict(total_steps=8)
