# How unsure small is of each pose, as nano.py. It goes on from small_steady.py.
_base_ = './small_steady.py'
load_from = 'work_dirs/small_steady/averaged.pth'
train_dataloader = _base_.rendered
model = _base_.with_spread
model.update(head=dict(spread=True, angle_range=(99.0, 104.0, 99.0)))
custom_hooks = _base_.spread_alone
train_cfg = _base_.spread_epochs
param_scheduler = _base_.spread_rate
