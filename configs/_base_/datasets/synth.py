# Train on rendered heads (docs/en/synth.md), validate on rendered heads of other people,
# test on AFLW2000.
load = dict(type='LoadImageFromFile')
pack = dict(type='PackHeadPoseInputs')
within_99 = dict(max_angle=99)
train = dict(
    type='HeadPoseDataset',
    data_root='data/synth',
    filter_cfg=within_99,
    pipeline=[
        load,
        dict(type='CropFace', pad=(0.45, 0.75), shift=0.05, border='replicate'),
        dict(type='MirrorFace'),
        dict(type='ColorJitter'),
        dict(type='Occlude'),
        pack,
    ],
)
val = dict(
    type='HeadPoseDataset',
    data_root='data/synth_val',
    filter_cfg=within_99,
    pipeline=[load, dict(type='CropFace', pad=0.6), pack],
    test_mode=True,
)
test = dict(
    type='HeadPoseDataset',
    data_root='data/aflw2000',
    filter_cfg=within_99,
    pipeline=[load, dict(type='CropFace', pad=0.6), pack],
    test_mode=True,
)

in_order = dict(type='DefaultSampler', shuffle=False)
train_dataloader = dict(
    batch_size=64,
    num_workers=2,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=train,
)
val_dataloader = dict(batch_size=64, num_workers=2, sampler=in_order, dataset=val)
val_evaluator = dict(type='HeadPoseMetric')
test_sets = dict(
    aflw2000=dict(
        dataloader=dict(batch_size=64, num_workers=2, sampler=in_order, dataset=test),
        evaluator=dict(type='HeadPoseMetric', expected_num=1969),
    )
)
test_dataloader = test_sets['aflw2000']['dataloader']
test_evaluator = test_sets['aflw2000']['evaluator']
