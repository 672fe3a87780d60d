train_cfg = dict(by_epoch=True, max_epochs=24, val_interval=1)
val_cfg = dict()
test_cfg = dict()
optim_wrapper = dict(
    optimizer=dict(type='AdamW', lr=3e-3, weight_decay=1e-2, fused=True),
    clip_grad=dict(max_norm=5),
)
param_scheduler = dict(
    type='OneCycleLR',
    eta_max=3e-3,
    total_steps=24,
    by_epoch=True,
    convert_to_iter_based=True,
)
