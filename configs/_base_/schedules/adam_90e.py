# The authors' schedule (Section 4.1): Adam at 1e-3, a tenth of it after 30 and 60 epochs.
# `fused` updates all parameters in one go: the same numbers, sooner.
train_cfg = dict(by_epoch=True, max_epochs=90, val_interval=1)
val_cfg = dict()
test_cfg = dict()
optim_wrapper = dict(optimizer=dict(type='Adam', lr=1e-3, eps=1e-7, fused=True))
param_scheduler = dict(type='MultiStepLR', milestones=[30, 60], gamma=0.1)
