_base_ = ['../_base_/models/fsa_caps_1x1.py', '../_base_/aflw_mixed.py']
train_cfg = dict(max_epochs=20)
param_scheduler = dict(total_steps=20)
