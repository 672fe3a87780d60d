# The end of small's training, as that of nano's: nano's network a quarter wider, at 80
# pixels, as AFLW's crops have no more. It goes on from small_start.py.
_base_ = './nano.py'
load_from = 'work_dirs/small_start/epoch_36.pth'
model = dict(
    inputs=dict(size=80),
    backbone=dict(
        input_size=80, stages=((20, 'P', 40, 40, 'P'), (80, 80, 'P'), (160, 160))
    ),
    neck=dict(in_size=10),
)
train_cfg = dict(max_epochs=12)
param_scheduler = dict(total_steps=12)
