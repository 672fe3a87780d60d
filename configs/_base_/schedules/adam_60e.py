# TokenHPE's schedule: Adam at 1e-5, half of it after 20 and 40 epochs.
train_cfg = dict(by_epoch=True, max_epochs=60, val_interval=1)
val_cfg = dict()
test_cfg = dict()
optim_wrapper = dict(optimizer=dict(type='Adam', lr=1e-5, fused=True))
param_scheduler = dict(type='MultiStepLR', milestones=[20, 40], gamma=0.5)
