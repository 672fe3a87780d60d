# nano's training for steady poses: each face is seen in two crops that differ by a pixel or
# two, and both must have the same pose. A quarter of the faces are rendered heads: their
# exact labels have all of a head's pitch. It goes on from nano_rare.py.
_base_ = './nano_rare.py'
load_from = 'work_dirs/nano_rare/averaged.pth'
train_dataloader = _base_.with_heads
model = _base_.twice
train_cfg = _base_.steady_epochs
param_scheduler = _base_.steady_rate
