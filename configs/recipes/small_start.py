# The first epochs of small.py, without its weights for rare poses. The backbone goes on
# from nano's: tools/model_converters/widen_checkpoint.py writes `load_from`.
_base_ = './small.py'
load_from = 'work_dirs/small_start/widened_nano.pth'
train_dataloader = dict(dataset=dict(balance=None))
train_cfg = dict(max_epochs=36)
param_scheduler = dict(total_steps=36, eta_max=2e-3)
