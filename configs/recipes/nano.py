# This stage trains the layer alone that says how unsure nano is of each pose. The held-out
# faces teach it: a network is too sure of faces that it has learned from. The network
# shares mistakes of their labels, so errors are larger: `spread_factor`
# (docs/logs/recipes.md). It goes on from nano_steady.py. Afterwards
# `tools/model_converters/fit_offset.py` solves for the layer that says where the crop
# should lie.
_base_ = './nano_steady.py'
load_from = 'work_dirs/nano_steady/averaged.pth'
held_out = {**_base_.photos.split, 'part': 'val'}
train_dataloader = dict(dataset={'_delete_': True, **_base_.photos, 'split': held_out})
model = dict(
    head=dict(spread=True, spread_factor=1.55, offset=True),
    second_look=None,
    loss=dict(_delete_=True, type='RotationNLLLoss'),
)
custom_hooks = [dict(type='TrainOnlyHook', parts=['head.scales'])]
train_cfg = dict(max_epochs=120, val_interval=120)
param_scheduler = dict(total_steps=120, eta_max=3e-2)
