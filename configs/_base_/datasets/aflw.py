# Train on tight AFLW crops, test on AFLW2000. What lies beyond the crops is invented in
# three ways, and the scale jittered about the test's (0.6 on each side), so that the
# network learns neither a border nor one scale. AFLW2000 is a part of AFLW: the training
# images must not be in it, and labels that were fitted with a mean face taken from
# AFLW2000's landmarks must be named beside a score on it.
_base_ = './aflw2000.py'
border_kinds = 'replicate', 'reflect', 'constant'
train_crop = dict(type='CropFace', more=(-0.3, 0.2), shift=0.05)
borders = dict(
    type='RandomChoice',
    transforms=[[dict(**train_crop, border=kind)] for kind in border_kinds],
    prob=[0.5, 0.25, 0.25],
)
mirror = dict(type='MirrorFace')
colour = dict(type='ColorJitter')

train_dataloader = dict(
    batch_size=64,
    dataset=dict(
        type='HeadPoseDataset',
        data_root='data/aflw',
        filter_cfg=_base_.within_99,
        split=dict(fraction=0.95, seed=0, part='train'),
        pipeline=[_base_.load, borders, mirror, colour, _base_.pack],
    ),
)
val_dataloader = dict(
    dataset=dict(
        type='HeadPoseDataset',
        data_root='data/aflw',
        filter_cfg=_base_.within_99,
        split=dict(fraction=0.95, seed=0, part='val'),
        pipeline=[
            _base_.load,
            dict(type='CropFace', border='replicate'),
            _base_.pack,
        ],
        test_mode=True,
    )
)
