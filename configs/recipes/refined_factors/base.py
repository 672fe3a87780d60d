# One factor at a time: what takes the network of ../fsa_caps_1x1_round2.py further. All
# runs start from it and train for 3 epochs.
_base_ = '../fsa_caps_1x1_round2.py'
load_from = 'work_dirs/fsa_caps_1x1_round2/epoch_10.pth'
train_cfg = dict(max_epochs=3, val_interval=3)
param_scheduler = dict(total_steps=3)
