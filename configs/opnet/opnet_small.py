# As opentrack's network is trained, as far as 300W-LP's labels allow: 1500 rounds of 10,240
# faces are 126 epochs.
_base_ = [
    '../_base_/models/opnet_small.py',
    '../_base_/datasets/300wlp.py',
    '../_base_/default_runtime.py',
]
vary = dict(type='CropFace', more=(-0.08, 0.08), shift=0.1)
label = dict(type='BoxLabel')
turn = dict(type='RotateInPlane', max_angle=30, prob=1 / 3)
light = dict(
    type='ColorJitter',
    brightness=(0.5, 1.5),
    contrast=(0.5, 1.5),
    saturation=(0, 1),
    prob=0.4,
)
blur = dict(type='Blur', sigma=(0.3, 2.0), prob=0.2)
mirror = dict(type='MirrorFace')
train_dataloader = dict(
    batch_size=64,
    num_workers=2,
    persistent_workers=True,
    dataset=dict(
        cache=False,
        split=dict(fraction=0.98),
        pipeline=[_base_.load, vary, label, turn, mirror, light, blur, _base_.pack],
    ),
)
val_dataloader = dict(dataset=dict(split=dict(fraction=0.98)))

train_cfg = dict(by_epoch=True, max_epochs=126, val_interval=6)
val_cfg = dict()
test_cfg = dict()
# The learning rate rises from a hundredth to 1e-3 in a tenth of the training, and falls to
# a tenth in its middle. What says how sure the network is learns at a tenth of it.
optim_wrapper = dict(
    optimizer=dict(type='Adam', lr=1e-5, fused=True),
    paramwise_cfg=dict(custom_keys=dict(scales=dict(lr_mult=0.1))),
)
param_scheduler = [
    dict(type='ExponentialLR', gamma=100 ** (1 / 12), begin=0, end=13),
    dict(type='MultiStepLR', milestones=[63], gamma=0.1),
]
# The weights are averaged over the last third.
custom_hooks = [
    dict(
        type='EMAHook',
        ema_type='StochasticWeightAverage',
        interval=1875,
        begin_epoch=84,
        update_buffers=True,
    )
]
