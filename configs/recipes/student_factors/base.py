# One factor at a time: which small network learns most from the teachers' labels. All runs
# start from nothing, and train for 4 epochs with the same faces in the same order.
_base_ = '../nano_start.py'
load_from = None
train_cfg = dict(max_epochs=4, val_interval=4)
param_scheduler = dict(total_steps=4, eta_max=3e-3)
