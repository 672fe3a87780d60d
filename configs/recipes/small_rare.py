# small's training with rare poses, as nano's. It goes on from small_start.py.
_base_ = './nano_rare.py'
load_from = 'work_dirs/small_start/epoch_36.pth'
model = _base_.wider
train_cfg = dict(max_epochs=12)
param_scheduler = dict(total_steps=12)
