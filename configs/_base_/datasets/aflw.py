# Train on tight AFLW crops, test on AFLW2000. What lies beyond the crops is invented in
# three ways, and the scale jittered about the test's (0.6 on each side), so that the
# network learns neither a border nor one scale. AFLW2000 is a part of AFLW: the training
# images must not be in it, and their labels here were fitted with a mean face taken from
# AFLW2000's landmarks, which a score on it must say.
load = dict(type='LoadImageFromFile')
pack = dict(type='PackHeadPoseInputs')
within_99 = dict(max_angle=99)
crops = [
    [dict(type='CropFace', pad=(0.3, 0.8), shift=0.05, border=border)]
    for border in ('replicate', 'reflect', 'constant')
]
train = dict(
    type='HeadPoseDataset',
    data_root='data/aflw',
    filter_cfg=within_99,
    split=dict(fraction=0.95, seed=0, part='train'),
    pipeline=[
        load,
        dict(type='RandomChoice', transforms=crops, prob=[0.5, 0.25, 0.25]),
        dict(type='MirrorFace'),
        dict(type='ColorJitter'),
        pack,
    ],
)
val = dict(
    type='HeadPoseDataset',
    data_root='data/aflw',
    filter_cfg=within_99,
    split=dict(fraction=0.95, seed=0, part='val'),
    pipeline=[load, dict(type='CropFace', pad=0.6, border='replicate'), pack],
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
