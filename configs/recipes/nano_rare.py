# nano's training with rare poses: faces that look where few others do count up to four
# times as much as the median face, at a smaller rate. It goes on from nano_start.py.
_base_ = './nano_start.py'
load_from = 'work_dirs/nano_start/epoch_40.pth'
train_dataloader = dict(dataset=dict(balance=dict(power=0.5, limit=4)))
train_cfg = dict(max_epochs=16)
param_scheduler = dict(total_steps=16, eta_max=1e-3)
