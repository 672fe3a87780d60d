# Protocol 2's sequences as windows of 16 frames; its crops are those of single frames.
# BIWI's index has no times: frames count, 30 a second.
_base_ = './biwi.py'
windows = dict(type='HeadPoseWindows', length=16, cache=False)
train_dataloader = dict(
    batch_size=2,
    num_workers=2,
    persistent_workers=True,
    dataset=dict(
        **windows,
        stride=8,
        # A zoom of its own for each frame would be no film.
        pipeline=[_base_.load, _base_.crop, _base_.pack],
    ),
)
val_dataloader = dict(batch_size=2, dataset=windows)
test_dataloader = dict(batch_size=2, dataset=windows)
test_sets = dict(biwi=dict(dataloader=test_dataloader))
