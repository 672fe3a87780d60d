# Protocol 1 (Section 4.2): train on 300W-LP, test on AFLW2000 and on all of BIWI.
_base_ = './aflw2000.py'
paste = dict(type='RandomCropPaste')
zoom = dict(type='RandomZoom')

train_dataloader = dict(
    **_base_.cached_crops,
    dataset=dict(
        type='HeadPoseDataset',
        data_root='data/300wlp',
        filter_cfg=_base_.within_99,
        split=dict(fraction=0.8, seed=0, part='train'),
        pipeline=[_base_.load, _base_.crop, paste, zoom, _base_.pack],
        cache=True,
    ),
)
val_dataloader = dict(
    dataset=dict(
        type='HeadPoseDataset',
        data_root='data/300wlp',
        filter_cfg=_base_.within_99,
        split=dict(fraction=0.8, seed=0, part='val'),
        pipeline=[_base_.load, _base_.crop, _base_.pack],
        cache=True,
        test_mode=True,
    )
)
test_sets = dict(
    biwi=dict(
        dataloader=dict(
            **_base_.val_dataloader,
            dataset=dict(
                type='HeadPoseDataset',
                data_root='data/biwi',
                filter_cfg=_base_.within_99,
                pipeline=[_base_.load, _base_.crop, _base_.pack],
                test_mode=True,
            ),
        ),
        evaluator=dict(type='HeadPoseMetric', expected_num=13219, align=True),
    )
)
