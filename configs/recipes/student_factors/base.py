# One factor at a time: which small network learns most from the teachers' labels. All runs
# start from nothing, and train for 3 epochs with the same faces in the same order. Their
# weights are not averaged: the mean would still hold what they were at the start.
_base_ = '../nano_start.py'
load_from = None
custom_hooks = []
train_cfg = dict(max_epochs=3, val_interval=3)
param_scheduler = dict(total_steps=3, eta_max=3e-3)
