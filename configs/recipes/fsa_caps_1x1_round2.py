# Goes on from ./fsa_caps_1x1_refined.py, which draws tilted heads upright: few are in AFLW.
# Now they are turned in the image.
_base_ = './fsa_caps_1x1_refined.py'
load_from = 'work_dirs/fsa_caps_1x1_refined/epoch_30.pth'
train_cfg = dict(max_epochs=10)
optim_wrapper = dict(optimizer=dict(lr=1.5e-3))
param_scheduler = dict(eta_max=1.5e-3, total_steps=10)
load, borders, mirror, colour, pack = _base_.train_dataloader.dataset.pipeline
turn = dict(type='RotateInPlane', max_angle=45, prob=0.5)
train_dataloader = dict(
    dataset=dict(pipeline=[load, borders, mirror, turn, colour, pack])
)
