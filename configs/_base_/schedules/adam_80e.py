# 6DRepNet's schedule: Adam at 1e-4. Its code can halve the rate after 10 and 20 epochs, but
# by default doesn't.
train_cfg = dict(by_epoch=True, max_epochs=80, val_interval=1)
val_cfg = dict()
test_cfg = dict()
optim_wrapper = dict(optimizer=dict(type='Adam', lr=1e-4, fused=True))
