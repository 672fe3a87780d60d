# Backdrops of one colour: --factors p_plain=1.
_base_ = './base.py'
train_dataloader = dict(dataset=dict(data_root='data/synth_plain_backgrounds'))
