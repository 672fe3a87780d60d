# nano's training for steady poses: each face is seen in two crops that differ as much as
# detectors' boxes do, and both must have the same pose. Faces that look where few others
# do count up to four times as much as the median face. It goes on from nano_start.py, at a
# smaller rate.
_base_ = './nano_start.py'
load_from = 'work_dirs/nano_start/epoch_60.pth'
rare = {**_base_.photos, 'balance': dict(power=0.5, limit=4)}
train_dataloader = dict(dataset=dict(datasets=[rare, _base_.heads]))
model = dict(
    second_look=dict(type='SecondLook', shift=3.0, scale=0.08),
    loss=dict(parts=dict(looks=dict(type='ConsistencyLoss', weight=2.0))),
)
train_cfg = dict(max_epochs=15)
param_scheduler = dict(total_steps=15, eta_max=1.5e-3)
