# How unsure nano is of each pose: only the layer that says it learns. Rendered heads teach
# it, because their poses are exact. On photos errors are larger: `spread_factor`
# (docs/logs/recipes.md). It goes on from nano_steady.py.
_base_ = './nano_steady.py'
load_from = 'work_dirs/nano_steady/averaged.pth'
train_dataloader = dict(
    dataset={'_delete_': True, **_base_.heads, 'data_root': 'data/synth_wide'}
)
model = dict(
    head=dict(spread=True, spread_factor=1.6),
    second_look=None,
    loss=dict(_delete_=True, type='RotationNLLLoss'),
)
custom_hooks = [dict(type='TrainOnlyHook', parts=['head.scales'])]
train_cfg = dict(max_epochs=6)
param_scheduler = dict(total_steps=6, eta_max=1e-2)
