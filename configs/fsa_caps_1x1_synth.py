_base_ = ['./_base_/models/fsa_caps_1x1.py', './_base_/synth.py']
# So short a training is over before a lower rate has found the yaw; it also depends on
# where it starts.
optim_wrapper = dict(optimizer=dict(lr=5e-3))
param_scheduler = dict(eta_max=5e-3)
randomness = dict(seed=1)
