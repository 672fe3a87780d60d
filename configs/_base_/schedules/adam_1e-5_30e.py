# For large networks that start from ImageNet: a tenth of the rate after 20 epochs.
_base_ = './adam_90e.py'
train_cfg = dict(max_epochs=30)
optim_wrapper = dict(optimizer=dict(lr=1e-5))
param_scheduler = dict(milestones=[20])
