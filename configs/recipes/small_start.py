# small: nano's network, wider. Its backbone begins as that of nano:
# tools/model_converters/widen_checkpoint.py writes `load_from`.
_base_ = './nano_start.py'
load_from = 'work_dirs/small_start/widened_nano.pth'
model = _base_.wider
train_cfg = dict(max_epochs=36)
param_scheduler = dict(total_steps=36)
