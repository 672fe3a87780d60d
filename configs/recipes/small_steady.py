# small's training for steady poses, as nano_steady.py. It goes on from small_rare.py.
_base_ = './small_rare.py'
load_from = 'work_dirs/small_rare/averaged.pth'
train_dataloader = _base_.with_heads
model = _base_.twice
train_cfg = dict(max_epochs=5)
param_scheduler = dict(total_steps=5)
