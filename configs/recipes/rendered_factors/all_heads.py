# Every head once: more people, no more steps.
_base_ = './base.py'
train_cfg = dict(max_epochs=1, val_interval=1)
param_scheduler = dict(total_steps=1)
train_dataloader = dict(dataset=dict(indices=48000))
