# small's training with rare poses, as nano_rare.py. It goes on from small_start.py.
_base_ = './small_start.py'
load_from = 'work_dirs/small_start/epoch_36.pth'
train_dataloader = _base_.rare_poses
train_cfg = dict(max_epochs=12)
param_scheduler = dict(total_steps=12, eta_max=1e-3)
