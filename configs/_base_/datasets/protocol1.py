# Protocol 1 (Section 4.2): train on 300W-LP, test on AFLW2000 and on all of BIWI.
load = dict(type='LoadImageFromFile')
crop = dict(type='CropFace', pad=0.6)
augment = [dict(type='RandomCropPaste'), dict(type='RandomZoom')]
pack = dict(type='PackHeadPoseInputs')

within_99 = dict(max_angle=99)
train = dict(
    type='HeadPoseDataset',
    data_root='data/300wlp',
    filter_cfg=within_99,
    split=dict(fraction=0.8, seed=0, part='train'),
    pipeline=[load, crop, *augment, pack],
    cache=True,
)
val = dict(
    type='HeadPoseDataset',
    data_root='data/300wlp',
    filter_cfg=within_99,
    split=dict(fraction=0.8, seed=0, part='val'),
    pipeline=[load, crop, pack],
    cache=True,
    test_mode=True,
)
aflw2000 = dict(
    type='HeadPoseDataset',
    data_root='data/aflw2000',
    filter_cfg=within_99,
    pipeline=[load, crop, pack],
    test_mode=True,
)
biwi = dict(
    type='HeadPoseDataset',
    data_root='data/biwi',
    filter_cfg=within_99,
    pipeline=[load, dict(type='CropFace', pad=0.4, inclusive=True), pack],
    test_mode=True,
)

in_order = dict(type='DefaultSampler', shuffle=False)
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=train,
)
val_dataloader = dict(batch_size=64, num_workers=2, sampler=in_order, dataset=val)
val_evaluator = dict(type='HeadPoseMetric')

# What tools/test.py can choose from; expected_num is the protocol's number of faces.
test_sets = dict(
    aflw2000=dict(
        dataloader=dict(
            batch_size=64, num_workers=2, sampler=in_order, dataset=aflw2000
        ),
        evaluator=dict(type='HeadPoseMetric', expected_num=1969),
    ),
    biwi=dict(
        dataloader=dict(batch_size=64, num_workers=2, sampler=in_order, dataset=biwi),
        evaluator=dict(type='HeadPoseMetric', expected_num=13219),
    ),
)
test_dataloader = test_sets['aflw2000']['dataloader']
test_evaluator = test_sets['aflw2000']['evaluator']
