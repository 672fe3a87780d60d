# The last stage of the recipe: it goes on from the network that was a teacher of the
# labels. Of another variant that is the backbone; its other layers begin anew.
_base_ = [
    '../datasets/aflw_mixed.py',
    '../schedules/adamw_onecycle_30e_ema.py',
    '../default_runtime.py',
]
load_from = 'work_dirs/fsa_caps_1x1_round2/epoch_10.pth'
train_cfg = dict(max_epochs=15)
param_scheduler = dict(total_steps=15)
