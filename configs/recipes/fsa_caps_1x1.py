# Goes on from the mean of two runs of the fourth round, of other seeds, at a third of
# their learning rate.
_base_ = './fsa_caps_1x1_round4.py'
load_from = 'work_dirs/fsa_caps_1x1_round4.pth'
train_cfg = dict(max_epochs=7)
param_scheduler = dict(total_steps=7, eta_max=1e-3)
