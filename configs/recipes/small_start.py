# small: nano's network, wider.
_base_ = './nano_start.py'
model = _base_.wider
train_cfg = dict(max_epochs=45)
param_scheduler = dict(total_steps=45)
