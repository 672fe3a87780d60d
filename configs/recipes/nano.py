# How unsure nano is of each pose: only the layer that says it learns, so that no pose
# changes. Rendered heads teach it, because their poses are exact: errors from the teachers'
# labels would be half of the true ones. It goes on from nano_steady.py.
_base_ = './nano_steady.py'
load_from = 'work_dirs/nano_steady/averaged.pth'
train_dataloader = _base_.rendered
model = _base_.with_spread
custom_hooks = _base_.spread_alone
train_cfg = _base_.spread_epochs
param_scheduler = _base_.spread_rate
