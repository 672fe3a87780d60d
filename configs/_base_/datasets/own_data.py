# Your own data, as `mmfsa data csv` converts it: data/mine to train on, data/mine_val to
# score on. `--data-root DIR` looks for both in DIR.
_base_ = './aflw2000.py'
train_crop = dict(type='CropFace', more=(-0.15, 0.15), shift=0.05, border='replicate')
mirror = dict(type='MirrorFace')
turn = dict(type='RotateInPlane', max_angle=30, prob=0.3)
light = dict(type='ColorJitter', brightness=(0.4, 1.4))
blur = dict(type='Blur', sigma=(0.3, 2.0), prob=0.1)

train_dataloader = dict(
    batch_size=64,
    drop_last=False,  # of few photos, each counts
    dataset=dict(
        type='HeadPoseDataset',
        data_root='data/mine',
        filter_cfg=_base_.within_99,
        pipeline=[_base_.load, train_crop, mirror, turn, light, blur, _base_.pack],
    ),
)
held_out = dict(
    type='HeadPoseDataset',
    data_root='data/mine_val',
    filter_cfg=_base_.within_99,
    pipeline=[_base_.load, _base_.crop, _base_.pack],
    test_mode=True,
)
val_dataloader = dict(dataset=held_out)
mine = dict(
    dataloader=dict(**_base_.val_dataloader, dataset=held_out),
    evaluator=dict(type='HeadPoseMetric'),
)
test_sets = dict(_delete_=True, mine=mine)
test_dataloader = dict(_delete_=True, **mine['dataloader'])
test_evaluator = dict(_delete_=True, **mine['evaluator'])
