# Nobody has long hair, a hat or a hood: --factors p_long_hair=0 p_hat=0 p_hood=0.
_base_ = './base.py'
train_dataloader = dict(dataset=dict(data_root='data/synth_short_hair'))
