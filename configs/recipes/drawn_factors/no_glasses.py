# No glasses: --factors p_glasses=0 p_sunglasses=0.
_base_ = './base.py'
train_dataloader = dict(dataset=dict(data_root='data/synth_no_glasses'))
