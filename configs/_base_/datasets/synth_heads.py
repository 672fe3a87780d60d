# Train on rendered heads (docs/en/synth.md), validate and test on rendered heads of other
# people; test on AFLW2000, too. Light and colour vary in the pictures themselves.
_base_ = './aflw2000.py'
train_crop = dict(type='CropFace', more=(-0.15, 0.15), shift=0.05, border='replicate')
mirror = dict(type='MirrorFace')

train_dataloader = dict(
    batch_size=64,
    dataset=dict(
        type='HeadPoseDataset',
        data_root='data/synth',
        filter_cfg=_base_.within_99,
        pipeline=[_base_.load, train_crop, mirror, _base_.pack],
    ),
)
held_out = dict(
    type='HeadPoseDataset',
    data_root='data/synth_val',
    filter_cfg=_base_.within_99,
    pipeline=[_base_.load, _base_.crop, _base_.pack],
    test_mode=True,
)
val_dataloader = dict(dataset=held_out)
test_sets = dict(
    synth=dict(
        dataloader=dict(**_base_.val_dataloader, dataset=held_out),
        evaluator=dict(type='HeadPoseMetric'),
    )
)
