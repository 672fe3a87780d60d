# Goes on from ./fsa_caps_1x1_refined.py, which draws tilted heads upright: few are in AFLW.
# Now they are turned in the image.
_base_ = './fsa_caps_1x1_refined.py'
load_from = 'work_dirs/fsa_caps_1x1_refined/epoch_30.pth'
train_cfg = dict(max_epochs=10)
optim_wrapper = dict(optimizer=dict(lr=1.5e-3))
param_scheduler = dict(eta_max=1.5e-3, total_steps=10)
turn = dict(type='RotateInPlane', max_angle=45, prob=0.5)
steps = [
    _base_.load,
    _base_.borders,
    _base_.mirror,
    turn,
    _base_.colour,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
