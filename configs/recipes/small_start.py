# small: nano's network a quarter wider, at 80 pixels, as AFLW's crops have no more. Its
# backbone begins as that of nano: tools/model_converters/widen_checkpoint.py writes
# `load_from`.
_base_ = './nano_start.py'
load_from = 'work_dirs/small_start/widened_nano.pth'
model = dict(
    inputs=dict(size=80),
    backbone=dict(
        input_size=80, stages=((20, 'P', 40, 40, 'P'), (80, 80, 'P'), (160, 160))
    ),
    neck=dict(in_size=10),
)
train_cfg = dict(max_epochs=36)
param_scheduler = dict(total_steps=36)
