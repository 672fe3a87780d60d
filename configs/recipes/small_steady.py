# small's training for steady poses, as nano's. It goes on from small_rare.py.
_base_ = './nano_steady.py'
load_from = 'work_dirs/small_rare/averaged.pth'
model = _base_.wider
train_cfg = dict(max_epochs=5)
param_scheduler = dict(total_steps=5)
