_base_ = './adamw_onecycle_24e.py'
train_cfg = dict(max_epochs=6)
param_scheduler = dict(total_steps=6)
